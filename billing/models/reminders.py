"""Asking again for what is overdue: how often and with which words, what was sent, and what waits for a dispute."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.invoices import Invoice
from billing.models.triggers import frozen
from portals.models import Portal


class ReminderLevel(models.Model):
    """A step: so many days after the due date, with these words. Finance changes both; the steps themselves stay."""

    position = models.PositiveSmallIntegerField(_("level"), unique=True, editable=False)
    days = models.PositiveSmallIntegerField(_("days after the due date"), validators=[MinValueValidator(1)])
    text_nl = models.TextField(_("text (Dutch)"), max_length=1000)
    text_en = models.TextField(_("text (English)"), max_length=1000)

    class Meta:
        verbose_name = _("reminder level")
        verbose_name_plural = _("reminder levels")
        ordering = ("position",)
        constraints = (models.CheckConstraint(condition=Q(days__gte=1), name="reminder_level_waits_a_day"),)

    def __str__(self) -> str:
        return str(_("level %(position)d, after %(days)d days") % {"position": self.position, "days": self.days})

    def text(self, language: str) -> str:
        """Its words in the language of a company."""
        return self.text_en if language == "en" else self.text_nl


class Reminder(models.Model):
    """An invoice that was asked for again, once per level. `open` is what was open then, in euro."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="reminders")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders", verbose_name=_("invoice"))
    level = models.PositiveSmallIntegerField(_("level"))
    open = models.DecimalField(_("open"), max_digits=12, decimal_places=2)
    to = models.TextField(_("to"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-sent_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["invoice", "level"], name="reminder_once_per_level"),
            models.CheckConstraint(condition=Q(open__gt=0), name="reminder_of_something"),
        )
        triggers = (frozen("reminder_stays"),)

    def __str__(self) -> str:
        return f"{self.invoice}: {self.level}"


class DisputePause(models.Model):
    """No reminders of an invoice while its company disputes it, until somebody lifts that."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="dispute_pauses")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="pauses", verbose_name=_("invoice"))
    reason = models.CharField(_("reason"), max_length=200)
    paused_at = models.DateTimeField(_("paused at"), default=timezone.now)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("lifted by"),
    )

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ("-paused_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["invoice"], condition=Q(lifted_at=None), name="paused_once_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.invoice}: {self.reason}"


class InterestRate(models.Model):
    """The rate of statutory commercial interest from a day on, in per cent a year (BW 6:120). Finance enters it."""

    first_day = models.DateField(_("first day"), unique=True)
    percent = models.DecimalField(
        _("per cent a year"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("interest rate")
        verbose_name_plural = _("interest rates")
        ordering = ("-first_day",)
        constraints = (
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="interest_rate_is_a_share"),
        )

    def __str__(self) -> str:
        return f"{self.first_day}: {self.percent} %"
