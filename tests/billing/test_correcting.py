"""Corrections: what is credited, what is billed anew, and when nothing is done."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from lxml import etree

from billing import correcting, issuing, ledger, payments, proof, run
from billing.admin_open import related_documents
from billing.consumption import carriers_of
from billing.models import Allocation, Correction, Entry, Invoice, InvoiceLine, NumberSeries, Origin
from billing.open_items import with_open
from billing.paper import document_context
from portals.models import Company, Specification
from tests.billing.bank import make_payment
from tests.billing.conftest import books_are_right, credit_note_of, invoice_of
from tests.world import AGREED_ON, NOW, World, make_grant, make_membership
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
LATER = dt.datetime(2026, 12, 10, 15, 0, tzinfo=AMSTERDAM)
JANUARY_RUN = dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM)
FORTY, SIXTY = Decimal("40.00"), Decimal("60.00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    """November's invoice: EUR 40 of one order and EUR 60 of another."""
    spend(world, "40.00", "TW26-1")
    spend(world, "60.00", "TW26-2", now=NOW + dt.timedelta(days=1))
    made = invoice_of(world.acme, NOVEMBER, now=RUN)
    assert made is not None
    return made


def spend(world: World, amount: str, number: str, *, now: dt.datetime = NOW) -> Entry:
    return ledger.spend(world.bob, amount=Decimal(amount), order_number=number, now=now)[0]


def give_back(number: str, amount: str, *, now: dt.datetime = LATER) -> None:
    spent = Entry.objects.get(kind="spend", order_number=number)
    ledger.refund(spent, amount=Decimal(amount), source=f"return:{now}", now=now)


def correct(world: World, invoice: Invoice, **facts: object) -> Correction:
    given = {"reason": "Verkeerde kostenplaats", "source": "form-1", "now": LATER, "actor": world.coordinator}
    return correcting.correct(invoice, **(given | facts))


def change_company(world: World, **facts: object) -> None:
    Company.objects.filter(pk=world.acme.company_id).update(**facts)


def line_of(invoice: Invoice, number: str) -> InvoiceLine:
    return invoice.lines.get(order_number=number)


def lines(invoice: Invoice, *columns: str) -> list[tuple]:
    return list(invoice.lines.order_by("position").values_list(*columns))


def test_whole_invoice_is_credited_and_billed_anew(world: World, invoice: Invoice):
    change_company(world, legal_name="Acme Europe B.V.", reference="HR-2")

    made = correct(world, invoice)

    note, anew = made.credit_note, made.replacement
    assert (note.kind, note.number, note.total, note.origin) == (
        "credit_note",
        "C2026-0001",
        Decimal("100.00"),
        Origin.CORRECTION,
    )
    assert (anew.kind, anew.number, anew.total, anew.origin) == (
        "invoice",
        "F2026-0002",
        Decimal("100.00"),
        Origin.CORRECTION,
    )
    assert lines(note, "order_number", "amount", "corrects__number") == [
        ("TW26-1", FORTY, "F2026-0001"),
        ("TW26-2", SIXTY, "F2026-0001"),
    ]
    assert lines(anew, "order_number", "amount", "corrects") == [("TW26-1", FORTY, None), ("TW26-2", SIXTY, None)]
    assert (anew.buyer["name"], anew.buyer_reference, anew.period) == ("Acme Europe B.V.", "HR-2", NOVEMBER.first_day)
    assert invoice.buyer["name"] == "Acme Nederland B.V."
    assert {made.reason, note.reason, anew.reason} == {"Verkeerde kostenplaats"}
    assert {made.requested_by, note.issued_by, anew.issued_by} == {world.coordinator}
    assert books_are_right()


def test_each_of_the_three_documents_leads_to_the_other_two(world: World, invoice: Invoice):
    done = correct(world, invoice)

    with translation.override("en"):
        told = {
            document.number: [(label, other.number) for label, other in related_documents(document)]
            for document in (done.invoice, done.credit_note, done.replacement)
        }

    first, note, new = invoice.number, done.credit_note.number, done.replacement.number
    assert told == {
        first: [("credited by", note), ("replaced by", new)],
        note: [("replaced by", new), ("credits", first)],
        new: [("replaces", first)],
    }


def test_what_was_paid_counts_for_the_new_invoice(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "10.00")
    last = make_payment(world.coordinator, invoice, "60.00").entry

    done = correct(world, invoice, lines=[line_of(invoice, "TW26-1")])

    first, new = (with_open(Invoice.objects.filter(pk=one.pk)).get() for one in (invoice, done.replacement))
    assert [(one.paid, one.open) for one in (first, new)] == [(SIXTY, ZERO), (Decimal("10.00"), Decimal("30.00"))]
    assert [one.entry for one in Allocation.objects.standing().filter(invoice=new)] == [last]
    assert (proof.faults(), payments.rest_of(last)) == ([], ZERO)


@pytest.mark.parametrize("profile", ["peppol", "nlcius"])
@pytest.mark.parametrize(("paid", "payable"), [("100.00", "0.00"), ("65.00", "35.00"), ("0.01", "99.99")])
def test_new_invoice_asks_for_what_is_not_paid_yet(world: World, invoice: Invoice, paid, payable, profile):
    change_company(world, e_invoice_profile=profile)
    make_payment(world.coordinator, invoice, paid)

    new = correct(world, invoice).replacement

    assert (new.total, new.payable) == (Decimal("100.00"), Decimal(payable))
    assert with_open(Invoice.objects.filter(pk=new.pk)).get().open == new.payable
    root = etree.fromstring(bytes(new.e_invoice.content))
    assert root.findtext("{*}BillingReference/{*}InvoiceDocumentReference/{*}ID") == invoice.number
    totals = root.find("{*}LegalMonetaryTotal")
    assert [totals.findtext(f"{{*}}{name}Amount") for name in ("TaxInclusive", "Prepaid", "Payable")] == [
        "100.00",
        paid,
        payable,
    ]


@pytest.mark.parametrize(("paid", "told"), [("100.00", "al helemaal betaald"), ("65.00", "EUR35.00")])
def test_paper_of_the_new_invoice_asks_for_the_rest(world: World, invoice: Invoice, paid: str, told: str):
    make_payment(world.coordinator, invoice, paid)

    new = correct(world, invoice).replacement

    context = document_context(new, list(new.lines.order_by("position")))
    page = render_to_string("billing/invoice.html", context | {"language": "nl"})
    assert "Al betaald" in page
    assert (told in page) == (paid == "100.00")
    assert bool(context["qr"]) == (paid != "100.00")


def test_new_invoice_of_a_line_replaces_a_part(world: World, invoice: Invoice):
    part = correct(world, invoice, lines=[line_of(invoice, "TW26-1")]).replacement
    rest = correct(world, invoice, source="form-2").replacement
    whole = correct(world, rest, source="form-3").replacement

    told = [document_context(new, [])["remarks"][0] for new in (part, rest, whole)]

    assert told == [
        "Deze factuur vervangt een deel van factuur F2026-0001 van 8 december 2026.",
        "Deze factuur vervangt een deel van factuur F2026-0001 van 8 december 2026.",
        "Deze factuur vervangt factuur F2026-0003 van 10 december 2026.",
    ]


def test_payment_that_is_not_too_much_stays(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "5.00")

    correct(world, invoice, lines=[line_of(invoice, "TW26-1")])

    assert Allocation.objects.get().invoice == invoice


def test_lines_that_were_credited_are_not_offered_again(world: World, invoice: Invoice):
    gone = line_of(invoice, "TW26-1")
    correct(world, invoice, lines=[gone])

    offered = correcting.standing_lines(invoice)

    assert set(offered) == set(invoice.lines.exclude(pk=gone.pk))


def test_correction_by_line_leaves_the_others(world: World, invoice: Invoice):
    made = correct(world, invoice, lines=[line_of(invoice, "TW26-2")])

    assert lines(made.credit_note, "order_number", "amount") == [("TW26-2", SIXTY)]
    assert lines(made.replacement, "order_number", "amount") == [("TW26-2", SIXTY)]
    assert [order.number for order in correcting.standing_orders(invoice)] == ["TW26-1"]
    assert books_are_right()


def test_lines_of_another_invoice_are_not_corrected(world: World, invoice: Invoice):
    ledger.spend(world.charlie, amount=FORTY, order_number="TW26-9", now=NOW)
    other = invoice_of(world.globex, NOVEMBER, now=RUN)

    with pytest.raises(correcting.NothingStands):
        correct(world, invoice, lines=list(other.lines.all()))


def test_new_invoice_is_specified_as_the_company_wants_now(world: World, invoice: Invoice):
    change_company(world, specification=Specification.NAME)

    made = correct(world, invoice)

    assert lines(made.credit_note, "order_number", "name") == [("TW26-1", ""), ("TW26-2", "")]
    assert lines(made.replacement, "order_number", "name", "amount") == [("", "Bob de Vries", Decimal("100.00"))]
    assert books_are_right()


@pytest.mark.parametrize("specification", Specification)
def test_correction_keeps_the_books_right_at_every_specification(world: World, specification: Specification):
    change_company(world, specification=specification, products_agreed_on=AGREED_ON)
    dana = make_membership(world.acme, "dana@acme.example", "Dana", staff_number="900", cost_centre="IT")
    make_grant(dana, "100.00")
    ledger.spend(dana, amount=Decimal("25.00"), order_number="TW26-8", now=NOW)
    spend(world, "40.00", "TW26-1")
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    made = correct(world, issued, lines=list(issued.lines.order_by("-amount")[:1]))

    assert (made.credit_note.total, made.replacement.total) == (FORTY, FORTY)
    assert books_are_right()


def test_what_a_credit_note_took_away_is_not_credited_again(world: World, invoice: Invoice):
    give_back("TW26-1", "15.00")
    give_back("TW26-2", "60.00", now=LATER + dt.timedelta(hours=1))
    credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    made = correct(world, invoice, now=JANUARY_RUN)

    assert lines(made.credit_note, "order_number", "amount") == [("TW26-1", Decimal("25.00"))]
    assert lines(made.replacement, "order_number", "amount") == [("TW26-1", Decimal("25.00"))]
    assert books_are_right()


def test_return_after_the_correction_credits_the_new_invoice(world: World, invoice: Invoice):
    made = correct(world, invoice)
    give_back("TW26-1", "15.00")

    note = credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    assert lines(note, "corrects", "amount") == [(made.replacement.pk, Decimal("15.00"))]
    assert books_are_right()


def test_return_that_is_not_billed_yet_stays_for_the_run(world: World, invoice: Invoice):
    give_back("TW26-1", "15.00")

    made = correct(world, invoice)
    note = credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    assert made.replacement.total == Decimal("100.00")
    assert lines(note, "corrects", "amount") == [(made.replacement.pk, Decimal("15.00"))]
    assert books_are_right()


def test_new_invoice_is_corrected_in_its_turn(world: World, invoice: Invoice):
    first = correct(world, invoice)
    give_back("TW26-2", "20.00")
    credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    second = correct(world, first.replacement, source="form-2", now=JANUARY_RUN)

    assert lines(second.credit_note, "order_number", "amount", "corrects") == [
        ("TW26-1", FORTY, first.replacement.pk),
        ("TW26-2", FORTY, first.replacement.pk),
    ]
    carriers = carriers_of(Entry.objects.filter(kind="spend").values_list("pk", flat=True))
    assert set(carriers.values()) == {second.replacement}
    with pytest.raises(correcting.NothingStands):
        correct(world, invoice, source="form-3")
    assert books_are_right()


def test_returns_of_corrected_and_other_lines_are_credited_where_they_stand(world: World, invoice: Invoice):
    made = correct(world, invoice, lines=[line_of(invoice, "TW26-1")])
    give_back("TW26-1", "1.00")
    give_back("TW26-2", "2.00", now=LATER + dt.timedelta(hours=1))

    note = credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    assert lines(note, "corrects", "amount") == [
        (made.replacement.pk, Decimal("1.00")),
        (invoice.pk, Decimal("2.00")),
    ]
    assert books_are_right()


def test_same_source_is_corrected_once(world: World, invoice: Invoice):
    assert correct(world, invoice) == correct(world, invoice)
    assert Correction.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_correction_without_a_reason_is_refused(world: World, invoice: Invoice, reason: str):
    with pytest.raises(correcting.ReasonMissing):
        correct(world, invoice, reason=reason)


def test_draft_and_credit_note_are_not_correctable(world: World, invoice: Invoice, settings):
    note = correct(world, invoice).credit_note
    settings.INVOICE_REVIEW_DAYS = 10
    spend(world, "9.00", "TW26-3", now=LATER)
    (draft,) = run.run_portal(world.acme, DECEMBER, now=JANUARY_RUN)

    for document in (note, draft):
        with pytest.raises(correcting.NotCorrectable):
            correct(world, document, source=f"form-{document.pk}")


def test_draft_credit_note_goes_first(world: World, invoice: Invoice, settings):
    settings.INVOICE_REVIEW_DAYS = 10
    give_back("TW26-1", "15.00")
    (note,) = run.run_portal(world.acme, DECEMBER, now=JANUARY_RUN)

    with pytest.raises(correcting.CreditNoteUnderway):
        correct(world, invoice)

    issuing.issue(note, now=JANUARY_RUN)
    assert correct(world, invoice).credit_note.total == Decimal("85.00")
    assert books_are_right()


def test_correction_that_is_held_leaves_nothing_behind(world: World, invoice: Invoice):
    change_company(world, city="")

    with pytest.raises(issuing.DocumentHeld):
        correct(world, invoice)

    assert not Correction.objects.exists()
    assert list(Invoice.objects.all()) == [invoice]
    assert list(NumberSeries.objects.values_list("kind", "last")) == [("invoice", 1)]
    change_company(world, city="Utrecht")
    assert correct(world, invoice).credit_note.number == "C2026-0001"
