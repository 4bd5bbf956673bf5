"""Orders in the back office: customer service finds and reads them; nothing is edited here."""

from django.conf import settings
from django.contrib import admin
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from orders.api.admin import ApiTokenAdmin as ApiTokenAdmin
from orders.handover_admin import WebhookDeliveryAdmin as WebhookDeliveryAdmin
from orders.models import DeliveryException, Order, OrderLine, Payment, PaymentState, Refund
from orders.postal_address import COUNTRIES
from orders.question_admin import QuestionAdmin as QuestionAdmin
from orders.service_screens import give_back_for, handle, receive_return
from thuiswerk.lib.money import euro

# What waits for somebody comes first, then what went wrong.
URGENCY = Case(
    When(state=PaymentState.REFUND_DUE, then=Value(0)),
    When(state=PaymentState.FAILED, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


class ReadOnly:
    """Nothing is added, changed or deleted: an order only moves through its workflow."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ShownWithOrder(ReadOnly):
    """Rows that whoever may see the order may see with it."""

    template = "admin/rows.html"

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("orders.view_order"))


class OrderLineInline(ShownWithOrder, admin.TabularInline):  # type: ignore[type-arg]
    """What was ordered, as it was."""

    model = OrderLine
    fields = ("sku", "name", "quantity", "each", "rate", "in_total", "of_vat", "of_credit", "of_own_money")
    readonly_fields = ("each", "rate", "in_total", "of_vat", "of_credit", "of_own_money")
    extra = 0

    @admin.display(description=_("price"))
    def each(self, line: OrderLine) -> str:
        return euro(line.unit_price)

    @admin.display(description=_("VAT rate"))
    def rate(self, line: OrderLine) -> str:
        return f"{line.vat_rate:.0f} %"

    @admin.display(description=_("total"))
    def in_total(self, line: OrderLine) -> str:
        return euro(line.total)

    @admin.display(description=_("VAT"))
    def of_vat(self, line: OrderLine) -> str:
        return euro(line.vat)

    @admin.display(description=_("paid with credit"))
    def of_credit(self, line: OrderLine) -> str:
        return euro(line.credit)

    @admin.display(description=_("own money"))
    def of_own_money(self, line: OrderLine) -> str:
        return euro(line.own_money)


class PaymentInline(ShownWithOrder, admin.TabularInline):  # type: ignore[type-arg]
    """Every attempt to pay the own part."""

    model = Payment
    fields = ("created_at", "provider", "provider_id", "in_euro", "state", "settled_at")
    readonly_fields = ("in_euro",)
    extra = 0

    @admin.display(description=_("amount"))
    def in_euro(self, payment: Payment) -> str:
        return euro(payment.amount)


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Find an order by its number, or by the name, mail address or staff number of the employee."""

    list_display = ("number", "placed_at", "person", "state", "in_total", "of_credit", "of_own_money", "portal")
    list_filter = ("state", "portal", "placed_at")
    list_select_related = ("portal", "membership__user")
    search_fields = (
        "number",
        "name",
        "membership__user__email",
        "membership__user__name",
        "membership__staff_number",
    )
    search_help_text = _("Order number, name, e-mail or staff number")
    date_hierarchy = "placed_at"
    list_per_page = 50
    change_form_template = "orders/order_change.html"
    inlines = (OrderLineInline, PaymentInline)
    fieldsets = (
        (None, {"fields": ("number", "state", "portal", "membership", "in_language")}),
        (_("Money"), {"fields": ("in_total", "of_credit", "of_own_money")}),
        (_("When"), {"fields": ("placed_at", "promised_on", "pay_before", "confirmed_at", "lapsed_at")}),
        (_("Delivery address"), {"fields": ("name", "street", "house_number", "postal_code", "city", "in_country")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).select_related("portal", "membership__user")

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        receive = "<int:pk>/handling/returns/<int:given>/"
        screens = [
            path("<int:pk>/handling/", own(handle), name="orders_order_handle"),
            path("<int:pk>/handling/giving-back/", own(give_back_for), name="orders_order_give_back"),
            path(receive, own(receive_return), name="orders_order_receive_return"),
        ]
        return [*screens, *super().get_urls()]

    @admin.display(description=_("employee"), ordering="membership__user__name")
    def person(self, order: Order) -> str:
        return order.membership.user.get_full_name()

    @admin.display(description=_("language"))
    def in_language(self, order: Order) -> str:
        return str(dict(settings.LANGUAGES)[order.language])

    @admin.display(description=_("country"))
    def in_country(self, order: Order) -> str:
        return str(dict(COUNTRIES)[order.country])

    @admin.display(description=_("total"), ordering="total")
    def in_total(self, order: Order) -> str:
        return euro(order.total)

    @admin.display(description=_("credit"), ordering="credit")
    def of_credit(self, order: Order) -> str:
        return euro(order.credit)

    @admin.display(description=_("own money"), ordering="own_money")
    def of_own_money(self, order: Order) -> str:
        return euro(order.own_money)


class FoundByOrder(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Own money on its way, found by order, employee or the provider's id of the payment; for who may see payments."""

    search_help_text = _("Order number, e-mail or payment id")
    list_per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("orders.view_payment"))

    @admin.display(description=_("amount"), ordering="amount")
    def in_euro(self, row: Payment | Refund) -> str:
        return euro(row.amount)


@admin.register(Payment)
class PaymentAdmin(FoundByOrder):
    """Every attempt to pay an own part."""

    list_display = ("state", "order_number", "in_euro", "provider", "provider_id", "created_at", "settled_at", "portal")
    list_filter = ("state", "provider", "portal", "created_at")
    list_select_related = ("order", "portal")
    search_fields = ("provider_id", "order__number", "order__membership__user__email")
    ordering = (URGENCY, "-created_at")
    fields = ("state", "order", "portal", "in_euro", "provider", "provider_id", "created_at", "settled_at")

    @admin.display(description=_("order"), ordering="order__number")
    def order_number(self, payment: Payment) -> str:
        return payment.order.number


@admin.register(Refund)
class RefundAdmin(FoundByOrder):
    """Own money that goes back; what is not given back yet comes first, the longest due on top."""

    list_display = ("order_number", "in_euro", "paid_with", "created_at", "done_at", "portal")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "portal", "created_at")
    list_select_related = ("payment__order", "portal")
    search_fields = ("payment__provider_id", "payment__order__number", "payment__order__membership__user__email")
    ordering = (F("done_at").desc(nulls_first=True), "created_at")
    fields = ("order_number", "portal", "in_euro", "payment", "paid_with", "created_at", "done_at")

    @admin.display(description=_("order"), ordering="payment__order__number")
    def order_number(self, refund: Refund) -> str:
        return refund.payment.order.number

    @admin.display(description=_("payment id"), ordering="payment__provider_id")
    def paid_with(self, refund: Refund) -> str:
        return refund.payment.provider_id or ""


@admin.register(DeliveryException)
class DeliveryExceptionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Days on which parcels come although the calendar says no, or do not although it says yes."""

    list_display = ("date", "delivers", "note")
    list_filter = ("delivers",)
    date_hierarchy = "date"
