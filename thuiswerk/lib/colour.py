"""Colours as #rrggbb, and which text can be read on them (WCAG 2.2, relative luminance and contrast ratio)."""

BLACK, WHITE = "#000000", "#ffffff"


def luminance(colour: str) -> float:
    """The relative luminance of `colour` (#rrggbb), 0 for black to 1 for white."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21; text asks for 4.5."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """White or black, whichever reads better on `background`; one of them always reaches 4.5 : 1."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, background))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
