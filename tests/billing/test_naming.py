"""Products on documents: named by agreement with the company, and never without."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing import correcting, einvoice, invoicing, issuing, ledger, specimen
from billing.insight import employer_rows
from billing.models import Entry, Invoice, InvoiceLine, Particulars
from billing.naming import name_products
from billing.paper import document_context
from billing.wording import line_explanation
from portals.models import Company, Membership, Specification
from tests.billing.conftest import credit_note_of, invoice_of
from tests.world import AGREED_ON, NOW, World, agree_on_products, make_grant
from thuiswerk.lib.periods import Month

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
RUN, JANUARY_RUN = NOVEMBER.end + dt.timedelta(days=8), DECEMBER.end + dt.timedelta(days=8)
TEXT = "2 × Bureaustoel Ergo, 1 × Monitorarm"


def spend(member: Membership, number: str, text: str = "", amount: str = "40.00") -> list[Entry]:
    spent = ledger.spend(member, amount=Decimal(amount), order_number=number, now=NOW)
    if text:
        name_products(spent, text)
    return spent


def refund(spent: Entry, text: str, *, now: dt.datetime = NOW, amount: str = "10.00") -> None:
    name_products([ledger.refund(spent, amount=Decimal(amount), source=f"back {now}", now=now)], text)


def ask_for(world: World, specification: Specification, **facts: object) -> None:
    Company.objects.filter(pk=world.acme.company_id).update(specification=specification, **facts)


def said_by(invoice: Invoice) -> list[str]:
    """What the PDF says of products, a text for each line."""
    lines = list(invoice.lines.select_related("corrects").order_by("position"))
    rows = document_context(invoice, lines)["rows"]
    return [dict(row).get("products", "").replace("\N{NO-BREAK SPACE}", " ") for row in rows]


def described(invoice: Invoice) -> list[str]:
    return [line_explanation(invoice, line) for line in invoice.lines.order_by("position")]


def test_order_is_named_on_every_document_and_to_the_employee(world: World):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", TEXT)

    (to_come,) = employer_rows(world.bob)
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)
    (invoiced,) = employer_rows(world.bob)

    line = issued.lines.get()
    assert (line.order_number, line.products, line.products_back) == ("TW26-1", TEXT, "")
    assert said_by(issued) == described(issued) == [TEXT]
    assert (to_come.products, invoiced.products, invoiced.number) == (TEXT, TEXT, issued.number)
    assert f"<cbc:Description>{TEXT}</cbc:Description>" in bytes(issued.e_invoice.content).decode()


def test_order_without_a_text_reads_as_an_amount(world: World):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1")

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert said_by(issued) == described(issued) == [""]
    assert employer_rows(world.bob)[0].says == "TW26-1, 1002"


@pytest.mark.parametrize("specification", [level for level in Specification if level != Specification.PRODUCTS])
def test_other_levels_name_nothing_though_there_is_an_agreement(world: World, specification: Specification):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", TEXT)
    ask_for(world, specification)

    rows = employer_rows(Membership.objects.get(pk=world.bob.pk))
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert [row.products for row in rows] == [line.products for line in issued.lines.all()] == [""]
    assert "Bureaustoel" not in bytes(issued.e_invoice.content).decode()


def test_level_cannot_be_forced_without_an_agreement(world: World):
    with pytest.raises(IntegrityError, match="company_names_products_by_agreement"), transaction.atomic():
        ask_for(world, Specification.PRODUCTS)
    agree_on_products(world.acme)
    with pytest.raises(IntegrityError, match="company_names_products_by_agreement"), transaction.atomic():
        Company.objects.filter(pk=world.acme.company_id).update(products_agreed_on=None)


def test_draft_forgets_the_products_of_an_agreement_that_ended(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 3
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", TEXT)
    (draft,) = invoicing.draft_portal(world.acme, NOVEMBER, now=RUN)
    assert said_by_draft(draft) == [TEXT]

    ask_for(world, Specification.ORDER, products_agreed_on=None)
    issued = issuing.issue(draft, now=RUN)

    assert said_by_draft(issued) == [""]


def said_by_draft(invoice: Invoice) -> list[str]:
    return list(invoice.lines.values_list("products", flat=True))


def test_correction_names_nothing_once_the_agreement_ended(world: World):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", TEXT)
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)
    ask_for(world, Specification.ORDER, products_agreed_on=None)

    fresh = Invoice.objects.get(pk=issued.pk)
    made = correcting.correct(fresh, reason="Afspraak vervallen", source="form 1", now=RUN)

    assert (said_by(made.credit_note), said_by(made.replacement)) == ([""], [""])
    assert "Bureaustoel" not in bytes(made.credit_note.e_invoice.content).decode()


def test_correction_repeats_the_products_while_the_agreement_stands(world: World):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", TEXT)
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    made = correcting.correct(issued, reason="Inkoopnummer", source="form 1", now=RUN)

    assert (said_by(made.credit_note), said_by(made.replacement)) == ([TEXT], [TEXT])
    assert described(made.credit_note) == [f"Corrigeert factuur {issued}: {TEXT}"]


@pytest.mark.parametrize(("language", "word"), [("nl", "teruggegeven"), ("en", "given back")])
def test_what_came_back_in_the_month_is_told_apart(world: World, language: str, word: str):
    agree_on_products(world.acme)
    ask_for(world, Specification.PRODUCTS, language=language)
    refund(spend(world.bob, "TW26-1", TEXT)[0], "1 × Monitorarm")

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    told = f"{TEXT}; {word}: 1 × Monitorarm"
    assert issued.lines.get().amount == Decimal("30.00")
    assert said_by(issued) == described(issued) == [told]
    assert [row.products for row in employer_rows(world.bob)] == [told]


def test_credit_note_names_what_came_back(world: World):
    agree_on_products(world.acme)
    spent = spend(world.bob, "TW26-1", TEXT)[0]
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)
    refund(spent, "1 × Monitorarm", now=DECEMBER.start)

    (to_come, _invoiced) = employer_rows(world.bob)
    note = credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    assert said_by(note) == [to_come.products] == ["1 × Monitorarm"]
    assert described(note) == [f"Corrigeert factuur {issued}: 1 × Monitorarm"]
    assert said_by(issued) == [TEXT]


def test_company_of_another_portal_reads_nothing(world: World):
    agree_on_products(world.globex)
    spend(world.bob, "TW26-1", TEXT)
    spend(world.charlie, "TW26-2", "1 × Bureau")

    acme, globex = (invoice_of(portal, NOVEMBER, now=RUN) for portal in (world.acme, world.globex))

    assert (said_by(acme), said_by(globex)) == ([""], ["1 × Bureau"])
    assert [row.products for row in employer_rows(world.bob)] == [""]


def test_order_of_two_grants_has_one_text(world: World):
    agree_on_products(world.acme)
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))
    spent = spend(world.bob, "TW26-1", TEXT, amount="50.00")

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert len(spent) == 2
    assert said_by(issued) == [TEXT]


def test_text_is_kept_once_and_stays(world: World):
    spent = spend(world.bob, "TW26-1", TEXT)
    name_products(spent, "Iets anders")

    kept = Particulars.objects.get()
    assert (kept.text, kept.entry, kept.portal) == (TEXT, spent[0], world.acme)
    for refused in (lambda: Particulars.objects.update(text="x"), kept.delete):
        with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
            refused()


def test_document_asks_for_its_texts_once(world: World):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", TEXT)
    one = queries_of_a_run(world)
    for number in (2, 3, 4):
        spend(world.bob, f"TW26-{number}", TEXT)

    assert queries_of_a_run(world) == one


def queries_of_a_run(world: World) -> int:
    """The statements of a run that is undone."""
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        invoicing.draft_portal(world.acme, NOVEMBER, now=RUN)
        assert InvoiceLine.objects.exclude(products="").exists()
        transaction.set_rollback(True)
    return len(asked)


@pytest.mark.parametrize(
    "name", ["R&D <b>Zij & Zoon</b> ]]>", "Lamp 🦊 \u202e 田中", "x" * 200, "Zit-sta bureau Lift " * 10]
)
def test_any_product_is_issued(world: World, name: str):
    agree_on_products(world.acme)
    spend(world.bob, "TW26-1", f"2 × {name}")

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert issued.number == "F2026-0001"
    assert said_by(issued) == [f"2 × {name}"]
    assert bytes(issued.e_invoice.content) == einvoice.build(issued, list(issued.lines.all()))


def test_specimen_shows_made_up_products_by_agreement_only(world: World):
    texts = []
    for _turn in range(2):
        invoice = specimen._blank(world.acme, NOW)
        texts.append([line.products for line in specimen._lines(invoice)])
        agree_on_products(world.acme)

    assert texts == [["", "", ""], ["2 × bureaustoel, 1 × monitorarm", "1 × bureaulamp", "1 × headset"]]
    assert specimen.specimen_pdf(world.acme, now=NOW).startswith(b"%PDF")
    assert world.acme.company.products_agreed_on == AGREED_ON
