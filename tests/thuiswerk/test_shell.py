"""What surrounds the content: the same for everybody in a portal, never that of another portal."""

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import RequestFactory
from django.urls import set_urlconf
from django.utils import translation

from thuiswerk.shell import shell


@pytest.fixture(autouse=True)
def _no_fragments():
    caches["fragments"].clear()


def shell_of(portal, path="/"):
    request = RequestFactory().get(path)
    request.portal = portal
    set_urlconf(settings.PORTAL_URLCONF if portal else None)
    try:
        return shell(request, with_shop=True)
    finally:
        set_urlconf(None)


def test_shell_is_read_from_the_cache_the_second_time(world, django_assert_num_queries):
    first = shell_of(world.acme)

    with django_assert_num_queries(0):
        second = shell_of(world.acme)

    assert (second["head"], second["navigation"]) == (first["head"], first["navigation"])


def test_shell_of_another_portal_is_its_own(world):
    acme, globex = shell_of(world.acme), shell_of(world.globex)

    assert "Acme" in acme["logo"]
    assert "Acme" not in "".join(globex.values())


def test_shell_follows_the_revision_of_the_portal(world):
    shell_of(world.acme)
    world.acme.name = "Acme thuis"
    world.acme.save()

    assert "Acme thuis" in shell_of(world.acme)["logo"]


def test_navigation_has_the_categories_of_the_portal_in_the_readers_language(world):
    dutch = shell_of(world.acme)["navigation"]
    with translation.override("en"):
        english = shell_of(world.acme)["navigation"]

    assert ("Bureaustoelen" in dutch, "Desk chairs" in english) == (True, True)
    assert "Koffie" not in dutch


def test_navigation_marks_only_the_page_that_is_open(world):
    path = f"/categories/{world.desks.slug}/"

    navigation = shell_of(world.acme, path)["navigation"]

    assert navigation.count("aria-current") == 1
    assert f'href="{path}" aria-current="page">Bureaus<' in navigation


def test_forms_carry_the_token_of_their_own_request(world):
    first, second = shell_of(world.acme)["account"], shell_of(world.acme)["account"]

    assert "@token@" not in first
    assert first != second


def test_search_field_keeps_its_words_and_nothing_of_them_is_markup(world):
    search = shell_of(world.acme, '/search/?q=stoel"><script>')["search"]

    assert 'name="q" value="stoel&quot;&gt;&lt;script&gt;"' in search


def test_main_host_has_no_trace_of_a_portal(world):
    main = shell_of(None)

    assert main["base"] == "main/base.html"
    assert "search" not in main
    assert "Acme" not in "".join(main.values())
