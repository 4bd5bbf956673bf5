"""The names of products on documents, which the company reads by agreement only (decision 22).

- A text comes from the app that knows orders; billing asks for no product.
- It is written with the movement of credit that it is about, once.
- It is read for a document that names products, of a company whose agreement stands.
"""

from collections.abc import Iterable, Sequence

from billing.models import Entry, EntryKind, Invoice, Particulars
from portals.models import Specification


def name_products(moved: Sequence[Entry], text: str) -> None:
    """Keep `text` as what the entries of one movement paid or gave back; what was kept before stays. The caller has
    asked whether the company may read it."""
    first = min(moved, key=lambda entry: entry.pk)
    kept = Particulars(portal_id=first.portal_id, entry=first, text=text)
    Particulars.objects.bulk_create([kept], ignore_conflicts=True)


def may_name(invoice: Invoice) -> bool:
    """Whether a document may say products: it is to, and the agreement with its company was not withdrawn since."""
    if invoice.specification != Specification.PRODUCTS:
        return False
    return invoice.portal.company.products_agreed_on is not None


def names_of(entries: Iterable[Entry]) -> dict[int, str]:
    """The texts of `entries` that have one, by their ids."""
    ids = [entry.pk for entry in entries]
    return dict(Particulars.objects.filter(entry__in=ids).values_list("entry", "text"))


def told_of(entries: Iterable[Entry], names: dict[int, str]) -> dict[str, str]:
    """What a line of `entries` says by `names`: what credit paid, and what of that came back."""
    named = [(entry.kind, names[entry.pk]) for entry in entries if entry.pk in names]
    return {
        "products": ", ".join(text for kind, text in named if kind == EntryKind.SPEND),
        "products_back": ", ".join(text for kind, text in named if kind == EntryKind.REFUND),
    }
