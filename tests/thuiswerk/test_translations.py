"""Dutch is complete: every message is translated, none is a guess, and the compiled file says the same."""

import gettext
import shutil
import subprocess
import sys
from pathlib import Path

import polib
from django.conf import settings

FOLDER = settings.BASE_DIR / "locale/nl/LC_MESSAGES"
SKIP = ("node_modules", "var", ".venv", ".tools", "tests", "bench")


def catalog() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


def test_every_message_is_translated():
    assert [entry.msgid for entry in catalog() if not entry.translated()] == []


def test_no_translation_is_a_guess():
    assert [entry.msgid for entry in catalog() if entry.fuzzy or entry.obsolete] == []


def test_placeholders_are_those_of_the_message():
    command = ["msgfmt", "--check-format", "--output-file=/dev/null", str(FOLDER / "django.po")]

    result = subprocess.run(command, capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (0, "")


def test_compiled_file_is_in_step():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for entry in catalog():
        if entry.msgid_plural:
            found = [compiled.ngettext(entry.msgid, entry.msgid_plural, count) for count in (1, 2)]
            assert found == [entry.msgstr_plural[0], entry.msgstr_plural[1]]
        elif entry.msgctxt:
            assert compiled.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
        else:
            assert compiled.gettext(entry.msgid) == entry.msgstr


def test_messages_are_those_of_the_source(tmp_path: Path):
    copied = tmp_path / "copy"
    shutil.copytree(settings.BASE_DIR, copied, ignore=shutil.ignore_patterns(*SKIP, ".git", "*.pyc"))
    command = [sys.executable, "manage.py", "makemessages", "-l", "nl", "--no-location", "-v0"]

    subprocess.run(command, cwd=copied, check=True, capture_output=True)
    collected = polib.pofile(str(copied / "locale/nl/LC_MESSAGES/django.po"))

    wanted = {(entry.msgctxt, entry.msgid) for entry in collected if not entry.obsolete}
    kept = {(entry.msgctxt, entry.msgid) for entry in catalog()}
    assert (wanted - kept, kept - wanted) == (set(), set())
