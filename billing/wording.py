"""The words of a document's lines, as its e-invoice says them, in the language of the document."""

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Invoice, InvoiceLine
from portals.models import Specification


def line_title(invoice: Invoice, line: InvoiceLine) -> str:
    """What a line asks or gives back, and for whom: `Consumed credit, order TW26-1`."""
    with translation.override(invoice.language):
        return f"{_what(invoice)}, {_subject(invoice.specification, line)}"


def line_explanation(invoice: Invoice, line: InvoiceLine) -> str:
    """What else is known of a line: the invoice that it corrects, its products, or how many orders it stands for; may
    be empty."""
    with translation.override(invoice.language):
        if line.corrects:
            corrects = _("Corrects invoice %(number)s") % {"number": line.corrects.number}
            return ": ".join(filter(None, (corrects, products_of(line))))
        if line.order_number:
            return products_of(line)
        return ngettext("%(count)d order", "%(count)d orders", line.orders) % {"count": line.orders}


def products_of(line: InvoiceLine) -> str:
    """The products of a line in the language that is active, those that came back told apart; empty without any."""
    if not (line.products and line.products_back):
        return line.products or line.products_back
    back = _("given back: %(products)s") % {"products": line.products_back}
    return f"{line.products}; {back}"


def replaced_by(invoice: Invoice) -> Invoice | None:
    """The invoice in whose place the new one of a correction stands, wholly or in part."""
    return invoice.replaces.invoice if invoice.is_correction and not invoice.is_credit_note else None


def replaces_told(invoice: Invoice, replaced: Invoice) -> str:
    """Which invoice it is in the place of, in the language that is active."""
    words = {"number": replaced.number, "day": date_format(replaced.issued_on, "j F Y") if replaced.issued_on else ""}
    if invoice.total < replaced.total:
        return _("This invoice replaces part of invoice %(number)s of %(day)s.") % words
    return _("This invoice replaces invoice %(number)s of %(day)s.") % words


def _what(invoice: Invoice) -> str:
    if not invoice.is_credit_note:
        return _("Consumed credit")
    return _("Correction of consumed credit") if invoice.is_correction else _("Credit given back")


def _subject(specification: str, line: InvoiceLine) -> str:
    match specification:
        case Specification.ORDER | Specification.PRODUCTS:
            return _("order %(number)s") % {"number": line.order_number}
        case Specification.COST_CENTRE if line.cost_centre:
            return _("cost centre %(name)s") % {"name": line.cost_centre}
        case Specification.COST_CENTRE:
            return _("without cost centre")
        case Specification.NAME if line.name:
            return line.name
    if line.staff_number:
        return _("employee %(number)s") % {"number": line.staff_number}
    return _("employee without staff number")
