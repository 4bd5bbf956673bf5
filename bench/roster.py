"""A company's list of employees as an Excel workbook: how long the coordinator waits, and what it takes of memory."""

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from bench.run import empty_database
from onboarding.models import Lead, Stage
from portals.models import Company, Membership, Portal, PortalState, Role

ROOT = Path(__file__).resolve().parent.parent
GOALS = {
    "preview": 5.0,
    "creation": 10.0,
    "preview again": 5.0,
    "memory": 300.0,
    "intake preview": 5.0,
    "make the shop": 10.0,
    "intake memory": 300.0,
}


class WrongRoster(Exception):
    """The list did not come to what it should."""


def roster(*, people: int) -> int:
    """Measure a list of so many people. Returns the exit code: 1 where a goal is missed."""
    empty_database()
    call_command("collectstatic", interactive=False, verbosity=0)
    path = Path(settings.DATA_DIR) / "roster.xlsx"
    try:
        write_workbook(path, people)
        print(f"{people:,} people in a workbook of {path.stat().st_size / 1e6:.1f} MB", flush=True)
        figures = _measure("bench.roster_visit", path, _portal(timezone.now()).pk)
        write_workbook(path, people, domain="ander.example")
        figures |= _measure("bench.intake_visit", path, _lead().pk)
    finally:
        path.unlink(missing_ok=True)
    for slug in ("bedrijf", "ander"):
        found = Membership.objects.filter(portal__slug=slug, role=Role.EMPLOYEE).count()
        if found != people:
            raise WrongRoster(f"{found} people are on the roster of {slug}, not {people}.")
    for name, value in figures.items():
        print(f"roster {name} {value:.2f}{'' if value < GOALS[name] else ' (goal missed)'}")
    return int(any(value >= GOALS[name] for name, value in figures.items()))


def write_workbook(path: Path, people: int, *, domain: str = "bedrijf.example") -> None:
    """A list with all columns, numbers and amounts as numbers, under a line with a title."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Medewerkers")
    sheet.append(["Medewerkers van Bedrijf"])
    sheet.append(["Personeelsnummer", "Naam", "E-mail", "Kostenplaats", "Tegoed"])
    for n in range(people):
        person = [100_000 + n, f"Medewerker {n}", f"medewerker{n}@{domain}", f"K{n % 40}", 250 + n % 100 / 2]
        sheet.append(person)
    book.save(path)


def _portal(now: dt.datetime) -> Portal:
    company = Company.objects.create(name="Bedrijf", mail_domains="bedrijf.example")
    User.objects.create_user("beheer@winkel.example", is_staff=True, is_superuser=True)
    return Portal.objects.create(
        company=company,
        name="Bedrijf",
        slug="bedrijf",
        state=PortalState.READY,
        live_from=now.date(),
        live_until=now.date() + dt.timedelta(days=90),
        credit_per_employee=Decimal("250.00"),
    )


def _lead() -> Lead:
    """A customer that agreed to another portal."""
    company = Company.objects.create(name="Ander", mail_domains="ander.example")
    return Lead.objects.create(
        company=company, company_name="Ander", contact_name="Irma", email="irma@ander.example", stage=Stage.AGREED
    )


def _measure(module: str, path: Path, pk: int) -> dict[str, float]:
    """What a fresh process tells of its seconds, and of the peak of its memory in MB."""
    command = [sys.executable, "-m", module, str(path), str(pk)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise WrongRoster(done.stdout + done.stderr)
    lines = (line.rpartition(" ") for line in done.stdout.splitlines())
    return {name: float(value) for name, _space, value in lines}
