"""Why a file is no feed, or not a whole one, in words for who made it: never those of the library that read it."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from lxml import etree

MAX_ROW_BYTES = 1024 * 1024
_ERRORS = etree.ErrorTypes
_ENCODING = {_ERRORS.ERR_INVALID_ENCODING, _ERRORS.ERR_UNKNOWN_ENCODING, _ERRORS.ERR_UNSUPPORTED_ENCODING}
_UNFINISHED = {
    _ERRORS.ERR_TAG_NOT_FINISHED,
    _ERRORS.ERR_GT_REQUIRED,
    _ERRORS.ERR_SPACE_REQUIRED,
    _ERRORS.ERR_ATTRIBUTE_NOT_FINISHED,
    _ERRORS.ERR_COMMENT_NOT_FINISHED,
    _ERRORS.ERR_CDATA_NOT_FINISHED,
    _ERRORS.ERR_PI_NOT_FINISHED,
}


class Fault(NamedTuple):
    """What the library found: its code, and where in the file."""

    code: int
    line: int
    column: int


class UnreadableFeed(Exception):
    """The file is no feed, or not a whole one; the message says why."""


def too_long() -> UnreadableFeed:
    """A row has no end."""
    return UnreadableFeed(_("A row of this file is larger than a megabyte. That is no product."))


def no_product() -> UnreadableFeed:
    """It may be a feed, but nothing is in it."""
    return UnreadableFeed(_("There is no product in this file."))


def cut_off() -> UnreadableFeed:
    """The file ends before what it began."""
    return UnreadableFeed(_("The file is cut off: it ends before its last product does."))


def lies_about_encoding() -> UnreadableFeed:
    """The bytes are not in the encoding that the XML names, or in none that is known."""
    return UnreadableFeed(
        _("The file is not in the encoding that its first line names. Save it as UTF-8, and have it say so.")
    )


def fault_of(fault: Fault, *, at_end: bool, ends_in_reference: bool) -> UnreadableFeed:
    """What is wrong with XML. `at_end`: it was read to its end; `ends_in_reference`: within something like `&amp;`."""
    code, line, column = fault
    if code == _ERRORS.ERR_UNDECLARED_ENTITY:
        text = _("Line %(line)d, column %(column)d: only &amp; &lt; &gt; &quot; and &apos; may stand in XML like that.")
    elif code in _ENCODING:
        return lies_about_encoding()
    elif at_end and (code in _UNFINISHED or ends_in_reference):
        return cut_off()
    elif code == _ERRORS.ERR_INVALID_CHAR:
        text = _("Line %(line)d, column %(column)d: this character may not stand in XML.")
    elif code == _ERRORS.ERR_TAG_NAME_MISMATCH:
        text = _("Line %(line)d, column %(column)d: this tag closes another one than was opened last.")
    else:
        text = _("Line %(line)d, column %(column)d: this is no well-formed XML.")
    return UnreadableFeed(text % {"line": line, "column": column})
