"""Where to go in the demo and as whom: for the table in the terminal and the page at /demo/."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from onboarding.demo.cast import NEWCOMER, PARTS, PASSWORD, STAFF

ROLES = {
    "coordinator": _("coordinator"),
    "finance": _("finance"),
    "customer_service": _("customer service"),
    "administrator": _("administrator"),
}


@dataclass(frozen=True)
class Login:
    """An address with somebody who can log in there. No password: the first login, by a code from the mails."""

    url: str
    place: str
    email: str
    person: str
    password: str = PASSWORD
    has_ended: bool = False


def main_url(path: str = "") -> str:
    """An address on the main host."""
    return f"{settings.URL_SCHEME}://{settings.BASE_DOMAIN}/{path}"


def staff_logins() -> list[Login]:
    """The operator's people, for the back office."""
    return [Login(main_url("admin/"), str(ROLES[role]), email, name) for email, name, role in STAFF]


def portal_logins() -> list[Login]:
    """Two people of each open shop: one who has been there, and where there is one, one who has yet to come."""
    found = []
    for part in PARTS:
        url = f"{settings.URL_SCHEME}://{part.slug}.{settings.BASE_DOMAIN}/"
        person = part.people[1]
        if part.starts is not None:
            found.append(Login(url, part.company, part.email(person), person, has_ended=part.ends < 0))
        if NEWCOMER.endswith(f"@{part.slug}.example"):
            name = next(name for name in part.people if part.email(name) == NEWCOMER)
            found.append(Login(url, part.company, NEWCOMER, name, password=""))
    return found


def table() -> str:
    """All of it as lines of text."""
    with override("en"):
        rows = [("Front page", main_url(), "", ""), ("Mails of the demo", main_url("demo/mail/"), "", "")]
        for login in [*portal_logins(), *staff_logins()]:
            rows.append(
                (login.place, login.url, login.email, login.password or "first login: by the code in the mails")
            )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    rule = "-" * max(len(line) for line in lines)
    return "\n".join(["", rule, *lines, rule, "Ctrl-C stops everything and leaves the data.", ""])
