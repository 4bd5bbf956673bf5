"""Reminders: the right level on the right day, once, of what is really open, and none of what is in dispute."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.models import Mail
from billing import ledger, payments, reminders, tasks
from billing.correcting import correct
from billing.models import DisputePause, Invoice, Reminder, ReminderLevel
from tests.billing.bank import make_bank_entry, make_payment
from tests.billing.conftest import invoice_of, spend
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World, make_reminder_levels
from thuiswerk.lib.periods import AMSTERDAM, Month, start_of_day

NOVEMBER = Month.of(NOW)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def _office(settings, db: None):
    """The second factor has tests of its own."""
    settings.DEMO = True
    make_reminder_levels()


@pytest.fixture
def invoice(world: World) -> Invoice:
    """An invoice of EUR 100 of acme, due on 7 January 2027."""
    spend(world, "100.00")
    return invoice_of(world.acme, NOVEMBER, now=RUN)


def late(days: int) -> dt.datetime:
    """Ten in the morning so many days after 7 January 2027."""
    return start_of_day(dt.date(2027, 1, 7)) + dt.timedelta(days=days, hours=10)


def due(days: int) -> list[tuple[str, int]]:
    return [(one.invoice.number, one.level.position) for one in reminders.due_reminders(now=late(days))]


def send(days: int, *, invoice: Invoice) -> list[int]:
    return [reminder.level for reminder in reminders.send([invoice.pk], now=late(days))]


def test_day_of_the_next_reminder_is_told(invoice: Invoice):
    told = []
    for days in (20, 31, 47):
        level, day = reminders.next_reminder(invoice)
        told.append((level.position, (day - invoice.due_on).days))
        send(days, invoice=invoice)

    assert (told, reminders.next_reminder(invoice)) == ([(1, 3), (2, 31), (3, 47)], None)


@pytest.mark.parametrize(("days", "found"), [(0, []), (2, []), (3, [1]), (13, [1]), (90, [1])])
def test_first_level_is_due_three_days_after_the_due_date(invoice: Invoice, days: int, found: list[int]):
    assert due(days) == [("F2026-0001", level) for level in found]


def test_levels_go_one_by_one_each_on_its_day(invoice: Invoice):
    sent = {days: send(days, invoice=invoice) for days in range(1, 60)}

    assert {days: levels for days, levels in sent.items() if levels} == {3: [1], 14: [2], 30: [3]}


def test_level_that_was_late_pushes_the_next_one_back(invoice: Invoice):
    sent = {days: send(days, invoice=invoice) for days in range(20, 80)}

    assert {days: levels for days, levels in sent.items() if levels} == {20: [1], 31: [2], 47: [3]}


def test_nothing_is_sent_twice_on_one_day(invoice: Invoice):
    assert [send(40, invoice=invoice) for _press in range(3)] == [[1], [], []]
    assert Mail.objects.count() == 1


def test_what_is_paid_or_credited_is_not_asked_for(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "99.99")
    assert due(3) == [("F2026-0001", 1)]

    make_payment(world.coordinator, invoice, "0.01")
    assert due(3) == []


def test_credited_invoice_is_not_asked_for(world: World, invoice: Invoice):
    correct(invoice, reason="Referentie", source="x", now=RUN, actor=world.coordinator)

    assert due(3) == [("F2026-0002", 1)]


def test_payment_that_came_in_before_the_press_stops_the_mail(world: World, invoice: Invoice):
    seen = due(3)
    make_payment(world.coordinator, invoice, "100.00")

    assert seen
    assert send(3, invoice=invoice) == []
    assert not Mail.objects.exists()


def test_dispute_stops_reminders_until_it_is_lifted(world: World, invoice: Invoice):
    send(3, invoice=invoice)
    reminders.pause(invoice, reason="Bedrag klopt niet", now=late(10), actor=world.coordinator)
    reminders.pause(invoice, reason="Nog eens", now=late(11), actor=world.coordinator)
    paused = send(20, invoice=invoice)

    reminders.lift(invoice, now=late(25), actor=world.coordinator)

    assert paused == []
    assert [(pause.reason, pause.lifted_by) for pause in DisputePause.objects.all()] == [
        ("Bedrag klopt niet", world.coordinator)
    ]
    assert send(25, invoice=invoice) == [2]


def test_pause_without_a_reason_is_refused(world: World, invoice: Invoice):
    with pytest.raises(reminders.ReasonMissing):
        reminders.pause(invoice, reason=" ", now=RUN, actor=world.coordinator)


def test_company_gets_one_mail_for_all_of_its_invoices(world: World, invoice: Invoice):
    spend(world, "5.00", "TW26-2", now=RUN)
    second = invoice_of(world.acme, NOVEMBER.next, now=dt.datetime(2027, 1, 8, tzinfo=AMSTERDAM))
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-3", now=NOW)
    invoice_of(world.globex, NOVEMBER, now=RUN)

    sent = reminders.send(Invoice.objects.values_list("pk", flat=True), now=late(60))

    assert sorted((one.invoice.number, one.open, one.to) for one in sent) == [
        ("F2026-0001", Decimal("100.00"), "facturen@acme.example"),
        ("F2026-0002", Decimal("70.00"), "facturen@globex.example"),
        (second.number, Decimal("5.00"), "facturen@acme.example"),
    ]
    mail = Mail.objects.get(to="facturen@acme.example")
    for words in ("F2026-0001", second.number, "€\N{NO-BREAK SPACE}105,00", "NL91 ABNA 0417 1643 00", "ontgaan"):
        assert words in mail.text
    assert "F2026-0002" not in mail.text + mail.html


@pytest.mark.parametrize(("language", "subject"), [("nl", "Herinnering"), ("en", "Reminder")])
def test_mail_speaks_the_language_of_the_company(world: World, invoice: Invoice, language: str, subject: str):
    world.acme.company.language = language
    world.acme.company.save()

    send(3, invoice=invoice)

    assert Mail.objects.get().subject.startswith(subject)


def test_reminder_never_changes(invoice: Invoice):
    send(3, invoice=invoice)

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        Reminder.objects.update(open=Decimal("1.00"))


def test_job_sends_only_where_it_is_asked_and_payments_are_known(world: World, invoice: Invoice, settings):
    sent = []
    with time_machine.travel(late(3), tick=False):
        sent.append(tasks.send_reminders())
        settings.REMINDERS_AUTOMATIC = True
        sent.append(tasks.send_reminders())
        make_bank_entry(world.coordinator, "1.00", booked_on=late(-5).date())
        sent.append(tasks.send_reminders())
        make_bank_entry(world.coordinator, "1.00", booked_on=late(-4).date())
        sent.append(tasks.send_reminders())

    assert sent == [0, 0, 0, 1]


def test_job_leaves_what_a_waiting_payment_may_be_for(world: World, invoice: Invoice, settings):
    settings.REMINDERS_AUTOMATIC = True
    entry = make_bank_entry(world.coordinator, "100.00", name="Acme", booked_on=late(1).date())

    with time_machine.travel(late(3), tick=False):
        waiting = tasks.send_reminders()
        payments.set_aside(entry, note="Waarborg", now=late(3), actor=world.coordinator)
        placed = tasks.send_reminders()

    assert (waiting, placed) == (0, 1)


def at(days: int) -> time_machine.travel:
    return time_machine.travel(late(days), tick=False)


def test_page_shows_what_is_due_with_its_mail_and_sends_it(world: World, invoice: Invoice):
    with at(3):
        finance = signed_in(make_colleague("view_invoice", "change_invoice"))
        page = finance.get(reverse("admin:billing_reminders")).text
        sent = finance.post(reverse("admin:billing_reminders_send"), {"invoice": [invoice.pk, "x"]}, follow=True).text
        again = finance.post(reverse("admin:billing_reminders_send"), {"invoice": [invoice.pk]}, follow=True).text
        log = finance.get(reverse("admin:billing_invoice_reminders", args=[invoice.pk])).text

    assert "Er is nog geen bankafschrift ingelezen" in page
    assert "Misschien is het je ontgaan" in page
    assert "1 factuur is herinnerd." in sent
    assert "Er is niets verstuurd" in again
    assert "facturen@acme.example" in log
    assert Reminder.objects.get().sent_by.email == "fin@thuiswerk.example"


def test_page_tells_what_may_be_paid_and_does_not_choose_it(world: World, invoice: Invoice):
    box = f'name="invoice" value="{invoice.pk}"'
    with at(3):
        finance = signed_in(make_colleague("view_invoice", "change_invoice"))
        before = finance.get(reverse("admin:billing_reminders")).text
        make_bank_entry(world.coordinator, "60.00", name="Acme", booked_on=late(1).date())
        after = finance.get(reverse("admin:billing_reminders")).text

    assert (f"{box} checked" in before, "misschien betaald" in before) == (True, False)
    assert (f"{box} aria-label" in after, "misschien betaald" in after) == (True, True)


def test_page_pauses_and_lifts(world: World, invoice: Invoice):
    address = {name: reverse(f"admin:billing_invoice_{name}", args=[invoice.pk]) for name in ("pause", "lift")}
    with at(3):
        finance = signed_in(make_colleague("view_invoice", "change_invoice"))
        refused = finance.post(address["pause"], {"reason": ""})
        finance.post(address["pause"], {"reason": "Bedrag klopt niet"})
        nothing = finance.get(reverse("admin:billing_reminders")).text
        lifted = finance.post(address["lift"], follow=True).text

    assert refused.context["form"].errors["reason"]
    assert "Er is geen herinnering aan de beurt" in nothing
    assert "Herinnering 1 is nu aan de beurt." in lifted
    assert DisputePause.objects.get().lifted_at == late(3)


def test_page_takes_the_same_queries_for_one_invoice_and_for_more(world: World, invoice, django_assert_num_queries):
    with django_assert_num_queries(3):
        reminders.due_reminders(now=late(60))

    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-3", now=NOW)
    invoice_of(world.globex, NOVEMBER, now=RUN)
    with django_assert_num_queries(3):
        assert len(reminders.due_reminders(now=late(60))) == 2


def test_levels_keep_their_order(world: World):
    finance = signed_in(make_colleague("view_invoice", "change_invoice"))
    second = ReminderLevel.objects.get(position=2)
    address = reverse("admin:billing_reminderlevel_change", args=[second.pk])
    texts = {"text_nl": "Nederlands", "text_en": "English"}

    refused = [finance.post(address, texts | {"days": days}).status_code for days in ("3", "30", "0")]
    finance.post(address, texts | {"days": "10"})

    assert refused == [200, 200, 200]
    second.refresh_from_db()
    assert (second.days, second.text("nl"), second.text("en")) == (10, "Nederlands", "English")


@pytest.mark.parametrize(
    ("name", "args", "method"),
    [
        ("billing_reminders", [], "get"),
        ("billing_reminders_send", [], "post"),
        ("billing_invoice_reminders", [1], "get"),
        ("billing_invoice_pause", [1], "post"),
        ("billing_invoice_lift", [1], "post"),
        ("billing_reminderlevel_changelist", [], "get"),
    ],
)
def test_colleague_without_the_permission_does_none_of_it(world: World, name: str, args: list[int], method: str):
    client = signed_in(make_colleague("view_order"))

    assert getattr(client, method)(reverse(f"admin:{name}", args=args)).status_code == 403


def test_whoever_may_only_look_sends_nothing(world: World, invoice: Invoice):
    with at(3):
        client = signed_in(make_colleague("view_invoice"))
        sent = client.post(reverse("admin:billing_reminders_send"), {"invoice": [invoice.pk]})

    assert sent.status_code == 403
    assert not Reminder.objects.exists()
