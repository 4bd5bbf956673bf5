"""What the documents say of the program, and where they point, is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from thuiswerk.env import names

ROOT: Path = settings.BASE_DIR
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OPERATIONS = (ROOT / "docs/operations.md").read_text()


def section(title: str) -> str:
    """The text below a heading of the operations page."""
    return OPERATIONS.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The first cells of the rows of a table, without its head."""
    return [row.split("|")[1].strip() for row in text.splitlines() if row.startswith("|")][2:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())

    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]

    assert broken == []


def test_operations_list_every_variable():
    listed = re.findall(r"`([A-Z_]+)`", " ".join(first_cells(section("Environment"))))

    assert sorted(listed) == sorted(names())


def test_operations_list_every_scheduled_job():
    listed = [cell.strip("`") for cell in first_cells(section("Scheduled jobs"))]

    assert sorted(listed) == sorted(settings.CELERY_BEAT_SCHEDULE)


def test_operations_list_every_command_of_ours():
    listed = {cell.strip("`").split()[0] for cell in first_cells(section("Commands"))}
    ours = {name for name, app in get_commands().items() if (ROOT / app).is_dir()}

    assert listed - {"check", "createsuperuser"} == ours


def test_every_decision_is_in_the_list_and_has_its_four_parts():
    records = sorted((ROOT / "docs/decisions").glob("0*.md"))
    listed = re.findall(r"\((0[^)]+)\)", (ROOT / "docs/decisions/README.md").read_text())

    assert [record.name for record in records] == listed
    for record in records:
        assert re.findall("^## (.+)$", record.read_text(), re.MULTILINE) == [
            "Context",
            "Choice",
            "Rejected",
            "Consequence",
        ]


def test_pictures_of_the_documents_are_light():
    heavy = [picture.name for picture in (ROOT / "docs").rglob("*.png") if picture.stat().st_size > 200_000]

    assert heavy == []
