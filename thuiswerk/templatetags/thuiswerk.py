"""Filters of every template."""

from decimal import Decimal

from django import template

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
