"""Somebody with a browser: walks the pages, and holds every page to the same rules.

Rules of a page: axe finds nothing, nothing is written to the console as an error, no script fails, the content policy
is not broken, and the page does not scroll sideways, nor at the narrowest width.
"""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

NARROWEST = 320

expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Site:
    """The addresses of the live server."""

    base_domain: str

    @property
    def main(self) -> str:
        return f"http://{self.base_domain}"

    def portal(self, slug: str) -> str:
        return f"http://{slug}.{self.base_domain}"


class Visitor:
    """One browser profile with one page. `problems` holds what the browser complained about, in words.

    Without `scripts` no page runs any; only while a page that has been read is checked they are on again, for axe.
    """

    def __init__(self, context: BrowserContext, site: Site, *, scripts: bool = True) -> None:
        self.context, self.site, self.scripts = context, site, scripts
        self.problems: list[str] = []
        self.checked: list[str] = []
        self.page = self._watched(context.new_page())
        self._devtools = context.new_cdp_session(self.page)
        self._let_scripts_run(scripts)

    def open(self, address: str) -> Response:
        """Go to `address`, a whole one, and return the answer."""
        response = self.page.goto(address)
        assert response is not None
        return response

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label)

    def arrives_at(self, title: str) -> None:
        """Wait for the page whose one main heading is `title`."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def check(self) -> None:
        """Hold the page that is open to the rules."""
        where = f"{self.page.url} ({self.page.viewport_size['width']} px)"
        self.page.wait_for_load_state()
        self._let_scripts_run(True)
        assert self._axe() == [], where
        assert self._sideways() == 0, where
        self._at_the_narrowest()
        assert self.problems == [], where
        self.checked.append(self.page.url)
        self._let_scripts_run(self.scripts)

    def _let_scripts_run(self, on: bool) -> None:
        self._devtools.send("Emulation.setScriptExecutionDisabled", {"value": not on})

    def _axe(self) -> list[str]:
        violations = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in violations for node in rule["nodes"]
        ]

    def _sideways(self) -> int:
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def _at_the_narrowest(self) -> None:
        size = self.page.viewport_size
        if size["width"] > 400:
            return
        self.page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
        assert self._sideways() == 0, f"{self.page.url} ({NARROWEST} px)"
        self.page.set_viewport_size(size)

    def _watched(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._request_failed)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {message.text}")

    def _request_failed(self, request: Request) -> None:
        """What a visitor breaks off by going on to the next page is no failure."""
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{self.page.url}: {request.url} {request.failure}")
