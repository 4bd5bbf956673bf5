"""From draft to document: who looks at it, when it goes by itself, what stops it, and what it then says."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import invoicing, issuing, ledger, rules, run
from billing.models import EInvoice, Entry, Invoice, NumberSeries, Standing
from portals.models import Company, Specification
from tests.billing.conftest import books_are_right, credit_note_of, invoice_of
from tests.world import NOW, World
from thuiswerk.lib.periods import AMSTERDAM, Month

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2026, number) for number in (9, 10, 11, 12))
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
JANUARY_RUN = dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM)


@pytest.fixture
def draft(world: World, settings) -> Invoice:
    """November's invoice of EUR 40, which finance has ten days to look at."""
    settings.INVOICE_REVIEW_DAYS = 10
    spend(world, "40.00", "TW26-1")
    (draft,) = run.run_portal(world.acme, NOVEMBER, now=RUN)
    return draft


def spend(world: World, amount: str, number: str, *, now: dt.datetime = NOW) -> Entry:
    return ledger.spend(world.bob, amount=Decimal(amount), order_number=number, now=now)[0]


def give_back(spent: Entry, amount: str, *, now: dt.datetime) -> None:
    ledger.refund(spent, amount=Decimal(amount), source=f"return:{now}", now=now)


def change_company(world: World, **facts: object) -> None:
    Company.objects.filter(pk=world.acme.company_id).update(**facts)


def at(month: Month) -> dt.datetime:
    """The moment at which `month` is run."""
    return month.end + dt.timedelta(days=8)


def test_draft_has_no_number_and_no_copies(draft: Invoice):
    assert (draft.standing, draft.number, draft.issued_on, draft.due_on) == (Standing.DRAFT, None, None, None)
    assert (draft.seller, draft.buyer, draft.payment_reference) == ({}, {}, "")
    assert not NumberSeries.objects.exists()
    assert not EInvoice.objects.exists()


def test_review_is_noted_once_and_not_of_what_is_issued(world: World, draft: Invoice):
    issuing.review(draft, now=RUN, actor=world.coordinator)
    issuing.review(draft, now=RUN + dt.timedelta(days=1), actor=world.alice.user)
    draft.refresh_from_db()
    assert (draft.standing, draft.reviewed_at, draft.reviewed_by) == (Standing.REVIEWED, RUN, world.coordinator)

    spend(world, "9.00", "TW26-2", now=DECEMBER.start)
    (later,) = run.run_portal(world.acme, DECEMBER, now=JANUARY_RUN)
    issued = issuing.issue(later, now=JANUARY_RUN, actor=world.coordinator)
    issuing.review(issued, now=JANUARY_RUN, actor=world.coordinator)
    issued.refresh_from_db()
    assert (issued.standing, issued.reviewed_at) == (Standing.ISSUED, None)


def test_draft_is_due_when_finance_had_its_days(world: World, draft: Invoice):
    due = RUN + dt.timedelta(days=10)

    assert issuing.due_drafts(due - dt.timedelta(seconds=1)) == []
    assert issuing.due_drafts(due) == [draft.pk]
    assert issuing.due_drafts(due, portal=world.globex) == []
    assert [made.number for made in run.run_portal(world.acme, NOVEMBER, now=due)] == ["F2026-0001"]
    assert issuing.due_drafts(due) == []


def test_due_invoices_come_before_the_credit_notes_that_correct_them(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 60
    spent = spend(world, "40.00", "TW26-1")
    run.run_portal(world.acme, NOVEMBER, now=RUN)
    give_back(spent, "15.00", now=DECEMBER.start)
    spend(world, "20.00", "TW26-2", now=DECEMBER.start)
    run.run_portal(world.acme, DECEMBER, now=JANUARY_RUN)

    due = issuing.due_drafts(JANUARY_RUN + dt.timedelta(days=60))

    documents = Invoice.objects.in_bulk(due)
    assert [(documents[pk].month, documents[pk].kind) for pk in due] == [
        (NOVEMBER, "invoice"),
        (DECEMBER, "invoice"),
        (DECEMBER, "credit_note"),
    ]


def test_issued_is_issued_once_by_whoever_came_first(world: World, draft: Invoice):
    first = issuing.issue(draft, now=RUN, actor=world.coordinator)
    again = issuing.issue(draft, now=RUN + dt.timedelta(days=1), actor=world.alice.user)

    assert (again.number, again.issued_at, again.issued_by) == (first.number, RUN, world.coordinator)
    assert NumberSeries.objects.get().last == 1
    assert EInvoice.objects.get().is_intact
    assert rules.findings(bytes(EInvoice.objects.get().content)) == []


def test_credit_note_waits_for_the_invoice_that_it_corrects(world: World, draft: Invoice):
    give_back(Entry.objects.get(kind="spend"), "15.00", now=DECEMBER.start)
    (note,) = invoicing.draft_portal(world.acme, DECEMBER, now=JANUARY_RUN)

    with pytest.raises(issuing.DocumentHeld) as refusal:
        issuing.issue(note, now=JANUARY_RUN)

    assert refusal.value.findings == ["Een factuur die hij corrigeert is nog niet uitgegeven."]
    issuing.issue(draft, now=JANUARY_RUN)
    assert issuing.issue(note, now=JANUARY_RUN).number == "C2027-0001"
    assert books_are_right()


def test_month_of_only_returns_is_a_credit_note_alone(world: World):
    spent = spend(world, "40.00", "TW26-1")
    invoice_of(world.acme, NOVEMBER, now=RUN)
    give_back(spent, "15.00", now=DECEMBER.start)

    (note,) = run.run_portal(world.acme, DECEMBER, now=JANUARY_RUN)

    assert (note.number, note.total, note.due_on, note.payment_reference) == (
        "C2027-0001",
        Decimal("15.00"),
        None,
        "",
    )
    assert books_are_right()


def test_credit_note_on_three_invoices_names_each(world: World):
    world.acme.live_from = SEPTEMBER.first_day
    world.acme.save()
    world.bob.grants.update(valid_from=SEPTEMBER.first_day)
    for number, month in enumerate((SEPTEMBER, OCTOBER, NOVEMBER), start=1):
        spend(world, f"{number}0.00", f"TW26-{number}", now=month.start)
        invoice_of(world.acme, month, now=at(month))
    for number, spent in enumerate(Entry.objects.filter(kind="spend").order_by("pk"), start=1):
        give_back(spent, f"{number}.00", now=DECEMBER.start + dt.timedelta(days=number))

    note = credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    assert note.total == Decimal("6.00")
    assert list(note.lines.values_list("corrects__number", "order_number", "amount")) == [
        ("F2026-0001", "TW26-1", Decimal("1.00")),
        ("F2026-0002", "TW26-2", Decimal("2.00")),
        ("F2026-0003", "TW26-3", Decimal("3.00")),
    ]
    xml = bytes(note.e_invoice.content)
    assert [xml.count(f">F2026-000{number}<".encode()) for number in (1, 2, 3)] == [1, 1, 1]
    assert books_are_right()


def test_what_the_rules_find_holds_the_draft_until_it_is_let_go(world: World, draft: Invoice, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(rules, "_en_16931", lambda: rules.rule_file("facturx", "missing.xslt"))
        with pytest.raises(issuing.DocumentHeld):
            issuing.issue(draft, now=RUN)
    draft.refresh_from_db()
    assert (draft.standing, draft.number, draft.held_at, len(draft.findings)) == (Standing.HELD, None, RUN, 1)
    assert draft.findings[0].startswith("De e-factuur kon niet worden gecontroleerd: ")
    assert not NumberSeries.objects.exists()
    assert not EInvoice.objects.exists()

    later = RUN + dt.timedelta(days=10)
    (issued,) = run.run_portal(world.acme, NOVEMBER, now=later)
    assert (issued.number, issued.held_at, issued.findings, issued.issued_at) == ("F2026-0001", None, [], later)
    assert books_are_right()


def test_held_document_takes_no_number_from_the_next(world: World, draft: Invoice):
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-9", now=NOW)
    (other,) = run.run_portal(world.globex, NOVEMBER, now=RUN)
    change_company(world, city="")

    with pytest.raises(issuing.DocumentHeld):
        issuing.issue(draft, now=RUN)
    issuing.issue(other, now=RUN)
    change_company(world, city="Utrecht")
    issuing.issue(draft, now=RUN)

    assert list(Invoice.objects.order_by("number").values_list("number", "portal__slug")) == [
        ("F2026-0001", "globex"),
        ("F2026-0002", "acme"),
    ]


def test_issue_takes_the_company_as_it_is_then(world: World, draft: Invoice, settings):
    change_company(world, language="en", payment_days=14, legal_name="Acme Europe B.V.", e_invoice_profile="nlcius")

    issued = issuing.issue(draft, now=RUN)

    assert (issued.language, issued.profile, issued.due_on) == ("en", "nlcius", dt.date(2026, 12, 22))
    assert issued.buyer["name"] == "Acme Europe B.V."
    assert issued.vat_sentence == settings.INVOICE_VAT_SENTENCE["en"]


@pytest.mark.parametrize(
    ("reference", "order_number", "said"),
    [
        ("PO-1", "4500", ("PO-1", "4500")),
        ("PO-1", "", ("PO-1", "")),
        ("", "4500", ("", "4500")),
        ("", "", ("Acme Thuiswerkwinkel", "")),
    ],
)
def test_document_bears_a_reference_or_an_order_number(world, draft, reference, order_number, said):
    change_company(world, reference=reference, order_number=order_number)

    issued = issuing.issue(draft, now=RUN)

    assert (issued.buyer_reference, issued.order_number) == said


def test_lines_are_made_anew_where_the_company_chose_otherwise_since(world: World, draft: Invoice):
    change_company(world, specification=Specification.NAME)

    issued = issuing.issue(draft, now=RUN)

    assert issued.specification == Specification.NAME
    assert list(issued.lines.values_list("order_number", "name", "amount")) == [("", "Bob de Vries", Decimal("40.00"))]
    assert issued.billed_entries.get().line == issued.lines.get()
    assert books_are_right()


def test_lines_of_a_credit_note_made_anew_still_name_their_invoices(world: World, settings):
    first = spend(world, "40.00", "TW26-1", now=OCTOBER.start)
    second = spend(world, "30.00", "TW26-2")
    run.run_portal(world.acme, NOVEMBER, now=RUN)
    settings.INVOICE_REVIEW_DAYS = 10
    give_back(first, "4.00", now=DECEMBER.start)
    give_back(second, "3.00", now=DECEMBER.start)
    (note,) = run.run_portal(world.acme, DECEMBER, now=JANUARY_RUN)
    change_company(world, specification=Specification.STAFF_NUMBER)

    issued = issuing.issue(note, now=JANUARY_RUN)

    assert sorted(issued.lines.values_list("corrects__number", "staff_number", "amount")) == [
        ("F2026-0001", "1002", Decimal("4.00")),
        ("F2026-0002", "1002", Decimal("3.00")),
    ]
    assert books_are_right()
