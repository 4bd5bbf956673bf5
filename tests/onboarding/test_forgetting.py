"""Data of people who never ordered go after the set time: everywhere, once, and nobody else's."""

import datetime as dt
import io
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from pypdf import PdfReader

from accounts.models import JobRun, Mail, User
from accounts.outbox import send_again, send_due
from billing import closing, ledger, settling
from billing.proof import faults
from catalog.wish_models import Wish
from onboarding import erasing, forgetting, invitations, last_days, roster
from onboarding.deletion_report import report_pdf
from onboarding.models import DeletionReport, Erasure, RosterImport
from orders.models import CartLine, Message, Question, SavedAddress
from portals import lifecycle
from portals.models import Membership, Portal, Role
from tests.world import NOW, build_world, make_grant, make_membership
from thuiswerk.lib.periods import start_of_day

DAY = dt.timedelta(days=1)
EMAIL, NAME, NUMBER, CENTRE = "quirine.zwaluw@acme.example", "Quirine Zwaluw", "QZ-4711", "Kolibri 7"
TRACES = (EMAIL, "Quirine", "Zwaluw", NUMBER, CENTRE, "Reigersbek")
LAST = dt.date(2027, 1, 31)
END = start_of_day(LAST + DAY) + dt.timedelta(hours=1)
DUE = END + 90 * DAY


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.OPERATOR = settings.OPERATOR | {
        "address": "Dam 1\n1012 JS Amsterdam",
        "iban": "NL91ABNA0417164300",
        "kvk_number": "12345678",
        "email": "service@thuiswerk.example",
    }


def quirine(world):
    """Somebody who left a trace wherever one can be left, and never ordered."""
    member = make_membership(world.acme, EMAIL, NAME, staff_number=NUMBER, cost_centre=CENTRE, first_seen_at=None)
    make_grant(member)
    row = {"line": 2, "email": EMAIL, "name": NAME, "staff_number": NUMBER, "errors": {"email": EMAIL}}
    other = {"line": 3, "email": "bob@acme.example", "name": "Bob de Vries"}
    RosterImport.objects.create(
        portal=world.acme, file_name="lijst.csv", rows=[row, other], uploaded_by=world.coordinator
    )
    roster.invite(member, now=NOW)
    send_due(now=NOW)
    invitation = Mail.objects.get(key=f"invitation:{member.pk}")
    send_again(invitation, now=NOW)
    invitations.resend_invitations(world.acme.memberships.all(), now=NOW + DAY, actor=world.coordinator)
    invitations.send_portion(now=NOW + DAY)
    last_days.remind(now=start_of_day(LAST - 3 * DAY))
    Mail.objects.filter(pk=invitation.pk).update(error=f"550 {EMAIL} unknown")
    CartLine.objects.create(
        portal=world.acme, membership=member, product=world.chair, quantity=1, seen_price=world.chair.price
    )
    Wish.objects.create(portal=world.acme, membership=member, product=world.chair)
    SavedAddress.objects.create(
        portal=world.acme, membership=member, name=NAME, street="Reigersbek", house_number="1", city="Utrecht"
    )
    _ask(member)
    _log(world, member)
    return member


def _ask(member):
    question = Question.objects.create(portal=member.portal, membership=member, subject=f"Van {NAME}", asked_at=NOW)
    message = Message.objects.create(
        portal=member.portal, question=question, author=member.user, text=NAME, sent_at=NOW, form_token=uuid.uuid4()
    )
    mail = Mail.objects.create(
        key=f"message:{message.pk}", to="service@thuiswerk.example", subject=NAME, text=EMAIL, sent_at=NOW
    )
    send_again(mail, now=NOW)


def _log(world, member):
    EmailAddress.objects.create(user=member.user, email=EMAIL)
    JobRun.objects.create(name="read-bounces", created_at=NOW, result="failed", error=f"bad mail to {EMAIL}")
    for model, pk, told in ((Membership, member.pk, EMAIL), (Mail, 1, f"Welkom → {EMAIL}")):
        LogEntry.objects.create(
            user=world.coordinator,
            content_type=ContentType.objects.get_for_model(model),
            object_id=pk,
            object_repr=told,
            action_flag=CHANGE,
            change_message="",
        )
    roster.disable(member, now=END, actor=world.coordinator)
    SavedAddress.objects.create(
        portal=world.acme, membership=member, name=NAME, street="Reigersbek", house_number="1", city="Utrecht"
    )


def places(*traces):
    """Every column of every table that holds one of the texts: whatever its type, as PostgreSQL writes it."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for table, column in cursor.fetchall():
            for trace in traces:
                within = f'SELECT 1 FROM "{table}" WHERE strpos(lower("{column}"::text), lower(%s)) > 0'  # noqa: S608
                cursor.execute(f"SELECT EXISTS ({within})", [trace])
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column}")
    return found


def expire(world, now=END):
    for member in Membership.objects.all():
        ledger.expire(member, now=now)


def test_nothing_of_a_person_is_left_anywhere(world):
    member = quirine(world)
    ordered(world.bob)
    expire(world)
    before = places(*TRACES)

    forgetting.forget_people(now=DUE)

    assert {
        "accounts_user.email",
        "accounts_user.name",
        "accounts_mail.to",
        "accounts_mail.text",
        "accounts_mail.html",
        "accounts_mail.subject",
        "accounts_mail.error",
        "accounts_jobrun.error",
        "account_emailaddress.email",
        "django_admin_log.object_repr",
        "onboarding_rosterimport.rows",
        "orders_question.subject",
        "orders_message.text",
        "orders_savedaddress.name",
        "portals_membership.staff_number",
        "portals_membership.cost_centre",
        "portals_membershipevent.staff_number",
        "portals_membershipevent.cost_centre",
    } <= before
    assert places(*TRACES) == set()
    assert places("bob@acme.example") >= {"accounts_user.email", "onboarding_rosterimport.rows"}
    user = User.objects.get(pk=member.user_id)
    assert (user.email, user.name) == (f"verwijderd-{user.pk}@verwijderd.invalid", "")
    assert (user.is_active, user.has_usable_password()) == (False, False)


def test_ledger_stays_and_the_books_are_right(world):
    member = quirine(world)
    expire(world)
    entries = list(member.entries.values_list("kind", "amount"))

    forgetting.forget_people(now=DUE)

    assert list(member.entries.values_list("kind", "amount")) == entries
    assert faults() == []


@pytest.mark.parametrize(("days", "people"), [(89, 0), (90, 1)])
def test_data_stay_for_the_set_time(world, days, people):
    quirine(world)
    expire(world)
    ordered(world.bob)

    assert forgetting.forget_people(now=END + days * DAY) == people + (1 if people else 0)  # Charlie of globex


def ordered(member):
    make_grant(member, "10.00", now=NOW)
    ledger.spend(member, amount=ledger.available(member, now=NOW), order_number=f"TW26-{member.pk}", now=NOW)


def test_who_ordered_and_contacts_are_kept(world):
    ordered(world.bob)
    expire(world)

    forgetting.forget_people(now=DUE)

    forgotten = list(Membership.objects.exclude(forgotten_at=None).values_list("pk", flat=True))
    assert forgotten == [world.charlie.pk]
    report = DeletionReport.objects.get()
    assert (report.portal, report.people, report.kept) == (
        world.globex,
        1,
        {"ordered": 0, "contacts": 0, "elsewhere": 0},
    )
    assert User.objects.get(pk=world.bob.user_id).email == "bob@acme.example"


def test_credit_that_has_not_expired_holds_the_deletion_up(world):
    assert forgetting.forget_people(now=DUE) == 0
    expire(world)
    assert forgetting.forget_people(now=DUE) == 2


def elsewhere(world, **fields):
    """Charlie's colleague portal of the same company, where the person is too."""
    fields = {"live_until": LAST + 200 * DAY} | fields
    other = Portal.objects.create(
        company=world.acme.company, slug="acme2", name="Acme Twee", state="ready", live_from=NOW.date(), **fields
    )
    return make_membership(other, EMAIL, NAME, staff_number="Z2")


def test_account_in_use_elsewhere_stays_and_goes_with_the_last_place(world):
    member = quirine(world)
    other = elsewhere(world)
    expire(world)

    forgetting.forget_people(now=DUE)

    user, kept = User.objects.get(pk=member.user_id), Membership.objects.get(pk=other.pk)
    assert (user.email, user.name, user.is_active) == (EMAIL, NAME, True)
    assert (kept.staff_number, kept.forgotten_at) == ("Z2", None)
    assert places(NUMBER, CENTRE, "Reigersbek") == set()
    assert DeletionReport.objects.get(portal=world.acme).kept["elsewhere"] == 1

    forgetting.forget_people(now=DUE + 210 * DAY)
    assert places(*TRACES) == set()


def test_account_of_who_ordered_elsewhere_stays(world):
    member = quirine(world)
    ordered(elsewhere(world, live_until=LAST))
    expire(world)

    forgetting.forget_people(now=DUE + 500 * DAY)

    assert User.objects.get(pk=member.user_id).email == EMAIL


def test_portal_closed_early_counts_from_its_closing(world):
    lifecycle.close(world.acme, actor=world.coordinator)
    world.acme.events.filter(state="closed").update(pgh_created_at=NOW)
    expire(world, NOW)
    ended = forgetting.ended_on(world.acme, now=NOW)

    waiting = forgetting.forget_people(now=start_of_day(NOW.date() + 90 * DAY))
    forgotten = forgetting.forget_people(now=start_of_day(NOW.date() + 91 * DAY))

    assert (ended, waiting, forgotten) == (NOW.date(), 0, 1)


def test_portal_that_is_extended_keeps_its_people(world):
    expire(world)
    Portal.objects.update(live_until=LAST + 60 * DAY)

    assert forgetting.forget_people(now=DUE) == 0


def test_report_tells_the_company_what_went_and_names_nobody(world):
    quirine(world)
    expire(world)

    forgetting.forget_people(now=DUE)

    report = DeletionReport.objects.get(portal=world.acme)
    mail = Mail.objects.get(key__startswith=f"deletion:{report.pk}:")
    (file,) = mail.files.all()
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages).split())
    assert (mail.to, report.people) == ("alice@acme.example", 2)
    assert report.kinds["account"] == report.kinds["place"] == 2
    assert "Wat is verwijderd" in text
    assert "art. 52 AWR" in report_text(world)
    assert not any(trace in text + mail.text + mail.html for trace in (*TRACES, "Bob"))


def test_coordinator_finds_the_report_on_the_screen_of_its_own_portal(world, office):
    expire(world)
    forgetting.forget_people(now=DUE)
    report = DeletionReport.objects.get(portal=world.acme)

    screen = office.get(f"/admin/portals/portal/{world.acme.pk}/change/").content.decode()

    link = f"/admin/portals/portal/{world.acme.pk}/deletion/{report.pk}/"
    assert f'href="{link}"' in screen
    assert office.get(link)["Content-Type"] == "application/pdf"
    assert office.get(f"/admin/portals/portal/{world.globex.pk}/deletion/{report.pk}/").status_code == 404


def report_text(world):
    """The report of a portal in which somebody ordered."""
    report = DeletionReport.objects.get(portal=world.acme)
    report.kept["ordered"] = 3
    pages = PdfReader(io.BytesIO(report_pdf(report, language="nl"))).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


def test_statement_that_was_mailed_loses_its_files(world):
    ordered(world.charlie)
    expire(world)
    closing.settle(world.acme, now=END, actor=None)
    settling.tell_companies(now=END)
    send_due(now=END)
    mails = Mail.objects.filter(key__startswith="closing:")
    before = sum(mail.files.count() for mail in mails)

    forgetting.forget_people(now=DUE)

    assert (before, sum(mail.files.count() for mail in mails)) == (4, 0)


def test_run_that_is_killed_goes_on_and_reports_everybody_once(world, monkeypatch):
    for number in range(4):
        make_membership(world.acme, f"p{number}@acme.example", password=None)
    expire(world)
    erase, done = erasing.erase, []

    def dies(member, **fields):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(member)
        return erase(member, **fields)

    monkeypatch.setattr(forgetting, "erase", dies)
    with pytest.raises(KeyboardInterrupt):
        forgetting.forget_people(now=DUE)
    monkeypatch.undo()
    counts = [forgetting.forget_people(now=DUE + DAY) for _run in range(3)]

    assert counts == [4, 0, 0]
    assert sorted(DeletionReport.objects.values_list("people", flat=True)) == [1, 5]
    assert Mail.objects.filter(key__startswith="deletion:").count() == 2


def test_forgotten_person_is_not_let_in_again_and_may_be_added_anew(world):
    quirine(world)
    expire(world)
    forgetting.forget_people(now=DUE)
    gone = Membership.objects.exclude(forgotten_at=None).filter(portal=world.acme).first()

    with pytest.raises(roster.EmployeeDisabled):
        roster.enable(gone, actor=None)
    anew = roster.add_employee(world.acme, email=EMAIL, amount=0, now=DUE, actor=None)

    assert anew.user_id != gone.user_id


@pytest.mark.django_db(transaction=True)
def test_two_workers_forget_each_person_once_and_the_account_with_the_last_place():
    world = build_world()
    for number in range(8):
        email = f"p{number}@acme.example"
        make_membership(world.acme, email, password=None)
        make_membership(world.globex, email)
    expire(world)

    def run(_worker):
        try:
            return forgetting.forget_people(now=DUE)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(run, range(4)))

    assert sum(counts) == Erasure.objects.count() == 18
    assert User.objects.filter(email__startswith="p", email__endswith="@acme.example").count() == 0
    assert sum(DeletionReport.objects.values_list("people", flat=True)) == 18
    assert Membership.objects.filter(role=Role.MANAGER, forgotten_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_last_two_places_of_an_account_that_go_at_once_take_it_along(monkeypatch):
    world = build_world()
    places_of = [make_membership(world.acme, EMAIL, password=None), make_membership(world.globex, EMAIL)]
    erase = forgetting.erase

    def slowly(member, **fields):
        time.sleep(0.5)
        return erase(member, **fields)

    def run(member):
        try:
            return forgetting._forget(member.pk, DUE)
        finally:
            connection.close()

    monkeypatch.setattr(forgetting, "erase", slowly)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, places_of))

    assert done == [1, 1]
    assert User.objects.filter(email=EMAIL).count() == 0
