"""Billing in the back office: finance finds, downloads and sends again; nothing is edited, added or deleted."""

import io
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import (
    admin_closing,
    admin_document,
    admin_exports,
    admin_forecast,
    admin_month,
    admin_reminders,
    admin_sending,
    bundle,
    consumption,
    delivery,
    parties,
)
from billing.admin_bank import BankEntryAdmin, BankStatementAdmin
from billing.admin_ledger import EntryAdmin, GrantAdmin
from billing.admin_open import AllocationInline, OpenItemAdmin, SettlementFilter, related_documents
from billing.admin_rows import AmountSearchAdmin, ReadOnlyAdmin, ReadOnlyInline
from billing.admin_sending import InvoiceDeliveryInline, send_and_tell, tell
from billing.models import BankEntry, BankStatement, Entry, Grant, Invoice, InvoiceLine, Standing
from billing.open_items import with_open
from billing.paper import file_name
from billing.wording import products_of
from portals.models import Portal, Specification
from thuiswerk.lib.money import euro
from thuiswerk.lib.periods import Month

SCREENS = (
    admin_month,
    admin_document,
    admin_sending,
    admin_exports,
    admin_forecast,
    admin_closing,
    admin_reminders,
)
TOLD: dict[Specification, tuple[str, ...]] = {
    Specification.ORDER: ("order_number", "staff_number"),
    Specification.PRODUCTS: ("order_number", "staff_number", "named"),
    Specification.NAME: ("name", "staff_number", "orders"),
    Specification.STAFF_NUMBER: ("staff_number", "orders"),
    Specification.COST_CENTRE: ("cost_centre", "orders"),
}


class InvoiceLineInline(ReadOnlyInline):
    """One order, employee or cost centre each."""

    fk_name = "invoice"

    model = InvoiceLine
    readonly_fields = ("credit", "named")

    def get_fields(self, request: HttpRequest, obj: Invoice | None = None) -> tuple[str, ...]:
        """What the lines of this document tell, by its specification."""
        told = TOLD[Specification(obj.specification)] if obj else ()
        return ("position", "first_day", *told, "credit", *(("corrects",) if obj and obj.is_credit_note else ()))

    @admin.display(description=gettext_lazy("amount"))
    def credit(self, line: InvoiceLine) -> str:
        return euro(line.amount)

    @admin.display(description=gettext_lazy("products"))
    def named(self, line: InvoiceLine) -> str:
        return products_of(line) or "–"


class MonthFilter(admin.SimpleListFilter):
    """The months of which there are invoices, newest first."""

    title = gettext_lazy("month")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months = Invoice.objects.dates("period", "month", order="DESC")
        return [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        try:
            return queryset.filter(period=Month.parse(self.value() or "").first_day)
        except ValueError:
            return queryset


class StandingFilter(admin.SimpleListFilter):
    """How far documents are."""

    title = gettext_lazy("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(standing.value, str(standing.label)) for standing in Standing]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        return queryset.standing(self.value()) if self.value() in Standing else queryset  # type: ignore[attr-defined]


@admin.register(Invoice)
class InvoiceAdmin(AmountSearchAdmin, OpenItemAdmin, ReadOnlyAdmin):
    """Invoices by month, with their total, the PDF of each, and all PDFs of a selection in one file."""

    list_display = ("label", "company", "in_total", "is_open", "state", "pdf", "due_on", "month_name")
    list_filter = (SettlementFilter, MonthFilter, StandingFilter, "kind", "portal")
    list_select_related = ("portal__company", "document")
    search_fields = ("number", "payment_reference", "portal__company__name", "portal__company__legal_name")
    amount_field = "total"
    actions = ("download_zip", "send_again")
    inlines = (InvoiceLineInline, AllocationInline, InvoiceDeliveryInline)
    fields = (
        ("standing", "pdf"),
        "why_held",
        ("portal", "month_name"),
        ("kind", "origin"),
        "related",
        "reason",
        ("starts_on", "ends_on"),
        ("issued_on", "due_on"),
        ("in_total", "payment_reference"),
        ("payment", "is_open", "received"),
        ("order_number", "buyer_reference"),
        ("specification", "profile"),
        ("to_company", "from_operator"),
        "vat_sentence",
    )
    change_list_template = "admin/billing/invoice/change_list.html"
    change_form_template = "admin/billing/invoice/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        invoices = Invoice.objects.defer("document__content")
        return with_open(invoices).order_by("-period", "number")

    @admin.display(description=gettext_lazy("month"), ordering="period")
    def month_name(self, invoice: Invoice) -> str:
        return date_format(invoice.period, "F Y")

    @admin.display(description=gettext_lazy("company"), ordering="portal__company__name")
    def company(self, invoice: Invoice) -> str:
        return str(invoice.buyer.get("name") or invoice.portal.company)

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def in_total(self, invoice: Invoice) -> str:
        """Below zero on a credit note, so that a list adds up to its total."""
        return euro(-invoice.total if invoice.is_credit_note else invoice.total)

    @admin.display(description=gettext_lazy("number"), ordering="number")
    def label(self, invoice: Invoice) -> str:
        return str(invoice)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, invoice: Invoice) -> str:
        return str(invoice.standing.label)

    @admin.display(description=gettext_lazy("why it is held"))
    def why_held(self, invoice: Invoice) -> str:
        return _lines(*invoice.findings) or "–"

    @admin.display(description=gettext_lazy("buyer"))
    def to_company(self, invoice: Invoice) -> str:
        buyer = invoice.buyer
        return _lines(buyer["name"], buyer["contact"], *buyer["address"], *buyer["emails"]) if buyer else "–"

    @admin.display(description=gettext_lazy("seller"))
    def from_operator(self, invoice: Invoice) -> str:
        seller = invoice.seller
        if not seller:
            return "–"
        return _lines(seller["name"], *seller["address"].splitlines(), seller["email"], seller["iban"])

    @admin.display(description=gettext_lazy("PDF"))
    def pdf(self, invoice: Invoice) -> str:
        if not invoice.issued_at:
            return "–"
        if not hasattr(invoice, "document"):
            return _("is being made")
        address = reverse("admin:billing_invoice_pdf", args=[invoice.pk])
        return format_html('<a href="{}">{}</a>', address, _("Download"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/pdf/", wrap(self.download_pdf), name="billing_invoice_pdf"),
            path("zip/<str:month>/", wrap(self.download_month), name="billing_invoice_zip"),
        ]
        return [*own, *(url for part in SCREENS for url in part.urls()), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Invoice | None = None) -> list[Any]:
        """All fields but those that say nothing of this document."""
        silent = {
            "why_held": obj and obj.findings,
            "related": obj and any(related_documents(obj)),
            "reason": obj and obj.reason,
            "vat_sentence": obj and obj.issued_at,
        }
        return [field for field in self.fields if isinstance(field, tuple) or silent.get(field, True)]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {"may_change": self.has_send_permission(request)}
        if invoice := self.get_object(request, object_id):
            context |= {"title": f"{capfirst(invoice.get_kind_display())} {invoice}", "subtitle": ""}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            listed = response.context_data["cl"].queryset.order_by()
            issued = Invoice.objects.issued().filter(pk__in=listed.values("pk")).order_by()
            response.context_data |= {
                "months": issued.values("period").annotate(count=Count("pk")).order_by("-period"),
                "total": Invoice.objects.filter(pk__in=listed.values("pk")).net(),
                "refusals": refusals(),
            }
        return response

    def download_pdf(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The PDF as it was issued."""
        self._check(request)
        invoice = get_object_or_404(Invoice.objects.select_related("document"), pk=pk, document__isnull=False)
        try:
            content = delivery.verified_content(invoice.document)
        except delivery.DocumentDamaged as refusal:
            return self._refused(request, refusal)
        return FileResponse(io.BytesIO(content), as_attachment=True, filename=file_name(invoice))

    def download_month(self, request: HttpRequest, month: str) -> HttpResponseBase:
        """The documents of a whole month in one file, with an index."""
        self._check(request)
        try:
            first_day = Month.parse(month).first_day
        except ValueError as error:
            raise Http404(str(error)) from error
        invoices = Invoice.objects.filter(period=first_day)
        if not invoices.exists():
            raise Http404(f"There are no invoices of {month}.")
        return self._zip(request, invoices, f"{_('invoices')}-{month}.zip")

    @admin.action(description=gettext_lazy("Download PDFs and e-invoices in one file"), permissions=["view"])
    def download_zip(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> HttpResponseBase:
        return self._zip(request, Invoice.objects.filter(pk__in=queryset.values("pk")), f"{_('invoices')}.zip")

    @admin.action(description=gettext_lazy("Mail again to the company"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> None:
        send_and_tell(request, Invoice.objects.issued().filter(pk__in=queryset.values("pk")).order_by("number"))

    def has_send_permission(self, request: HttpRequest) -> bool:
        """To change an invoice is to send it again: the invoice itself never changes."""
        return bool(request.user.has_perm("billing.change_invoice"))

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _zip(self, request: HttpRequest, invoices: QuerySet[Invoice], name: str) -> HttpResponseBase:
        try:
            file = bundle.zip_of(invoices)
        except delivery.DocumentUnavailable as refusal:
            return self._refused(request, refusal)
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")

    def _refused(self, request: HttpRequest, refusal: delivery.DocumentUnavailable) -> HttpResponse:
        """Back to the list, with the reason."""
        tell(request, refusal)
        return redirect("admin:billing_invoice_changelist")


def _lines(*texts: str) -> str:
    """The texts that say something, each on a line of its own."""
    return format_html_join(mark_safe("<br>"), "{}", ((text,) for text in texts if text))


def refusals() -> Iterable[str]:
    """A sentence for each company whose consumed credit of a closed month cannot be invoiced as things stand."""
    now = timezone.now()
    waiting = {*consumption.portals_to_invoice(now), *Invoice.objects.drafts().values_list("portal", flat=True)}
    for portal in Portal.objects.filter(pk__in=waiting).select_related("company").order_by("slug"):
        try:
            parties.check_parties(portal.company)
        except parties.CompanyIncomplete as refusal:
            yield str(refusal)
        except parties.OperatorIncomplete as refusal:
            yield str(refusal)
            return


admin.site.register(Grant, GrantAdmin)
admin.site.register(Entry, EntryAdmin)
admin.site.register(BankStatement, BankStatementAdmin)
admin.site.register(BankEntry, BankEntryAdmin)
