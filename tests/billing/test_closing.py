"""The closing statement: what became of all credit of a portal, from both sides; settled only when nothing is left."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
import time_machine
from django.db import ProgrammingError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from billing import closing, ledger
from billing.closing import Figures, NotSettled, closing_statement, reasons_not_to_settle
from billing.models import PortalSettlement
from portals.models import Specification
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month, start_of_day

NOVEMBER = Month.of(NOW)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
MOVES = ("spend", "refund", "reserve", "release", "revoke")
PAGES = ("billing_closing", "billing_closing_pdf", "billing_closing_csv", "billing_closing_settle")


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    """The second factor has tests of its own."""
    settings.DEMO = True


@pytest.fixture
def ended(world: World) -> dt.datetime:
    """Acme's portal spent EUR 40 of which 10 came back, had it invoiced, and ended: the moment after."""
    (spent,) = ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    ledger.refund(spent, amount=Decimal("10.00"), source="back", now=NOW)
    invoice_of(world.acme, NOVEMBER, now=RUN)
    after = start_of_day(world.acme.live_until + dt.timedelta(days=1)) + dt.timedelta(hours=1)
    for member in world.acme.memberships.all():
        ledger.expire(member, now=after)
    return after


def reasons(world: World, now: dt.datetime) -> list[str]:
    return reasons_not_to_settle(closing_statement(world.acme), now=now)


def test_statement_says_what_became_of_each_persons_credit(world: World, ended: dt.datetime):
    statement = closing_statement(world.acme)

    granted = sum(grant.amount for grant in world.bob.grants.all())
    bob = dict(statement.people)[world.bob.staff_number]
    assert bob == Figures(granted, spent=Decimal("30.00"), expired=granted - Decimal("30.00"))
    assert statement.total.difference == statement.balance.difference == 0
    assert (statement.balance.invoiced, statement.balance.unbilled) == (Decimal("30.00"), Decimal("0.00"))


def test_reserved_and_left_are_told_apart(world: World):
    ledger.reserve(world.bob, amount=Decimal("30.00"), order_number="TW26-2", now=NOW)

    total = closing_statement(world.acme).total

    assert total.reserved == Decimal("30.00")
    assert total.left == total.granted - Decimal("30.00")


@pytest.mark.parametrize(
    ("specification", "named"),
    [
        (Specification.STAFF_NUMBER, ["1002"]),
        (Specification.ORDER, ["1002"]),
        (Specification.PRODUCTS, ["1002"]),
        (Specification.NAME, ["Bob, 1002"]),
        (Specification.COST_CENTRE, ["4100"]),
    ],
)
def test_person_is_named_as_on_the_invoices(world: World, specification: str, named: list[str]):
    world.acme.company.specification = specification
    world.bob.cost_centre, world.bob.user.name = "4100", "Bob"
    world.bob.save()
    world.bob.user.save()

    assert [name for name, _figures in closing_statement(world.acme).people] == named


def test_people_of_a_cost_centre_are_one_line_and_those_without_a_number_are_not(world: World):
    make_grant(world.alice, "20.00")
    world.acme.memberships.update(cost_centre="4100", staff_number="")

    world.acme.company.specification = Specification.COST_CENTRE
    together = closing_statement(world.acme).people
    world.acme.company.specification = Specification.STAFF_NUMBER
    apart = closing_statement(world.acme).people

    assert [name for name, _figures in together] == ["4100"]
    assert [name for name, _figures in apart] == ["–", "–"]
    assert together[0][1] == sum((figures for _name, figures in apart), Figures())


def test_portal_is_settled_once_when_nothing_is_left(world: World, ended: dt.datetime):
    settled = [closing.settle(world.acme, now=ended, actor=world.coordinator) for _press in range(2)]

    assert settled[0] == settled[1] == PortalSettlement.objects.get()
    assert (settled[0].settled_by, settled[0].settled_at) == (world.coordinator, ended)
    assert settled[0].granted == settled[0].spent + settled[0].expired + settled[0].revoked
    assert closing_statement(world.acme).is_settled


def test_live_portal_is_not_settled(world: World):
    with pytest.raises(NotSettled, match="De winkel is nog niet afgelopen"):
        closing.settle(world.acme, now=NOW, actor=world.coordinator)

    assert not PortalSettlement.objects.exists()


def test_credit_that_is_left_stands_in_the_way(world: World):
    after = start_of_day(world.acme.live_until + dt.timedelta(days=1))

    (reason,) = reasons(world, after)

    assert reason.startswith("Er is nog €")


def test_reservation_stands_in_the_way(world: World, ended: dt.datetime):
    make_grant(world.alice, "20.00", source="late")
    ledger.reserve(world.alice, amount=Decimal("20.00"), order_number="TW26-9", now=NOW)

    assert any("gereserveerd" in reason for reason in reasons(world, ended))


def test_what_no_document_has_stands_in_the_way(world: World):
    spend(world, "40.00", "TW26-1")
    after = start_of_day(world.acme.live_until + dt.timedelta(days=1))
    for member in world.acme.memberships.all():
        ledger.expire(member, now=after)

    assert reasons(world, after) == ["Er is tegoed besteed of teruggegeven dat nog op geen document staat."]


def test_draft_stands_in_the_way(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 10
    spend(world, "40.00", "TW26-1")
    invoice_of(world.acme, NOVEMBER, now=RUN)
    after = start_of_day(world.acme.live_until + dt.timedelta(days=1))
    for member in world.acme.memberships.all():
        ledger.expire(member, now=after)

    assert reasons(world, after) == ["Er is nog een document niet uitgegeven."]


def test_return_after_settling_is_credited_and_settled_again(world: World, ended: dt.datetime):
    closing.settle(world.acme, now=ended, actor=world.coordinator)
    spent = world.bob.entries.get(kind="spend")

    ledger.refund(spent, amount=Decimal("5.00"), source="late", now=ended)
    assert not closing_statement(world.acme).is_settled
    with pytest.raises(NotSettled):
        closing.settle(world.acme, now=ended, actor=world.coordinator)

    month, later = Month.of(ended), ended + dt.timedelta(days=60)
    ledger.expire(world.bob, now=later)
    assert credit_note_of(world.acme, month, now=later).total == Decimal("5.00")
    again = closing.settle(world.acme, now=later, actor=world.coordinator)

    assert again.spent == Decimal("25.00")
    assert PortalSettlement.objects.count() == 2
    assert closing_statement(world.acme).is_settled


def test_settlement_never_changes(world: World, ended: dt.datetime):
    closing.settle(world.acme, now=ended, actor=world.coordinator)

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        PortalSettlement.objects.update(spent=Decimal("0.00"))


@pytest.mark.usefixtures("world")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(1, 4000))))
def test_equation_holds_whatever_happened(world: World, moves: list[tuple[str, int]]):
    with transaction.atomic():
        for number, (move, cents) in enumerate(moves):
            _do(world, move, Decimal(cents) / 100, number)

        statement = closing_statement(world.acme)
        assert statement.differences == (0, 0)
        assert sum((figures for _name, figures in statement.people), Figures()) == statement.total
        transaction.set_rollback(True)


def _do(world: World, move: str, amount: Decimal, number: int) -> None:
    order = f"TW26-{number}"
    if move == "refund":
        if spent := world.bob.entries.filter(kind="spend", amount__lt=-20).first():
            ledger.refund(spent, amount=Decimal("0.01"), source=order, now=NOW)
    elif move == "revoke":
        ledger.revoke(world.bob.grants.first(), source=order, now=NOW, actor=world.coordinator)
    elif ledger.available(world.bob, now=NOW) >= amount:
        if move == "spend":
            ledger.spend(world.bob, amount=amount, order_number=order, now=NOW)
        else:
            ledger.reserve(world.bob, amount=amount, order_number=order, now=NOW)
            if move == "release":
                ledger.release(world.bob, order_number=order, now=NOW)


def test_file_has_everybody_and_the_total(world: World, ended: dt.datetime):
    statement = closing_statement(world.acme)

    rows = list(csv.reader(closing.closing_csv(statement).decode("utf-8-sig").splitlines(), delimiter=";"))

    figures = ["Toegekend", "Besteed, netto", "Vervallen", "Ingetrokken", "Gereserveerd", "Over"]
    assert rows[0] == ["Medewerker", *figures, "Facturen", "Af: creditfacturen", "Nog niet gefactureerd"]
    assert (rows[-1][0], rows[-1][2]) == ("Samen", "30,00")
    invoiced, credited, unbilled = (Decimal(cell.replace(",", ".")) for cell in rows[-1][7:])
    assert invoiced - credited + unbilled == Decimal("30.00")
    assert {tuple(row[7:]) for row in rows[1:-1]} == {("", "", "")}


@pytest.mark.parametrize(("language", "words"), [("nl", "Eindafrekening"), ("en", "Closing statement")])
def test_pdf_says_it_in_the_companys_language(world: World, ended: dt.datetime, language: str, words: str):
    world.acme.company.language = language

    content = closing.closing_pdf(closing_statement(world.acme), now=ended)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()

    assert words in text
    assert world.acme.company.legal_name in text
    assert content == closing.closing_pdf(closing_statement(world.acme), now=ended)


def test_finance_settles_and_takes_the_papers(world: World, ended: dt.datetime):
    with time_machine.travel(ended, tick=False):
        finance = signed_in(make_colleague("view_invoice", "change_invoice"))
        before = finance.get(reverse("admin:billing_closing", args=[world.acme.pk]))
        page = finance.post(reverse("admin:billing_closing_settle", args=[world.acme.pk]), follow=True)
        pdf = finance.get(reverse("admin:billing_closing_pdf", args=[world.acme.pk]))
        table = finance.get(reverse("admin:billing_closing_csv", args=[world.acme.pk]))

    assert before.context["reasons"] == []
    assert "is afgerekend." in page.text
    assert PortalSettlement.objects.get().settled_by.email == "fin@thuiswerk.example"
    assert pdf.content.startswith(b"%PDF-")
    assert table.headers["Content-Disposition"] == 'attachment; filename="eindafrekening-acme-2027-02-01.csv"'


def test_page_names_what_stands_in_the_way(world: World):
    with time_machine.travel(NOW, tick=False):
        finance = signed_in(make_colleague("view_invoice", "change_invoice"))
        page = finance.post(reverse("admin:billing_closing_settle", args=[world.acme.pk]), follow=True)

    assert "De winkel is nog niet afgelopen." in page.text
    assert not PortalSettlement.objects.exists()


@pytest.mark.parametrize("name", PAGES)
def test_colleague_without_the_permission_sees_nothing(world: World, name: str):
    client = signed_in(make_colleague("view_order", "view_portal"))
    address = reverse(f"admin:{name}", args=[world.acme.pk])

    assert (client.post(address) if name.endswith("settle") else client.get(address)).status_code == 403


def test_whoever_may_only_look_does_not_settle(world: World, ended: dt.datetime):
    client = signed_in(make_colleague("view_invoice"))

    assert client.post(reverse("admin:billing_closing_settle", args=[world.acme.pk])).status_code == 403
    assert not PortalSettlement.objects.exists()
