"""Filters and tags of every template."""

import datetime as dt
from decimal import Decimal
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from catalog import pictures
from thuiswerk.lib import colour, guarantee, money
from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.guarantee import Notice
from thuiswerk.lib.telephone import show_phone

register = template.Library()

# How wide a picture is shown, by where it stands: for `sizes`, with the widths of the style sheet in mind.
SIZES = {
    "card": "(min-width: 40rem) 17rem, 47vw",
    "gallery": "(min-width: 56rem) 40rem, 94vw",
    "gallery-more": "(min-width: 56rem) 20rem, 47vw",
    "thumb": "4.5rem",
}
LOADING = {
    "lazy": mark_safe(' loading="lazy"'),
    "first": mark_safe(' fetchpriority="high"'),
    "at-once": "",
}


@register.filter
def euro(amount: Decimal) -> str:
    """`€ 1.234,50`, the same in both languages."""
    return money.euro(amount)


@register.filter
def one_line(address: str) -> str:
    """An address of several lines as it stands in a sentence."""
    return ", ".join(address.splitlines())


@register.filter
def promised(day: dt.date | None, calendar: DeliveryCalendar) -> str:
    """The promised day as the reader says it now; empty without one."""
    return calendar.words(day)


@register.filter
def telephone(number: str) -> str:
    """A stored number as people write it."""
    return show_phone(number)


@register.filter
def duration(length: dt.timedelta | None) -> str:
    """How long something took, in the largest unit that says enough: minutes, hours or days."""
    minutes = int((length or dt.timedelta()).total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}


@register.filter
def text_on(background: str) -> str:
    """White or black, whichever reads better on the colour `background`."""
    return colour.text_on(background)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon `name` of `static/icons/icons.svg`, silent to screen readers: the text beside it says what it means."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    sprite = static("icons/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_tag
def official_notice() -> Notice | None:
    """The official picture of the notice of the legal guarantee in the reader's language, where there is one."""
    return guarantee.official_notice(get_language() or settings.LANGUAGE_CODE)


@register.simple_tag
def picture(
    name: str, place: str, *, alt: str = "", width: int = 640, height: int = 640, css: str = "", load: str = "lazy"
) -> SafeString:
    """The product picture `name` in the kinds and widths that suit `place`, a key of `SIZES`.

    `width` and `height` in px keep its room free, so that nothing moves when it comes. `load`: `lazy` below the fold,
    `at-once` above it, `first` for what the page is about.
    """
    widest = width if place.startswith("gallery") else pictures.WIDTHS[1]
    source, files = _files(name, place, widest)
    return format_html(
        '<picture>{}<img{} {} alt="{}" width="{}" height="{}"{}></picture>',
        source,
        format_html(' class="{}"', css) if css else "",
        files,
        alt,
        width,
        height,
        LOADING[load],
    )


@lru_cache(maxsize=4096)
def _files(name: str, place: str, widest: int) -> tuple[SafeString, SafeString]:
    """The source in AVIF, and the attributes of the picture in WebP; the same wherever the picture stands so."""
    address = reverse("catalog:picture", args=[name])
    return (
        format_html(
            '<source type="image/avif" srcset="{}" sizes="{}">', pictures.srcset(address, "avif", widest), SIZES[place]
        ),
        format_html(
            'src="{}" srcset="{}" sizes="{}"',
            pictures.sized(address, pictures.WIDTHS[1]),
            pictures.srcset(address, "webp", widest),
            SIZES[place],
        ),
    )
