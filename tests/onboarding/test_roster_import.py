"""A list of employees is shown before it is applied, and applied once."""

import dataclasses
import datetime as dt
import json
import time
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from billing.models import Entry, Grant
from onboarding.models import RosterImport
from onboarding.roster import opening_source
from onboarding.roster_file import read_roster
from onboarding.roster_import import ImportApplied, apply_import, check_rows, keep_list, put_on_roster
from onboarding.roster_row import Row
from portals.models import Membership, PortalState
from tests.onboarding.workbooks import workbook
from tests.world import NOW, make_portal

HEADER = "e-mail;naam;personeelsnummer;bedrag\n"


def batch_of(world, *lines, portal=None):
    content = (HEADER + "\n".join(lines)).encode()
    return keep_list(
        portal or world.acme, name="lijst.csv", rows=read_roster(content), now=NOW, actor=world.coordinator
    )


def verdicts(batch):
    return [checked.verdict.value for checked in check_rows(batch, now=NOW)]


def apply(world, batch):
    return apply_import(batch, now=NOW, actor=world.coordinator)


def test_every_row_gets_its_verdict(world):
    Membership.objects.filter(pk=world.alice.pk).update(staff_number="1001")
    batch = batch_of(
        world,
        "dana@acme.example;Dana;7;100",
        "DANA@acme.example;Dana;8;100",
        "bob@acme.example;Bob;1002;100",
        "charlie@globex.example;Charlie;9;100",
        "coordinator@thuiswerk.example;Coen;10;100",
        "eve@acme.example;Eve;1001;100",
        "fay@acme.example;Fay;11;100",
        "gus@acme.example;Gus;11;100",
        "geen-adres;Hal;12;100",
    )

    assert verdicts(batch) == ["new", "double", "known", "wrong", "wrong", "wrong", "wrong", "wrong", "wrong"]
    assert [list(checked.errors) for checked in check_rows(batch, now=NOW)][3:] == [
        ["email"],
        ["email"],
        ["staff_number"],
        ["staff_number"],
        ["staff_number"],
        ["email"],
    ]


def test_who_left_another_company_is_new_here(world):
    Membership.objects.filter(pk=world.charlie.pk).update(disabled_at=NOW)

    assert verdicts(batch_of(world, "charlie@globex.example;Charlie;9;100")) == ["new"]


def test_line_that_stands_twice_adds_its_person_once(world):
    batch = batch_of(world, "dana@acme.example;Dana;7;100", "dana@acme.example;Dana;7;100")

    assert verdicts(batch) == ["new", "double"]


def test_credit_of_a_portal_that_ended_is_told_per_row(world):
    world.acme.live_until = NOW.date() - dt.timedelta(days=1)
    world.acme.save()
    batch = batch_of(world, "dana@acme.example;Dana;7;100", "eve@acme.example;Eve;8;0")

    assert [list(checked.errors) for checked in check_rows(batch, now=NOW)] == [["amount"], []]
    assert apply(world, batch) == 1


def test_nothing_is_written_before_it_is_confirmed(world):
    before = (User.objects.count(), Membership.objects.count(), Entry.objects.count())

    check_rows(batch_of(world, "dana@acme.example;Dana;7;100"), now=NOW)

    assert (User.objects.count(), Membership.objects.count(), Entry.objects.count()) == before


def test_confirmed_list_adds_the_new_people_with_their_credit(world):
    batch = batch_of(world, "dana@acme.example;Dana;7;100", "eve@acme.example;Eve;;", "geen-adres;Hal;12;100")

    added = apply(world, batch)

    dana, eve = (world.acme.memberships.get(user__email=f"{name}@acme.example") for name in ("dana", "eve"))
    assert added == 2
    assert (dana.user.name, dana.staff_number, dana.grants.get().remaining) == ("Dana", "7", Decimal("100.00"))
    assert eve.grants.get().amount == world.acme.credit_per_employee
    assert dana.grants.get().source == opening_source(dana)
    assert not dana.user.has_usable_password()
    assert [entry.amount for entry in dana.entries.all()] == [Decimal("100.00")]
    assert (dana.invited_at, world.acme.memberships.count()) == (None, 4)


def test_lists_are_applied_one_after_the_other(world):
    batch = batch_of(world, "dana@acme.example;Dana;7;100")

    with CaptureQueriesContext(connection) as captured:
        apply(world, batch)

    first = next(query["sql"] for query in captured if query["sql"].startswith("SELECT"))
    assert "pg_advisory_xact_lock" in first


def test_list_is_applied_once(world):
    batch = batch_of(world, "dana@acme.example;Dana;7;100")
    apply(world, batch)

    with pytest.raises(ImportApplied):
        apply(world, RosterImport.objects.get(pk=batch.pk))

    assert Grant.objects.filter(membership__user__email="dana@acme.example").count() == 1


def test_same_list_again_finds_everybody_known(world):
    apply(world, batch_of(world, "dana@acme.example;Dana;7;100"))

    again = batch_of(world, "dana@acme.example;Dana;7;100")

    assert verdicts(again) == ["known"]
    assert apply(world, again) == 0


def test_roster_that_changed_since_is_seen_at_the_confirmation(world):
    batch = batch_of(world, "dana@acme.example;Dana;7;100", "eve@acme.example;Eve;8;100")
    apply(world, batch_of(world, "dana@acme.example;Dana;;100"))

    assert apply(world, batch) == 1


def test_failure_half_way_writes_nothing(world, monkeypatch):
    batch = batch_of(world, "dana@acme.example;Dana;7;100")
    monkeypatch.setattr("billing.ledger.grant_many", lambda *a, **k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        apply(world, batch)

    assert not User.objects.filter(email="dana@acme.example").exists()
    assert RosterImport.objects.get().applied_at is None


def test_credit_without_a_live_period_is_told_per_row(world):
    portal = make_portal("later", "Later", live_from=None, live_until=None, state=PortalState.BUILD)

    batch = batch_of(world, "dana@acme.example;Dana;7;100", "eve@acme.example;Eve;8;0", portal=portal)

    assert verdicts(batch) == ["wrong", "new"]
    assert list(check_rows(batch, now=NOW)[0].errors) == ["amount"]


def test_five_thousand_people_are_a_matter_of_few_statements(world):
    batch = batch_of(world, *(f"p{n}@acme.example;P {n};S{n};100" for n in range(5000)))

    started = time.monotonic()
    with CaptureQueriesContext(connection) as captured:
        added = apply(world, batch)

    assert added == 5000
    assert len(captured) < 60
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("work", [check_rows, lambda batch, now: apply_import(batch, now=now, actor=batch.uploaded_by)])
def test_many_rows_take_as_many_statements_as_one(world, work):
    def statements(*lines):
        batch = RosterImport.objects.select_related("portal__company", "uploaded_by").get(pk=batch_of(world, *lines).pk)
        with CaptureQueriesContext(connection) as captured:
            work(batch, now=NOW)
        return len(captured)

    one = statements("dana@acme.example;Dana;7;100")
    many = statements(*(f"p{n}@acme.example;P {n};S{n};100" for n in range(300)))

    assert one == many > 2


def test_rows_go_on_the_roster_of_a_portal_that_was_made_later(world):
    rows = read_roster(f"{HEADER}dana@globex.example;Dana;7;100\ngeen;X;;\ncharlie@globex.example;C;;\n".encode())
    stored = json.loads(json.dumps([dataclasses.asdict(row) for row in rows]))

    added = put_on_roster(world.globex, [Row.from_json(row) for row in stored], now=NOW, actor=world.coordinator)

    dana = world.globex.memberships.get(user__email="dana@globex.example")
    assert (added, world.globex.memberships.count()) == (1, 2)
    assert (dana.staff_number, dana.grants.get().amount, dana.invited_at) == ("7", Decimal("100.00"), None)


def test_mail_domains_of_the_company_are_warned_about_and_keep_nobody_out(world):
    world.acme.company.mail_domains = "acme.example\n@acme.test"
    batch = batch_of(world, "dana@acme.example;Dana;7;1", "eve@acmee.example;Eve;8;1", "fay@thuis.nl;Fay;9;1")

    checked = check_rows(batch, now=NOW)

    assert [list(one.warnings) for one in checked] == [[], ["email"], ["email"]]
    assert "acme.example" in checked[1].warnings["email"]
    assert apply(world, batch) == 3


def test_screens_show_first_and_write_after_confirmation(world, office):
    url = f"/admin/portals/portal/{world.acme.pk}/employees/import/"
    file = SimpleUploadedFile("lijst.csv", f"{HEADER}dana@acme.example;Dana;7;1.234,50\ngeen;X;;\n".encode())

    shown = office.post(url, {"file": file}, follow=True)
    before = world.acme.memberships.count()
    confirmed = office.post(shown.redirect_chain[-1][0], {"rows": "ignored"})

    page = shown.content.decode()
    assert "€\u00a01.234,50" in page
    assert "Dit is geen e-mailadres." in page
    assert (before, confirmed.status_code, world.acme.memberships.count()) == (2, 302, 3)


def test_workbook_and_pasted_list_are_shown(world, office):
    url = f"/admin/portals/portal/{world.acme.pk}/employees/import/"
    book = workbook(["e-mail", "naam", "bedrag"], ["dana@acme.example", "Dana", 1234.5])

    shown = office.post(url, {"file": SimpleUploadedFile("lijst.xlsx", book)}, follow=True).content.decode()
    pasted = office.post(url, {"pasted": "Eve Ek <eve@acme.example>; fay@acme.example"}, follow=True).content.decode()

    assert "€\u00a01.234,50" in shown
    assert "eve@acme.example" in pasted
    assert "geplakte lijst" in pasted
    assert [[row["name"] for row in batch.rows] for batch in RosterImport.objects.order_by("pk")] == [
        ["Dana"],
        ["Eve Ek", ""],
    ]


def test_preview_shows_the_wrong_ones_first_and_one_kind_alone(world, office):
    world.acme.company.mail_domains = "acme.example"
    world.acme.company.save()
    batch = batch_of(
        world,
        "dana@acme.example;Dana;7;1",
        "bob@acme.example;Bob;;",
        "dana@acme.example;;;",
        "fay@thuis.nl;Fay;;",
        "geen;;;",
        "eve@elders;;;",
    )
    url = f"/admin/portals/portal/{world.acme.pk}/employees/import/{batch.pk}/"

    def lines(query=""):
        return [checked.row.line for checked in office.get(url + query).context["page"]]

    everything = office.get(url)
    assert lines() == [6, 7, 4, 5, 2, 3]
    assert everything.context["counts"] == {
        "wrong": 2,
        "double": 1,
        "new": 2,
        "changed": 0,
        "known": 1,
        "warnings": 1,
    }
    assert [lines(f"?show={kind}") for kind in everything.context["counts"]] == [[6, 7], [4], [5, 2], [], [3], [5]]
    assert [label for _value, label, _count in everything.context["filters"]] == [
        "alle",
        "fout",
        "dubbel",
        "nieuw",
        "andere kostenplaats",
        "bekend",
        "met een waarschuwing",
    ]
    assert "1 regel heeft een waarschuwing" in everything.content.decode()
    assert "Dit adres valt buiten de maildomeinen van het bedrijf." in everything.content.decode()


def test_pages_of_the_preview_keep_what_is_shown(world, office, monkeypatch):
    monkeypatch.setattr("onboarding.admin_roster.ROWS_A_PAGE", 1)
    batch = batch_of(world, "dana@acme.example;;;", "eve@acme.example;;;", "geen;;;")

    page = office.get(f"/admin/portals/portal/{world.acme.pk}/employees/import/{batch.pk}/?show=new").content.decode()

    assert 'href="?show=new&amp;page=2"' in page
    assert "geen" not in page.partition("<tbody>")[2]


@pytest.mark.parametrize("data", [{}, {"pasted": " \n"}, {"pasted": "a@b.nl", "file": True}])
def test_one_of_file_and_text_is_asked_for(world, office, data):
    if "file" in data:
        data = data | {"file": SimpleUploadedFile("l.csv", b"email\na@b.nl\n")}

    response = office.post(f"/admin/portals/portal/{world.acme.pk}/employees/import/", data)

    assert response.context["form"].non_field_errors() == ["Kies een bestand of plak een lijst: een van de twee."]
    assert RosterImport.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 spreadsheet", "Excel-bestand is beschadigd"),
        (b"x" * (10 * 1024 * 1024), "Dit bestand is te groot"),
        (b"", "leeg"),
        (HEADER.encode() + b'a@b.nl;"open', "aanhalingsteken"),
    ],
    ids=["xlsx", "10mb", "empty", "quote"],
)
def test_bad_file_is_told_at_the_field_and_nothing_is_written(world, office, content, told):
    url = f"/admin/portals/portal/{world.acme.pk}/employees/import/"

    response = office.post(url, {"file": SimpleUploadedFile("lijst.csv", content)})

    assert response.status_code == 200
    assert told in str(response.context["form"].errors["file"])
    assert RosterImport.objects.count() == 0


def test_list_of_another_portal_is_not_found(world, office):
    batch = batch_of(world, "dana@globex.example;Dana;7;100", portal=world.globex)

    response = office.post(f"/admin/portals/portal/{world.acme.pk}/employees/import/{batch.pk}/")

    assert response.status_code == 404
    assert world.globex.memberships.count() == 1


def test_cost_centre_of_the_list_is_kept(world):
    content = b"e-mail;kostenplaats\ndana@acme.example;K200\n"
    batch = keep_list(world.acme, name="l.csv", rows=read_roster(content), now=NOW, actor=world.coordinator)

    apply(world, batch)

    assert Membership.objects.get(user__email="dana@acme.example").cost_centre == "K200"


def test_list_brings_those_who_are_there_another_cost_centre_and_nothing_else(world):
    Membership.objects.filter(pk=world.alice.pk).update(cost_centre="K100")
    Membership.objects.filter(pk=world.charlie.pk).update(cost_centre="K100")
    lines = ["bob@acme.example;Ander;7;K200", "alice@acme.example;;;K100", "alice@acme.example;;;K300"]
    content = ("e-mail;naam;personeelsnummer;kostenplaats\n" + "\n".join(lines)).encode()
    batch = keep_list(world.acme, name="l.csv", rows=read_roster(content), now=NOW, actor=world.coordinator)

    seen = [(checked.verdict.value, checked.replaces) for checked in check_rows(batch, now=NOW)]
    done = apply(world, batch)

    world.bob.refresh_from_db()
    event = world.bob.events.latest("pgh_id")
    assert seen == [("changed", ""), ("known", "K100"), ("double", "K100")]
    assert (done, batch.added) == (1, 0)
    assert (world.bob.cost_centre, world.bob.staff_number, world.bob.user.name) == ("K200", "1002", "Bob de Vries")
    assert (event.cost_centre, event.pgh_context.metadata["actor"]) == ("K200", world.coordinator.pk)
    assert Membership.objects.filter(cost_centre="K100").count() == 2


def test_screen_tells_which_cost_centre_is_replaced(world, office):
    Membership.objects.filter(pk=world.bob.pk).update(cost_centre="K100")
    file = SimpleUploadedFile("lijst.csv", b"e-mail;kostenplaats\nbob@acme.example;K200\n")

    page = office.post(f"/admin/portals/portal/{world.acme.pk}/employees/import/", {"file": file}, follow=True)
    told = office.post(page.redirect_chain[-1][0], follow=True).content.decode()

    assert "K200 (was K100)" in page.content.decode()
    assert "1 deelnemer krijgt een andere kostenplaats." in page.content.decode()
    assert "De lijst is verwerkt voor 1 deelnemer." in told


def test_list_that_was_read_before_there_were_cost_centres_is_still_applied(world):
    batch = batch_of(world, "dana@acme.example;Dana;7;100")
    for row in batch.rows:
        del row["cost_centre"]
    batch.save(update_fields=["rows"])

    assert apply(world, batch) == 1
    assert Membership.objects.get(user__email="dana@acme.example").cost_centre == ""
