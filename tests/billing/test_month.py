"""The screen of a month: what it says of each portal, and what finance does from it."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import delivery, ledger, month, tasks
from billing.models import Correction, Invoice
from tests.billing.conftest import books_are_right, invoice_of
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER = Month(2026, 11)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    """The second factor has tests of its own."""
    settings.DEMO = True


@pytest.fixture
def at_the_run() -> None:
    with time_machine.travel(RUN, tick=False):
        yield


@pytest.fixture
def finance(db: None, at_the_run: None) -> Client:
    return signed_in(make_colleague("view_invoice", "change_invoice", "view_invoicedelivery"))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What the screen put in the queue."""
    asked: list[tuple] = []
    monkeypatch.setattr("billing.admin_month.nudge", lambda task, *args: asked.append((task.name, *args)))
    return asked


def spend(world: World, amount: str, number: str, *, now: dt.datetime = NOW):
    return ledger.spend(world.bob, amount=Decimal(amount), order_number=number, now=now)[0]


def row(world: World, of: Month = NOVEMBER) -> month.PortalMonth:
    return next(row for row in month.portal_months(of) if row.portal == world.acme)


def address(name: str, *args: object) -> str:
    return reverse(f"admin:billing_{name}", args=args)


def test_row_says_what_was_used_given_back_and_what_changed(world: World):
    make_grant(world.alice)
    spend(world, "30.00", "TW26-1", now=dt.datetime(2026, 10, 20, tzinfo=AMSTERDAM))
    spent = spend(world, "50.00", "TW26-2")
    ledger.spend(world.alice, amount=Decimal("10.00"), order_number="TW26-3", now=NOW)
    ledger.refund(spent, amount=Decimal("20.00"), source="back", now=NOW)

    said = row(world)

    assert (said.now.spent, said.now.given_back, said.now.people) == (Decimal("60.00"), Decimal("20.00"), 2)
    assert (said.before.consumed, said.change, said.newcomers) == (Decimal("30.00"), Decimal("10.00"), 1)
    assert (said.waiting, said.total, said.documents) == (Decimal("70.00"), Decimal("0.00"), [])


def test_month_that_still_runs_shows_what_was_used_and_nothing_to_run(world: World, finance: Client):
    spend(world, "30.00", "TW26-1", now=RUN)

    page = finance.get(address("month", "2026-12")).text

    assert ("Er is nog niets te doen." in page, "heeft niemand tegoed gebruikt" in page) == (True, False)


def test_row_of_a_run_month_agrees_with_the_ledger(world: World):
    spent = spend(world, "50.00", "TW26-1", now=dt.datetime(2026, 10, 20, tzinfo=AMSTERDAM))
    invoice_of(world.acme, NOVEMBER.previous, now=NOW)
    ledger.refund(spent, amount=Decimal("20.00"), source="back", now=NOW)
    spend(world, "15.00", "TW26-2")
    invoice_of(world.acme, NOVEMBER, now=RUN)

    said = row(world)

    assert [(made.kind, made.total) for made in said.of_run] == [
        ("invoice", Decimal("15.00")),
        ("credit_note", Decimal("20.00")),
    ]
    assert (said.total, said.billed, said.difference, said.waiting) == (
        Decimal("-5.00"),
        Decimal("-5.00"),
        Decimal("0.00"),
        Decimal("0.00"),
    )


def test_progress_follows_the_run_from_waiting_to_done(world: World):
    spend(world, "40.00", "TW26-1")

    def progress() -> tuple[int, int, int, int]:
        now = month.progress(month.portal_months(NOVEMBER), NOVEMBER, now=RUN)
        return now.waiting, now.drafts, now.rendering, now.done

    seen = [progress()]
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)
    seen.append(progress())
    delivery.store_document(issued, now=RUN)
    seen.append(progress())

    assert seen == [(1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]


def test_screen_takes_the_same_queries_for_one_portal_and_for_more(finance, world, django_assert_num_queries):
    spend(world, "40.00", "TW26-1")
    invoice_of(world.acme, NOVEMBER, now=RUN)
    finance.get(address("month", "2026-11"))
    with django_assert_num_queries(14):
        finance.get(address("month", "2026-11"))

    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-2", now=NOW)
    invoice_of(world.globex, NOVEMBER, now=RUN)
    with django_assert_num_queries(14):
        finance.get(address("month", "2026-11"))


def test_screen_names_what_stops_an_invoice_before_the_run(finance: Client, world: World):
    spend(world, "40.00", "TW26-1")
    world.acme.company.city = ""
    world.acme.company.save()

    page = finance.get(address("month", "2026-11")).text

    assert "nog geen factuur, want dit ontbreekt: plaats." in page


def test_run_starts_one_task_for_each_portal_that_waits(finance: Client, world: World, queued: list):
    spend(world, "40.00", "TW26-1")

    finance.post(address("month_run", "2026-11"))
    tasks.invoice_month(world.acme.pk, "2026-11")
    finance.post(address("month_run", "2026-11"))

    assert queued == [("billing.tasks.invoice_month", world.acme.pk, "2026-11")]


def test_run_of_a_month_that_is_not_over_is_not_found(finance: Client, queued: list):
    assert finance.post(address("month_run", "2026-12")).status_code == 404
    assert queued == []


def test_drafts_are_previewed_reviewed_and_issued(finance: Client, world: World, settings, queued: list):
    settings.INVOICE_REVIEW_DAYS = 10
    spend(world, "40.00", "TW26-1")
    draft = invoice_of(world.acme, NOVEMBER, now=RUN)

    preview = finance.get(address("invoice_preview", draft.pk))
    assert b"".join(preview).startswith(b"%PDF-")
    finance.post(address("invoice_review", draft.pk))
    draft.refresh_from_db()
    assert (draft.standing, draft.reviewed_by.email) == ("reviewed", "fin@thuiswerk.example")
    finance.post(address("month_issue", "2026-11"))
    assert queued == [("billing.tasks.issue_draft", draft.pk)]
    page = finance.post(address("invoice_issue", draft.pk), follow=True).text

    draft.refresh_from_db()
    assert (draft.number, draft.issued_by.email) == ("F2026-0001", "fin@thuiswerk.example")
    assert "F2026-0001 is uitgegeven" in page


def test_issue_tells_what_stands_in_the_way(finance: Client, world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 10
    spend(world, "40.00", "TW26-1")
    draft = invoice_of(world.acme, NOVEMBER, now=RUN)
    world.acme.company.city = ""
    world.acme.company.save()

    page = finance.post(address("invoice_issue", draft.pk), follow=True).text

    assert "Acme: nog geen factuur, want dit ontbreekt: plaats." in page
    assert Invoice.objects.get().standing == "held"


def test_correction_by_form_is_made_once_and_keeps_the_books_right(finance: Client, world: World):
    spend(world, "40.00", "TW26-1")
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)
    page = finance.get(address("invoice_correct", issued.pk))
    sent = {"reason": "Verkeerde referentie", "source": page.context["form"]["source"].value()}

    for _press in range(2):
        finance.post(address("invoice_correct", issued.pk), sent)

    made = Correction.objects.get()
    assert (made.credit_note.number, made.replacement.number) == ("C2026-0001", "F2026-0002")
    assert made.reason == made.credit_note.reason == "Verkeerde referentie"
    assert books_are_right()


def test_correction_without_a_reason_is_refused_at_the_field(finance: Client, world: World):
    spend(world, "40.00", "TW26-1")
    issued = invoice_of(world.acme, NOVEMBER, now=RUN)
    token = finance.get(address("invoice_correct", issued.pk)).context["form"]["source"].value()

    page = finance.post(address("invoice_correct", issued.pk), {"reason": " ", "source": token})

    assert page.context["form"].errors["reason"]
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("name", "args", "method"),
    [
        ("month", ["2026-11"], "get"),
        ("month_run", ["2026-11"], "post"),
        ("month_issue", ["2026-11"], "post"),
        ("invoice_preview", [1], "get"),
        ("invoice_review", [1], "post"),
        ("invoice_issue", [1], "post"),
        ("invoice_correct", [1], "post"),
        ("invoice_send", [1], "post"),
        ("invoice_xml", [1], "get"),
        ("specimen", [1], "get"),
    ],
)
def test_colleague_without_the_permission_does_none_of_it(world: World, at_the_run, name, args, method):
    client = signed_in(make_colleague("view_order"))

    assert getattr(client, method)(address(name, *args)).status_code == 403


def test_whoever_may_only_look_changes_nothing(world: World, at_the_run, settings):
    settings.INVOICE_REVIEW_DAYS = 10
    spend(world, "40.00", "TW26-1")
    draft = invoice_of(world.acme, NOVEMBER, now=RUN)
    client = signed_in(make_colleague("view_invoice"))

    for name in ("invoice_review", "invoice_issue", "invoice_send"):
        assert client.post(address(name, draft.pk)).status_code == 403
    assert User.objects.filter(email="fin@thuiswerk.example").exists()
    assert (Invoice.objects.get().number, Invoice.objects.get().reviewed_at) == (None, None)


def test_specimen_is_marked_and_touches_no_ledger(at_the_run, world: World):
    client = signed_in(world.coordinator)

    first = client.get(address("specimen", world.acme.pk))

    assert b"".join(first).startswith(b"%PDF-")
    assert not Invoice.objects.exists()
    assert books_are_right()
