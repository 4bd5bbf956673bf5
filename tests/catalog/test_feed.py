"""Reading product feeds: what is taken, what is refused row by row, and what is refused whole."""

import tracemalloc
from decimal import Decimal
from io import BytesIO, RawIOBase

import pytest
from django.utils.translation import override

from catalog.feed import read_feed
from catalog.feed_faults import MAX_ROW_BYTES, UnreadableFeed
from catalog.feed_row import FeedRow, RefusedRow
from tests.catalog.feeds import HEAD, row, tsv, xml
from tests.world import NOW


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def read(file: BytesIO) -> list[FeedRow | RefusedRow]:
    return list(read_feed(file, now=NOW))


def reason(**fields: str) -> str:
    """Why the row with these fields is refused."""
    refused, good = read(xml(row(**fields), row("B-2")))
    assert isinstance(good, FeedRow)
    assert isinstance(refused, RefusedRow)
    return refused.reason


EXPECTED = FeedRow(
    number=1,
    sku="A-1",
    name="Bureaustoel Beer",
    text="Zit goed.",
    price=Decimal("49.99"),
    brand="Beer",
    ean="2000000000015",
    category=("Meubels", "Stoelen"),
    in_stock=True,
    energy_class="",
    vat_rate=None,
    pictures=("https://images.example/beer.jpg",),
)


def test_a_row_is_read_from_rss():
    assert read(xml(row())) == [EXPECTED]


def test_a_row_is_read_from_tsv_after_a_mark_and_with_quotes_and_windows_line_ends():
    content = tsv(row(description='"Zit ""goed""."')).getvalue().replace(b"\n", b"\r\n")

    assert read(BytesIO(b"\xef\xbb\xbf" + content)) == [EXPECTED._replace(number=2, text='Zit "goed".')]


def test_a_row_is_read_from_atom():
    atom = b"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:g='http://base.google.com/ns/1.0'><entry>"
    fields = "".join(f"<g:{name}>{text.replace('>', '&gt;')}</g:{name}>" for name, text in row().items())

    assert read(BytesIO(atom + fields.encode() + b"</entry></feed>")) == [EXPECTED]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sale_price": "39.50 EUR"}, {"price": Decimal("39.50")}),
        ({"price": "50 EUR"}, {"price": Decimal("50.00")}),
        ({"availability": "out of stock"}, {"in_stock": False}),
        ({"energy_efficiency_class": "A++"}, {"energy_class": "A++"}),
        ({"vat_rate": "9"}, {"vat_rate": Decimal("9.00")}),
        ({"description": "<p>Zit <b>goed</b> &amp; recht</p>"}, {"text": "Zit goed & recht"}),
        ({"product_type": "", "google_product_category": "Kantoor > Stoel"}, {"category": ("Kantoor", "Stoel")}),
        (
            {"additional_image_link": "https://a.example/1, https://a.example/2"},
            {"pictures": ("https://images.example/beer.jpg", "https://a.example/1", "https://a.example/2")},
        ),
        ({"product_detail": "Algemeen:Kleur:zwart"}, {"specifications": (("Kleur", "zwart"),)}),
        (
            {"product_detail": ":Poorten:HDMI, USB-C,Maten: Hoogte : 62 tot 127 cm, Maten:Verhouding:16:9"},
            {"specifications": (("Poorten", "HDMI, USB-C"), ("Hoogte", "62 tot 127 cm"), ("Verhouding", "16:9"))},
        ),
        ({"certification": "EC:EPREL:1234567"}, {"eprel_number": "1234567"}),
        ({"certification": "ADEME:CO2:A, European_Commission : EPREL : 12"}, {"eprel_number": "12"}),
        ({"certification": "1234567:EPREL:EC"}, {"eprel_number": "1234567"}),
        ({"certification": "ADEME:CO2:A"}, {"eprel_number": ""}),
        ({"product_detail": "A:B:c, A:B:c"}, {"specifications": (("B", "c"),)}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_fields_mean_what_the_format_says(fields, expected):
    assert read(xml(row(**fields))) == [EXPECTED._replace(**expected)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": ""}, "There is no title."),
        ({"title": "x" * 151}, "The title is longer than 150 characters."),
        ({"sku": "x" * 41}, "The id is longer than 40 characters."),
        ({"price": "49,99 EUR"}, "Give the price as “49.99 EUR”, not as “49,99 EUR”."),
        ({"price": "49.99 USD"}, "Give the price as “49.99 EUR”, not as “49.99 USD”."),
        ({"price": "0.00 EUR"}, "Give the price as “49.99 EUR”, not as “0.00 EUR”."),
        ({"price": "-1 EUR"}, "Give the price as “49.99 EUR”, not as “-1 EUR”."),
        ({"price": ""}, "Give the price as “49.99 EUR”, not as “”."),
        ({"sale_price": "gratis"}, "Give the sale_price as “49.99 EUR”, not as “gratis”."),
        (
            {"sale_price": "1 EUR", "sale_price_effective_date": "morgen"},
            "Give the sale_price_effective_date as two times, the earlier first, with a slash between.",
        ),
        ({"gtin": "2000000000016"}, "This EAN is not right: check its digits, the last one is a check digit."),
        ({"availability": ""}, "There is no availability."),
        (
            {"availability": "soon"},
            "The availability is one of in_stock, out_of_stock, preorder, backorder, not “soon”.",
        ),
        (
            {"energy_efficiency_class": "H"},
            "The energy_efficiency_class is one of A+++, A++, A+, A, B, C, D, E, F, G, not “H”.",
        ),
        ({"vat_rate": "19"}, "The vat_rate is one of 21, 9, 0, not “19”."),
        ({"product_type": ""}, "Give the product_type as a path of names: Furniture > Chairs."),
        ({"product_type": "436"}, "Give the product_type as a path of names: Furniture > Chairs."),
        ({"product_type": "Meubels > > Stoelen"}, "Give the product_type as a path of names: Furniture > Chairs."),
        ({"product_type": "a>b>c>d>e>f>g"}, "The product_type has more than 6 levels."),
        ({"product_detail": "Kleur:zwart"}, "Give the product_detail as “section:name:value”, not as “Kleur:zwart”."),
        ({"product_detail": "A::c"}, "Give the product_detail as “section:name:value”, not as “A::c”."),
        ({"product_detail": "A:B:"}, "Give the product_detail as “section:name:value”, not as “A:B:”."),
        ({"product_detail": f"A:{'x' * 141}:c"}, "The product_detail is longer than 140 characters."),
        ({"product_detail": f"A:B:{'x' * 1001}"}, "The product_detail is longer than 1000 characters."),
        ({"certification": "EC:EPREL:12a"}, "Give the certification as “EC:EPREL:123456”, not as “EC:EPREL:12a”."),
        ({"certification": "EC:EPREL"}, "Give the certification as “EC:EPREL:123456”, not as “EC:EPREL”."),
        ({"certification": "EC:EPREL:١٢٣"}, "Give the certification as “EC:EPREL:123456”, not as “EC:EPREL:١٢٣”."),
        (
            {"certification": "EC:EPREL:1/../../evil"},
            "Give the certification as “EC:EPREL:123456”, not as “EC:EPREL:1/../../evil”.",
        ),
        ({"description": "x" * 5001}, "The description is longer than 5000 characters."),
    ],
)
def test_a_broken_row_is_refused_and_the_next_one_is_not(fields, told):
    assert reason(**fields) == told


def test_details_are_read_from_their_elements_and_from_tsv():
    detail = (
        "<g:product_detail><g:section_name>Maten: alle</g:section_name><!-- cm --><g:attribute_name>Breedte"
        "</g:attribute_name><g:attribute_value>80: vast, 90</g:attribute_value></g:product_detail>"
        "<g:product_detail><g:attribute_name>Kleur</g:attribute_name><g:attribute_value>zwart</g:attribute_value>"
        "</g:product_detail><g:shipping><g:price>1 EUR</g:price></g:shipping>"
    )
    content = xml(row()).getvalue().replace(b"</item>", detail.encode() + b"</item>")
    table = tsv(row()).getvalue().decode().splitlines()
    lines = f"{table[0]}\tproduct_detail\n{table[1]}\tMaten:Breedte:80: vast, 90, :Kleur:zwart\n"

    expected = (("Breedte", "80: vast, 90"), ("Kleur", "zwart"))
    assert read(BytesIO(content)) == [EXPECTED._replace(specifications=expected)]
    assert read(BytesIO(lines.encode())) == [EXPECTED._replace(number=2, specifications=expected)]


def test_certification_is_read_from_its_elements_and_from_a_column_that_names_its_parts():
    certification = (
        "<g:certification><g:certification_authority>EC</g:certification_authority>"
        "<g:certification_name>EPREL</g:certification_name><g:certification_code>77</g:certification_code>"
        "</g:certification>"
    )
    content = xml(row()).getvalue().replace(b"</item>", certification.encode() + b"</item>")
    table = tsv(row()).getvalue().decode().splitlines()
    name = "Certification (certification_authority:certification_name:certification_code)"

    assert read(BytesIO(content)) == [EXPECTED._replace(eprel_number="77")]
    assert read(BytesIO(f"{table[0]}\t{name}\n{table[1]}\tEC:EPREL:77\n".encode())) == [
        EXPECTED._replace(number=2, eprel_number="77")
    ]


def test_details_change_a_digest_and_none_leave_it_as_it_was():
    plain, detailed, other = (
        read(xml(row(product_detail=text)))[0].digest for text in ("", "A:Kleur:zwart", "A:Kleur:wit")
    )
    labelled = read(xml(row(certification="EC:EPREL:77")))[0].digest

    assert plain == "6a74ffb92c60920c2342277a63e9bf27"
    assert len({plain, detailed, other, labelled}) == 4


def test_the_second_row_with_an_id_is_refused():
    first, second = read(xml(row(), row(title="Iets anders")))

    assert first == EXPECTED
    assert second == RefusedRow(2, "A-1", "This id stands in the feed more than once; the first one counts.")


def test_a_short_line_and_one_with_control_characters_are_refused():
    short = RefusedRow(2, "A-1", "This line has fewer columns than the first one.")
    names = tsv().getvalue()

    rows = read(BytesIO(names + b"A-1\tshort\n" + tsv(row("B\x00", title="x"), row("C-3")).getvalue()[len(names) :]))

    assert rows[:2] == [short, RefusedRow(3, "B", "The id holds characters that are no text.")]
    assert isinstance(rows[2], FeedRow)


def test_a_line_with_more_columns_than_the_first_is_refused_and_empty_ones_at_its_end_are_not():
    names = tsv().getvalue()
    line, other = (tsv(row(sku)).getvalue()[len(names) :].rstrip(b"\n") for sku in ("A-1", "B-2"))

    rows = read(BytesIO(names + line + b"\tshifted\n" + other + b"\t\t\n"))

    assert rows[0] == RefusedRow(2, "A-1", "This line has more columns than the first one.")
    assert isinstance(rows[1], FeedRow)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + HEAD.partition("?>")[2] + "<item>&l9;</item></channel></rss>",
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><id>&x;</id></item></rss>',
        '<!DOCTYPE rss SYSTEM "http://localhost:1/evil.dtd"><rss><item><id>1</id></item></rss>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://localhost:1/evil.dtd"> %p;]><rss><item><id>1</id></item></rss>',
    ],
    ids=["billion laughs", "external entity", "external dtd", "parameter entity"],
)
def test_xml_with_a_document_type_is_refused_whole(content):
    with pytest.raises(UnreadableFeed, match="document type"):
        read(BytesIO(content.encode()))


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "<item><title>" + "x" * (MAX_ROW_BYTES * 3),
        HEAD + "<title>x</title>" * (MAX_ROW_BYTES // 5),
        HEAD + "<!--" + "x" * (MAX_ROW_BYTES * 3),
        "id\ttitle\tprice\tavailability\n" + "x" * (MAX_ROW_BYTES * 2),
    ],
    ids=["text", "elements", "comment", "line"],
)
def test_a_row_without_an_end_is_refused_before_it_fills_the_memory(content):
    with pytest.raises(UnreadableFeed, match="larger than a megabyte"):
        read(BytesIO(content.encode()))


class Endless(RawIOBase):
    """A feed of `rows` products that is made while it is read."""

    def __init__(self, rows: int) -> None:
        self.rows, self.left = rows, HEAD.encode()

    def read(self, size: int = -1) -> bytes:
        if not self.left and self.rows:
            item = xml(row(f"SKU-{self.rows}"), end="").getvalue()[len(HEAD) :]
            self.left, self.rows = item, self.rows - 1
            self.left += b"" if self.rows else b"</channel></rss>"
        part, self.left = self.left[:size], self.left[size:]
        return part

    def seek(self, offset: int, whence: int = 0) -> int:
        self.left = HEAD.encode()
        return 0


def test_memory_does_not_grow_with_the_size_of_the_feed():
    tracemalloc.start()
    try:
        for _ in read_feed(Endless(5000), now=NOW):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 2 * 1024 * 1024
