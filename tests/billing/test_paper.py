"""What a document says, and how it stands in its columns."""

import datetime as dt
from decimal import Decimal

import pytest

from billing.paper import document_context
from tests.billing.paperwork import make_credit_note, make_invoice, make_line


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (dt.date(2026, 10, 6), dt.date(2026, 10, 6), "6_oktober_2026"),
        (dt.date(2026, 10, 6), dt.date(2026, 10, 19), "6_– 19_oktober_2026"),
        (dt.date(2026, 9, 30), dt.date(2026, 10, 19), "30_september_– 19_oktober_2026"),
        (dt.date(2025, 12, 30), dt.date(2026, 1, 2), "30_december_2025_– 2_januari_2026"),
    ],
)
def test_days_of_a_line_break_after_the_dash_only(first: dt.date, last: dt.date, said: str):
    context = document_context(make_invoice(), [make_line(first_day=first, last_day=last)])

    assert dict(context["rows"][0])["days"].replace("\N{NO-BREAK SPACE}", "_") == said


def test_credit_note_says_what_comes_off_each_invoice_by_number():
    context = document_context(*make_credit_note("F2026-0003", "F2026-0001", "F2026-0003"))

    corrected = [(invoice.number, amount) for invoice, amount in context["corrected"]]
    assert corrected == [("F2026-0001", Decimal("40.00")), ("F2026-0003", Decimal("80.00"))]


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        (["F2026-0001"], "van deze factuur nog openstaat"),
        (["F2026-0001", "F2026-0001"], "van deze factuur nog openstaat"),
        (["F2026-0001", "F2026-0002"], "van deze facturen nog openstaat"),
    ],
)
def test_credit_note_of_one_invoice_speaks_of_one(numbers: list[str], named: str):
    assert named in document_context(*make_credit_note(*numbers))["settling"]
