"""The act of ordering: the cart, the order with its lines as they were, and the payments of the own part."""

import datetime as dt
import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import PayrollClass, Product
from orders.after_sale import ON_THE_WAY as ON_THE_WAY
from orders.after_sale import EventKind as EventKind
from orders.after_sale import GiveBack as GiveBack
from orders.after_sale import GiveBackKind as GiveBackKind
from orders.after_sale import GiveBackLine as GiveBackLine
from orders.after_sale import OrderEvent as OrderEvent
from orders.api.models import ApiAnswer as ApiAnswer
from orders.api.models import ApiChange as ApiChange
from orders.api.models import ApiToken as ApiToken
from orders.conversation import Message as Message
from orders.conversation import Question as Question
from orders.endpoints import WebhookDelivery as WebhookDelivery
from orders.endpoints import WebhookEndpoint as WebhookEndpoint
from orders.money_back import Chargeback as Chargeback
from orders.money_back import Refund as Refund
from orders.postal_address import PostalAddress
from orders.postal_address import SavedAddress as SavedAddress
from portals.models import Membership, Portal


class CartLine(models.Model):
    """A product in an employee's cart, with what was true when it was put in or its quantity was changed.

    `seen_price` and `seen_payable` (whether credit paid it) are compared with the catalogue to tell what changed since.
    """

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="cart_lines")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="cart_lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="cart_lines")
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    seen_price = models.DecimalField(max_digits=12, decimal_places=2)
    seen_payable = models.BooleanField(default=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("added_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["membership", "product"], name="cart_line_once_per_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_line_quantity_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id}"


class DeliveryException(models.Model):
    """A day on which parcels come, or do not, whatever the calendar says."""

    date = models.DateField(_("date"), unique=True)
    delivers = models.BooleanField(_("parcels are delivered"), default=False)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("exception to the delivery days")
        verbose_name_plural = _("exceptions to the delivery days")
        ordering = ("-date",)

    def __str__(self) -> str:
        return f"{self.date}"


class OrderState(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("waiting for payment")
    CONFIRMED = "confirmed", _("confirmed")
    LAPSED = "lapsed", _("not paid in time")
    CANCELLED = "cancelled", _("cancelled")


class OrderQuerySet(models.QuerySet["Order"]):
    def real(self) -> "OrderQuerySet":
        """Those that somebody waits for: nothing that was ordered in an example is paid or sent."""
        return self.filter(portal__is_example=False)

    def holding_credit(self) -> "OrderQuerySet":
        """Those that have credit reserved while their own part is waited for, the one that ends first on top."""
        return self.filter(state=OrderState.AWAITING_PAYMENT, credit__gt=0).order_by("pay_before", "pk")


class Order(PostalAddress):
    """What an employee ordered. Lines and totals are copies made at ordering and are never computed again.

    `total` = `credit` + `own_money`, all in euro including VAT; VAT is over the whole total, however it is paid.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="orders", verbose_name=_("portal"))
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="orders", verbose_name=_("employee")
    )
    number = models.CharField(_("order number"), max_length=20, unique=True)
    form_token = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Of the checkout form: one form makes one order."
    )
    state = models.CharField(_("state"), max_length=20, choices=OrderState)
    language = models.CharField(_("language"), max_length=5, default="nl")
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    credit = models.DecimalField(_("paid with credit"), max_digits=12, decimal_places=2)
    own_money = models.DecimalField(_("own money"), max_digits=12, decimal_places=2)
    placed_at = models.DateTimeField(_("placed at"))
    promised_on = models.DateField(
        _("promised delivery day"), null=True, blank=True, help_text=_("As it was told when the order was placed.")
    )
    names_products = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether the employee was told at the checkout that the employer may read what credit pays.",
    )
    pay_before = models.DateTimeField(
        _("to be paid before"),
        null=True,
        blank=True,
        help_text=_("When the reserved credit is released if the own part is not paid."),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("lapsed at"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["membership", "form_token"], name="order_once_per_form"),
            models.CheckConstraint(
                condition=Q(total=F("credit") + F("own_money")), name="order_total_is_credit_and_own_money"
            ),
            models.CheckConstraint(condition=Q(credit__gte=0, own_money__gte=0), name="order_parts_are_not_negative"),
        )
        indexes = (
            models.Index(fields=["membership", "-placed_at"], name="order_of_membership"),
            models.Index(fields=["pay_before"], name="order_awaiting_payment", condition=Q(state="awaiting_payment")),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_confirmed(self) -> bool:
        return self.state == OrderState.CONFIRMED

    @property
    def awaits_payment(self) -> bool:
        return self.state == OrderState.AWAITING_PAYMENT

    @property
    def is_lapsed(self) -> bool:
        return self.state == OrderState.LAPSED

    def can_be_paid_at(self, now: dt.datetime) -> bool:
        """Whether the own part is still waited for at `now`."""
        return self.awaits_payment and self.pay_before is not None and now < self.pay_before


class OrderLine(models.Model):
    """One product of an order as it was. `total` = `credit` + `own_money`, incl. VAT; `vat` is contained in it."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="order_lines")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    sku = models.CharField(_("SKU"), max_length=40)
    name = models.CharField(_("product"), max_length=150)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT rate"), max_digits=4, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=12, decimal_places=2)
    credit = models.DecimalField(_("paid with credit"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    own_money = models.DecimalField(_("own money"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    payroll_class = models.CharField(
        _("class for payroll"),
        max_length=10,
        choices=PayrollClass,
        blank=True,
        default="",
        db_default="",
        help_text=_("As the employer had it when the order was placed; empty where it had none."),
    )
    payroll_base = models.DecimalField(_("base amount"), max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(total=F("credit") + F("own_money")), name="order_line_total_is_credit_and_own_money"
            ),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity")), name="order_line_total_is_price_times_quantity"
            ),
            models.CheckConstraint(
                condition=Q(credit__gte=0, own_money__gte=0, quantity__gte=1), name="order_line_parts_are_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    @property
    def is_contributed_to(self) -> bool:
        """Whether the employee paid part of the base amount; what is dearer than that may be paid by anybody."""
        if self.payroll_base is None:
            return False
        return self.credit < min(self.unit_price, self.payroll_base) * self.quantity


class PaymentState(models.TextChoices):
    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    REFUND_DUE = "refund_due", _("to be given back")
    REFUNDED = "refunded", _("refunded")


class Payment(models.Model):
    """One attempt to pay the own part of an order: one open attempt at a time.

    `provider_id` is the provider's own name for it, known once the provider has been asked for it.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="payments", verbose_name=_("portal"))
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order"))
    provider = models.CharField(_("paid through"), max_length=20)
    provider_id = models.CharField(_("payment id"), max_length=80, unique=True, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    state = models.CharField(_("state"), max_length=10, choices=PaymentState, default=PaymentState.OPEN)
    created_at = models.DateTimeField(_("started at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_is_positive"),
            models.UniqueConstraint(fields=["order"], condition=Q(state="open"), name="payment_open_once_per_order"),
        )
        indexes = (
            models.Index(
                fields=["state", "created_at"], name="payment_unfinished", condition=Q(state__in=["open", "refund_due"])
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.amount} {self.state}"

    @property
    def is_unpaid(self) -> bool:
        """Whether the attempt ended without money."""
        return self.state in {PaymentState.FAILED, PaymentState.CANCELLED, PaymentState.EXPIRED}

    @property
    def is_cancelled(self) -> bool:
        """Whether the employee called the attempt off."""
        return self.state == PaymentState.CANCELLED

    @property
    def comes_back(self) -> bool:
        """Whether the money could not be used and goes back to the employee."""
        return self.state in {PaymentState.REFUND_DUE, PaymentState.REFUNDED}


class DemoState(models.TextChoices):
    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


class DemoPayment(models.Model):
    """A payment as the demo provider knows it: the outside world, so nothing here points to a portal or an order.

    `key` is the idempotency key of the request that made it; a payment that was given back stays paid.
    """

    provider_id = models.CharField(max_length=80, unique=True)
    key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    refunded = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    description = models.CharField(max_length=120)
    return_url = models.URLField(max_length=300)
    state = models.CharField(max_length=10, choices=DemoState, default=DemoState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="demo_payment_refund_within_amount"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider_id} {self.state}"


class DemoRefund(models.Model):
    """What the demo provider gave back of a payment; `key` is the idempotency key of the request."""

    payment = models.ForeignKey(DemoPayment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.key} {self.amount}"
