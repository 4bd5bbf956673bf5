"""What is kept of an order after it was placed: what happened to it, and what came back. Part of `orders.models`."""

from decimal import Decimal

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
    RETURN_MISSED = "return_missed", _("Return did not come in")
    REFUNDED = "refunded", _("Money given back")
    REFUND_FAILED = "refund_failed", _("Giving money back did not succeed")
    CHARGED_BACK = "charged_back", _("Payment taken back by the bank")
    CHARGEBACK_REVERSED = "chargeback_reversed", _("Payment received after all")


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
        indexes = (
            models.Index(
                fields=["at"],
                name="order_event_to_hand_over",
                condition=Q(kind__in=[EventKind.PAID, EventKind.CANCELLED, EventKind.RETURN_RECEIVED]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class GiveBackKind(models.TextChoices):
    CANCELLATION = "cancellation", _("cancelled")
    RETURN = "return", _("return")


class GiveBack(models.Model):
    """What an employee gives back of an order: never sent, or to be sent back. Its money goes back when it is settled.

    `credit` and `own_money` are the parts, in euro, that its lines have of what was paid. A return that did not come in
    is no longer waited for from `missed_at` on; should it come in later, it is settled all the same.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="give_backs", verbose_name=_("portal"))
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="give_backs", verbose_name=_("order")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=GiveBackKind)
    form_token = models.UUIDField(editable=False, help_text="Of the page that was confirmed: one page gives back once.")
    credit = models.DecimalField(_("back to the credit"), max_digits=12, decimal_places=2)
    own_money = models.DecimalField(_("back to the bank"), max_digits=12, decimal_places=2)
    asked_at = models.DateTimeField(_("asked at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    missed_at = models.DateTimeField(_("no longer waited for since"), null=True, blank=True)

    class Meta:
        verbose_name = _("give-back")
        verbose_name_plural = _("give-backs")
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["order", "form_token"], name="give_back_once_per_form"),
            models.CheckConstraint(
                condition=Q(credit__gte=0, own_money__gte=0), name="give_back_parts_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind="return") | Q(settled_at__isnull=False), name="give_back_cancellation_is_settled"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"

    @property
    def total(self) -> Decimal:
        return self.credit + self.own_money

    @property
    def source(self) -> str:
        """What the ledger knows its refunds by: each has it between the word and the spend that it gives back."""
        return f"give-back:{self.pk}"

    @property
    def is_whole(self) -> bool:
        """Whether the whole order comes back at once."""
        return self.total == self.order.total

    @property
    def is_cancellation(self) -> bool:
        return self.kind == GiveBackKind.CANCELLATION

    @property
    def is_awaited(self) -> bool:
        """Whether customer service still expects the parcel."""
        return self.settled_at is None and self.missed_at is None


class GiveBackLine(models.Model):
    """Units of an order line that are given back: `quantity` of them from the unit `first` on, counted from zero."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="give_back_lines")
    give_back = models.ForeignKey(GiveBack, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="given_back")
    first = models.PositiveSmallIntegerField()
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    credit = models.DecimalField(_("back to the credit"), max_digits=12, decimal_places=2)
    own_money = models.DecimalField(_("back to the bank"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("line that is given back")
        verbose_name_plural = _("lines that are given back")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["line", "first"], name="give_back_line_unit_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, credit__gte=0, own_money__gte=0, vat__gte=0),
                name="give_back_line_parts_are_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line_id}"

    @property
    def total(self) -> Decimal:
        return self.credit + self.own_money
