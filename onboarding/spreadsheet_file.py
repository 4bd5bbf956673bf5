"""The zip of an Excel workbook, judged by its own list of contents before anything in it is unpacked.

What is handed on is what this module read, up to its limits: whatever the zip says of itself elsewhere, or holds twice,
counts no more. Pictures, macros and embedded files are never unpacked.
"""

import io
import re
import zipfile
import zlib

from django.utils.translation import gettext as _

from onboarding.roster_table import UnreadableFile

MOST_ENTRIES = 1000
MOST_UNPACKED = 32 * 1024 * 1024
MOST_TAGS = 4_000_000  # a hundred columns of ten thousand people; what takes seconds to read
MOST_RATIO = 100
RATIO_COUNTS_FROM = 1024 * 1024
PIECE = 64 * 1024
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
READ = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/[\w./ -]+\.(xml|rels)", re.ASCII)
ARCHIVES = re.compile(r".*\.(zip|xls[xmb]?|docx|pptx|od[st]|7z|rar|tar|gz|bz2|xz)", re.IGNORECASE | re.DOTALL)


def is_spreadsheet(content: bytes) -> bool:
    """Whether the bytes are those of an archive or of old Excel: no text."""
    return content.startswith((*ZIP, OLD_OFFICE))


def unpack(content: bytes) -> dict[str, bytes]:
    """The XML parts of an Excel workbook by their names. Refuses UnreadableFile: another kind of file, a password,
    damaged, or more inside than a list of employees takes."""
    if content.startswith(OLD_OFFICE):
        raise _of_old_office(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_kind(archive)
            _check_entries(entries)
            parts = {entry.filename: _read(archive, entry) for entry in entries if READ.fullmatch(entry.filename)}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, RuntimeError, EOFError, OSError) as error:
        raise damaged() from error
    if sum(part.count(b"<") for part in parts.values()) > MOST_TAGS:
        raise too_much()
    return parts


def pack(parts: dict[str, bytes]) -> io.BytesIO:
    """A workbook of nothing but these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    file.seek(0)
    return file


def damaged() -> UnreadableFile:
    return UnreadableFile(_("This Excel workbook is damaged. Open it in Excel, save it again and hand that over."))


def too_much() -> UnreadableFile:
    return UnreadableFile(
        _("There is far more in this workbook than a list of employees. Copy the list to a new workbook and save that.")
    )


def _of_old_office(content: bytes) -> UnreadableFile:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _with_password()
    return UnreadableFile(
        _("This is an old Excel file (.xls). Open it in Excel and save it as Excel workbook (.xlsx).")
    )


def _with_password() -> UnreadableFile:
    return UnreadableFile(_("There is a password on this workbook. Save it without one, or save the list as CSV."))


def _check_kind(archive: zipfile.ZipFile) -> None:
    """Refuses other files that are zips too, with what to do about them."""
    names = set(archive.namelist()[:MOST_ENTRIES])
    if "xl/workbook.bin" in names:
        raise UnreadableFile(_("This is a binary Excel workbook (.xlsb). Save it as Excel workbook (.xlsx)."))
    if "xl/workbook.xml" in names:
        return
    if "mimetype" in names or "content.xml" in names:
        raise UnreadableFile(
            _("This is an OpenDocument file (.ods). Save it as Excel workbook (.xlsx) or as CSV and hand that over.")
        )
    raise UnreadableFile(_("This is no Excel workbook but another archive. Hand over the list itself: .xlsx or CSV."))


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuses what the list of contents already gives away."""
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise _with_password()
    if any(ARCHIVES.fullmatch(name) for name in names):
        raise UnreadableFile(
            _("There is another file inside this workbook. Copy the list to a new workbook and save that.")
        )
    if len(entries) > MOST_ENTRIES or any(_is_bomb(entry) for entry in entries):
        raise too_much()
    if sum(entry.file_size for entry in entries if READ.fullmatch(entry.filename)) > MOST_UNPACKED:
        raise too_much()
    if len({name.casefold() for name in names}) < len(names) or any(_leads_away(name) for name in names):
        raise damaged()


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MOST_RATIO * entry.compress_size


def _leads_away(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The part, piece by piece: an entry that lies about its size is unpacked no further than it says."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged()
    pieces = []
    with archive.open(entry) as part:
        while piece := part.read(PIECE):
            pieces.append(piece)
    return b"".join(pieces)
