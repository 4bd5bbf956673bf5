"""One identity for each work e-mail, known only where its owner may enter."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.identity import find_user, make_user, may_enter
from accounts.models import Mail, User
from accounts.passwords import choose_password
from tests.world import NOW, make_membership

pytestmark = pytest.mark.django_db


def test_make_user_has_no_password_yet():
    user = make_user(" Eva@Acme.Example", "Eva de Wit", "en")

    assert (user.email, user.name, user.language) == ("eva@acme.example", "Eva de Wit", "en")
    assert (user.has_usable_password(), user.must_choose_password) == (False, True)


def test_make_user_of_a_known_email_returns_the_person_as_it_is(world):
    user = make_user("BOB@acme.example", "Somebody else", "en")

    assert user == world.bob.user
    assert (user.name, user.language) == ("Bob de Vries", "nl")


def test_the_database_keeps_an_email_once_and_in_lower_case(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Bob@acme.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="bob@acme.example")


def test_find_user_only_where_the_person_may_enter(world):
    make_membership(world.globex, "bob@acme.example")
    inactive = make_membership(world.acme, "gone@acme.example")
    User.objects.filter(pk=inactive.user.pk).update(is_active=False)

    found = {
        (email.partition("@")[0], portal.slug if portal else "main")
        for email in (
            "Bob@acme.example",
            "charlie@globex.example",
            "coordinator@thuiswerk.example",
            "gone@acme.example",
        )
        for portal in (world.acme, world.globex, None)
        if find_user(email, portal)
    }

    assert found == {("Bob", "acme"), ("Bob", "globex"), ("charlie", "globex"), ("coordinator", "main")}


def test_may_enter_ends_with_the_membership(world):
    before = may_enter(world.bob.user, world.acme)
    world.bob.disabled_at = timezone.now()
    world.bob.save()

    assert (before, may_enter(world.bob.user, world.acme)) == (True, False)


def test_choose_password_tells_by_mail_only_when_there_was_one(world):
    new = make_user("eva@acme.example")

    choose_password(new, "een-heel-nieuw-wachtwoord", portal=world.acme, now=NOW)
    choose_password(world.bob.user, "een-heel-nieuw-wachtwoord", portal=world.acme, now=NOW)

    assert [(mail.to, mail.subject) for mail in Mail.objects.all()] == [
        ("bob@acme.example", "Je wachtwoord is gewijzigd")
    ]
