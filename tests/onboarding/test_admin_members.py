"""People in the back office: invited, blocked, helped, given credit and changed."""

import re
from decimal import Decimal

from accounts.models import Mail, User

LIST = "/admin/portals/membership/"
HIDDEN = re.compile(r'<input type="hidden" name="(?!csrf)(\w+)" value="(\w+)">')


def sent_by(page):
    """What the button on a page that asks would send."""
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page):
        fields.setdefault(name, []).append(value)
    return fields


def test_people_are_invited_and_helped_from_the_list(world, office):
    for action in ("invite", "force_new_password"):
        office.post(LIST, {"action": action, "_selected_action": [world.bob.pk]})

    world.bob.refresh_from_db()
    assert Mail.objects.filter(to="bob@acme.example", key=f"invitation:{world.bob.pk}").count() == 1
    assert world.bob.user.must_choose_password


def test_blocking_asks_first_who_it_is_and_what_is_taken_back(world, office):
    chosen = {"action": "disable", "_selected_action": [world.bob.pk, world.alice.pk]}

    page = office.post(LIST, chosen).content.decode()

    assert "2 mensen kunnen" in page
    assert "<li>Bob de Vries · " in page
    assert "<strong>€ 250,00</strong>" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert sent_by(page) == {
        "action": ["disable"],
        "_selected_action": [str(world.alice.pk), str(world.bob.pk)],
        "confirm": ["2"],
    }
    world.bob.refresh_from_db()
    assert world.bob.is_active
    assert world.bob.grants.get().remaining == Decimal("250.00")


def test_confirmed_block_shuts_out_and_takes_the_credit_back(world, office):
    path = f"{LIST}{world.bob.pk}/change/"
    page = office.post(path, {"CHANGE_FORM-action": "disable", "_selected_action": [world.bob.pk]}).content.decode()

    office.post(LIST, sent_by(page))

    world.bob.refresh_from_db()
    assert not world.bob.is_active
    assert world.bob.grants.get().remaining == 0


def test_block_of_everybody_names_ten_and_asks_again_when_somebody_joined(world, office):
    for number in range(12):
        world.acme.memberships.create(user=User.objects.create_user(f"p{number}@acme.example", name=f"P {number}"))
    everybody = {"action": "disable", "_selected_action": [world.bob.pk], "select_across": "1"}
    path = f"{LIST}?portal__id__exact={world.acme.pk}"
    page = office.post(path, everybody).content.decode()
    world.acme.memberships.create(user=User.objects.create_user("late@acme.example", name="Late"))

    asked_again = office.post(path, sent_by(page))

    assert page.count(f" · {world.acme.name}</li>") == 10
    assert "en 4 anderen" in page
    assert asked_again.context["count"] == 15
    assert world.acme.memberships.active().count() == 15

    office.post(path, sent_by(asked_again.content.decode()))

    assert world.acme.memberships.active().count() == 0
    assert world.charlie.is_active


def test_extra_credit_is_given_once_for_one_form(world, office):
    chosen = {"action": "give_credit", "_selected_action": [world.bob.pk, world.alice.pk]}
    form = office.post(LIST, chosen).context["form"]
    sent = chosen | {"confirm": "1", "amount": "20.00", "reason": "Verhuizing", "token": str(form["token"].value())}

    office.post(LIST, sent)
    office.post(LIST, sent)

    assert sorted(grant.amount for grant in world.bob.grants.all()) == [Decimal("20.00"), Decimal("250.00")]
    assert [grant.reason for grant in world.alice.grants.all()] == ["Verhuizing"]


def test_second_click_with_another_amount_gives_nothing_and_says_so(world, office):
    chosen = {"action": "give_credit", "_selected_action": [world.bob.pk]}
    form = office.post(LIST, chosen).context["form"]
    sent = chosen | {"confirm": "1", "amount": "20.00", "reason": "Verhuizing", "token": str(form["token"].value())}
    office.post(LIST, sent)

    page = office.post(LIST, sent | {"amount": "30.00"}, follow=True).content.decode()

    assert "kreeg met dit formulier al" in page
    assert sorted(grant.amount for grant in world.bob.grants.all()) == [Decimal("20.00"), Decimal("250.00")]


def test_second_invitation_is_not_said_to_be_sent(world, office):
    office.post(LIST, {"action": "invite", "_selected_action": [world.bob.pk]})

    page = office.post(LIST, {"action": "invite", "_selected_action": [world.bob.pk]}, follow=True).content.decode()

    assert "is al uitgenodigd" in page
    assert Mail.objects.filter(key=f"invitation:{world.bob.pk}").count() == 1


def test_staff_number_that_is_in_use_is_told_at_the_field(world, office):
    path = f"{LIST}{world.alice.pk}/change/"

    taken = office.post(path, {"role": "employee", "staff_number": "1002"})
    of_another_portal = office.post(path, {"role": "employee", "staff_number": "G-7"})

    told = ["Dit personeelsnummer is in deze winkel al in gebruik."]
    assert taken.context["adminform"].form.errors == {"staff_number": told}
    assert of_another_portal.status_code == 302
    world.alice.refresh_from_db()
    assert world.alice.staff_number == "G-7"
