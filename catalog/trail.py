"""The way from the front page to a shelf, for the top of its page and of those of its products."""

from typing import cast

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog.shelves import Shelf, Shelves


def trail_html(shelves: Shelves, shelf: Shelf, *, is_here: bool) -> SafeString:
    """The items of the breadcrumbs down to `shelf`; `is_here`: its own page, to which nothing leads."""
    key = ("trail", shelf.pk, is_here, get_language())
    if key not in shelves.kept:
        context = {"trail": shelf.trail, "here": shelf.pk if is_here else None}
        shelves.kept[key] = render_to_string("catalog/_trail.html", context)
    return cast("SafeString", shelves.kept[key])
