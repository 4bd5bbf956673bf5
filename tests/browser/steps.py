"""What people do, step by step, in Dutch. A step holds every page that it passes to the rules of `Visitor.check`."""

import re
import time

from allauth.mfa.totp.internal import auth as totp
from django.core import mail

from tests.browser.visitor import Visitor
from tests.world import PASSWORD

NEW_PASSWORD = "vier-paarse-lampen-buiten"


def log_in_first_time(visitor: Visitor, email: str, *, host: str = "acme") -> None:
    """Work e-mail, code from the mail, forced new password; ends on the portal's front page."""
    visitor.open(visitor.site.portal(host))
    visitor.arrives_at("Inloggen")
    visitor.check()
    visitor.field("Werkmail").fill(email)
    visitor.button("Mail mij een code").click()
    visitor.check()
    visitor.field("Code uit de mail").fill(code_in_mail(email))
    visitor.button("Verder").click()
    visitor.arrives_at("Kies een wachtwoord")
    visitor.check()
    visitor.page.get_by_label("Nieuw wachtwoord", exact=True).fill(NEW_PASSWORD)
    visitor.field("Nieuw wachtwoord, nog een keer").fill(NEW_PASSWORD)
    visitor.button("Opslaan en verder").click()
    visitor.page.wait_for_url(visitor.site.portal(host) + "/")


def log_in(visitor: Visitor, email: str, password: str = PASSWORD, *, host: str = "acme") -> None:
    """E-mail and password on the portal `host`; ends on its front page."""
    visitor.open(visitor.site.portal(host) + "/account/login/")
    visitor.field("Werkmail").fill(email)
    visitor.field("Wachtwoord").fill(password)
    visitor.button("Inloggen").click()
    visitor.page.wait_for_url(visitor.site.portal(host) + "/")


def code_in_mail(email: str) -> str:
    """The code in the newest mail that arrived at `email`, on the line where it stands alone."""
    texts = [message.body for message in mail.outbox if message.to == [email]]
    found = re.search(r"^\s+(\S+)$", texts[-1], re.MULTILINE)
    assert found, texts[-1]
    return found.group(1)


def put_in_cart(visitor: Visitor, category: str, product: str) -> None:
    """From the front page by category and product into the cart."""
    visitor.page.get_by_role("navigation", name="Categorieën").get_by_role("link", name=category, exact=True).click()
    visitor.arrives_at(category)
    visitor.check()
    visitor.link(product).click()
    visitor.arrives_at(product)
    visitor.check()
    visitor.button("In winkelwagen").click()
    visitor.arrives_at("Winkelwagen")
    visitor.check()


def balance(visitor: Visitor) -> str:
    """The credit that the header shows."""
    return visitor.page.locator(".balance__amount").inner_text().replace("\N{NO-BREAK SPACE}", " ")


def fill_in_address(visitor: Visitor) -> None:
    visitor.field("Straat").fill("Dorpsstraat")
    visitor.field("Huisnummer en toevoeging").fill("12 B")
    visitor.field("Postcode").fill("3511 ed")
    visitor.field("Plaats").fill("Utrecht")


def check_out(visitor: Visitor) -> None:
    """From the cart to the order with obligation to pay."""
    visitor.link("Naar afrekenen").click()
    visitor.arrives_at("Afrekenen")
    visitor.check()
    fill_in_address(visitor)
    visitor.button("Bestelling met betalingsverplichting").click()


def pay(visitor: Visitor) -> None:
    """At the demo bank; ends on the confirmation."""
    visitor.arrives_at("Demobank")
    visitor.check()
    visitor.button("Betalen").click()
    visitor.arrives_at("Bedankt, je bestelling is bevestigd")
    visitor.check()


def log_in_to_back_office(visitor: Visitor, email: str) -> None:
    """Password, then a second factor set up on the way, as the first login of staff demands."""
    visitor.open(visitor.site.main + "/admin/")
    visitor.arrives_at("Inloggen")
    visitor.check()
    visitor.field("Werkmail").fill(email)
    visitor.field("Wachtwoord").fill(PASSWORD)
    visitor.button("Inloggen").click()
    visitor.arrives_at("Tweede factor instellen")
    visitor.check()
    secret = visitor.page.locator("code").inner_text()
    visitor.field("Code uit je app").fill(app_code(secret))
    visitor.button("Instellen").click()
    visitor.check()


def app_code(secret: str) -> str:
    """What an authenticator app shows now."""
    counter = int(time.time()) // totp.app_settings.TOTP_PERIOD
    return totp.format_hotp_value(totp.hotp_value(secret, counter))
