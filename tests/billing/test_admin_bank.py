"""Bank statements and payments in the back office."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing import camt, consumption, ledger, payments
from billing.models import Allocation, BankEntry, BankStatement, Invoice
from billing.open_items import with_open
from tests.billing.bank import TODAY, Paid, make_bank_entry, make_payment
from tests.billing.bank import camt as bank_file
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = consumption.billable_from(NOVEMBER)
NEXT_RUN = consumption.billable_from(NOVEMBER.next)
UPLOAD, ENTRIES = "/admin/billing/bankstatement/add/", "/admin/billing/bankentry/"
RIGHTS = (
    "view_invoice",
    "view_bankstatement",
    "add_bankstatement",
    "view_bankentry",
    "add_allocation",
)
TO_PLACE = f"{ENTRIES}?place=open"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    """The second factor has tests of its own."""
    settings.DEMO = True


@pytest.fixture
def finance(world: World) -> Client:
    with time_machine.travel(RUN, tick=False):
        yield signed_in(make_colleague(*RIGHTS))


@pytest.fixture
def invoice(world: World) -> Invoice:
    """An issued invoice of EUR 100."""
    spend(world, "100.00")
    return invoice_of(world.acme, NOVEMBER, now=RUN)


def hand_over(client: Client, content: bytes, name: str = "statement.xml"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)}, follow=True)


def messages_of(response) -> list[str]:
    return [str(message).replace("\N{NO-BREAK SPACE}", " ") for message in response.context["messages"]]


def address(name: str, *args: object) -> str:
    return reverse(f"admin:billing_{name}", args=args)


def open_on(invoice: Invoice) -> Decimal:
    return with_open(Invoice.objects.filter(pk=invoice.pk)).get().open


def test_statement_is_read_and_what_is_left_is_listed(finance: Client, invoice: Invoice):
    paid = Paid("100.00", reference=invoice.payment_reference)

    page = hand_over(finance, bank_file(paid, Paid("-3.50", "Kosten", name="De Bank", iban="")))

    assert page.redirect_chain == [(TO_PLACE, 302)]
    assert messages_of(page) == ["Afschrift S-1 is ingelezen: 2 betalingen, waarvan 1 nog toe te wijzen."]
    assert [entry.name for entry in page.context["cl"].result_list] == ["De Bank"]
    assert BankStatement.objects.get().imported_by.email == "fin@thuiswerk.example"


def test_same_file_again_says_so(finance: Client):
    content = bank_file(Paid("1.00"))
    hand_over(finance, content)

    page = hand_over(finance, content)

    assert messages_of(page) == ["1 afschrift was al ingelezen; daarvan is niets gewijzigd."]
    assert BankEntry.objects.count() == 1


ENTITIES = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
TWICE = bank_file(Paid("1.00"))
TWICE = TWICE.replace(b"</BkToCstmrStmt>", TWICE[TWICE.index(b"<Stmt>") : TWICE.index(b"</Document>")])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Dit bestand is leeg. Download het opnieuw."),
        (b":20:MT940", "Het bestand is geen XML, of het is niet compleet. Download het opnieuw."),
        (ENTITIES, "Het bestand heeft een documenttype (DTD) of entiteiten. Die heeft een bankafschrift nooit."),
        (
            bank_file(Paid("1.00")).replace(b"053.001.02", b"053.001.04"),
            "Dit is geen bankafschrift in CAMT.053, versie 02 of 08. Kies dat formaat als je het downloadt.",
        ),
        (
            bank_file(Paid("1.00")).replace(b"NL91ABNA0417164300", b"NL20INGB0001234567"),
            "Dit is een afschrift van rekening NL20INGB0001234567, en de onze is NL91ABNA0417164300.",
        ),
        (
            bank_file(Paid("1.00")).replace(b">1.00<", b">2.00<", 1),
            "Afschrift S-1 klopt niet: € 0,00 en € 1,00 geboekt is niet € 2,00.",
        ),
        (
            bank_file(Paid("1.00")).replace(b'"EUR"', b'"USD"'),
            "In het afschrift staat een bedrag in USD.",
        ),
        (TWICE, "Afschrift S-1 staat twee keer in dit bestand."),
    ],
)
def test_file_that_is_no_good_is_told_at_the_field_and_leaves_nothing(finance: Client, content: bytes, said: str):
    page = hand_over(finance, content)

    errors = [error.replace("\N{NO-BREAK SPACE}", " ") for error in page.context["form"].errors["file"]]
    assert (page.status_code, errors) == (200, [said])
    assert 'aria-invalid="true"' in page.text
    assert (BankStatement.objects.count(), BankEntry.objects.count()) == (0, 0)


def test_file_over_the_limit_is_not_read(finance: Client, monkeypatch):
    monkeypatch.setattr("billing.admin_bank.MAX_BYTES", 10)
    monkeypatch.setattr("billing.bank_import.import_statement", None)

    page = hand_over(finance, b"<a>1234567</a>")

    assert page.context["form"].errors["file"] == [
        "Het bestand is groter dan 10 MB. Download de afschriften van een kortere periode."
    ]
    assert camt.MAX_BYTES == 10 * 1024 * 1024


def test_file_is_asked_for(finance: Client):
    page = finance.post(UPLOAD)

    assert list(page.context["form"].errors) == ["file"]


@pytest.mark.parametrize("may", [(), ("view_invoice", "change_invoice", "view_entry")])
def test_payments_are_for_who_may_see_them(world: World, may: tuple[str, ...]):
    entry = make_bank_entry(world.coordinator, "1.00")
    client = signed_in(make_colleague(*may))
    addresses = (ENTRIES, address("bankentry_change", entry.pk), "/admin/billing/bankstatement/", UPLOAD)

    assert [client.get(url).status_code for url in addresses] == [403] * 4


def test_who_may_only_look_changes_nothing(world: World, invoice: Invoice):
    allocation = make_payment(world.coordinator, invoice, "40.00")
    entry = make_bank_entry(world.coordinator, "60.00", text=invoice.number)
    client = signed_in(make_colleague("view_bankentry", "view_bankstatement"))

    page = client.get(address("bankentry_change", entry.pk)).text
    addresses = [address(f"bankentry_{name}", entry.pk) for name in ("accept", "place", "aside")]
    posted = [client.post(to).status_code for to in (*addresses, address("allocation_undo", allocation.pk), UPLOAD)]

    assert "<form" not in page[page.index("<h1") :]
    assert (posted, Allocation.objects.count()) == ([403] * 5, 1)
    assert "formaction" not in client.get(ENTRIES).text


def test_proposal_is_a_button_in_the_list_and_places_the_payment(finance: Client, world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "100.00", name="Acme", text="november")
    accept = address("bankentry_accept", entry.pk)

    page = finance.get(TO_PLACE).text
    done = finance.post(accept, {"proposal": f"{invoice.pk}:100.00"}, follow=True)

    assert f'name="proposal" value="{invoice.pk}:100.00" formaction="{accept}"' in page
    assert (done.redirect_chain, open_on(invoice)) == ([(TO_PLACE, 302)], Decimal("0.00"))
    assert messages_of(done) == ["De betaling van € 100,00 is toegewezen."]
    assert Allocation.objects.get().placed_by.email == "fin@thuiswerk.example"


@pytest.mark.parametrize("key", ["", "1:1.00", "x"])
def test_what_was_not_proposed_is_not_placed(finance: Client, world: World, invoice: Invoice, key):
    entry = make_bank_entry(world.coordinator, "100.00", name="Acme")

    page = finance.post(address("bankentry_accept", entry.pk), {"proposal": key}, follow=True)

    assert messages_of(page) == ["Dit is geen voorstel meer. Kijk nog eens."]
    assert Allocation.objects.count() == 0


def test_second_click_places_nothing_more(finance: Client, world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "100.00", name="Acme")
    accept, chosen = address("bankentry_accept", entry.pk), {"proposal": f"{invoice.pk}:100.00"}
    finance.post(accept, chosen)

    finance.post(accept, chosen)

    assert Allocation.objects.count() == 1


def test_payment_is_placed_by_number_and_amount(finance: Client, world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "1070.00")
    place = address("bankentry_place", entry.pk)

    page = finance.post(place, {"number": invoice.number.lower(), "amount": "€ 70,00"}, follow=True)

    assert page.redirect_chain == [(address("bankentry_change", entry.pk), 302)]
    assert messages_of(page) == ["Toegewezen. Van deze betaling is € 1.000,00 over."]
    assert 'value="1000,00"' in page.text
    assert open_on(invoice) == Decimal("30.00")


def test_part_of_a_payment_is_placed_once_however_often_the_button_is_pressed(finance, world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "100.00")
    seen = finance.get(address("bankentry_change", entry.pk)).context["place_form"]["seen"].value()
    asked = {"number": invoice.number, "amount": "30", "seen": f"{seen:.2f}"}

    finance.post(address("bankentry_place", entry.pk), asked)
    page = finance.post(address("bankentry_place", entry.pk), asked, follow=True)

    assert "Van deze betaling is ondertussen iets toegewezen of ongedaan gemaakt. Kijk nog eens." in messages_of(page)
    assert open_on(invoice) == Decimal("70.00")


def test_credit_note_is_paid_back_by_its_number(finance: Client, world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "100.00")
    ledger.refund(world.bob.entries.get(kind="spend"), amount=Decimal("30.00"), source="back", now=RUN)
    note = credit_note_of(world.acme, NOVEMBER.next, now=NEXT_RUN)
    entry = make_bank_entry(world.coordinator, "-30.00")

    finance.post(address("bankentry_place", entry.pk), {"number": note.number, "amount": "30"})

    assert (open_on(invoice), payments.rest_of(entry)) == (Decimal("0.00"), Decimal("0.00"))


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"number": "F2026-9999", "amount": "1"}, "number", "Er is geen document met dit nummer."),
        ({"number": "F2026-0001", "amount": "veel"}, "amount", "Schrijf een bedrag, zoals 12,50."),
        ({"number": "F2026-0001", "amount": "0"}, "amount", "Schrijf een bedrag, zoals 12,50."),
        (
            {"number": "F2026-0001", "amount": "100,01"},
            "amount",
            "Dat is meer dan wat van deze betaling nog is toe te wijzen.",
        ),
    ],
)
def test_placing_that_is_refused_is_told_at_the_field(finance: Client, world: World, invoice, asked, field, said):
    entry = make_bank_entry(world.coordinator, "100.00")

    page = finance.post(address("bankentry_place", entry.pk), asked)

    assert page.context["place_form"].errors == {field: [said]}
    assert said in page.text
    assert Allocation.objects.count() == 0


def test_more_than_a_credit_note_is_refused_at_the_field(finance: Client, world: World, invoice: Invoice):
    ledger.refund(world.bob.entries.get(kind="spend"), amount=Decimal("30.00"), source="back", now=RUN)
    note = credit_note_of(world.acme, NOVEMBER.next, now=NEXT_RUN)
    entry = make_bank_entry(world.coordinator, "-30.00")

    page = finance.post(address("bankentry_place", entry.pk), {"number": note.number, "amount": "30"})

    assert page.context["place_form"].errors == {
        "amount": ["Zo veel valt op deze creditfactuur niet terug te betalen."]
    }


def test_payment_is_set_aside_with_a_note_and_undone(finance: Client, world: World):
    entry = make_bank_entry(world.coordinator, "-3.50")

    without = finance.post(address("bankentry_aside", entry.pk), {"note": " "})
    finance.post(address("bankentry_aside", entry.pk), {"note": "Bankkosten"})
    aside = Allocation.objects.get()
    in_list = finance.get(f"{ENTRIES}?place=done").text
    undone = finance.post(address("allocation_undo", aside.pk), follow=True)
    again = finance.post(address("allocation_undo", aside.pk), follow=True)

    assert list(without.context["aside_form"].errors) == ["note"]
    assert "Bankkosten" in in_list
    assert messages_of(undone) == ["Ongedaan gemaakt: -€ 3,50 is weer toe te wijzen."]
    assert messages_of(again) == ["Dat was al ongedaan gemaakt."]
    assert Allocation.objects.count() == 2


def test_what_was_paid_too_much_stands_above_the_payments(finance: Client, world: World, invoice: Invoice):
    before = finance.get(ENTRIES).text
    make_payment(world.coordinator, invoice, "130.00")

    after = finance.get(ENTRIES)

    assert ("Te veel betaald, terug te betalen" in before, after.context["overpaid"]) == (
        False,
        [(invoice, Decimal("30.00"))],
    )
    assert "€\N{NO-BREAK SPACE}30,00.</p>" in after.text


@pytest.mark.parametrize("asked", ["1.234,50", "-1234,5", "EUR 1,234.50"])
def test_payments_are_found_by_their_amount(finance: Client, world: World, asked: str):
    wanted, _other = (make_bank_entry(world.coordinator, amount) for amount in ("-1234.50", "1234.00"))

    page = finance.get(ENTRIES, {"q": asked})

    assert [entry.pk for entry in page.context["cl"].result_list] == [wanted.pk]


def test_amount_goes_the_way_of_its_payment(finance: Client, world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "60.00")

    page = finance.post(address("bankentry_place", entry.pk), {"number": invoice.number, "amount": "-5"})

    assert page.context["place_form"].errors == {"amount": ["Schrijf een bedrag, zoals 12,50."]}
    assert not Allocation.objects.exists()


def test_more_than_is_open_is_placed_and_told(finance: Client, world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "160.00")

    done = finance.post(address("bankentry_place", entry.pk), {"number": invoice.number, "amount": "130"}, follow=True)

    assert messages_of(done)[0].startswith("F2026-0001 is nu € 30,00 te veel betaald.")


def test_many_payments_are_set_aside_at_once(finance: Client, world: World, invoice: Invoice):
    fees = [make_bank_entry(world.coordinator, amount) for amount in ("-3.50", "-9.95")]
    paid = make_payment(world.coordinator, invoice, "40.00").entry
    chosen = {"action": "set_many_aside", "_selected_action": [entry.pk for entry in (*fees, paid)]}

    without = finance.post(ENTRIES, chosen | {"note": " "}, follow=True)
    none_yet = Allocation.objects.filter(invoice=None).count()
    done = finance.post(ENTRIES, chosen | {"note": "Bankkosten"}, follow=True)
    again = finance.post(ENTRIES, chosen | {"note": "Bankkosten"}, follow=True)

    assert (messages_of(without), none_yet) == (["Zeg naast de actie waar deze betalingen voor zijn."], 0)
    assert messages_of(done) == ["2 betalingen zijn opzijgezet."]
    assert messages_of(again) == ["Geen van deze betalingen is nog toe te wijzen."]
    assert {(entry.note, entry.amount) for entry in Allocation.objects.filter(invoice=None)} == {
        ("Bankkosten", Decimal("-3.50")),
        ("Bankkosten", Decimal("-9.95")),
    }


def test_who_may_only_look_sets_nothing_aside(world: World):
    entry = make_bank_entry(world.coordinator, "-3.50")
    client = signed_in(make_colleague("view_bankentry"))
    chosen = {"action": "set_many_aside", "_selected_action": [entry.pk], "note": "Bankkosten"}

    page = client.get(ENTRIES).text
    client.post(ENTRIES, chosen)

    assert ('name="action"' in page, Allocation.objects.count()) == (False, 0)


def test_second_note_on_a_payment_that_is_placed_is_refused(finance: Client, world: World):
    entry = make_bank_entry(world.coordinator, "-3.50")
    finance.post(address("bankentry_aside", entry.pk), {"note": "Bankkosten"})

    page = finance.post(address("bankentry_aside", entry.pk), {"note": "Bankkosten"})

    assert (page.status_code, Allocation.objects.count()) == (200, 1)


def test_missing_statement_is_told(finance: Client):
    hand_over(finance, bank_file(Paid("10.00"), identifier="S-1"))
    later = Paid("1.00", day=TODAY + dt.timedelta(days=2))
    follows_on = hand_over(finance, bank_file(later, identifier="S-2", opening="10.00"))

    last = Paid("1.00", day=TODAY + dt.timedelta(days=9))
    page = hand_over(finance, bank_file(last, identifier="S-3", opening="20.00"))

    assert follows_on.context["gaps"] == []
    said = "Afschrift S-2 eindigt met € 11,00 en S-3 begint met € 20,00: een afschrift daartussen ontbreekt."
    assert said in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert said in finance.get("/admin/billing/bankstatement/").text.replace("\N{NO-BREAK SPACE}", " ")


def test_empty_lists_say_what_to_do(finance: Client):
    assert "Nog geen betalingen. Lees een bankafschrift in" in finance.get(ENTRIES).text
    assert "Nog geen bankafschriften." in finance.get("/admin/billing/bankstatement/").text


def test_nothing_left_to_place_is_said(finance: Client, world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "100.00")

    assert "Niets te doen: geen betaling voldoet hieraan." in finance.get(TO_PLACE).text


def test_invoice_shows_what_is_open_and_its_payments(finance: Client, world: World, invoice: Invoice):
    allocation = make_payment(world.coordinator, invoice, "40.00")

    page = finance.get(address("invoice_change", invoice.pk)).text.replace("\N{NO-BREAK SPACE}", " ")
    listed = finance.get("/admin/billing/invoice/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "€ 40,00 betaald" in page
    assert "€ 60,00" in page
    assert address("bankentry_change", allocation.entry_id) in page
    assert '<span class="phase ">deels betaald</span>' in listed
    assert '<td class="field-is_open">€ 60,00</td>' in listed


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("part_paid", ["F2026-0001"]), ("open", ["F2026-0002"]), ("paid", []), ("overdue", ["F2026-0001", "F2026-0002"])],
)
def test_invoices_are_found_by_how_they_are_paid(world: World, invoice: Invoice, chosen, expected):
    ledger.spend(world.charlie, amount=Decimal("20.00"), order_number="TW26-9", now=NOW)
    invoice_of(world.globex, NOVEMBER, now=RUN)
    make_payment(world.coordinator, invoice, "40.00")

    with time_machine.travel(RUN + dt.timedelta(days=31), tick=False):
        client = signed_in(make_colleague(*RIGHTS))
        page = client.get(f"/admin/billing/invoice/?settlement={chosen}")

    assert sorted(found.number for found in page.context["cl"].result_list) == expected
    assert page.text.count("te laat</span>") == len(expected) or chosen == "open"


@pytest.mark.parametrize("url", [TO_PLACE, ENTRIES, "/admin/billing/invoice/"])
def test_lists_ask_as_much_of_the_database_for_three_rows_as_for_one(
    finance: Client, world: World, invoice: Invoice, url
):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            finance.get(url)
        return len(captured)

    make_bank_entry(world.coordinator, "100.00", name="Acme", iban="NL20INGB0001234567")
    make_payment(world.coordinator, invoice, "1.00")
    finance.get(url)
    one = statements()
    for amount in ("2.00", "3.00"):
        make_bank_entry(world.coordinator, amount, name="Acme", iban="NL20INGB0001234567")
        make_payment(world.coordinator, invoice, amount)

    assert statements() == one


def test_payment_that_came_back_says_when(finance: Client, world: World, invoice: Invoice):
    told = {"reference": invoice.payment_reference, "end_to_end_id": "E-1"}
    hand_over(finance, bank_file(Paid("100.00", **told), Paid("-100.00", **told, is_reversal=True)))
    first, back = BankEntry.objects.order_by("position")

    page = finance.get(address("bankentry_change", first.pk)).text

    assert f'<a href="{address("bankentry_change", back.pk)}">kwam terug op 16 november 2026</a>' in page
