"""The page around the content: what is the same for everybody in a portal is written once and kept as fragments.

A fragment is known by the portal, its revision, the language and the version of the static files. Nothing in it depends
on who is looking.
"""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from catalog.shelves import shelves_of
from portals.models import Portal

PUBLIC = ("head", "logo", "footer")
MEMBERS = ("search", "navigation", "account")
KEPT_SECONDS = 300


def shell(request: HttpRequest) -> dict[str, str]:
    """The name of the host's base template, and the fragments of its pages; the navigation marks the current page."""
    portal: Portal | None = getattr(request, "portal", None)
    fragments = _fragments(portal)
    if portal is None:
        return fragments
    here = f'href="{request.path}"'
    navigation = fragments["navigation"].replace(here, f'{here} aria-current="page"')
    return fragments | {"navigation": mark_safe(navigation)}  # noqa: S308


def _fragments(portal: Portal | None) -> dict[str, str]:
    tenant = f"{portal.pk}.{portal.revision}" if portal else "main"
    version = getattr(staticfiles_storage, "manifest_hash", "")
    key = f"shell:{tenant}:{get_language()}:{version}"
    fragments: dict[str, str] | None = caches["fragments"].get(key)
    if fragments is None:
        fragments = _render(portal)
        caches["fragments"].set(key, fragments, KEPT_SECONDS)
    return fragments


def _render(portal: Portal | None) -> dict[str, str]:
    context: dict[str, Any] = {"portal": portal, "operator": settings.OPERATOR}
    if portal:
        context["shelves"] = shelves_of(portal).roots
    names = PUBLIC + MEMBERS if portal else PUBLIC
    fragments = {name: render_to_string(f"components/shell/{name}.html", context) for name in names}
    base = "portal/base.html" if portal else "main/base.html"
    return fragments | {"base": base, "language_url": reverse("portals:language_set", settings.PORTAL_URLCONF)}
