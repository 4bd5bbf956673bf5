"""Two at one document at the same moment: with the locks, and, as a control, without them."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection

from accounts.models import Mail
from billing import correcting, invoicing, issuing, ledger, proof, reminders, run
from billing.models import BilledEntry, Correction, Invoice, InvoiceQuerySet, NumberSeries
from portals.models import Portal
from tests.billing.conftest import books_are_right
from tests.world import NOW, World, build_world, make_grant, make_membership, make_portal, make_reminder_levels
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = NOVEMBER.end.replace(day=8)
LATE = RUN.replace(month=2, year=RUN.year + 1)
FORTY = Decimal("40.00")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> World:
    """Bob spent EUR 40 in November."""
    world = build_world()
    ledger.spend(world.bob, amount=FORTY, order_number="TW26-1", now=NOW)
    return world


@pytest.fixture
def drafts(cast: World, settings) -> list[Invoice]:
    """A draft of November in each of five portals, which finance may look at."""
    settings.INVOICE_REVIEW_DAYS = 10
    for number in range(5):
        portal = make_portal(f"portal-{number}", f"Portal {number}")
        member = make_membership(portal, f"person-{number}@example.com", password=None)
        make_grant(member, "50.00")
        ledger.spend(member, amount=FORTY, order_number=f"TW26-1{number}", now=NOW)
    return [
        made
        for portal in Portal.objects.filter(slug__startswith="portal-").order_by("pk")
        for made in invoicing.draft_portal(portal, NOVEMBER, now=RUN)
    ]


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Billing without its locks on portals and documents; that on the series of numbers is another."""
    unlocked = lambda portal: Portal.objects.select_related("company").get(pk=portal.pk)  # noqa: E731
    for module in (invoicing, issuing, correcting):
        monkeypatch.setattr(module, "lock_portal", unlocked)
    monkeypatch.setattr(invoicing, "_wait_for_movements", lambda portal: None)
    monkeypatch.setattr(InvoiceQuerySet, "select_for_update", lambda self, **_: self)


def at_once[T](work: Callable[[T], object], what: Iterable[T]) -> list[str]:
    """How `work` ends for each of `what`, in threads that begin together: what it returns, or what it refuses."""
    tasks = list(what)
    start = threading.Barrier(len(tasks), timeout=30)

    def one(thing: T) -> str:
        start.wait()
        try:
            return str(work(thing))
        except IntegrityError as refusal:
            return str(refusal.__cause__.diag.constraint_name)
        except DatabaseError as refusal:
            return str(refusal).splitlines()[0]
        except correcting.CorrectionRefused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return sorted(pool.map(one, tasks))


def together(monkeypatch: pytest.MonkeyPatch, module: object, name: str, parties: int) -> None:
    """All threads have come to the end of `module.name` before one of them goes on."""
    everybody = threading.Barrier(parties, timeout=30)
    original = getattr(module, name)

    def wait_for_the_others(*args: object, **facts: object) -> object:
        made = original(*args, **facts)
        everybody.wait()
        return made

    monkeypatch.setattr(module, name, wait_for_the_others)


def draft(portal: Portal) -> list[Invoice]:
    return invoicing.draft_portal(portal, NOVEMBER, now=RUN)


def number_of(document: Invoice) -> str:
    return str(issuing.issue(document, now=RUN).number)


def correct(invoice: Invoice, source: str) -> str:
    made = correcting.correct(invoice, reason="Kostenplaats", source=source, now=RUN)
    return str(made.credit_note.number)


def test_workers_at_one_portal_draft_it_once(cast: World):
    outcomes = at_once(draft, [cast.acme] * 4)

    assert outcomes == ["[<Invoice: concept>]"] * 4
    assert (Invoice.objects.count(), BilledEntry.objects.count()) == (1, 1)
    assert books_are_right()


@pytest.mark.usefixtures("without_locks")
def test_control_without_locks_only_the_constraint_stops_a_second_draft(cast: World, monkeypatch):
    together(monkeypatch, invoicing.consumption, "given_back", 4)

    outcomes = at_once(draft, [cast.acme] * 4)

    assert outcomes == ["[<Invoice: concept>]"] + ["invoice_once_per_portal_and_month"] * 3


def test_people_at_one_draft_issue_it_once(drafts: list[Invoice]):
    outcomes = at_once(number_of, drafts[:1] * 4)

    assert outcomes == ["F2026-0001"] * 4
    assert NumberSeries.objects.get().last == 1
    assert books_are_right()


@pytest.mark.usefixtures("without_locks")
def test_control_without_locks_only_the_trigger_stops_a_second_number(drafts: list[Invoice], monkeypatch):
    together(monkeypatch, issuing, "_check", 4)

    outcomes = at_once(number_of, drafts[:1] * 4)

    assert outcomes == ["F2026-0001"] + ["pgtrigger: Cannot update or delete rows from billing_invoice table"] * 3


def test_people_at_one_invoice_correct_it_once(drafts: list[Invoice]):
    invoice = issuing.issue(drafts[0], now=RUN)

    outcomes = at_once(lambda source: correct(invoice, source), ["form-1", "form-2", "form-3"])

    assert outcomes == ["C2026-0001", "NothingStands", "NothingStands"]
    assert Correction.objects.count() == 1
    assert proof.faults() == []


@pytest.mark.usefixtures("without_locks")
def test_control_without_locks_an_invoice_is_credited_three_times(drafts: list[Invoice], monkeypatch):
    invoice = issuing.issue(drafts[0], now=RUN)
    together(monkeypatch, correcting, "standing_orders", 3)

    outcomes = at_once(lambda source: correct(invoice, source), ["form-1", "form-2", "form-3"])

    assert outcomes == ["C2026-0001", "C2026-0002", "C2026-0003"]
    assert proof.over_credited() == ["invoice F2026-0001: total 40.00, credited 120.00"]


def test_form_sent_twice_is_answered_twice_and_corrected_once(drafts: list[Invoice]):
    invoice = issuing.issue(drafts[0], now=RUN)

    outcomes = at_once(lambda source: correct(invoice, source), ["form-1"] * 3)

    assert outcomes == ["C2026-0001"] * 3
    assert proof.faults() == []


def remind(invoice: Invoice) -> int:
    return len(reminders.send([invoice.pk], now=LATE))


def test_presses_at_once_remind_once(drafts: list[Invoice]):
    make_reminder_levels()
    invoice = issuing.issue(drafts[0], now=RUN)

    outcomes = at_once(remind, [invoice] * 3)

    assert outcomes == ["0", "0", "1"]
    assert Mail.objects.filter(key__startswith="reminder:").count() == 1


@pytest.mark.usefixtures("without_locks")
def test_control_without_locks_only_the_constraint_stops_a_second_reminder(drafts: list[Invoice], monkeypatch):
    make_reminder_levels()
    invoice = issuing.issue(drafts[0], now=RUN)
    together(monkeypatch, reminders, "due_reminders", 3)

    outcomes = at_once(remind, [invoice] * 3)

    assert outcomes == ["1"] + ["reminder_once_per_level"] * 2


def test_documents_issued_at_once_are_numbered_without_a_hole(drafts: list[Invoice]):
    outcomes = at_once(number_of, drafts)

    assert outcomes == [f"F2026-000{number}" for number in range(1, 6)]
    assert proof.faults() == []


def test_control_without_the_lock_on_the_series_a_number_is_taken_twice(drafts: list[Invoice], monkeypatch):
    NumberSeries.objects.create(kind="invoice", year=2026)

    def unlocked(kind: str, year: int) -> int:
        return NumberSeries.objects.get(kind=kind, year=year).last + 1

    monkeypatch.setattr(issuing, "next_in_series", unlocked)
    together(monkeypatch, issuing, "next_in_series", 5)

    outcomes = at_once(number_of, drafts)

    assert outcomes == ["F2026-0001"] + ["billing_invoice_number_key"] * 4


def test_runs_and_corrections_at_once_leave_the_books_right(drafts: list[Invoice]):
    documents = [issuing.issue(made, now=RUN) for made in drafts[:3]] + drafts[3:]

    def either(made: Invoice) -> str:
        if made.number:
            return correct(made, f"form-{made.pk}")
        return str([again.number for again in run.run_portal(made.portal, NOVEMBER, now=RUN)])

    outcomes = at_once(either, documents)

    assert outcomes == ["C2026-0001", "C2026-0002", "C2026-0003", "[None]", "[None]"]
    assert proof.faults() == []
