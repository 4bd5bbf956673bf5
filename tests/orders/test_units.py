"""Units of a line: however they are given back, the parts add up to the line to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orders.models import OrderLine
from orders.units import part_of
from thuiswerk.lib.money import CENT, vat_within


@st.composite
def lines(draw) -> OrderLine:
    """A line of any price and quantity, paid with any part of credit."""
    unit_price = draw(st.integers(1, 500_000)) * CENT
    quantity = draw(st.integers(1, 12))
    total = unit_price * quantity
    credit = draw(st.integers(0, int(total / CENT))) * CENT
    rate = draw(st.sampled_from([Decimal("21.00"), Decimal("9.00"), Decimal("0.00")]))
    return OrderLine(
        quantity=quantity,
        unit_price=unit_price,
        vat_rate=rate,
        total=total,
        vat=vat_within(total, rate),
        credit=credit,
        own_money=total - credit,
    )


@given(line=lines(), data=st.data())
def test_parts_add_up_to_the_line_however_it_is_cut(line: OrderLine, data):
    cuts = sorted(data.draw(st.sets(st.integers(1, line.quantity - 1)))) if line.quantity > 1 else []
    ends = [*cuts, line.quantity]

    parts = [part_of(line, first=a, quantity=b - a) for a, b in zip([0, *ends], ends, strict=False)]

    for amount in ("credit", "own_money", "vat", "total"):
        assert sum(getattr(part, amount) for part in parts) == getattr(line, amount)
    assert all(part.total == line.unit_price * part.quantity for part in parts)
    assert all(min(part.credit, part.own_money, part.vat) >= 0 for part in parts)


@given(line=lines())
def test_units_differ_by_a_cent_at_most(line: OrderLine):
    units = [part_of(line, first=number, quantity=1) for number in range(line.quantity)]

    for amount in ("credit", "own_money", "vat"):
        amounts = [getattr(unit, amount) for unit in units]
        assert max(amounts) - min(amounts) <= CENT
