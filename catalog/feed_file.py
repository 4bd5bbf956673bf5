"""What a file is that should be a product feed: XML or TSV, and in which encoding its bytes are."""

import codecs
import io
import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.feed_faults import UnreadableFeed, cut_off, lies_about_encoding

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_NAMES_UTF_16 = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](utf-?16|ucs-?2)", re.IGNORECASE)


def is_xml(file: BinaryIO) -> bool:
    """Whether the file, which is at its start and stays there, is XML; else it is TSV.

    Refuses (UnreadableFeed) what is empty, a web page, in UTF-32, or XML that says it is in UTF-16 and is not.
    """
    start = file.read(1024)
    file.seek(0)
    if start.startswith(_UTF_32):
        raise UnreadableFeed(_("The file is in UTF-32. Save it as UTF-8."))
    encoding = encoding_of(start)
    text = start.decode(encoding, "ignore").removeprefix("\ufeff").encode() if encoding else start
    text = text.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise UnreadableFeed(_("The file is empty."))
    if _HTML.match(text):
        raise UnreadableFeed(_("This is a web page, not a feed. Does the address ask for a login?"))
    if not encoding and _NAMES_UTF_16.match(text):
        raise lies_about_encoding()
    return text.lstrip().startswith(b"<")


def encoding_of(start: bytes) -> str:
    """The form of UTF-16 that these first bytes of a file are in, by their mark or the zeros of Latin letters; else
    nothing."""
    if found := _UTF_16.get(start[:2]):
        return found
    if start[1:2] == b"\0" != start[:1]:
        return "utf-16-le"
    return "utf-16-be" if start[:1] == b"\0" != start[1:2] else ""


def in_utf8(file: BinaryIO) -> BinaryIO:
    """The file, which is at its start, as UTF-8: itself, or recoded piece by piece while it is read."""
    encoding = encoding_of(file.read(2))
    file.seek(0)
    return io.BufferedReader(_Recoded(file, encoding)) if encoding else file


class _Recoded(io.RawIOBase):
    """A file in UTF-16 as UTF-8; memory holds one piece of it."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file, self.decoder = file, codecs.getincrementaldecoder(encoding)()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        text, part = "", b"-"
        while part and not text:
            # Two bytes of UTF-16 are at most three of UTF-8, so that half of the buffer is never too much for it.
            part = self.file.read(len(buffer) // 2)
            text = self._decoded(part)
        recoded = text.encode()
        buffer[: len(recoded)] = recoded
        return len(recoded)

    def _decoded(self, part: bytes) -> str:
        try:
            return self.decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            if not part:
                raise cut_off() from error
            raise UnreadableFeed(_("The file is not UTF-16 throughout. Save it as UTF-8.")) from error
