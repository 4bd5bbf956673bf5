"""One-time codes: once, in time, a few tries, and no difference between known and unknown addresses."""

import datetime as dt
import threading

import pytest
from allauth.core.internal.cryptokit import normalize_user_code
from django.db import connection

from accounts import codes, outbox
from accounts.models import LoginCode, Mail
from accounts.passwords import require_new_password
from tests.accounts.conftest import CODE, newest_code
from tests.world import NOW, build_world

pytestmark = pytest.mark.django_db


def send(email, portal, **kwargs):
    return codes.send_code(email, portal=portal, language="nl", now=NOW, **kwargs)


def in_threads(count, work):
    results = []
    barrier = threading.Barrier(count)

    def run():
        barrier.wait()
        try:
            results.append(work())
        except codes.WrongCode:
            results.append("wrong")
        except codes.CodeIsDead:
            results.append("dead")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_redeem_code_gives_the_user(world):
    row = send("bob@acme.example", world.acme)

    redeemed = codes.redeem_code(row.id, newest_code("bob@acme.example"), now=NOW)

    assert redeemed.user == world.bob.user


def test_redeem_code_reads_over_dashes_spaces_and_case(world):
    row = send("bob@acme.example", world.acme)
    code = newest_code("bob@acme.example")

    redeemed = codes.redeem_code(row.id, f" {code.lower().replace('-', ' ')} ", now=NOW)

    assert redeemed.user == world.bob.user


def test_redeem_code_twice_is_refused(world):
    row = send("bob@acme.example", world.acme)
    code = newest_code("bob@acme.example")
    codes.redeem_code(row.id, code, now=NOW)

    with pytest.raises(codes.CodeIsDead):
        codes.redeem_code(row.id, code, now=NOW)


def test_redeem_code_works_until_it_expires(world):
    early, late = send("bob@acme.example", world.acme), send("alice@acme.example", world.acme)

    codes.redeem_code(
        early.id, newest_code("bob@acme.example"), now=NOW + codes.LIFETIME - dt.timedelta(microseconds=1)
    )

    with pytest.raises(codes.CodeIsDead):
        codes.redeem_code(late.id, newest_code("alice@acme.example"), now=NOW + codes.LIFETIME)


def test_redeem_code_of_another_mail_is_wrong(world):
    row = send("bob@acme.example", world.acme)
    send("alice@acme.example", world.acme)

    with pytest.raises(codes.WrongCode):
        codes.redeem_code(row.id, newest_code("alice@acme.example"), now=NOW)


def test_redeem_code_dies_after_the_last_wrong_try(world):
    row = send("bob@acme.example", world.acme)
    for _ in range(codes.MAX_ATTEMPTS - 1):
        with pytest.raises(codes.WrongCode):
            codes.redeem_code(row.id, "BBBB-BBBB", now=NOW)
    with pytest.raises(codes.CodeIsDead):
        codes.redeem_code(row.id, "BBBB-BBBB", now=NOW)

    with pytest.raises(codes.CodeIsDead):
        codes.redeem_code(row.id, newest_code("bob@acme.example"), now=NOW)


def test_redeem_code_is_dead_after_a_forced_reset(world):
    row = send("bob@acme.example", world.acme)
    require_new_password(world.bob.user, now=NOW)

    with pytest.raises(codes.CodeIsDead):
        codes.redeem_code(row.id, newest_code("bob@acme.example"), now=NOW)


@pytest.mark.parametrize("email", ["nobody@acme.example", "charlie@globex.example", "coordinator@thuiswerk.example"])
def test_send_code_to_who_may_not_enter_mails_nobody(world, email):
    row = send(email, world.acme)

    mail = Mail.objects.get()
    code = CODE.search(mail.text)[1]
    assert (row.user, mail.to, mail.is_secret) == (None, outbox.NOBODY, True)
    assert email not in mail.text + mail.html
    with pytest.raises(codes.WrongCode):
        codes.redeem_code(row.id, code, now=NOW)
    outbox.send_due(now=NOW)
    assert not Mail.objects.exists()


def test_send_code_stores_no_code(world):
    row = send("bob@acme.example", world.acme)
    code = newest_code("bob@acme.example")

    stored = LoginCode.objects.values().get(pk=row.pk)

    assert code not in str(stored)
    assert normalize_user_code(code) not in str(stored)


def test_send_code_writes_in_the_language_of_the_reader(world):
    world.alice.user.language = "en"
    world.alice.user.save()

    send("bob@acme.example", world.acme)
    send("alice@acme.example", world.acme)

    dutch, english = Mail.objects.get(to="bob@acme.example"), Mail.objects.get(to="alice@acme.example")
    assert dutch.subject == "Je code voor Acme Thuiswerkwinkel"
    assert "De code werkt één keer en is 15 minuten geldig." in dutch.text
    assert english.subject == "Your code for Acme Thuiswerkwinkel"
    assert "The code works once and is valid for 15 minutes." in english.text
    for mail in (dutch, english):
        assert newest_code(mail.to) in mail.html
        assert "http://acme.localhost/account/login/" in mail.text
        assert "Acme Thuiswerkwinkel" in mail.html


def test_delete_old_codes_keeps_those_of_today(world):
    old, new = send("bob@acme.example", world.acme), send("bob@acme.example", world.acme)
    LoginCode.objects.filter(pk=old.pk).update(expires_at=NOW - dt.timedelta(days=1, seconds=1))

    codes.delete_old_codes(now=NOW)

    assert list(LoginCode.objects.all()) == [new]


@pytest.mark.django_db(transaction=True)
def test_redeem_code_guessed_by_twenty_at_once_gives_five_tries(monkeypatch):
    monkeypatch.setattr(outbox, "_nudge_workers", lambda: None)
    row = send("bob@acme.example", build_world().acme)

    results = in_threads(20, lambda: codes.redeem_code(row.id, "BBBB-BBBB", now=NOW))

    assert sorted(results) == ["dead"] * 16 + ["wrong"] * 4
    row.refresh_from_db()
    assert row.attempts == codes.MAX_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_redeem_code_by_ten_at_once_works_once(monkeypatch):
    monkeypatch.setattr(outbox, "_nudge_workers", lambda: None)
    row = send("bob@acme.example", build_world().acme)
    code = newest_code("bob@acme.example")

    results = in_threads(10, lambda: codes.redeem_code(row.id, code, now=NOW).user.email)

    assert sorted(results) == ["bob@acme.example"] + ["dead"] * 9
