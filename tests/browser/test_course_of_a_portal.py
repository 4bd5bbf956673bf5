"""A coordinator invites people, pauses, extends, closes and reopens a portal, and takes the announcement kit."""

import pytest
from playwright.sync_api import expect

from onboarding import roster
from portals.models import Portal
from tests.browser import steps
from tests.world import NOW, make_membership

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)], ids=["desk-light", "phone-dark"])
def test_coordinator_leads_a_portal_from_invitations_to_its_end_and_back(visit, world, width, dark):
    late = make_membership(world.acme, "late@acme.example", "Lies Laat", password=None, first_seen_at=None)
    roster.invite(late, now=NOW.replace(day=10))
    coordinator = visit(width=width, dark=dark)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)
    screen = f"{coordinator.site.main}/admin/portals/portal/{world.acme.pk}"

    invite(coordinator, screen)
    change_course(coordinator, screen)
    for path in ("change/", "announcement/"):
        coordinator.open(f"{screen}/{path}")
        coordinator.check()

    expect(coordinator.page.locator("textarea")).to_have_count(8)
    assert Portal.objects.get(pk=world.acme.pk).state == "ready"


def invite(coordinator, screen):
    """Plan the invitations, and invite once more who did not come."""
    coordinator.open(f"{screen}/invitations/")
    coordinator.check()
    coordinator.page.get_by_label("Dag van de uitnodigingen").fill("2026-11-20")
    coordinator.button("Inplannen").click()
    expect(coordinator.page.get_by_text("Iedereen wordt uitgenodigd op 20 november 2026")).to_be_visible()
    coordinator.button("Nodig de ene die niet kwam nog eens uit").click()
    expect(coordinator.page.get_by_text("1 persoon krijgt nog een uitnodiging.")).to_be_visible()
    coordinator.check()


def change_course(coordinator, screen):
    """Pause, open again, extend, close, and take the closing back."""
    for path, button, reason in (("pause/", "Pauzeren", "Onderhoud"), ("extend/", "Verlengen", "Op verzoek")):
        coordinator.open(f"{screen}/{path}")
        coordinator.check()
        if path == "extend/":
            coordinator.page.get_by_label("Laatste dag").fill("2027-02-28")
        coordinator.page.get_by_label("Reden").fill(reason)
        coordinator.button(button).click()
        expect(coordinator.page.locator("#timeline")).to_contain_text(reason)
    coordinator.open(f"{screen}/close/")
    coordinator.check()
    coordinator.button("Definitief sluiten").click()
    coordinator.link("Weer openen").click()
    coordinator.check()
    coordinator.page.get_by_label("Reden").fill("Te vroeg gesloten")
    coordinator.button("Weer openen").click()
    expect(coordinator.page.locator("#timeline")).to_contain_text("Te vroeg gesloten")
