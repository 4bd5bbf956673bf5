"""The door of the back office: staff only, on the main host only, with a second factor."""

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.utils import timezone

from accounts import outbox
from accounts.models import Mail, User
from tests.accounts.conftest import code_of_app, last_page, newest_code
from tests.world import NOW, PASSWORD, make_colleague
from thuiswerk.lib.mail import Message

pytestmark = pytest.mark.django_db

COORDINATOR = "coordinator@thuiswerk.example"


@pytest.fixture
def with_app(world):
    """The coordinator has set up an app; this is its secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(world.coordinator, secret)
    RecoveryCodes.activate(world.coordinator)
    return secret


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/", "/admin/nothing/here/"])
def test_back_office_sends_a_stranger_to_the_login(main_host, path):
    response = main_host.get(path, follow=True)

    assert last_page(response).startswith("/account/login/?next=/admin/")


def test_back_office_has_no_password_page_of_its_own(main_host):
    assert main_host.get("/admin/password_change/")["Location"] == "/account/password/change/"


def test_back_office_does_not_exist_on_a_portal(world, acme):
    assert acme.get("/admin/").status_code == 404


def test_back_office_knows_no_employee(world, main_host):
    by_password = main_host.log_in("bob@acme.example", PASSWORD)
    main_host.ask_code("bob@acme.example")

    assert "horen niet bij elkaar" in by_password.text
    assert not main_host.is_logged_in
    assert set(Mail.objects.values_list("to", flat=True)) == {outbox.NOBODY}


def test_back_office_asks_for_a_second_factor_before_it_opens(world, main_host):
    response = main_host.log_in(COORDINATOR, PASSWORD)

    assert last_page(response) == "/account/second-factor/app/add/"
    for path in ("/admin/", "/admin/accounts/user/", "/admin/jsi18n/"):
        assert main_host.get(path)["Location"] == "/account/second-factor/app/add/"


def test_back_office_of_a_demo_asks_for_no_second_factor(world, main_host, settings):
    settings.DEMO = True

    response = main_host.log_in(COORDINATOR, PASSWORD)

    assert (last_page(response), response.status_code) == ("/admin/", 200)


def test_setting_up_an_app_opens_the_back_office_and_shows_recovery_codes(world, main_host):
    page = main_host.log_in(COORDINATOR, PASSWORD)
    secret = page.context["form"].secret

    wrong = main_host.post("/account/second-factor/app/add/", {"code": "000000"})
    right = main_host.post("/account/second-factor/app/add/", {"code": code_of_app(secret)}, follow=True)

    assert wrong.context["form"].errors["code"]
    assert last_page(right) == "/account/second-factor/recovery-codes/"
    assert len(right.context["unused_codes"]) == 10
    assert main_host.get("/admin/").status_code == 200


@pytest.mark.parametrize("way", ["password", "code"])
def test_login_of_staff_asks_for_the_app_each_time(with_app, main_host, way):
    if way == "password":
        asked = main_host.log_in(COORDINATOR, PASSWORD)
    else:
        main_host.ask_code(COORDINATOR)
        asked = main_host.type_code(newest_code(COORDINATOR))
    before = main_host.is_logged_in

    wrong = main_host.post("/account/login/second-factor/", {"code": "000000"})
    right = main_host.post("/account/login/second-factor/", {"code": code_of_app(with_app)}, follow=True)

    assert last_page(asked) == "/account/login/second-factor/"
    assert (before, wrong.status_code) == (False, 200)
    assert (last_page(right), right.status_code) == ("/admin/", 200)


def test_recovery_code_works_once(with_app, main_host, world):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    pages = []
    for _ in range(2):
        main_host.log_in(COORDINATOR, PASSWORD)
        response = main_host.post("/account/login/second-factor/", {"code": code})
        pages.append(response.get("Location"))
        main_host.post("/account/logout/")

    assert pages == ["/admin/", None]


def test_who_is_no_longer_staff_is_logged_out(with_app, main_host, world):
    main_host.log_in(COORDINATOR, PASSWORD)
    main_host.post("/account/login/second-factor/", {"code": code_of_app(with_app)})
    User.objects.filter(pk=world.coordinator.pk).update(is_staff=False)

    response = main_host.get("/admin/", follow=True)

    assert last_page(response) == "/account/login/?next=/admin/"
    assert response.status_code == 200
    assert not main_host.is_logged_in


def test_removing_the_app_closes_the_back_office(with_app, main_host):
    main_host.log_in(COORDINATOR, PASSWORD)
    main_host.post("/account/login/second-factor/", {"code": code_of_app(with_app)})

    main_host.post("/account/second-factor/app/remove/")

    assert main_host.get("/admin/")["Location"] == "/account/second-factor/app/add/"


@pytest.mark.parametrize(
    "path", ["", "recovery-codes/", "recovery-codes/new/", "recovery-codes/download/", "app/remove/"]
)
def test_pages_of_the_second_factor_open(with_app, main_host, path):
    main_host.log_in(COORDINATOR, PASSWORD)
    main_host.post("/account/login/second-factor/", {"code": code_of_app(with_app)})

    response = main_host.get(f"/account/second-factor/{path}")

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_an_hour_after_the_login_the_password_is_asked_before_the_app_is_removed(with_app, main_host):
    main_host.log_in(COORDINATOR, PASSWORD)
    main_host.post("/account/login/second-factor/", {"code": code_of_app(with_app)})

    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=False):
        asked = main_host.get("/account/second-factor/app/remove/")
        wrong = main_host.post(asked["Location"], {"password": "wrong-wrong-wrong"})
        right = main_host.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert asked["Location"].startswith("/account/reauthenticate/")
    assert wrong.context["form"].errors["password"] == ["Dit is niet je wachtwoord."]
    assert (last_page(right), right.status_code) == ("/account/second-factor/app/remove/", 200)


# Users and mails


@pytest.fixture
def office(world, main_host, settings):
    """The back office, open for the coordinator, who may do everything."""
    settings.DEMO = True
    main_host.force_login(world.coordinator)
    return main_host


def with_role(browser, role):
    user = make_colleague(f"new-{role}@thuiswerk.example", role, role=role)
    browser.force_login(user)
    return user


def test_user_page_has_no_password_and_no_hash(office, world):
    page = office.get(f"/admin/accounts/user/{world.bob.user.pk}/change/").text

    assert world.bob.user.password not in page
    assert 'name="password"' not in page


def test_user_list_finds_by_name_and_email(office):
    for words in ("Bob de", "BOB@acme"):
        page = office.get("/admin/accounts/user/", {"q": words})
        assert [str(user) for user in page.context["cl"].result_list] == ["bob@acme.example"]


def test_a_new_user_has_no_password_and_an_address_in_lower_case(office):
    data = {"email": "New@Thuiswerk.Example", "name": "Nel", "language": "nl", "is_active": "on"}

    office.post("/admin/accounts/user/add/", data)

    user = User.objects.get(email="new@thuiswerk.example")
    assert (user.has_usable_password(), user.must_choose_password) == (False, True)


def act(browser, action, *objects):
    path = f"/admin/accounts/{objects[0]._meta.model_name}/"
    data = {"action": action, "_selected_action": [row.pk for row in objects]}
    return browser.post(path, data, follow=True)


def test_force_reset_takes_the_passwords_away(office, world, acme):
    acme.log_in("bob@acme.example", PASSWORD)

    response = act(office, "require_new_passwords", world.bob.user, world.alice.user)

    assert "2 personen zijn uitgelogd en kiezen een nieuw wachtwoord." in response.text
    assert acme.get("/account/password/change/").status_code == 302
    assert User.objects.filter(password_chosen_at=None).count() == 2


def test_a_coordinator_cannot_touch_staff(office, world, settings):
    with_role(office, "coordinator")

    page = office.get(f"/admin/accounts/user/{world.coordinator.pk}/change/")
    response = act(office, "require_new_passwords", world.coordinator, world.bob.user)
    data = {"email": "bob@acme.example", "name": "Bob", "language": "nl", "is_active": "on", "is_staff": "on"}
    office.post(f"/admin/accounts/user/{world.bob.user.pk}/change/", data)

    assert "_save" not in page.text
    assert "1 persoon is uitgelogd en kiest een nieuw wachtwoord." in response.text
    world.coordinator.refresh_from_db()
    world.bob.user.refresh_from_db()
    assert world.coordinator.check_password(PASSWORD)
    assert not world.bob.user.is_staff


def test_an_administrator_makes_staff_but_nobody_almighty(office, world):
    with_role(office, "administrator")
    data = {"email": "bob@acme.example", "language": "nl", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    office.post(f"/admin/accounts/user/{world.bob.user.pk}/change/", data)

    world.bob.user.refresh_from_db()
    assert (world.bob.user.is_staff, world.bob.user.is_superuser) == (True, False)


def queue(key="invoice:1", **kwargs):
    message = Message("Je factuur", "Beste klant, hier is hij.", "<p>Beste klant</p>")
    outbox.queue(message, to="facturen@acme.example", key=key, now=NOW, **kwargs)
    return Mail.objects.get(key=key)


def test_mail_page_shows_the_text_but_never_a_code(office):
    plain = queue()
    outbox.queue(Message("Je code", "BCDF-GHJK", ""), to="bob@acme.example", key="c", now=NOW, is_secret=True)
    secret = Mail.objects.get(key="c")

    shown, hidden = (office.get(f"/admin/accounts/mail/{mail.pk}/change/").text for mail in (plain, secret))

    assert "Beste klant, hier is hij." in shown
    assert "BCDF" not in hidden
    assert "Bevat een code en wordt niet getoond." in hidden


def test_mail_list_leaves_decoys_out(office):
    queue()
    outbox.queue(Message("Je code", "x", ""), to=outbox.NOBODY, key="decoy", now=NOW)

    rows = office.get("/admin/accounts/mail/").context["cl"].result_list

    assert [mail.to for mail in rows] == ["facturen@acme.example"]


def test_mail_list_narrows_down_by_where_mails_stand(office):
    marks = {
        "waiting": {},
        "failed": {"failed_at": NOW},
        "sent": {"sent_at": NOW},
        "delayed": {"sent_at": NOW, "delayed_at": NOW},
        "opened": {"sent_at": NOW, "delayed_at": NOW, "opened_at": NOW},
        "bounced": {"sent_at": NOW, "delayed_at": NOW, "opened_at": NOW, "bounced_at": NOW},
    }
    for key, fields in marks.items():
        Mail.objects.filter(pk=queue(key).pk).update(**fields)

    listed = {
        state: [mail.key for mail in office.get(f"/admin/accounts/mail/?state={state}").context["cl"].result_list]
        for state in marks
    }

    assert listed == {state: [state] for state in marks}
    assert {mail.key: mail.state for mail in Mail.objects.all()} == {state: state for state in marks}
    assert len(office.get("/admin/accounts/mail/?state=nonsense").context["cl"].result_list) == len(marks)


def test_mail_is_sent_again_once_it_was_sent(office):
    sent, waiting = queue("a"), queue("b")
    Mail.objects.filter(pk=sent.pk).update(sent_at=timezone.now())

    response = act(office, "send_again", sent, waiting)

    assert "wordt opnieuw verstuurd." in response.text
    assert "wacht nog om verstuurd te worden." in response.text
    assert Mail.objects.count() == 3


def test_secrets_of_other_packages_are_not_in_the_back_office(office):
    for path in ("mfa/authenticator/", "account/emailaddress/", "accounts/logincode/"):
        assert office.get(f"/admin/{path}").status_code == 404
