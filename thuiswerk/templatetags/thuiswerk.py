"""Filters and tags of every template."""

from decimal import Decimal
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from thuiswerk.lib import colour, money

register = template.Library()


@register.filter
def euro(amount: Decimal) -> str:
    """`€ 1.234,50`, the same in both languages."""
    return money.euro(amount)


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
