"""What the employer may read of an order: the products that credit paid (decision 22).

- The checkout said so to the employee, and the company's agreement still stands when credit moves.
- Only what credit paid a part of: what is bought with own money alone is nobody's business.
- In the words of the order, which no later change of the product touches.
"""

from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.translation import ngettext

from billing.models import Entry, Particulars
from billing.naming import name_products
from orders.models import GiveBack, Order, OrderLine

LONGEST = Particulars._meta.get_field("text").max_length or 0


def name_spent(order: Order, spent: Sequence[Entry], lines: Iterable[OrderLine] | None = None) -> None:
    """Name what the credit of `order` paid, where the employer may read it. `lines`: where they are at hand."""
    if _is_read(order) and spent:
        paid = [line for line in (order.lines.all() if lines is None else lines) if line.credit]
        name_products(spent, _text(order, [f"{line.quantity} × {line.name}" for line in paid]))


def name_given_back(given: GiveBack, returned: Sequence[Entry]) -> None:
    """Name what the credit came back for, where the employer may read it."""
    if _is_read(given.order) and returned:
        parts = given.lines.filter(credit__gt=0).select_related("line").order_by("pk")
        name_products(returned, _text(given.order, [f"{part.quantity} × {part.line.name}" for part in parts]))


def _is_read(order: Order) -> bool:
    return order.names_products and order.portal.company.names_products


def _text(order: Order, parts: list[str]) -> str:
    """All of `parts`, or as many as fit and how many more there are, in the company's language."""
    text = ", ".join(parts)
    for kept in range(len(parts) - 1, 0, -1):
        if len(text) <= LONGEST:
            break
        shown, left = ", ".join(parts[:kept]), len(parts) - kept
        with translation.override(order.portal.company.language):
            text = ngettext("%(products)s and %(count)d more", "%(products)s and %(count)d more", left)
        text %= {"products": shown, "count": left}
    return text
