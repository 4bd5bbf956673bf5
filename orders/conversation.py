"""What an employee and customer service write to each other. Part of `orders.models`."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portals.models import Membership, Portal

LONGEST = 4000


class Question(models.Model):
    """A question of an employee to customer service, about an order or about anything else."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="questions", verbose_name=_("portal"))
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="questions", verbose_name=_("employee")
    )
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="questions", null=True, verbose_name=_("order")
    )
    subject = models.CharField(_("subject"), max_length=120)
    asked_at = models.DateTimeField(_("asked at"))
    waits_since = models.DateTimeField(
        _("waits since"), null=True, help_text=_("When the employee wrote what is not answered yet.")
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("-asked_at", "-pk")
        indexes = (
            models.Index(fields=["waits_since"], name="question_waits", condition=models.Q(waits_since__isnull=False)),
        )

    def __str__(self) -> str:
        return self.subject


class Message(models.Model):
    """What one of the two wrote under a question; `is_answer`: customer service wrote it."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="question_messages")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_answer = models.BooleanField(default=False)
    text = models.TextField(_("message"), max_length=LONGEST)
    sent_at = models.DateTimeField(_("time"))
    form_token = models.UUIDField(help_text="Of the page it was written on: one page sends one message.")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("sent_at", "pk")
        constraints = (models.UniqueConstraint(fields=["author", "form_token"], name="message_once_per_form"),)

    def __str__(self) -> str:
        return self.text[:60]
