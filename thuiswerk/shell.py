"""The page around the content: what is the same for everybody in a portal is written once and kept as fragments.

A fragment is known by the portal, its revision, the language and the version of the static files. Nothing in it depends
on who is looking: what does, such as the form token, has a mark such as `@token@`, and is put in on every request.
"""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from catalog.shelves import shelves_of
from onboarding.example import sign_up_url, the_example
from portals.models import Portal
from thuiswerk.languages import offers_english

PUBLIC = ("head", "logo", "footer", "languages", "english")
MEMBERS = ("search", "navigation", "account", "example")
KEPT_SECONDS = 300


def shell(request: HttpRequest, *, with_shop: bool) -> dict[str, str]:
    """The fragments of the request's host, and under `base` the name of the template that they belong in.

    Without the shop there is no way into it: no search, no categories, no wish list.
    """
    portal: Portal | None = getattr(request, "portal", None)
    fragments = _fragments(portal, with_shop)
    token = get_token(request)
    here, path = f'href="{request.path}"', request.get_full_path()
    own = {
        "languages": _put_in(fragments["languages"], token=token, path=path),
        "english": _put_in(fragments["english"], token=token, path=path) if offers_english(request) else "",
        "navigation": mark_safe(fragments["navigation"].replace(here, f'{here} aria-current="page"')),  # noqa: S308
    }
    if portal:
        own |= {
            "account": _put_in(fragments["account"], token=token),
            "search": _put_in(fragments["search"], words=request.GET.get("q", "")),
        }
        if not with_shop:
            own |= {"search": "", "navigation": ""}
    return fragments | own


def _put_in(fragment: str, **values: str) -> str:
    for name, value in values.items():
        fragment = fragment.replace(f"@{name}@", escape(value))
    return mark_safe(fragment)  # noqa: S308


def _fragments(portal: Portal | None, with_shop: bool) -> dict[str, str]:
    tenant = f"{portal.pk}.{portal.revision}" if portal else "main"
    version = getattr(staticfiles_storage, "manifest_hash", "")
    key = f"shell:{tenant}:{with_shop}:{get_language()}:{version}"
    fragments: dict[str, str] | None = caches["fragments"].get(key)
    if fragments is None:
        fragments = _render(portal, with_shop)
        caches["fragments"].set(key, fragments, KEPT_SECONDS)
    return fragments


def _render(portal: Portal | None, with_shop: bool) -> dict[str, str]:
    context: dict[str, Any] = {
        "portal": portal,
        "with_shop": with_shop,
        "operator": settings.OPERATOR,
        "language_url": reverse("portals:language_set", settings.PORTAL_URLCONF),
        "sign_up_url": sign_up_url(portal),
    }
    if portal is None:
        context["has_example"] = the_example() is not None
        menu = {"navigation": render_to_string("components/shell/menu.html", context)}
        return _written(PUBLIC, context) | menu | {"base": "main/base.html"}
    context["shelves"] = shelves_of(portal).roots
    return _written(PUBLIC + MEMBERS, context) | {"base": "portal/base.html"}


def _written(names: tuple[str, ...], context: dict[str, Any]) -> dict[str, str]:
    return {name: render_to_string(f"components/shell/{name}.html", context) for name in names}
