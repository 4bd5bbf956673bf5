"""What the next invoices would be so far: from the ledger, for the accruals of companies."""

import csv
import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from billing import ledger, proof
from billing.forecast import Forecast, forecast_csv, forecasts
from tests.billing.conftest import invoice_of, spend
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    """The second factor has tests of its own."""
    settings.DEMO = True


def of_acme(world: World, now: dt.datetime = NOW) -> Forecast:
    return next(one for one in forecasts(now=now) if one.portal == world.acme)


def amounts(one: Forecast) -> tuple[str, ...]:
    return tuple(str(amount) for amount in (one.so_far, one.reserved, one.left, one.most))


def test_forecast_tells_consumed_reserved_and_left_apart(world: World):
    spent = spend(world, "40.00", "TW26-1")
    ledger.refund(spent, amount=Decimal("15.50"), source="back", now=NOW)
    ledger.reserve(world.bob, amount=Decimal("30.00"), order_number="TW26-2", now=NOW)
    left = sum(grant.remaining for grant in world.acme.grants.all())

    assert amounts(of_acme(world)) == ("24.50", "30.00", str(left), str(left + Decimal("54.50")))


def test_reservation_that_is_spent_or_released_is_reserved_no_longer(world: World):
    ledger.reserve(world.bob, amount=Decimal("30.00"), order_number="TW26-2", now=NOW)
    ledger.spend_reserved(world.bob, order_number="TW26-2", now=NOW)
    ledger.reserve(world.bob, amount=Decimal("20.00"), order_number="TW26-3", now=NOW)
    ledger.release(world.bob, order_number="TW26-3", now=NOW)

    assert amounts(of_acme(world))[:2] == ("30.00", "0.00")


def test_what_is_on_an_issued_document_is_forecast_no_longer(world: World):
    spend(world, "40.00", "TW26-1")
    invoice_of(world.acme, Month.of(NOW), now=RUN)
    assert of_acme(world, RUN).so_far == 0

    spend(world, "5.00", "TW26-2", now=RUN)
    assert of_acme(world, RUN).so_far == Decimal("5.00")


def test_draft_and_what_was_given_back_of_an_invoice_are_still_to_come(world: World, settings):
    spent = spend(world, "40.00", "TW26-1")
    invoice_of(world.acme, Month.of(NOW), now=RUN)
    ledger.refund(spent, amount=Decimal("15.50"), source="back", now=RUN)
    assert of_acme(world, RUN).so_far == Decimal("-15.50")

    settings.INVOICE_REVIEW_DAYS = 10
    later = dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM)
    invoice_of(world.acme, Month.of(RUN), now=later)
    assert of_acme(world, RUN).so_far == Decimal("-15.50")


def test_forecast_is_what_the_books_call_not_yet_billed(world: World):
    make_grant(world.alice)
    spend(world, "40.00", "TW26-1")
    ledger.spend(world.alice, amount=Decimal("7.00"), order_number="TW26-2", now=NOW)
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-3", now=NOW)

    unbilled = {balance.slug: balance.unbilled for balance in proof.portal_balances()}
    assert {one.portal.slug: one.so_far for one in forecasts(now=NOW)} == {
        slug: unbilled[slug] for slug in ("acme", "globex")
    }


def test_credit_that_has_ended_is_not_left(world: World):
    after = dt.datetime.combine(world.acme.live_until + dt.timedelta(days=1), dt.time(12), AMSTERDAM)

    assert [one for one in forecasts(now=after) if one.portal == world.acme] == []


def test_file_says_the_same(world: World):
    spend(world, "40.00", "TW26-1")

    text = forecast_csv(forecasts(now=NOW), now=NOW).decode("utf-8-sig")
    row = next(row for row in csv.DictReader(text.splitlines(), delimiter=";") if row["Winkel"] == "acme")

    assert (row["Bedrijf"], row["Tot nu toe"]) == ("Acme Nederland B.V.", "40,00")


def test_page_takes_the_same_queries_for_one_portal_and_for_more(world: World, django_assert_num_queries):
    spend(world, "40.00", "TW26-1")
    with django_assert_num_queries(5):
        forecasts(now=NOW)

    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-3", now=NOW)
    with django_assert_num_queries(5):
        forecasts(now=NOW)


def test_finance_sees_it_and_takes_it_along(world: World):
    spend(world, "40.00", "TW26-1")
    with time_machine.travel(NOW, tick=False):
        finance = signed_in(make_colleague("view_invoice"))
        page = finance.get(reverse("admin:billing_forecast"))
        file = finance.get(reverse("admin:billing_forecast_csv"))

    assert "€\N{NO-BREAK SPACE}40,00" in page.text
    assert file.content == forecast_csv(forecasts(now=NOW), now=NOW)


@pytest.mark.parametrize("name", ["billing_forecast", "billing_forecast_csv"])
def test_colleague_without_the_permission_sees_nothing(world: World, name: str):
    assert signed_in(make_colleague("view_order")).get(reverse(f"admin:{name}")).status_code == 403
