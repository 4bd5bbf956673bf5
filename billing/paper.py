"""What the PDF and the mail of an invoice or a credit note say, all of it from the document's own rows.

- `(invoice, lines)` may be unsaved: a specimen is made the same way.
- No VAT number, no rate and no column for VAT: what is asked back is outside its scope (decision 0004).
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as in_words
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.documents import Attachment, render_pdf
from billing.models import Invoice, InvoiceLine
from billing.payment import in_fours, transfer_qr
from billing.wording import products_of, replaced_by, replaces_told
from portals.company import BELGIAN, KVK, OIN
from portals.models import Specification
from thuiswerk.lib.money import ZERO, euro

TEMPLATE = "billing/invoice.html"
NO_BREAK = "\N{NO-BREAK SPACE}"
IDENTIFIERS = {
    KVK: gettext_lazy("Your KvK number"),
    OIN: gettext_lazy("Your OIN"),
    BELGIAN: gettext_lazy("Your enterprise number"),
}

type Words = str | Promise


@dataclass(frozen=True)
class Column:
    """A column of the lines; `kind` is its class in the stylesheet, and `key` heads its row."""

    kind: str
    label: Words
    text: Callable[[InvoiceLine], str]


def render_invoice(
    invoice: Invoice, lines: Sequence[InvoiceLine], *, e_invoice: bytes | None = None, remark: str = ""
) -> bytes:
    """The PDF of a document, with its UBL inside where it has one, and with `remark` above its lines."""
    attachment = _attachment(invoice, e_invoice) if e_invoice else None
    context = document_context(invoice, lines)
    context["remarks"] += [remark] if remark else []
    return render_pdf(TEMPLATE, context, language=invoice.language, attachment=attachment)


def document_context(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[str, Any]:
    """What the templates of the document and of its mail find, in its own language."""
    with translation.override(invoice.language):
        columns, corrected = columns_of(invoice), corrected_by(lines)
        return {
            "invoice": invoice,
            "seller": invoice.seller,
            "buyer": invoice.buyer,
            "title": title_of(invoice),
            "subject": _subject(invoice),
            "remarks": _remarks(invoice),
            "facts": [(label, value) for label, value in _facts(invoice) if value],
            "columns": columns,
            "rows": [[(column.kind, column.text(line)) for column in columns] for line in lines],
            "has_late_lines": any(line.first_day < invoice.period for line in lines),
            "corrected": corrected,
            "taken_off": _taken_off(invoice),
            "settling": _settling(invoice, len(corrected)),
            "parts": _parts(invoice),
            "total_label": _("To settle") if invoice.is_credit_note else _("To pay"),
            "iban": in_fours(invoice.seller["iban"]),
            "reference": in_fours(invoice.payment_reference),
            "qr": _qr(invoice) if _asks_for_money(invoice) else "",
            "sender_line": " · ".join(invoice.seller["address"].splitlines()),
            "portal": None,
        }


def title_of(invoice: Invoice) -> str:
    """What the document is called, in the language that is active."""
    if invoice.is_specimen:
        return _("Example credit note") if invoice.is_credit_note else _("Example invoice")
    return _("Credit note") if invoice.is_credit_note else _("Invoice")


def file_name(invoice: Invoice, ending: str = "pdf") -> str:
    """`factuur-F2026-0001.pdf`, in the company's language."""
    with translation.override(invoice.language):
        word = _("credit-note") if invoice.is_credit_note else _("invoice")
    return f"{word}-{invoice.number}.{ending}"


def columns_of(invoice: Invoice) -> list[Column]:
    """What a line tells, by the specification that the company chose; on a credit note also what it corrects."""
    told = COLUMNS[Specification(invoice.specification)]
    if invoice.is_credit_note:
        told = [column for column in told if column is not ORDERS]
        return [*told, CORRECTS, Column("amount", _taken_off(invoice), _amount)]
    return [*told, Column("amount", _("Consumed credit"), _amount)]


def corrected_by(lines: Sequence[InvoiceLine]) -> list[tuple[Invoice, Decimal]]:
    """The invoices that `lines` correct, by number, each with the amount that comes off it."""
    invoices = {line.corrects.pk: line.corrects for line in lines if line.corrects}
    sums = dict.fromkeys(invoices, ZERO)
    for line in lines:
        if line.corrects:
            sums[line.corrects.pk] += line.amount
    return sorted(((invoices[pk], amount) for pk, amount in sums.items()), key=lambda pair: str(pair[0].number))


def span(first: dt.date, last: dt.date) -> str:
    """Days as they are read: `3 november 2026`, `1 – 30 november 2026`, `30 oktober – 28 november 2026`."""
    end = in_words(last, "j F Y")
    if first == last:
        return end
    if first.year != last.year:
        return f"{in_words(first, 'j F Y')} – {end}"
    return f"{in_words(first, 'j' if first.month == last.month else 'j F')} – {end}"


def _subject(invoice: Invoice) -> str:
    words = {"days": span(invoice.starts_on, invoice.ends_on), "portal": invoice.buyer["portal"]}
    if invoice.is_credit_note and invoice.is_correction:
        return _("Correction of consumed credit, %(days)s, %(portal)s") % words
    if invoice.is_credit_note:
        return _("Credit given back, %(days)s, %(portal)s") % words
    return _("Consumed credit, %(days)s, %(portal)s") % words


def _remarks(invoice: Invoice) -> list[str]:
    """What has to be known before the lines are read."""
    remarks = []
    if invoice.is_specimen:
        remarks.append(_("EXAMPLE: this is what your invoice will look like. Do not pay it and do not book it."))
    if replaced := replaced_by(invoice):
        remarks.append(replaces_told(invoice, replaced))
        remarks.append(_("What you paid of that one counts for this one."))
    if invoice.reason:
        remarks.append(_("Reason of the correction: %(reason)s") % {"reason": invoice.reason})
    return remarks


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    """The table beside the address; what is empty is left out."""
    number, day = (_("Credit note number"), _("Credit note date")) if invoice.is_credit_note else _invoice_words()
    label = IDENTIFIERS.get(invoice.buyer["scheme"], _("Your number"))
    return [
        (number, invoice.number or ""),
        (day, _date(invoice.issued_on)),
        (_("Pay before or on"), _due(invoice)),
        (_("Purchase order"), invoice.order_number),
        (_("Your reference"), invoice.buyer_reference),
        (_("Customer number"), invoice.buyer["customer_number"]),
        (str(label), invoice.buyer["identifier"]),
    ]


def _date(day: dt.date | None) -> str:
    return in_words(day, "j F Y") if day else ""


def _invoice_words() -> tuple[str, str]:
    return _("Invoice number"), _("Invoice date")


def _due(invoice: Invoice) -> str:
    """The last day to pay, with the payment term; a credit note has none."""
    if invoice.is_credit_note or not invoice.due_on or not invoice.issued_on:
        return ""
    term = (invoice.due_on - invoice.issued_on).days
    words = {"day": in_words(invoice.due_on, "j F Y"), "term": term}
    return ngettext("%(day)s (%(term)d day)", "%(day)s (%(term)d days)", term) % words


def _parts(invoice: Invoice) -> list[tuple[str, Decimal]]:
    """What stands above the amount to pay, where that is not the total."""
    if not invoice.prepaid:
        return []
    return [(_("Total"), invoice.total), (_("Paid already"), -invoice.prepaid)]


def _asks_for_money(invoice: Invoice) -> bool:
    return invoice.payable > 0 and not (invoice.is_credit_note or invoice.is_specimen)


def _taken_off(invoice: Invoice) -> str:
    """What a credit note calls what comes off an invoice."""
    return _("Credited") if invoice.is_correction else _("Given back")


def _settling(invoice: Invoice, count: int) -> str:
    """How a credit note of `count` invoices is settled."""
    if invoice.is_credit_note and invoice.is_correction:
        told = _(
            "You do not have to do anything. Invoice %(number)s takes the place of what is credited here,"
            " and what you paid already counts for it."
        )
        return told % {"number": invoice.correction.replacement}
    return ngettext(
        "You do not have to do anything. We take this amount off what is still open of this invoice."
        " What you paid already, we pay back to the account that it came from.",
        "You do not have to do anything. We take this amount off what is still open of these invoices."
        " What you paid already, we pay back to the account that it came from.",
        count,
    )


def _qr(invoice: Invoice) -> str:
    words = {"amount": euro(invoice.payable), "iban": in_fours(invoice.seller["iban"])}
    return transfer_qr(
        name=invoice.seller["name"],
        iban=invoice.seller["iban"],
        bic=invoice.seller["bic"],
        amount=invoice.payable,
        reference=invoice.payment_reference,
        alt=_("QR code for your bank's app: transfer %(amount)s to %(iban)s") % words,
    )


def _attachment(invoice: Invoice, content: bytes) -> Attachment:
    with translation.override(invoice.language):
        description = _("E-invoice (UBL) of the same content")
    return Attachment(file_name(invoice, "xml"), description, content, made_on=invoice.issued_on or invoice.period)


def _day(line: InvoiceLine) -> str:
    """The days of a line, which break after the dash and nowhere else."""
    return span(line.first_day, line.last_day).replace(" ", NO_BREAK).replace(f"–{NO_BREAK}", "– ")


def _products(line: InvoiceLine) -> str:
    """The products of a line; a number stays with what it counts."""
    return products_of(line).replace(" × ", f"{NO_BREAK}×{NO_BREAK}")


def _amount(line: InvoiceLine) -> str:
    return euro(line.amount)


def _corrects(line: InvoiceLine) -> str:
    return str(line.corrects.number) if line.corrects else ""


def _orders(line: InvoiceLine) -> str:
    return str(line.orders)


ORDERS = Column("number", gettext_lazy("Orders"), _orders)
DAYS = Column("days", gettext_lazy("Days"), _day)
STAFF = Column("staff", gettext_lazy("Staff number"), lambda line: line.staff_number or "–")
ORDER = [
    Column("days", gettext_lazy("Date"), _day),
    Column("key", gettext_lazy("Order number"), lambda line: line.order_number),
    STAFF,
]
CORRECTS = Column("corrects", gettext_lazy("Corrects invoice"), _corrects)

COLUMNS = {
    Specification.STAFF_NUMBER: [Column("key", STAFF.label, STAFF.text), DAYS, ORDERS],
    Specification.NAME: [Column("key", gettext_lazy("Name"), lambda line: line.name or "–"), STAFF, DAYS, ORDERS],
    Specification.COST_CENTRE: [
        Column("key", gettext_lazy("Cost centre"), lambda line: line.cost_centre or _("without cost centre")),
        DAYS,
        ORDERS,
    ],
    Specification.ORDER: ORDER,
    Specification.PRODUCTS: [*ORDER, Column("products", gettext_lazy("Products"), _products)],
}
