"""The lines of a document, by what the company wants to see: per order, per employee or per cost centre.

A line never mixes months, nor the invoices that it corrects, so that a late entry and a credited invoice are seen.
Products are named by agreement with the company only (billing.naming).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from billing.consumption import OrderCredit
from billing.models import Entry, Invoice, InvoiceLine
from billing.naming import may_name, names_of, told_of
from portals.models import Specification
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month

Group = list[OrderCredit]


def lines_of(invoice: Invoice, orders: Iterable[OrderCredit]) -> list[tuple[InvoiceLine, Group]]:
    """Unsaved lines of `invoice`, in their order, each with the orders that it stands for; those that come to nothing
    are left out."""
    says = SAYS[Specification(invoice.specification)]
    groups: dict[Any, Group] = {}
    for order in orders:
        if order.amount:
            groups.setdefault(_key(order, invoice.specification), []).append(order)
    grouped = sorted((_sort_key(says(group[0]), group), group) for group in groups.values())
    names = names_of(_entries(groups.values())) if may_name(invoice) else {}
    return [
        (_line(invoice, position, group, says(group[0]) | told_of(_entries([group]), names)), group)
        for position, (_by, group) in enumerate(grouped, start=1)
    ]


def _entries(groups: Iterable[Group]) -> Iterator[Entry]:
    return (entry for group in groups for order in group for entry in order.entries)


def _key(order: OrderCredit, specification: str) -> tuple[Any, ...]:
    """What two orders of one line have in common."""
    month = Month(order.first_day.year, order.first_day.month)
    carrier = order.corrects.pk if order.corrects else 0
    whose = {
        Specification.ORDER: order.number,
        Specification.PRODUCTS: order.number,
        Specification.COST_CENTRE: order.member.cost_centre,
    }.get(Specification(specification), order.member.pk)
    return whose, month, carrier


def _line(invoice: Invoice, position: int, group: Group, said: dict[str, str]) -> InvoiceLine:
    return InvoiceLine(
        portal_id=invoice.portal_id,
        invoice=invoice,
        position=position,
        orders=len({order.number for order in group}),
        first_day=min(order.first_day for order in group),
        last_day=max(order.last_day for order in group),
        amount=sum((order.amount for order in group), ZERO),
        corrects=group[0].corrects,
        **said,
    )


def _sort_key(said: dict[str, str], group: Group) -> tuple[str, str, str, dt.date, str]:
    """Names, cost centres and staff numbers in their order; orders by their day."""
    who = "" if "order_number" in said else said.get("staff_number", "")
    return said.get("name", "").casefold(), said.get("cost_centre", ""), who, group[0].first_day, group[0].number


def _of_order(order: OrderCredit) -> dict[str, str]:
    return {"order_number": order.number, "staff_number": order.member.staff_number}


def _of_staff_number(order: OrderCredit) -> dict[str, str]:
    return {"staff_number": order.member.staff_number}


def _of_name(order: OrderCredit) -> dict[str, str]:
    return {"name": order.member.user.get_full_name(), "staff_number": order.member.staff_number}


def _of_cost_centre(order: OrderCredit) -> dict[str, str]:
    return {"cost_centre": order.member.cost_centre}


SAYS: dict[Specification, Callable[[OrderCredit], dict[str, str]]] = {
    Specification.ORDER: _of_order,
    Specification.PRODUCTS: _of_order,
    Specification.STAFF_NUMBER: _of_staff_number,
    Specification.NAME: _of_name,
    Specification.COST_CENTRE: _of_cost_centre,
}
