"""Makes the pictures of the README from a running demo: `python -m tests.browser.screenshots [base domain]`."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, executable

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WANTED = {"home-desktop", "home-phone", "home-dark", "category-phone", "product-desktop"}
PERSON = {"email": "bob@acme.example", "password": "thuiswerk-demo"}


def main(base_domain: str = "localhost:8000") -> None:
    """Photograph the main pages at two widths, light and dark."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for name, width, scheme in (("desktop", 1280, "light"), ("phone", 390, "light"), ("dark", 1280, "dark")):
            context = chromium.new_context(
                viewport={"width": width, "height": 860}, color_scheme=scheme, locale="nl-NL"
            )
            photograph(context.new_page(), f"http://acme.{base_domain}", name)
        chromium.close()


def photograph(page: Page, shop: str, name: str) -> None:
    """Log in and walk from the front page to the cart."""
    page.goto(f"{shop}/account/login/")
    for field, value in PERSON.items():
        page.fill(f"main [name={field}]", value)
    page.locator("main .button--primary").click()
    page.wait_for_url(f"{shop}/")
    _take(page, f"home-{name}")
    page.locator(".categories a").first.click()
    page.wait_for_url("**/categories/**")
    _take(page, f"category-{name}")
    page.locator(".product-card a").first.click()
    page.wait_for_url("**/products/**")
    _take(page, f"product-{name}")


def _take(page: Page, name: str) -> None:
    if name not in WANTED:
        return
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
