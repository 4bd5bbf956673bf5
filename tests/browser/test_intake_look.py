"""The company chooses a colour and sees at once how its shop looks in it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from onboarding import intake, links
from onboarding.models import Intake
from tests.onboarding.way import agreed_lead, link_of, picture
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_colour_and_logo_are_shown_as_soon_as_they_are_chosen(visit, world: World, tmp_path: Path):
    link = link_of(agreed_lead())
    irma = visit()
    irma.open(irma.site.main + links.page_of(link, "onboarding:intake_look"))
    (tmp_path / "logo.png").write_bytes(picture().read())

    irma.page.fill('[name="brand_color"]', "#f4b400")
    expect(irma.page.locator("#contrast")).to_contain_text("is de kleur te bleek")
    irma.page.set_input_files('[name="logo"]', tmp_path / "logo.png")

    frame = irma.page.frame_locator("#samples iframe").first
    expect(frame.locator(".sample__logo")).to_be_visible()
    assert intake.parts_of(Intake.objects.get())["look"] is False
    assert (Intake.objects.get().brand_color, irma.page.locator(".error").count()) == ("#f4b400", 0)
    irma.check()
