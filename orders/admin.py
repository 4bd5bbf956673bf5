"""Orders in the back office: customer service finds and reads them; nothing is edited here."""

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from orders import payroll_admin
from orders.api.admin import ApiTokenAdmin as ApiTokenAdmin
from orders.bulk_steps import BulkSteps, NextStep
from orders.handover_admin import WebhookDeliveryAdmin as WebhookDeliveryAdmin
from orders.models import DeliveryException, Order, OrderLine
from orders.money_admin import PaymentInline
from orders.postal_address import COUNTRIES
from orders.question_admin import QuestionAdmin as QuestionAdmin
from orders.rows_admin import ReadOnly, ShownWithOrder
from orders.service_screens import give_back_for, handle, miss_return_of, receive_return
from orders.standing import standing_of, with_standing
from portals.rows_admin import OfRealPortals
from thuiswerk.lib.money import euro


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


@admin.register(Order)
class OrderAdmin(BulkSteps, OfRealPortals, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Find an order by its number, or by the name, mail address or staff number of the employee; send many at once."""

    list_display = ("number", "placed_at", "person", "standing", "in_total", "of_credit", "of_own_money", "portal")
    list_filter = (NextStep, "state", "portal", "placed_at")
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
    actions = ("pack_all", "ship_all", "deliver_all")
    inlines = (OrderLineInline, PaymentInline)
    fieldsets = (
        (None, {"fields": ("number", "state", "portal", "membership", "in_language")}),
        (_("Money"), {"fields": ("in_total", "of_credit", "of_own_money")}),
        (_("When"), {"fields": ("placed_at", "promised_on", "pay_before", "confirmed_at", "lapsed_at")}),
        (_("Delivery address"), {"fields": ("name", "street", "house_number", "postal_code", "city", "in_country")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return with_standing(super().get_queryset(request).select_related("portal", "membership__user"))

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        given = "<int:pk>/handling/returns/<int:given>/"
        screens = [
            path("<int:pk>/handling/", own(handle), name="orders_order_handle"),
            path("<int:pk>/handling/giving-back/", own(give_back_for), name="orders_order_give_back"),
            path(given, own(receive_return), name="orders_order_receive_return"),
            path(f"{given}missed/", own(miss_return_of), name="orders_order_miss_return"),
        ]
        return [*screens, *payroll_admin.urls(), *super().get_urls()]

    @admin.display(description=_("employee"), ordering="membership__user__name")
    def person(self, order: Order) -> str:
        return order.membership.user.get_full_name()

    @admin.display(description=_("state"), ordering="state")
    def standing(self, order: Order) -> str:
        """How far it came, as the employee reads it."""
        return standing_of(order, order.events.all(), list(order.give_backs.all())).label

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


@admin.register(DeliveryException)
class DeliveryExceptionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Days on which parcels come although the calendar says no, or do not although it says yes."""

    list_display = ("date", "delivers", "note")
    list_filter = ("delivers",)
    date_hierarchy = "date"
