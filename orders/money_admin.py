"""Own money in the back office: payments, and what of them left again; found, and a failed refund sent again."""

from decimal import Decimal

from django.contrib import admin, messages
from django.db.models import Case, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from orders.models import Chargeback, Payment, PaymentState, Refund
from orders.refunds import send_again
from orders.rows_admin import ReadOnly, ShownWithOrder
from portals.rows_admin import OfRealPortals
from thuiswerk.lib.money import euro

TAKEN_BACK = Chargeback.objects.filter(payment=OuterRef("pk"), reversed_at=None).order_by()
TAKEN_SUM = TAKEN_BACK.values("payment").annotate(sum=Sum("amount")).values("sum")
# What the bank took back comes first, then what waits for somebody, then what went wrong.
URGENCY = Case(
    When(Exists(TAKEN_BACK), then=Value(0)),
    When(state=PaymentState.REFUND_DUE, then=Value(1)),
    When(state=PaymentState.FAILED, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


class TakenBack:
    """Payments with what the employee's bank took back of them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        rows: QuerySet[Payment] = super().get_queryset(request)  # type: ignore[misc]
        return rows.annotate(taken=Subquery(TAKEN_SUM))

    @admin.display(description=_("taken back by the bank"))
    def taken_back(self, payment: Payment) -> str:
        taken: Decimal | None = payment.taken  # type: ignore[attr-defined]
        return euro(taken) if taken else ""


class PaymentInline(TakenBack, ShownWithOrder, admin.TabularInline):  # type: ignore[type-arg]
    """Every attempt to pay the own part."""

    model = Payment
    fields = ("created_at", "provider", "provider_id", "in_euro", "state", "settled_at", "taken_back")
    readonly_fields = ("in_euro", "taken_back")
    extra = 0

    @admin.display(description=_("amount"))
    def in_euro(self, payment: Payment) -> str:
        return euro(payment.amount)


class FoundByOrder(OfRealPortals, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Own money on its way, found by order, employee or the provider's id of the payment; for who may see payments."""

    search_help_text = _("Order number, e-mail or payment id")
    list_per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("orders.view_payment"))

    @admin.display(description=_("amount"), ordering="amount")
    def in_euro(self, row: Payment | Refund) -> str:
        return euro(row.amount)


@admin.register(Payment)
class PaymentAdmin(TakenBack, FoundByOrder):
    """Every attempt to pay an own part; what the bank took back stands on top."""

    list_display = (
        *("state", "order_number", "in_euro", "taken_back", "provider", "provider_id"),
        *("created_at", "settled_at", "portal"),
    )
    list_filter = ("state", "provider", "portal", "created_at")
    list_select_related = ("order", "portal")
    search_fields = ("provider_id", "order__number", "order__membership__user__email")
    ordering = (URGENCY, "-created_at")
    fields = (
        "state",
        "order",
        "portal",
        "in_euro",
        "taken_back",
        "provider",
        "provider_id",
        "created_at",
        "settled_at",
    )

    @admin.display(description=_("order"), ordering="order__number")
    def order_number(self, payment: Payment) -> str:
        return payment.order.number


@admin.register(Refund)
class RefundAdmin(FoundByOrder):
    """Own money that goes back; what failed comes first, then what is not given back yet, the longest due on top."""

    list_display = ("order_number", "in_euro", "standing", "paid_with", "created_at", "done_at", "portal")
    list_filter = (
        ("failed_at", admin.EmptyFieldListFilter),
        ("done_at", admin.EmptyFieldListFilter),
        *("portal", "created_at"),
    )
    list_select_related = ("payment__order", "portal")
    search_fields = ("payment__provider_id", "payment__order__number", "payment__order__membership__user__email")
    ordering = (F("failed_at").desc(nulls_last=True), F("done_at").desc(nulls_first=True), "created_at", "pk")
    fields = (
        *("order_number", "portal", "in_euro", "standing", "payment", "paid_with"),
        *("created_at", "done_at", "failed_at", "failures"),
    )
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        rows: QuerySet[Refund] = super().get_queryset(request)
        return rows.annotate(is_held=Exists(Refund.objects.held().filter(pk=OuterRef("pk"))))

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("orders.change_order"))

    @admin.display(description=_("order"), ordering="payment__order__number")
    def order_number(self, refund: Refund) -> str:
        return refund.payment.order.number

    @admin.display(description=_("payment id"), ordering="payment__provider_id")
    def paid_with(self, refund: Refund) -> str:
        return refund.payment.provider_id or ""

    @admin.display(description=_("state"))
    def standing(self, refund: Refund) -> str:
        if refund.done_at:
            return gettext("given back")
        if refund.failed_at:
            return gettext("did not succeed")
        if refund.is_held:  # type: ignore[attr-defined]
            return gettext("held: the bank took it back")
        return gettext("to be given back")

    @admin.action(description=_("Send again what did not succeed"), permissions=["handle"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        count = send_again(queryset)
        text = ngettext("%(count)d refund is sent again.", "%(count)d refunds are sent again.", count)
        messages.success(request, text % {"count": count})
