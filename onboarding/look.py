"""How the colour and the pictures of an intake will look, before there is a portal."""

from django.utils.formats import number_format

from onboarding.intake_models import Intake
from portals import branding
from thuiswerk.lib.colour import contrast, text_on


def contrast_of(intake: Intake) -> dict[str, object]:
    """How well the colour reads as text by day, a shade of it that passes, and the text that stands on it."""
    color = intake.brand_color
    by_day = branding.readable(color, branding.LIGHT_PAGE)
    return branding.shades(color) | {
        "ratio": number_format(contrast(color, branding.LIGHT_PAGE), 1),
        "passes": contrast(color, branding.LIGHT_PAGE) >= branding.READABLE,
        "proposal": by_day,
        "on_color": text_on(color),
        "from_logo": branding.propose_color(intake.logo) if intake.logo else None,
    }


def sample_css(intake: Intake, *, is_dark: bool, is_zoomed: bool) -> str:
    """The stylesheet of the sample page."""
    css = branding.stylesheet(intake.brand_color)
    if is_dark:
        css += ":root { color-scheme: dark; }\n"
    if is_zoomed:
        css += ":root { zoom: 2; }\n"
    return css
