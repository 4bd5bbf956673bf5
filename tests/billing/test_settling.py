"""A portal that has ended is settled by itself, and its company gets the closing statement once."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Mail
from billing import closing, ledger
from billing.models import PortalSettlement
from billing.settling import readers_of, settle_ended, tell_companies
from portals.models import Portal, PortalState
from tests.billing.conftest import invoice_of
from tests.world import NOW
from thuiswerk.lib.periods import AMSTERDAM, Month, start_of_day

DAY = dt.timedelta(days=1)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
AFTER = start_of_day(dt.date(2027, 2, 1)) + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.OPERATOR = settings.OPERATOR | {
        "address": "Dam 1\n1012 JS Amsterdam",
        "iban": "NL91ABNA0417164300",
        "kvk_number": "12345678",
        "email": "service@thuiswerk.example",
    }


def expire(world, now=AFTER):
    for member in (world.alice, world.bob, world.charlie):
        ledger.expire(member, now=now)


def run(now):
    settled = settle_ended(now=now)
    return settled, tell_companies(now=now)


def mails():
    return list(Mail.objects.filter(key__startswith="closing:").order_by("to").values_list("to", flat=True))


def test_portal_is_settled_by_itself_when_credit_has_expired(world):
    before = run(AFTER - 2 * DAY), run(AFTER)
    expire(world)

    after = [run(AFTER + days * DAY) for days in range(3)]

    assert before == ((0, 0), (0, 0))
    assert after == [(2, 2), (0, 0), (0, 0)]
    assert [row.settled_by for row in PortalSettlement.objects.all()] == [None, None]


def test_company_and_its_contacts_get_the_statement_with_both_files(world):
    expire(world)

    run(AFTER)

    assert mails() == ["alice@acme.example", "facturen@acme.example", "facturen@globex.example"]
    mail = Mail.objects.get(to="facturen@acme.example")
    assert [file.mime_type for file in mail.files.order_by("name")] == ["text/csv", "application/pdf"]
    assert "Toegekend: € 250,00" in mail.text.replace("\N{NO-BREAK SPACE}", " ")


def test_spend_that_no_invoice_has_holds_the_settlement_up(world):
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    expire(world)
    Portal.objects.filter(pk=world.globex.pk).update(state=PortalState.BUILD)

    waiting = run(AFTER)
    invoice_of(world.acme, Month.of(NOW), now=RUN)

    assert (waiting, run(AFTER + DAY)) == ((0, 0), (1, 1))


def test_return_after_the_settlement_is_settled_and_told_again(world):
    (spent,) = ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    invoice_of(world.acme, Month.of(NOW), now=RUN)
    expire(world)
    run(AFTER)
    ledger.refund(spent, amount=Decimal("10.00"), source="back", now=AFTER + DAY)

    moved = run(AFTER + 2 * DAY)
    invoice_of(world.acme, Month.of(AFTER + DAY), now=AFTER + 40 * DAY)
    ledger.expire(world.bob, now=AFTER + 40 * DAY)

    assert moved == (0, 0)
    assert run(AFTER + 41 * DAY) == (1, 1)
    assert mails().count("facturen@acme.example") == 2


def test_settlement_of_a_colleague_is_told_too_and_an_old_one_is_not(world):
    expire(world)
    closing.settle(world.acme, now=AFTER, actor=world.coordinator)
    closing.settle(world.globex, now=AFTER, actor=world.coordinator)

    assert tell_companies(now=AFTER + 90 * DAY) == 0
    assert tell_companies(now=AFTER + DAY) == 2


def test_company_without_an_address_is_told_nothing_and_holds_nobody_up(world):
    world.globex.company.invoice_email = ""
    world.globex.company.save()
    expire(world)

    assert run(AFTER) == (2, 1)
    assert readers_of(world.globex) == []


def test_closed_portal_is_settled_before_its_last_day(world):
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.CLOSED)
    ledger.expire(world.bob, now=NOW)

    assert run(NOW) == (1, 1)
