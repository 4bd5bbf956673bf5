"""Hostile, damaged and other files in the place of a workbook: a clear message, and bounded time and memory."""

import io
import subprocess
import sys
import time
import zipfile

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from onboarding.roster_file import read_pasted, read_roster
from onboarding.roster_row import Row
from onboarding.roster_table import UnreadableFile
from onboarding.spreadsheet_cells import MOST_CELLS
from tests.onboarding.workbooks import (
    PEOPLE,
    SHEET,
    lying,
    parts_of,
    text_cell,
    with_parts,
    with_rows,
    workbook,
    zipped,
)

LIST = workbook(*PEOPLE)
HEADER = f'<row r="1">{text_cell("A1", "e-mail")}</row>'
FAR = "veel meer dan een lijst"
DAMAGED = "beschadigd"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
STRANGER = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">'


def with_dtd(declared: str, text: str) -> bytes:
    rows = f'{HEADER}<row r="2">{text_cell("A2", text)}</row>'
    return with_parts(LIST, sheet=f"{declared}]><worksheet><sheetData>{rows}</sheetData></worksheet>")


def encrypted() -> bytes:
    content = bytearray(LIST)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(signature)
        content[start + at] |= 1
    return bytes(content)


def doubled() -> bytes:
    file = io.BytesIO(LIST)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET, "<worksheet/>")
    return file.getvalue()


def empty_rows(count: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, count))


HOSTILE = {
    "zeros": (with_parts(LIST, **{"xl/media/a.png": bytes(10_000_000)}), FAR),
    "zeros in the sheet": (with_parts(LIST, sheet=bytes(10_000_000)), FAR),
    "nested": (with_parts(LIST, **{"xl/embeddings/in.zip": zipped({"a": bytes(10_000_000)})}), "ander bestand"),
    "many parts": (with_parts(LIST, **{f"xl/media/{n}.png": b"" for n in range(1000)}), FAR),
    "unpacks to much": (with_parts(LIST, **{f"xl/x{n}.xml": b" " * 1_000_000 for n in range(40)}), FAR),
    "much work": (with_parts(LIST, **{f"xl/x{n}.xml": f"<x>{'<c/>' * 200_000}</x>" for n in range(21)}), FAR),
    "entities": (with_dtd(ENTITIES, "&i;"), DAMAGED),
    "entity of a file": (with_dtd(STRANGER, "&a;"), DAMAGED),
    "places by default": (with_dtd('<!DOCTYPE x [<!ATTLIST c r CDATA "A1">', "x"), DAMAGED),
    "another encoding": (with_parts(LIST, sheet='<?xml version="1.0" encoding="cp037"?>'.encode("cp037")), DAMAGED),
    "2 million empty rows": (with_rows(HEADER + '<row><c s="0"/></row>' * 2_000_000), FAR),
    "far cell": (with_rows(f'{HEADER}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), FAR),
    "far row": (with_rows(f'{HEADER}<row r="1048576">{"<c><v>1</v></c>" * 3}</row>'), FAR),
    "full of formulas": (
        with_rows(
            HEADER + "".join(f"<row>{f'<c><f>{n * n}</f></c><c><f>{n}</f></c>' * 25}</row>" for n in range(4001))
        ),
        "vol formules",
    ),
    "no place": (with_rows('<row r="1"><c r="A0"><v>1</v></c></row>'), DAMAGED),
    "place of a giant": (with_rows('<row r="99999999999"><c><v>1</v></c></row>'), DAMAGED),
    "cut off": (LIST[:-100], DAMAGED),
    "no zip": (b"PK\x03\x04 spreadsheet", DAMAGED),
    "empty zip": (b"PK\x05\x06" + bytes(18), "ander archief"),
    "other zip": (zipped({"lijst.csv": "e-mail\n"}), "ander archief"),
    "open document": (zipped({"mimetype": "x", "content.xml": "<x/>"}), "OpenDocument"),
    "binary workbook": (zipped({"xl/workbook.bin": b"x"}), ".xlsb"),
    "old excel": (b"\xd0\xcf\x11\xe0" + bytes(600), ".xls"),
    "password": (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "wachtwoord"),
    "password of the zip": (encrypted(), "wachtwoord"),
    "name that leads away": (with_parts(LIST, **{"../../etc/cron.d/x": "x"}), DAMAGED),
    "name twice": (doubled(), DAMAGED),
    "no relations": (zipped({"xl/workbook.xml": "<workbook/>"}), DAMAGED),
    "sheet is missing": (zipped({k: v for k, v in parts_of(LIST).items() if k != SHEET}), DAMAGED),
    "no xml": (with_parts(LIST, sheet="<worksheet><sheetData>"), DAMAGED),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "ander soort bestand"),
}


@pytest.mark.parametrize(("content", "told"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_refused_with_what_to_do(content: bytes, told: str):
    started = time.monotonic()

    with pytest.raises(UnreadableFile, match=told):
        read_roster(content)

    assert time.monotonic() - started < 10


HARMLESS = {
    "lies about its size": lying(LIST, "xl/sharedStrings.xml", b"<sst/>", 50_000_000),
    "100,000 empty rows": with_rows(
        f'{HEADER}<row r="2">{text_cell("A2", "bob@acme.example")}</row>' + empty_rows(100_000)
    ),
    "16,384 columns": workbook(("e-mail", *range(16_383)), ("bob@acme.example", *range(16_383))),
}


@pytest.mark.parametrize("content", HARMLESS.values(), ids=HARMLESS.keys())
def test_strange_file_with_a_list_is_read(content: bytes):
    assert [row.email for row in read_roster(content)] == ["bob@acme.example"]


MEASURE = r"""
import re, sys
from pathlib import Path
import django
django.setup()
from onboarding.roster_file import read_roster
from onboarding.roster_table import UnreadableFile
peak = lambda: int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0])
read_roster(Path(sys.argv[1]).read_bytes())
before = peak()
for path in sys.argv[2:]:
    try:
        read_roster(Path(path).read_bytes())
    except UnreadableFile:
        pass
print((peak() - before) // 1024)
"""


def test_hostile_files_take_little_memory(tmp_path):
    paths = []
    for number, content in enumerate([LIST, *(content for content, _told in HOSTILE.values()), *HARMLESS.values()]):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(content)

    told = subprocess.run(
        [sys.executable, "-c", MEASURE, *paths], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )

    assert int(told.stdout) < 80  # MB


def test_sheet_at_the_limit_is_read_and_one_row_more_is_not():
    wide = text_cell("A1", "e-mail") + '<c r="CV1"><v>1</v></c>'  # 100 columns
    last = MOST_CELLS // 100

    def reaching(row: int) -> bytes:
        return with_rows(f'<row r="1">{wide}</row><row r="{row}">{text_cell(f"A{row}", "bob@acme.example")}</row>')

    assert [row.line for row in read_roster(reaching(last))] == [last]
    with pytest.raises(UnreadableFile, match=FAR):
        read_roster(reaching(last + 1))


def outcome(read, given_to_it) -> bool:
    try:
        rows = read(given_to_it)
    except UnreadableFile as refusal:
        return bool(str(refusal))
    return bool(rows) and all(isinstance(row, Row) for row in rows)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: LIST[:2000] + tail))
def test_whatever_bytes_come_there_are_rows_or_a_refusal(content: bytes):
    assert outcome(read_roster, content)


@given(st.text(max_size=300) | st.text(alphabet="ab@.,;<>\"' \t\n", max_size=80))
def test_whatever_is_pasted_there_are_rows_or_a_refusal(text: str):
    assert outcome(read_pasted, text)


TOKENS = [
    b'r="XFD10"',
    b't="s"',
    b't="d"',
    b"<v>99999999999999999999</v>",
    b"<v>nan</v>",
    b's="99999"',
    b"<f>",
    b'r=""',
]


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(sorted(name for name in parts_of(LIST) if "theme" not in name)),
    st.floats(0, 1),
    st.integers(0, 12),
    st.sampled_from(TOKENS) | st.binary(max_size=8),
)
def test_whatever_is_in_the_parts_there_are_rows_or_a_refusal(name: str, where: float, gone: int, put: bytes):
    parts = parts_of(LIST)
    at = int(where * len(parts[name]))
    parts[name] = parts[name][:at] + put + parts[name][at + gone :]

    assert outcome(read_roster, zipped(parts))


@given(st.floats(0, 1), st.binary(min_size=1, max_size=4))
def test_whatever_is_in_the_zip_there_are_rows_or_a_refusal(where: float, put: bytes):
    at = int(where * len(LIST))

    assert outcome(read_roster, LIST[:at] + put + LIST[at + len(put) :])
