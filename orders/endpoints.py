"""Where the operator's own order system is told of orders, and what it was told. Part of `orders.models`."""

import base64
import hmac
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.after_sale import OrderEvent
from portals.models import Portal


def validate_endpoint(url: str) -> None:
    """Refuses (ValidationError) what is not reached over https; at home http will do."""
    URLValidator(["https", "http"] if settings.DEBUG else ["https"])(url)


class WebhookEndpoint(models.Model):
    """An address that is told of every order from the moment that it was added."""

    url = models.CharField(_("address"), max_length=300, unique=True, validators=[validate_endpoint])
    is_active = models.BooleanField(_("active"), default=True)
    key_number = models.PositiveSmallIntegerField(
        _("number of the secret"), default=1, help_text=_("Raise it to make a new secret; the old one then ends.")
    )
    collected_until = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Every event before this moment has its delivery."
    )

    class Meta:
        verbose_name = _("webhook address")
        verbose_name_plural = _("webhook addresses")
        ordering = ("url",)

    def __str__(self) -> str:
        return self.url

    def clean(self) -> None:
        if self.url and "@" in self.url.partition("//")[2].partition("/")[0]:
            raise ValidationError({"url": _("Write no name and password in the address.")})

    @property
    def key(self) -> bytes:
        """What deliveries are signed with: made of the secret key of the installation, so it is stored nowhere."""
        about = f"webhook:{self.pk}:{self.key_number}"
        return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")

    @property
    def secret(self) -> str:
        """The key as the receiver takes it."""
        return f"whsec_{base64.b64encode(self.key).decode()}"


class WebhookDelivery(models.Model):
    """One event for one address: `body` to the letter, tried until it is taken or given up."""

    portal = models.ForeignKey(
        Portal, on_delete=models.PROTECT, related_name="webhook_deliveries", verbose_name=_("portal")
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("webhook address")
    )
    event = models.ForeignKey(OrderEvent, on_delete=models.PROTECT, related_name="deliveries")
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    body = models.TextField(_("content"))
    created_at = models.DateTimeField(_("made at"))
    due_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-created_at", "-pk")
        constraints = (models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once_per_event"),)
        indexes = (
            models.Index(
                fields=["due_at"],
                name="webhook_delivery_waiting",
                condition=Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"msg_{self.message_id.hex}"
