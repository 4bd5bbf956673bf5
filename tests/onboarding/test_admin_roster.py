"""People from the portal's screen: one is added, all who wait are invited."""

from decimal import Decimal

from accounts.models import Mail
from onboarding.tasks import send_invitations


def test_all_waiting_people_are_invited_with_one_button(world, office):
    url = f"/admin/portals/portal/{world.acme.pk}/invitations/"

    office.post(url)
    office.post(url)
    send_invitations()

    assert set(Mail.objects.values_list("to", flat=True)) == {"alice@acme.example", "bob@acme.example"}


def test_person_is_added_with_credit(world, office):
    data = {"email": "dana@acme.example", "name": "Dana", "cost_centre": "K200", "role": "employee", "amount": "75.00"}

    response = office.post(f"/admin/portals/portal/{world.acme.pk}/employees/add/", data)

    dana = world.acme.memberships.get(user__email="dana@acme.example")
    assert response.status_code == 302
    assert (dana.grants.get().amount, dana.cost_centre) == (Decimal("75.00"), "K200")


def test_person_of_another_company_is_refused_with_a_message(world, office):
    data = {"email": "charlie@globex.example", "role": "employee", "amount": "75.00"}

    response = office.post(f"/admin/portals/portal/{world.acme.pk}/employees/add/", data)

    told = "charlie@globex.example doet mee in een winkel van een ander bedrijf."
    assert response.context["form"].non_field_errors() == [told]
    assert world.acme.memberships.count() == 2
