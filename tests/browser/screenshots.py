"""Makes the pictures of the README from a running demo: `python -m tests.browser.screenshots [base domain]`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, executable

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PASSWORD = "thuiswerk-demo"


def main(base_domain: str = "localhost:8000") -> None:
    """Photograph the shop of Bob, the public site, the screens of a coordinator, and an invoice of finance."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        take_shop(chromium, f"http://acme.{base_domain}")
        take_public(chromium, f"http://{base_domain}")
        take_admin(chromium, f"http://{base_domain}")
        take_invoice(chromium, f"http://{base_domain}")
        chromium.close()


def take_shop(chromium: Browser, shop: str) -> None:
    """From the front page to the checkout, which shows credit and own money."""
    page = log_in(chromium, shop, "bob@acme.example")
    page.goto(f"{shop}/")
    take(page, "portal")
    page.goto(f"{shop}/search/?q=bureaustoel")
    page.locator(".product-card a").first.click()
    page.wait_for_url("**/products/**")
    take(page, "product")
    page.fill("main [name=quantity]", "2")
    page.locator("main form[action='/cart/lines/'] button").first.click()
    page.wait_for_url("**/cart/")
    page.goto(f"{shop}/checkout/")
    take(page, "checkout")


def take_public(chromium: Browser, site: str) -> None:
    """What a company reads that does not know the shop yet."""
    page = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="nl-NL").new_page()
    page.goto(f"{site}/how-it-works/")
    take(page, "public")


def take_admin(chromium: Browser, site: str) -> None:
    """A portal as the coordinator sets it up, and the companies that ask for one."""
    page = log_in(chromium, site, "coordinator@thuiswerk.example")
    page.goto(f"{site}/admin/portals/portal/")
    page.locator("#result_list tbody th a", has_text="Acme").click()
    take(page, "admin")
    page.goto(f"{site}/admin/onboarding/lead/board/")
    take(page, "board")


def take_invoice(chromium: Browser, site: str) -> None:
    """The first page of the first invoice in the list."""
    page = log_in(chromium, site, "finance@thuiswerk.example")
    page.goto(f"{site}/admin/billing/invoice/")
    with page.expect_download() as download:
        page.locator("#result_list tbody .field-pdf a").first.click()
    with tempfile.TemporaryDirectory() as folder:
        words = ["pdftoppm", "-r", "100", "-singlefile", "-png", download.value.path(), f"{folder}/invoice"]
        subprocess.run(words, check=True)
        compress(Path(folder) / "invoice.png", "invoice")


def log_in(chromium: Browser, site: str, email: str) -> Page:
    """A page on which somebody of the demo has logged in."""
    page = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="nl-NL").new_page()
    page.goto(f"{site}/account/login/")
    page.fill("main [name=email]", email)
    page.fill("main [name=password]", PASSWORD)
    page.locator("main .button--primary").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    return page


def take(page: Page, name: str) -> None:
    """Keep what the page shows as `name`."""
    page.wait_for_load_state("networkidle")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.png"
        page.screenshot(path=file)
        compress(file, name)


def compress(file: Path, name: str) -> None:
    """Keep the picture with 256 colours, which weighs a third."""
    Image.open(file).convert("RGB").quantize(256).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
