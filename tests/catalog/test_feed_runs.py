"""A feed on its way through the back office and the command."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog import feed_changes, feed_import, feed_runs
from catalog.feed_models import FeedRun, FeedState
from catalog.feed_runs import CONFIRM_WITHIN, NothingToConfirm, confirm, hand_over
from catalog.fetch import CannotFetch
from catalog.models import Product
from catalog.tasks import lapse_unconfirmed_feeds, work_on_feeds
from tests.catalog.feeds import counts, row, xml
from tests.world import NOW, make_staff

pytestmark = pytest.mark.django_db


def given(*rows: dict[str, str], **fields: object) -> FeedRun:
    """A feed that a colleague handed over and a task has read."""
    file = ContentFile(xml(*rows).read()) if rows else None
    coen = User.objects.filter(email="coen@thuiswerk.example").first() or make_staff("coen@thuiswerk.example")
    fields = {"source": "feed.xml", "is_full": False, "actor": coen} | fields
    run = hand_over(file=file, now=NOW, **fields)
    work_on_feeds()
    run.refresh_from_db()
    return run


def test_a_feed_is_read_first_and_imported_once_it_is_confirmed():
    run = given(row(), row("B-2", price="?"))
    read = (run.state, counts(run), run.refusals, Product.objects.count())

    confirm(run)
    work_on_feeds()

    run.refresh_from_db()
    reason = "Geef de price op als “49.99 EUR”, niet als “?”."
    assert read == (FeedState.CHECKED, (1, 0, 0, 1, 0), [[2, "B-2", reason]], 0)
    assert (run.state, counts(run), Product.objects.count()) == (FeedState.IMPORTED, (1, 0, 0, 1, 0), 1)
    assert not run.file
    assert default_storage.listdir("feeds")[1] == []


def test_a_feed_is_confirmed_once_and_not_before_it_was_read():
    run = given(row())
    confirm(run)

    with pytest.raises(NothingToConfirm):
        confirm(run)


def test_a_feed_that_nobody_confirms_is_given_up_with_its_file():
    old, new, confirmed = (given(row(), source=f"{number}.xml") for number in (1, 2, 3))
    FeedRun.objects.filter(pk=new.pk).update(created_at=NOW + dt.timedelta(minutes=2))
    confirm(confirmed)

    with time_machine.travel(NOW + CONFIRM_WITHIN + dt.timedelta(minutes=1), tick=False):
        lapse_unconfirmed_feeds()

    states = {run.source: (run.state, bool(run.file)) for run in FeedRun.objects.all()}
    assert states == {
        "1.xml": (FeedState.LAPSED, False), "2.xml": (FeedState.CHECKED, True), "3.xml": (FeedState.CONFIRMED, True),
    }  # fmt: skip
    assert len(default_storage.listdir("feeds")[1]) == 2
    with pytest.raises(NothingToConfirm):
        confirm(old)


def test_a_feed_that_is_refused_says_why_and_is_thrown_away():
    file = ContentFile(xml(row(), end="").read())
    run = hand_over(source="cut.xml", file=file, is_full=True, actor=make_staff("coen@thuiswerk.example"), now=NOW)

    work_on_feeds()

    run.refresh_from_db()
    assert run.state == FeedState.REFUSED
    assert run.problem == "Het bestand is afgebroken: het houdt op voordat het laatste product af is."
    assert not run.file


def test_a_feed_is_fetched_from_its_address(monkeypatch):
    monkeypatch.setattr(feed_runs, "fetch", lambda address, into, **limits: into.write(xml(row()).read()))

    assert counts(given(source="https://feeds.example/feed.xml")) == (1, 0, 0, 0, 0)


def test_an_address_that_cannot_be_fetched_refuses_the_feed(monkeypatch):
    def refuse(*given: object, **limits: float) -> None:
        raise CannotFetch("Niet op de lijst.")

    monkeypatch.setattr(feed_runs, "fetch", refuse)

    run = given(source="https://evil.example/feed.xml")
    assert (run.state, run.problem) == (FeedState.REFUSED, "Niet op de lijst.")


def test_a_feed_waits_for_the_one_that_is_being_imported(monkeypatch):
    def busy(*given: object, **fields: object) -> None:
        raise feed_import.FeedBusy

    with monkeypatch.context() as patch:
        patch.setattr(feed_runs, "check_feed", busy)
        run = given(row())
    assert run.state == FeedState.WAITING

    work_on_feeds()

    run.refresh_from_db()
    assert run.state == FeedState.CHECKED


def test_the_command_imports_a_file_and_tells_what_it_refused(tmp_path: Path, capsys):
    path = tmp_path / "feed.xml"
    path.write_bytes(xml(row(), row("B-2", title="")).read())

    call_command("import_feed", str(path), "--dry-run")
    before = Product.objects.count()
    call_command("import_feed", str(path), "--full")

    told = capsys.readouterr()
    assert before == 0
    assert told.out.splitlines() == ["1 new, 0 changed, 0 same, 1 refused, 0 switched off"] * 2
    assert told.err.splitlines() == ["2 B-2: Er is geen title."] * 2
    run = FeedRun.objects.get()
    assert (run.state, run.source, run.is_full, run.actor) == (FeedState.IMPORTED, str(path), True, None)


def test_the_command_tells_what_changes_and_warns_of_prices_that_move_far(tmp_path: Path, capsys):
    path = tmp_path / "feed.xml"
    path.write_bytes(xml(row(), row("B-2"), row("C-3")).read())
    call_command("import_feed", str(path))
    over = {"sale_price": "9.50 EUR", "sale_price_effective_date": "2020-01-01/2020-01-31"}
    path.write_bytes(xml(row(price="4.99 EUR", brand="Wolf"), row("B-2", title="Kruk"), row("C-3", **over)).read())
    capsys.readouterr()

    call_command("import_feed", str(path), "--dry-run")
    dry = capsys.readouterr()
    call_command("import_feed", str(path))

    counted = "0 new, 2 changed, 1 same, 0 refused, 0 switched off"
    warned = [
        "3 C-3: De actieprijs van €\N{NO-BREAK SPACE}9,50 is voorbij sinds 1 februari 2020 00:00.",
        "1 A-1: Klopt deze prijs? Het was €\N{NO-BREAK SPACE}49,99 en wordt €\N{NO-BREAK SPACE}4,99.",
    ]
    assert dry.out.splitlines() == ["1 A-1: 49.99 -> 4.99, brand", "2 B-2: title", counted]
    assert dry.err.splitlines() == warned
    told = capsys.readouterr()
    assert (told.out.splitlines(), told.err.splitlines()) == ([counted], warned)


def test_the_command_counts_the_changes_that_it_does_not_list(tmp_path: Path, capsys, monkeypatch):
    monkeypatch.setattr(feed_changes, "_CHANGES", feed_changes._CHANGES.replace("LIMIT 200", "LIMIT 1"))
    path = tmp_path / "feed.xml"
    path.write_bytes(xml(row(), row("B-2"), row("C-3")).read())
    call_command("import_feed", str(path))
    path.write_bytes(xml(*(row(sku, title="Kruk") for sku in ("A-1", "B-2", "C-3"))).read())
    capsys.readouterr()

    call_command("import_feed", str(path), "--dry-run")

    assert capsys.readouterr().out.splitlines()[:2] == ["1 A-1: title", "... 2 more changed"]


def test_the_command_refuses_a_feed_that_is_cut_off_and_an_address_off_the_list(tmp_path: Path):
    path = tmp_path / "feed.xml"
    path.write_bytes(xml(row(), end="").read())

    for source in (str(path), "https://evil.example/feed.xml", str(tmp_path / "absent")):
        with pytest.raises(CommandError):
            call_command("import_feed", source)

    assert not Product.objects.exists()
