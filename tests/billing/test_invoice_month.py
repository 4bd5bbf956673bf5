"""`manage.py invoice_month`."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from billing import ledger
from billing.models import BilledEntry, Invoice
from tests.world import NOW, World
from thuiswerk.lib.periods import AMSTERDAM


@pytest.fixture(autouse=True)
def _in_the_second_week_of_december(world: World):
    """Bob spent EUR 40 and Charlie EUR 70 in November."""
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-2", now=NOW)
    with time_machine.travel(dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM), tick=False):
        yield


def invoice_month(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("invoice_month", *arguments, stdout=out)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_invoice_month_issues_for_every_portal_and_says_so():
    assert invoice_month("2026-11") == ["acme F2026-0001 € 40,00", "globex F2026-0002 € 70,00"]
    assert invoice_month("2026-11") == ["acme F2026-0001 € 40,00", "globex F2026-0002 € 70,00"]


def test_invoice_month_of_one_portal_leaves_the_others():
    assert invoice_month("2026-11", "--portal", "globex") == ["globex F2026-0001 € 70,00"]
    assert Invoice.objects.count() == 1


def test_dry_run_tells_and_writes_nothing(world: World):
    (spent,) = ledger.spend(world.charlie, amount=Decimal("10.00"), order_number="TW26-3", now=NOW)
    ledger.refund(spent, amount=Decimal("10.00"), source="return", now=NOW)

    assert invoice_month("2026-11", "--dry-run") == ["acme 1 orders € 40,00", "globex 1 orders € 70,00"]
    assert not BilledEntry.objects.exists()


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_month_that_is_not_over_is_refused(dry: list[str]):
    with pytest.raises(
        CommandError, match=r"^2026-12 is not closed yet: it can be invoiced from 2027-01-01 00:15 \(Amsterdam\) on\.$"
    ):
        invoice_month("2026-12", *dry)


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_account_that_is_none_is_told_once_for_all_portals(dry: list[str], settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164301"}

    with pytest.raises(CommandError) as refusal:
        invoice_month("2026-11", *dry)

    assert str(refusal.value) == "Er kan geen factuur gemaakt worden: controleer de instelling van OPERATOR_IBAN."


@pytest.mark.parametrize("month", ["2026-13", "november"])
def test_unknown_month_is_refused_in_words(month: str):
    with pytest.raises(CommandError, match="is not a month; write it as 2026-10"):
        invoice_month(month)


def test_unknown_portal_is_refused_in_words():
    with pytest.raises(CommandError, match="There is no portal 'initech'"):
        invoice_month("2026-11", "--portal", "initech")


def test_refused_portal_is_named_and_does_not_stop_the_others(world: World):
    world.acme.company.street = ""
    world.acme.company.save()

    for dry in (["--dry-run"], []):
        with pytest.raises(CommandError, match="acme: Acme: nog geen factuur, want dit ontbreekt: straat en nummer"):
            invoice_month("2026-11", *dry)

    assert Invoice.objects.issued().get().portal == world.globex
