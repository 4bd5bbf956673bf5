"""Who may use the API, what was answered, and what was changed by it. Part of `orders.models`.

Tokens are the operator's: one reaches the products and orders of every portal, and none is a company's.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a token is for; each is a field of `ApiToken`."""

    CATALOGUE = "catalogue", _("products")
    ORDERS = "orders", _("orders")


class ApiToken(models.Model):
    """A key of one of the operator's own systems. The token itself is shown once and stored nowhere.

    `requests` counts those of `minute`.
    """

    name = models.CharField(_("name"), max_length=60, help_text=_("The system that uses it: one token for each."))
    prefix = models.CharField(_("begins with"), max_length=11, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    catalogue = models.BooleanField(_("products"), default=False, help_text=_("Change stock and prices."))
    orders = models.BooleanField(
        _("orders"), default=False, help_text=_("Read orders of every portal, and tell that one is packed or sent.")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    minute = models.DateTimeField(null=True, editable=False)
    requests = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("name", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(revoked_at=None),
                name="api_token_name_once",
            ),
            models.CheckConstraint(
                condition=Q(catalogue=True) | Q(orders=True),
                name="api_token_is_for_something",
                violation_error_message=_("Choose what the token is for."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.pk is None and ApiToken.objects.filter(name=self.name, revoked_at=None).exists():
            told = _("There is a token of this name. Revoke it first, or choose another name.")
            raise ValidationError({"name": told}, code="unique")

    def allows(self, scope: Scope) -> bool:
        """Whether the token is for this."""
        return bool(getattr(self, scope))


class ApiAnswer(models.Model):
    """What a write was answered, kept for who asks the same again with the same key."""

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    body = models.TextField()
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["token", "key"], name="api_answer_once_per_key"),)

    def __str__(self) -> str:
        return self.key


class ApiChange(models.Model):
    """What a token changed: `subject` is the SKU of a product or the number of an order."""

    token = models.ForeignKey(
        ApiToken, on_delete=models.PROTECT, related_name="changes", verbose_name=_("by the token")
    )
    at = models.DateTimeField(_("time"), db_index=True)
    scope = models.CharField(_("concerns"), max_length=10, choices=Scope)
    subject = models.CharField(_("SKU or order number"), max_length=40, db_index=True)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))

    class Meta:
        verbose_name = _("change by the API")
        verbose_name_plural = _("changes by the API")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.subject
