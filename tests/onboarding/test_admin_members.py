"""People in the back office: invited, blocked, helped, given credit and changed."""

from decimal import Decimal

from accounts.models import Mail

LIST = "/admin/portals/membership/"


def test_people_are_invited_blocked_and_helped_from_the_list(world, office):
    for action in ("invite", "force_new_password", "disable"):
        office.post(LIST, {"action": action, "_selected_action": [world.bob.pk]})

    world.bob.refresh_from_db()
    assert Mail.objects.filter(to="bob@acme.example", key=f"invitation:{world.bob.pk}").count() == 1
    assert world.bob.user.must_choose_password
    assert not world.bob.is_active


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
