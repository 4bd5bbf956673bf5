"""Which text can be read on a colour."""

import pytest

from thuiswerk.lib.colour import contrast, text_on


@pytest.mark.parametrize("channel", range(0, 256, 5))
def test_text_on_any_colour_can_be_read(channel):
    for colour in (f"#{channel:02x}{channel:02x}{channel:02x}", f"#{channel:02x}80{255 - channel:02x}"):
        assert contrast(colour, text_on(colour)) >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0)]
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)
