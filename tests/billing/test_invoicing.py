"""The monthly invoice: what is on it, what is not, and when it is refused."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from stdnum import iso11649

from billing import consumption, invoicing, ledger, posting, proof
from billing.models import BilledEntry, Entry, Invoice, NumberSeries, Standing
from portals.models import Membership
from tests.billing.conftest import books_are_right, invoice_of, keep_open
from tests.world import NOW, World, build_world, make_grant, make_membership, make_portal
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER = Month(2026, 11)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)


def spend(membership: Membership, amount: str, number: str, *, now: dt.datetime = NOW) -> Entry:
    return ledger.spend(membership, amount=Decimal(amount), order_number=number, now=now)[0]


def invoice(world: World, month: Month = NOVEMBER, *, now: dt.datetime = RUN) -> Invoice | None:
    return invoice_of(world.acme, month, now=now)


def open_months(world: World, until: Month = NOVEMBER) -> list[Month]:
    return list(consumption.open_months(world.acme, until))


def lines(invoice: Invoice) -> list[tuple[str, Decimal]]:
    return list(invoice.lines.values_list("order_number", "amount"))


def test_invoice_has_a_line_for_each_order_with_its_net_credit(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))
    ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW)
    spent = spend(world.bob, "80.00", "TW26-2")
    ledger.refund(spent, amount=Decimal("20.00"), source="return", now=NOW + dt.timedelta(days=2))

    issued = invoice(world)

    assert list(issued.lines.values("position", "order_number", "first_day", "staff_number", "amount")) == [
        {
            "position": 1,
            "order_number": "TW26-1",
            "first_day": NOW.date(),
            "staff_number": "1002",
            "amount": Decimal("50.00"),
        },
        {
            "position": 2,
            "order_number": "TW26-2",
            "first_day": NOW.date(),
            "staff_number": "1002",
            "amount": Decimal("60.00"),
        },
    ]
    assert issued.total == Decimal("110.00")
    assert issued.billed_entries.count() == 4
    assert books_are_right()


def test_invoice_copies_seller_buyer_and_wording(world: World, settings):
    spend(world.bob, "40.00", "TW26-1")

    issued = invoice(world)

    assert (issued.number, issued.issued_on, issued.due_on) == ("F2026-0001", dt.date(2026, 12, 8), dt.date(2027, 1, 7))
    assert issued.buyer == {
        "name": "Acme Nederland B.V.",
        "contact": "Crediteuren",
        "address": ["Stationsplein 1", "3511 ED  Utrecht"],
        "street": "Stationsplein 1",
        "postal_code": "3511 ED",
        "city": "Utrecht",
        "country": "NL",
        "identifier": world.acme.company.kvk_number,
        "scheme": "0106",
        "email": "facturen@acme.example",
        "emails": ["facturen@acme.example"],
        "portal": "Acme Thuiswerkwinkel",
        "customer_number": f"D{world.acme.company.pk:05d}",
    }
    assert issued.buyer_reference == "PO-ACME"
    assert issued.seller == {
        "name": "Thuiswerk BV",
        "address": "Keizersgracht 1\n1015 CN Amsterdam",
        "street": "Keizersgracht 1",
        "postal_code": "1015 CN",
        "city": "Amsterdam",
        "country": "NL",
        "email": settings.OPERATOR["email"],
        "phone": "+31 20 000 00 00",
        "kvk_number": "12345678",
        "iban": "NL91ABNA0417164300",
        "bic": "",
    }
    assert issued.vat_sentence == settings.INVOICE_VAT_SENTENCE["nl"]
    assert iso11649.is_valid(issued.payment_reference)
    assert issued.payment_reference.endswith("F20260001")


def test_invoice_speaks_the_language_of_the_company(world: World, settings):
    world.acme.company.language = "en"
    world.acme.company.save()
    spend(world.bob, "40.00", "TW26-1")

    issued = invoice(world)

    assert (issued.language, issued.vat_sentence) == ("en", settings.INVOICE_VAT_SENTENCE["en"])


def test_invoice_counts_an_order_at_half_past_eleven_utc_on_the_last_evening_for_the_next_month(world: World):
    spend(world.bob, "10.00", "TW26-1", now=dt.datetime(2026, 10, 31, 22, 59, 59, tzinfo=dt.UTC))
    spend(world.bob, "40.00", "TW26-2", now=dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC))

    assert lines(invoice(world, Month(2026, 10))) == [("TW26-1", Decimal("10.00"))]
    assert lines(invoice(world)) == [("TW26-2", Decimal("40.00"))]
    assert invoice(world).lines.get().first_day == dt.date(2026, 11, 1)


def test_invoice_counts_midnight_for_the_month_that_begins(world: World):
    spend(world.bob, "40.00", "TW26-1", now=NOVEMBER.start)

    assert invoice(world, Month(2026, 10), now=RUN) is None
    assert lines(invoice(world)) == [("TW26-1", Decimal("40.00"))]


@pytest.mark.parametrize(
    "moment", [dt.datetime(2027, 3, 28, 0, 59, tzinfo=dt.UTC), dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)]
)
def test_invoice_counts_the_night_that_the_clock_changes(world: World, moment: dt.datetime):
    keep_open(world, dt.date(2027, 3, 31))
    make_grant(world.bob, "50.00", valid_from=dt.date(2027, 3, 1), valid_until=dt.date(2027, 3, 31))
    spend(world.bob, "50.00", "TW27-1", now=moment)

    issued = invoice(world, Month(2027, 3), now=dt.datetime(2027, 4, 8, tzinfo=AMSTERDAM))

    assert issued.lines.get().first_day == dt.date(2027, 3, 28)


def test_invoice_of_the_leap_day_belongs_to_february(world: World):
    keep_open(world, dt.date(2028, 2, 29))
    make_grant(world.bob, "50.00", valid_from=dt.date(2028, 2, 29), valid_until=dt.date(2028, 2, 29))
    spend(world.bob, "50.00", "TW28-1", now=dt.datetime(2028, 2, 29, 23, 59, 59, tzinfo=AMSTERDAM))

    issued = invoice(world, Month(2028, 2), now=dt.datetime(2028, 3, 8, tzinfo=AMSTERDAM))

    assert (issued.number, issued.lines.get().first_day) == ("F2028-0001", dt.date(2028, 2, 29))


def test_invoice_repeated_is_the_same_invoice(world: World):
    spend(world.bob, "40.00", "TW26-1")

    assert invoice(world) == invoice(world)
    assert NumberSeries.objects.get().last == 1
    assert BilledEntry.objects.count() == 1


def test_invoice_is_not_made_where_nothing_was_consumed(world: World):
    ledger.reserve(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    given = make_grant(world.bob, "30.00", valid_until=dt.date(2026, 11, 17))
    ledger.expire(world.bob, now=NOW + dt.timedelta(days=2))
    ledger.revoke(given, source="left", now=NOW)

    assert invoice(world) is None
    assert not NumberSeries.objects.exists()


def test_invoice_leaves_out_an_order_that_was_given_back_in_the_same_month(world: World):
    spend(world.bob, "40.00", "TW26-1")
    spent = spend(world.bob, "60.00", "TW26-2")
    ledger.refund(spent, amount=Decimal("60.00"), source="return", now=NOW)

    issued = invoice(world)

    assert lines(issued) == [("TW26-1", Decimal("40.00"))]
    assert BilledEntry.objects.filter(invoice=None).count() == 2
    assert books_are_right()


def test_month_that_nets_to_zero_is_settled_without_a_document(world: World):
    spent = spend(world.bob, "60.00", "TW26-2")
    ledger.refund(spent, amount=Decimal("60.00"), source="return", now=NOW)

    assert [invoice(world), invoice(world)] == [None, None]
    assert BilledEntry.objects.filter(invoice=None, month=NOVEMBER.first_day).count() == 2
    assert open_months(world) == []
    assert consumption.portals_to_invoice(RUN) == []


def test_invoice_of_one_portal_holds_nothing_of_another(world: World):
    spend(world.bob, "40.00", "TW26-1")
    spend(world.charlie, "70.00", "TW26-2")

    assert lines(invoice(world)) == [("TW26-1", Decimal("40.00"))]
    assert Entry.objects.filter(kind="spend", billed=None).get().order_number == "TW26-2"


LAST_REFUSED = NOVEMBER.end + consumption.SETTLING - dt.timedelta(seconds=1)


@pytest.mark.parametrize("now", [NOW, NOVEMBER.end - dt.timedelta(seconds=1), NOVEMBER.end, LAST_REFUSED])
def test_month_is_refused_until_it_has_been_over_for_a_while(world: World, now: dt.datetime):
    spend(world.bob, "40.00", "TW26-1")

    with pytest.raises(invoicing.MonthNotOver):
        invoice(world, now=now)

    assert not BilledEntry.objects.exists()
    assert consumption.portals_to_invoice(now) == []
    assert consumption.portals_to_invoice(consumption.billable_from(NOVEMBER)) == [world.acme.pk]
    assert invoice(world, now=consumption.billable_from(NOVEMBER)).total == Decimal("40.00")


def test_month_settles_for_longer_than_a_task_may_take_to_write_what_it_began(settings):
    waits = settings.CELERY_TASK_TIME_LIMIT, settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"]

    assert consumption.SETTLING.total_seconds() >= 2 * sum(waits)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("legal_name", "statutaire naam"),
        ("street", "straat en nummer"),
        ("postal_code", "postcode"),
        ("city", "plaats"),
        ("invoice_email", "e-mail voor facturen"),
        ("kvk_number", "KvK-nummer"),
    ],
)
def test_company_without_what_an_invoice_needs_is_held_and_loses_no_number(world: World, name: str, called: str):
    setattr(world.acme.company, name, "")
    world.acme.company.save()
    spend(world.bob, "40.00", "TW26-1")
    spend(world.charlie, "70.00", "TW26-2")

    held = invoice(world)

    said = f"Acme: nog geen factuur, want dit ontbreekt: {called}."
    assert (held.number, held.standing, held.findings) == (None, Standing.HELD, [said])
    assert invoice_of(world.globex, NOVEMBER, now=RUN).number == "F2026-0001"
    assert books_are_right()

    setattr(world.acme.company, name, "12345678")
    world.acme.company.save()
    assert (invoice(world).number, invoice(world).findings) == ("F2026-0002", [])


def test_order_number_is_asked_where_the_company_refuses_an_invoice_without(world: World):
    world.acme.company.needs_order_number = True
    world.acme.company.save()
    spend(world.bob, "40.00", "TW26-1")

    assert invoice(world).findings == ["Acme: nog geen factuur, want dit ontbreekt: inkoopordernummer."]

    world.acme.company.order_number = "4500012345"
    world.acme.company.save()
    assert (invoice(world).number, invoice(world).order_number) == ("F2026-0001", "4500012345")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", " "),
        ("address", ""),
        ("address", "Keizersgracht 1"),
        ("kvk_number", "1234"),
        ("iban", ""),
        ("iban", "NL91ABNA0417164301"),
        ("iban", "NL91ABNA"),
        ("bic", "ABNANL"),
    ],
)
def test_installation_without_an_account_to_pay_to_holds_every_invoice(world: World, settings, key: str, value: str):
    settings.OPERATOR = settings.OPERATOR | {key: value}
    spend(world.bob, "40.00", "TW26-1")

    setting = {"kvk_number": "KVK"}.get(key, key.upper())
    assert invoice(world).findings == [
        f"Er kan geen factuur gemaakt worden: controleer de instelling van OPERATOR_{setting}."
    ]
    assert not NumberSeries.objects.exists()


def test_numbers_count_on_without_a_hole_and_begin_anew_each_year(world: World):
    spend(world.bob, "40.00", "TW26-1")
    spend(world.charlie, "70.00", "TW26-2")
    spend(world.bob, "10.00", "TW26-3", now=dt.datetime(2026, 12, 20, tzinfo=AMSTERDAM))

    numbers = [
        invoice_of(world.acme, NOVEMBER, now=RUN).number,
        invoice_of(world.globex, NOVEMBER, now=RUN).number,
        invoice_of(world.acme, Month(2026, 12), now=dt.datetime(2027, 1, 8, tzinfo=AMSTERDAM)).number,
    ]

    assert numbers == ["F2026-0001", "F2026-0002", "F2027-0001"]


def test_open_months_are_those_from_the_oldest_unbilled_entry_on(world: World):
    spend(world.bob, "10.00", "TW26-1", now=dt.datetime(2026, 10, 31, 22, 59, tzinfo=dt.UTC))
    spend(world.bob, "10.00", "TW26-2", now=dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC))
    spend(world.charlie, "10.00", "TW26-3")
    spend(world.charlie, "10.00", "TW26-4", now=RUN - dt.timedelta(hours=1))
    invoice_of(world.globex, NOVEMBER, now=RUN)

    assert open_months(world) == [Month(2026, 10), NOVEMBER]
    assert consumption.portals_to_invoice(RUN) == [world.acme.pk]


def test_run_of_a_month_closes_the_earlier_ones_first(world: World):
    spend(world.bob, "10.00", "TW26-1", now=dt.datetime(2026, 10, 20, tzinfo=AMSTERDAM))
    spend(world.bob, "40.00", "TW26-2")

    assert lines(invoice(world)) == [("TW26-2", Decimal("40.00"))]
    assert list(world.acme.invoices.order_by("period").values_list("number", "total")) == [
        ("F2026-0001", Decimal("10.00")),
        ("F2026-0002", Decimal("40.00")),
    ]


def test_late_entry_of_a_closed_month_is_on_the_next_invoice_with_its_own_date(world: World):
    spend(world.bob, "40.00", "TW26-1")
    invoice(world)
    spend(world.bob, "15.00", "TW26-2", now=NOVEMBER.end - dt.timedelta(seconds=1))
    spend(world.bob, "5.00", "TW26-3", now=RUN)

    assert invoice(world).total == Decimal("40.00")
    december = invoice(world, NOVEMBER.next, now=dt.datetime(2027, 1, 8, tzinfo=AMSTERDAM))

    assert list(december.lines.values_list("order_number", "first_day", "amount")) == [
        ("TW26-2", dt.date(2026, 11, 30), Decimal("15.00")),
        ("TW26-3", dt.date(2026, 12, 8), Decimal("5.00")),
    ]
    assert (december.starts_on, december.ends_on) == (dt.date(2026, 11, 30), dt.date(2026, 12, 31))
    assert december.has_late_entries
    assert books_are_right()


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_bill_once_and_number_without_a_hole():
    build_world()
    portals = [make_portal(f"portal-{number}", f"Portal {number}") for number in range(5)]
    for number, portal in enumerate(portals):
        member = make_membership(portal, f"person-{number}@example.com")
        make_grant(member, "50.00")
        spend(member, "50.00", f"TW26-{number}")

    def run(portal):
        try:
            return invoice_of(portal, NOVEMBER, now=RUN).number
        finally:
            connection.close()

    with ThreadPoolExecutor(15) as pool:
        numbers = list(pool.map(run, portals * 3))

    assert sorted(set(numbers)) == [f"F2026-000{number}" for number in range(1, 6)]
    assert BilledEntry.objects.count() == 5
    assert [check.holes for check in proof.series_checks()] == [0]
    assert books_are_right()


@pytest.mark.django_db(transaction=True)
def test_order_of_the_last_second_that_is_still_being_written_is_waited_for(monkeypatch):
    """A checkout that began before midnight hangs until long after; the run comes meanwhile."""
    world = build_world()
    is_under_way, may_write = threading.Event(), threading.Event()
    write = Entry.objects.bulk_create

    def write_late(entries):
        is_under_way.set()
        may_write.wait(10)
        return write(entries)

    monkeypatch.setattr(posting.Entry.objects, "bulk_create", write_late)

    def order():
        try:
            spend(world.bob, "40.00", "TW26-1", now=NOVEMBER.end - dt.timedelta(seconds=1))
        finally:
            connection.close()

    def run():
        try:
            is_under_way.wait(10)
            threading.Timer(0.5, may_write.set).start()
            return invoice(world)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ordered, issued = pool.submit(order), pool.submit(run)
        ordered.result(timeout=30)

    assert lines(issued.result(timeout=30)) == [("TW26-1", Decimal("40.00"))]
