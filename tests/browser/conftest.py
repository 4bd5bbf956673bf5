"""A real Chromium against a live server, and visitors that notice everything that is wrong with a page."""

import datetime as dt
import os
from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

pytest.register_assert_rewrite("tests.browser.steps", "tests.browser.visitor")

from tests.browser.chromium import FLAGS, executable  # noqa: E402
from tests.browser.visitor import Site, Visitor  # noqa: E402
from tests.world import NOW, World, build_world  # noqa: E402
from thuiswerk.celery import app  # noqa: E402

# Playwright runs an event loop in the test's thread, so Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


class Clock:
    """What `timezone.now()` says, in the test and in the server's threads: `start`, and later by what was `passed`."""

    def __init__(self, start: dt.datetime) -> None:
        self.began, self.real = start, dt.datetime.now(dt.UTC)

    def now(self) -> dt.datetime:
        return self.began.astimezone(dt.UTC) + (dt.datetime.now(dt.UTC) - self.real)

    def move_to(self, moment: dt.datetime) -> None:
        self.began, self.real = moment, dt.datetime.now(dt.UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one on the PATH, else Playwright's own. Without any the test fails."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def _static_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The server finds static files by itself, but wants a folder when it starts."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the tests' world, running."""
    clock = Clock(NOW)
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def site(live_server, settings, clock: Clock) -> Site:
    """The live server with the tests' world in its database."""
    settings.BASE_DOMAIN = live_server.url.partition("//")[2]
    settings.INTERNAL_IPS = []
    return Site(settings.BASE_DOMAIN)


@pytest.fixture(autouse=True)
def _tasks_run_at_once() -> Iterator[None]:
    """A task runs where it is asked for: there is no worker beside the live server."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def world(site: Site, transactional_db: None) -> World:
    """The named world, committed, so that the server sees it."""
    return build_world()


@pytest.fixture
def visit(browser: Browser, site: Site, world: World) -> Iterator["VisitorFactory"]:
    """Opens visitors; at the end of the test none of them may have met a problem that went unnoticed."""
    factory = VisitorFactory(browser, site)
    yield factory
    factory.close()


class VisitorFactory:
    """Makes visitors, each with a browser profile of its own."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.visitors: list[Visitor] = []

    def __call__(
        self,
        *,
        width: int = 1280,
        scripts: bool = True,
        dark: bool = False,
        language: str = "nl-NL",
        has_chosen: bool = True,
    ) -> Visitor:
        """A visitor who has chosen the `language` of the browser, as by the button in the footer, or who has not."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        if has_chosen and not language.startswith("nl"):
            hosts = (self.site.main, *map(self.site.portal, ("acme", "globex", "initech", "voorbeeld")))
            context.add_cookies([{"name": "django_language", "value": language, "url": host} for host in hosts])
        visitor = Visitor(context, self.site, scripts=scripts)
        self.visitors.append(visitor)
        return visitor

    def close(self) -> None:
        for visitor in self.visitors:
            visitor.context.close()
        assert [problem for visitor in self.visitors for problem in visitor.problems] == []
