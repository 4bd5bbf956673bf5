"""The sums of the money matrix, and the proof that the books have them.

The order: three footrests of EUR 33,33 at 21 % and a book of EUR 25,00 at 9 %; EUR 124,99, of which EUR 19,41 is VAT.
The credit of the employee ends on 10 December, that of a return after it a period of grace later.
"""

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal

from django.core.management import call_command
from django.db.models import Sum

from billing import ledger, proof
from billing.models import DocumentKind
from billing.tasks import invoice_open_months
from orders.models import GiveBackLine, Order
from orders.receipts import receipt_context
from portals.models import Membership
from tests.world import NOW
from thuiswerk.lib.periods import AMSTERDAM

NOTHING, TOTAL, VAT = Decimal("0.00"), Decimal("124.99"), Decimal("19.41")
HAD = {"credit": Decimal("200.00"), "mixed": Decimal("80.00"), "own": NOTHING}
SPENT = {"credit": TOTAL, "mixed": Decimal("80.00"), "own": NOTHING}
# Per rate: without VAT, VAT, and with it.
RECEIPT = [
    (Decimal("21.00"), Decimal("82.64"), Decimal("17.35"), Decimal("99.99")),
    (Decimal("9.00"), Decimal("22.94"), Decimal("2.06"), Decimal("25.00")),
]
LAPSED, DELIVERED, WAY = NOW + dt.timedelta(minutes=31), NOW + dt.timedelta(days=2), dt.timedelta(days=2)
INVOICED = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
GRANT_ENDED, ASKED = dt.date(2026, 12, 10), dt.datetime(2026, 12, 12, 12, 0, tzinfo=AMSTERDAM)
GRACE_ENDS = dt.datetime(2027, 1, 14, 0, 0, tzinfo=AMSTERDAM)  # 30 days after what was asked back arrived.
ALL_INVOICED = dt.datetime(2027, 1, 15, 6, 0, tzinfo=AMSTERDAM)
NOVEMBER = dt.date(2026, 11, 1)
ENDS = ["cancel", "part return", "whole return", "after the grant ended", "after invoicing"]


@dataclass(frozen=True)
class Back:
    """What comes back: to the credit, to the bank, and the VAT in it per rate."""

    credit: Decimal
    own: Decimal
    vat: dict[Decimal, Decimal]


ALL_VAT = {rate: vat for rate, _base, vat, _gross in RECEIPT}
WHOLE = {means: Back(SPENT[means], TOTAL - SPENT[means], ALL_VAT) for means in SPENT}
ONE_FOOTREST = {
    means: Back(Decimal(credit), Decimal(own), {Decimal("21.00"): Decimal("5.79")})
    for means, credit, own in (("credit", "33.33", "0"), ("mixed", "21.34", "11.99"), ("own", "0", "33.33"))
}


def back_of(means: str, end: str) -> Back:
    return (ONE_FOOTREST if end == "part return" else WHOLE)[means]


def consumed(member: Membership) -> Decimal:
    """The credit that was spent and did not come back."""
    return -(member.entries.filter(kind__in=["spend", "refund"]).aggregate(sum=Sum("amount"))["sum"] or NOTHING)


def check_receipt(means: str, back: Back) -> None:
    """The same VAT however it was paid; lines add up to the order; the receipt has what came back."""
    shown = receipt_context(Order.objects.get())
    order, lines = shown["order"], shown["lines"]
    assert (order.total, order.credit, order.own_money) == (TOTAL, SPENT[means], TOTAL - SPENT[means])
    for column in ("total", "credit", "own_money"):
        assert sum(getattr(line, column) for line in lines) == getattr(order, column)
    assert [(rate.rate, rate.base, rate.vat, rate.gross) for rate in shown["vat_rates"]] == RECEIPT
    assert (shown["base_total"], shown["vat_total"]) == (TOTAL - VAT, VAT)
    given = GiveBackLine.objects.order_by().values_list("line__vat_rate").annotate(Sum("vat"))
    assert dict(given) == back.vat
    came_back, vat_back = back.credit + back.own, sum(back.vat.values())
    assert (shown["given_total"], shown["given_vat"]) == (came_back, vat_back)
    assert (shown["left_total"], shown["left_vat"]) == (TOTAL - came_back, VAT - vat_back)


def check_grace(member: Membership, back: Back) -> None:
    """What came back after the end of the grant can be spent on the last day of the grace period, and not after it."""
    last = [ledger.available(member, now=GRACE_ENDS + dt.timedelta(seconds=passed)) for passed in (-1, 0)]
    assert last == [back.credit, NOTHING]


def check_invoices(member: Membership, *, invoiced: Decimal, given_back: Decimal) -> None:
    """November is invoiced once, for `invoiced`; what was `given_back` since is on a credit note or waits for one."""
    invoice_open_months()
    invoices = member.portal.invoices.filter(kind=DocumentKind.INVOICE).values_list("period", "total")
    assert list(invoices) == ([(NOVEMBER, invoiced)] if invoiced else [])
    books = {one.slug: (one.consumed, one.invoiced, one.credited - one.unbilled) for one in proof.portal_balances()}
    assert books == ({"acme": (invoiced - given_back, invoiced, given_back)} if invoiced else {})
    assert consumed(member) == invoiced - given_back


def check_books() -> None:
    call_command("check_ledger", stdout=io.StringIO())
