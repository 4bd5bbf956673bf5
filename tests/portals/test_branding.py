"""Every brand colour can be read."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portals import branding
from portals.models import Portal
from thuiswerk.lib.colour import contrast, text_on

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#1f5f8b", "#1f5f8b", 1.0)],
)
def test_contrast_is_that_of_wcag(first, second, ratio):
    assert round(contrast(first, second), 2) == ratio
    assert contrast(first, second) == contrast(second, first)


@given(colors)
def test_text_on_any_brand_colour_is_readable(color):
    assert contrast(text_on(color), color) >= 4.5


@given(colors, st.sampled_from([branding.LIGHT_PAGE, branding.DARK_PAGE]))
def test_any_brand_colour_as_text_is_readable_on_the_page(color, page):
    assert contrast(branding.readable(color, page), page) >= 4.5


def test_colour_that_is_readable_already_is_left_alone():
    assert branding.readable("#1f5f8b", branding.LIGHT_PAGE) == "#1f5f8b"


def test_stylesheet_holds_only_the_brand_tokens():
    css = branding.stylesheet("#ffd400")

    assert "--brand: #ffd400;" in css
    assert "--on-brand: #000000;" in css
    assert css.startswith("@layer brand {")


def test_hash_follows_the_colour():
    assert branding.stylesheet_hash("#ffd400") != branding.stylesheet_hash("#ffd401")


def logo(color):
    picture = Image.new("RGBA", (40, 20), "white")
    picture.paste(color, (0, 0, 10, 10))
    file = BytesIO()
    picture.save(file, "PNG")
    return ContentFile(file.getvalue(), "logo.png")


def test_proposal_is_the_colour_of_the_logo_not_its_background():
    assert branding.propose_color(logo("#d06010")) == "#d06010"


def test_grey_logo_proposes_nothing():
    assert branding.propose_color(logo("#808080")) is None


@pytest.mark.parametrize(
    ("pixels", "shown"),
    [
        ((369, 120), (123, 40)),
        ((1000, 100), (176, 18)),
        ((20, 30), (20, 30)),
        ((40, 4000), (1, 40)),
        ((176, 40), (176, 40)),
    ],
)
def test_logo_fits_the_header_and_is_never_enlarged(pixels, shown):
    assert branding.logo_size(*pixels) == shown


@pytest.mark.django_db
def test_a_logo_that_is_lost_or_no_picture_leaves_the_portal_as_it_is(world):
    world.acme.logo = "branding/lost.png"
    assert world.acme.logo_size == (176, 40)

    world.acme.logo.save("torn.png", ContentFile(b"no picture"))
    assert Portal.objects.get(pk=world.acme.pk).logo_size == (176, 40)
