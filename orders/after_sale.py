"""What is kept of an order after it was placed: what happened to it. Part of `orders.models`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portals.models import Portal


class EventKind(models.TextChoices):
    PLACED = "placed", _("Ordered")
    PAID = "paid", _("Paid")
    LAPSED = "lapsed", _("Not paid in time")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    RETURN_REQUESTED = "return_requested", _("Return announced")
    RETURN_RECEIVED = "return_received", _("Return received")
    REFUNDED = "refunded", _("Money given back")


ON_THE_WAY = [EventKind.PACKED, EventKind.SHIPPED, EventKind.DELIVERED]


class OrderEvent(models.Model):
    """Something that happened to an order; what is on its way is packed, sent and delivered once."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="order_events")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=20, choices=EventKind)
    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    tracking_url = models.URLField(_("tracking link"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(kind__in=ON_THE_WAY), name="order_event_on_the_way_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
