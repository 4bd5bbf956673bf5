"""Files that are no feed, or not a whole one: what each is told, and the encodings that are read."""

from decimal import Decimal
from io import DEFAULT_BUFFER_SIZE, BytesIO

import pytest
from django.utils.translation import override

from catalog.feed import read_feed
from catalog.feed_faults import UnreadableFeed
from catalog.feed_row import FeedRow, RefusedRow
from tests.catalog.feeds import HEAD, row, tsv, xml
from tests.world import NOW

ITEM = "<item><g:id>A-1</g:id></item>"
END = "</channel></rss>"
CUT_OFF = "The file is cut off: it ends before its last product does."


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def read(content: bytes) -> list[FeedRow | RefusedRow]:
    return list(read_feed(BytesIO(content), now=NOW))


def refusal(content: bytes | str) -> str:
    """Why the file with this content is refused."""
    with pytest.raises(UnreadableFeed) as refused:
        read(content.encode() if isinstance(content, str) else content)
    return str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + ITEM,
        HEAD + ITEM + "<item><g:id>A",
        HEAD + ITEM + "<item",
        HEAD + ITEM + '<item kind="a',
        HEAD + ITEM + "<!-- and then",
        HEAD + ITEM + "<item><title><![CDATA[ A",
        HEAD + ITEM + "<item><title>Tom &am",
        '<?xml version="1.0"',
        tsv(row()).getvalue().decode().encode("utf-16")[:-1],
    ],
)
def test_feed_that_ends_half_way_is_told_to_be_cut_off(content):
    assert refusal(content) == CUT_OFF


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            HEAD + "<item>\n<g:id>A</g:idd></item>" + END,
            "Line 2, column 16: this tag closes another one than was opened last.",
        ),
        (HEAD + "\n<item><title>A & B</title></item>" + END, "Line 2, column 17: this is no well-formed XML."),
        (HEAD + "\n<item><title>A < B</title></item>" + END, "Line 2, column 17: this is no well-formed XML."),
        (HEAD + "\n<item kind=a/>" + END, "Line 2, column 12: this is no well-formed XML."),
        (HEAD + '\n<item kind="a"b="c"/>' + END, "Line 2, column 15: this is no well-formed XML."),
        (HEAD + "\n<item>\x01</item>" + END, "Line 2, column 7: this character may not stand in XML."),
        (HEAD + END + "\n<rss/>", "Line 2, column 1: this is no well-formed XML."),
        (
            HEAD + "\n<item><title>A&nbsp;B</title></item>" + END,
            "Line 2, column 21: only &amp; &lt; &gt; &quot; and &apos; may stand in XML like that.",
        ),
    ],
    ids=["tag", "and", "less", "attribute", "attributes", "control", "after", "entity"],
)
def test_damaged_xml_is_told_with_its_place_in_our_words(content, told):
    assert refusal(content) == told


@pytest.mark.parametrize(
    "content",
    [
        xml(row(title="Café")).getvalue().replace("é".encode(), b"\xe9"),
        HEAD.replace("UTF-8", "US-ASCII") + "<item>é</item>" + END,
        HEAD.replace("UTF-8", "KLINGON") + ITEM + END,
        HEAD.replace("UTF-8", "utf-16") + ITEM + END,
    ],
    ids=["latin", "ascii", "unknown", "not utf-16"],
)
def test_xml_in_another_encoding_than_it_names_is_told_so(content):
    told = "The file is not in the encoding that its first line names. Save it as UTF-8, and have it say so."
    assert refusal(content) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            tsv(row(title="Café")).getvalue().replace("é".encode(), b"\xe9"),
            "Line 2 is not UTF-8. Save the file with that encoding.",
        ),
        (
            tsv(row()).getvalue().decode().encode("utf-16-le") + b"\x00\xd8a\0\n\0",
            "The file is not UTF-16 throughout. Save it as UTF-8.",
        ),
        (HEAD.encode("utf-32"), "The file is in UTF-32. Save it as UTF-8."),
        (tsv(row(), end="").getvalue(), "The file is cut off: its last line does not end."),
        (tsv(row(), end="").getvalue().decode().encode("utf-16"), "The file is cut off: its last line does not end."),
        (tsv(row(), row("B-2"), end="").getvalue()[:-90] + b"\n", "The file is cut off: its last line is not whole."),
        ("id\ttitle\n1\tx\n", "The first line does not name these columns: availability, price."),
        (tsv().getvalue(), "There is no product in this file."),
        (xml().getvalue(), "There is no product in this file."),
        ("<urlset><url/></urlset>", "There is no product in this file."),
        ("", "The file is empty."),
        ("\ufeff \r\n", "The file is empty."),
        ("\ufeff".encode("utf-16-le"), "The file is empty."),
        (
            "\n<!-- x -->\n<html><br><p>Not found</html>",
            "This is a web page, not a feed. Does the address ask for a login?",
        ),
        ("<!DOCTYPE html><title>Log in</title>", "This is a web page, not a feed. Does the address ask for a login?"),
    ],
)
def test_file_that_is_no_feed_is_told_what_it_is(content, told):
    assert refusal(content) == told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_table_in_utf_16_as_spreadsheets_save_it_is_read(encoding):
    chairs = [row(f"A-{number}", title="Krukje € 🪑 é") for number in range(500)]
    text = tsv(*chairs).getvalue().decode().replace("\n", "\r\n")

    rows = read(text.encode(encoding))

    assert {(row.name, row.price) for row in rows} == {("Krukje € 🪑 é", Decimal("49.99"))}
    assert [row.sku for row in rows] == [f"A-{number}" for number in range(500)]


def test_half_a_character_after_a_whole_piece_is_told_to_be_cut_off():
    line = tsv(row()).getvalue().decode()
    padding = " " * (DEFAULT_BUFFER_SIZE // 4 - len(line))

    assert refusal((line[:-1] + padding + "\n").encode("utf-16-le") + b"A") == CUT_OFF


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1"])
def test_xml_in_the_encoding_that_it_names_is_read(encoding):
    text = xml(row(title="Café")).getvalue().decode().replace("UTF-8", encoding.removesuffix("-le"))

    assert [row.name for row in read(text.encode(encoding))] == ["Café"]
