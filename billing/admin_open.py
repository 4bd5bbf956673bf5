"""What the screens of invoices say of payments: paid, open, how far it is settled, and which payments those were."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin_rows import ReadOnlyInline
from billing.models import Allocation, Invoice
from billing.open_items import Settlement
from thuiswerk.lib.money import ZERO, euro
from thuiswerk.lib.periods import amsterdam_date

if TYPE_CHECKING:
    from billing.open_items import OpenInvoice

OVERDUE = "overdue"
LOOK = {
    Settlement.PAID: "phase--live",
    Settlement.CREDITED: "phase--live",
    Settlement.OVERPAID: "phase--paused",
    OVERDUE: "phase--ended",
}


class SettlementFilter(admin.SimpleListFilter):
    """How far invoices are paid, and those that should have been."""

    title = gettext_lazy("payment")
    parameter_name = "settlement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(OVERDUE, _("overdue")), *((state.value, str(state.label)) for state in Settlement)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == OVERDUE:
            return queryset.filter(open__gt=ZERO, due_on__lt=amsterdam_date(timezone.now()))
        return queryset.filter(settlement=self.value()) if self.value() in Settlement else queryset


class OpenItemAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Columns and fields of an invoice that say how it is paid."""

    @admin.display(description=gettext_lazy("state"), ordering="open")
    def state(self, invoice: "OpenInvoice") -> str:
        """How far it is: until it is issued as a document, then as a debt."""
        if not invoice.settlement:
            return str(invoice.standing.label)
        state, label = invoice.settlement, str(Settlement(invoice.settlement).label)
        if invoice.open > 0 and invoice.due_on and invoice.due_on < amsterdam_date(timezone.now()):
            state, label = OVERDUE, f"{label}, {_('overdue')}"
        return format_html('<span class="phase {}">{}</span>', LOOK.get(state, ""), label)

    @admin.display(description=gettext_lazy("payment"))
    def payment(self, invoice: "OpenInvoice") -> str:
        return self.state(invoice) if invoice.settlement else "–"

    @admin.display(description=gettext_lazy("open"), ordering="open")
    def is_open(self, invoice: "OpenInvoice") -> str:
        return euro(invoice.open) if invoice.settlement else "–"

    @admin.display(description=gettext_lazy("belongs to"))
    def related(self, invoice: Invoice) -> str:
        """The documents that correct it or that it corrects, and those that stand in its place or it in theirs."""
        rows = ((label, _link(document)) for label, document in related_documents(invoice))
        return format_html_join(mark_safe("<br>"), "{} {}", rows) or "–"

    @admin.display(description=gettext_lazy("paid and credited"))
    def received(self, invoice: "OpenInvoice") -> str:
        paid = _("%(amount)s paid") % {"amount": euro(invoice.paid)}
        if not invoice.credited:
            return paid
        return f"{paid}, " + _("%(amount)s credited") % {"amount": euro(invoice.credited)}


def related_documents(invoice: Invoice) -> Iterator[tuple[str, Invoice]]:
    """Each document that has to do with `invoice`, by number, with what it is to it."""
    documents = Invoice.objects.order_by("number", "pk").distinct()
    for label, found in (
        (_("credited by"), documents.filter(lines__corrects=invoice)),
        (_("replaced by"), documents.filter(Q(replaces__invoice=invoice) | Q(replaces__credit_note=invoice))),
        (_("credits"), documents.filter(credit_lines__invoice=invoice)),
        (_("replaces"), documents.filter(corrections__replacement=invoice)),
    ):
        yield from ((label, document) for document in found)


def _link(document: Invoice) -> str:
    return format_html('<a href="{}">{}</a>', reverse("admin:billing_invoice_change", args=[document.pk]), document)


class AllocationInline(ReadOnlyInline):
    """The payments of an invoice, those that were taken back too."""

    model = Allocation
    fk_name = "invoice"
    verbose_name_plural = gettext_lazy("payments")
    fields = ("day", "sum", "basis", "credit_note", "what", "placed_at", "placed_by")
    readonly_fields = ("day", "sum", "what")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Allocation]:
        return Allocation.objects.select_related("entry", "credit_note", "placed_by", "undoes", "undone_by")

    @admin.display(description=gettext_lazy("booked on"))
    def day(self, allocation: Allocation) -> str:
        address = reverse("admin:billing_bankentry_change", args=[allocation.entry_id])
        return format_html('<a href="{}">{}</a>', address, date_format(allocation.entry.booked_on, "j F Y"))

    @admin.display(description=gettext_lazy("amount"))
    def sum(self, allocation: Allocation) -> str:
        return euro(allocation.amount)

    @admin.display(description=gettext_lazy("remark"))
    def what(self, allocation: Allocation) -> str:
        if allocation.undoes_id:
            return _("undoes an earlier one")
        return _("undone") if hasattr(allocation, "undone_by") else "–"
