"""Bank statements in CAMT.053: what is read out of them, and what is refused."""

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from billing import camt, camt_faults
from billing.camt import Statement, StatementEntry, Transaction, read_statements

OURS = "NL91ABNA0417164300"
STATEMENTS = Path(__file__).parent / "statements"
VERSION_02, VERSION_08 = ((STATEMENTS / f"version_{name}.xml").read_bytes() for name in ("02", "08"))
SECOND = VERSION_02[VERSION_02.index(b"<Stmt>") : VERSION_02.index(b"</BkToCstmrStmt>")]
NO_XML = "The file is not XML, or not all of it is there. Download it again."
NO_DTD = "The file has a document type (DTD) or entities, which a bank statement never has."
NO_CAMT = "This is not a bank statement in CAMT.053, version 02 or 08. Choose that format when you download it."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def with_entries(entries: str, *, opening: Decimal = Decimal(0), closing: Decimal = Decimal(0)) -> bytes:
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{abs(amount):.2f}</Amt>'
        f"<CdtDbtInd>{'DBIT' if amount < 0 else 'CRDT'}</CdtDbtInd><Dt><Dt>2026-11-03</Dt></Dt></Bal>"
        for kind, amount in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id>'
        f"<Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(amount: Decimal, *, details: str = "", status: str = "BOOK", extra: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{abs(amount):.2f}</Amt><CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>{extra}'
        f"<Sts>{status}</Sts><BookgDt><Dt>2026-11-02</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def detail(amount: str, currency: str = "EUR") -> str:
    return f'<TxDtls><AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls></TxDtls>'


def only_entry(content: bytes) -> StatementEntry:
    (statement,) = read_statements(content, iban=OURS)
    (found,) = statement.entries
    return found


def test_version_02_is_read():
    statements = read_statements(VERSION_02, iban=OURS)

    paid = Transaction(
        Decimal("1234.50"), "ACME-PAY-77", "Acme & Zonen B.V.", "NL20INGB0001234567", ("RF18539007547034",), "", ""
    )
    returned = Transaction(
        Decimal("-250.00"), "", "Globex N.V.", "BE68539007547034", (), "Factuur F2026-0002 oktober", "AC04"
    )
    second, third = dt.date(2026, 11, 2), dt.date(2026, 11, 3)
    entries = (
        StatementEntry(1, Decimal("1234.50"), False, second, third, "BANK-0001", (paid,)),
        StatementEntry(2, Decimal("-250.00"), True, second, second, "BANK-0002", (returned,)),
    )
    assert statements == (
        Statement("S-2026-211", "211", OURS, second, Decimal("1000.00"), Decimal("1984.50"), entries),
    )


def test_version_08_is_read_with_each_payment_of_a_batch():
    statements = read_statements(VERSION_08, iban=OURS)

    first = Transaction(Decimal("100.00"), "E2E-1", "Acme B.V.", "NL20INGB0001234567", (), "RF18 5390 0754 7034", "")
    both = ("RF03F20260001", "RF73F20260002")
    second = Transaction(Decimal("200.00"), "E2E-2", "Globex N.V.", "", both, "", "")
    day = dt.date(2026, 11, 3)
    batch = StatementEntry(1, Decimal("300.00"), False, day, day, "BATCH-1", (first, second))
    assert statements == (Statement("S-2026-212", "", OURS, day, Decimal("-100.00"), Decimal("200.00"), (batch,)),)


def test_own_iban_may_be_written_in_fours():
    (statement,) = read_statements(VERSION_08, iban="nl91 abna 0417 1643 00")

    assert statement.iban == OURS


def test_opening_balance_goes_before_that_of_the_period_before():
    content = VERSION_08.replace(
        b"<Ntry>",
        b'<Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
        b"<Ntry>",
        1,
    )

    (statement,) = read_statements(content, iban=OURS)

    assert statement.opening == Decimal("-100.00")


def test_reversal_of_what_we_paid_comes_in():
    reversal = entry(Decimal(40), extra="<RvslInd>true</RvslInd>", details=parties("NL44RABO0123456789", payer=OURS))

    found = only_entry(with_entries(reversal, closing=Decimal(40)))

    assert (found.amount, found.is_reversal) == (Decimal("40.00"), True)
    assert found.transactions[0].iban == "NL44RABO0123456789"


@pytest.mark.parametrize("reversal", ["<RvslInd>true</RvslInd>", ""])
def test_own_account_is_never_the_other_side(reversal):
    turned_round = entry(Decimal(40), extra=reversal, details=parties(OURS, payer="NL44RABO0123456789"))

    found = only_entry(with_entries(turned_round, closing=Decimal(40)))

    assert found.transactions[0].iban == "NL44RABO0123456789"


@pytest.mark.parametrize(("amount", "name"), [(Decimal(-40), "Globex N.V."), (Decimal(40), "Thuiswerk BV")])
def test_parties_of_a_reversal_keep_their_places(amount, name):
    names = "<Dbtr><Nm>Globex N.V.</Nm></Dbtr><Cdtr><Nm>Thuiswerk BV</Nm></Cdtr>"
    details = f"<TxDtls><RltdPties>{names}</RltdPties></TxDtls>"

    found = only_entry(with_entries(entry(amount, extra="<RvslInd>1</RvslInd>", details=details), closing=amount))

    assert found.transactions[0].name == name


def test_entry_without_booking_date_has_its_value_date():
    content = VERSION_02.replace(b"<BookgDt><Dt>2026-11-02</Dt></BookgDt>", b"")

    (statement,) = read_statements(content, iban=OURS)

    assert statement.entries[0].booked_on == dt.date(2026, 11, 3)


def parties(payee: str, *, payer: str) -> str:
    return (
        f"<TxDtls><RltdPties><DbtrAcct><Id><IBAN>{payer}</IBAN></Id></DbtrAcct>"
        f"<CdtrAcct><Id><IBAN>{payee}</IBAN></Id></CdtrAcct></RltdPties></TxDtls>"
    )


@pytest.mark.parametrize(
    "details",
    [
        "",
        detail("60.00") + detail("39.99"),
        detail("60.00") + detail("40.00") + "<TxDtls/>",
        detail("60.00", "USD") + detail("40.00", "USD"),
    ],
)
def test_entry_that_is_not_told_apart_to_the_cent_is_one_payment(details):
    found = only_entry(with_entries(entry(Decimal(100), details=details), closing=Decimal(100)))

    assert [transaction.amount for transaction in found.transactions] == [Decimal("100.00")]


def test_batch_that_is_not_told_apart_keeps_what_was_written():
    details = "".join(
        f"<TxDtls><RmtInf><Ustrd>{text}</Ustrd><Strd><CdtrRefInf><Ref>{ref}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
        for text, ref in (("een", "RF1"), ("twee", "RF2"), ("drie", "RF1"))
    )

    found = only_entry(with_entries(entry(Decimal(9), details=details), closing=Decimal(9)))

    (transaction,) = found.transactions
    assert (transaction.text, transaction.references) == ("een twee drie", ("RF1", "RF2"))


@pytest.mark.parametrize(
    ("content", "refusal", "sentence"),
    [
        (b"", camt.NotXml, NO_XML),
        (b"\x00\xff\xfe", camt.NotXml, NO_XML),
        (b":20:MT940", camt.NotXml, NO_XML),
        (VERSION_02[:900], camt.NotXml, NO_XML),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', camt.NotXml, NO_XML),
        (b'<?xml version="1.0" encoding="shift_jis"?><a/>', camt.NotXml, NO_XML),
        (b'<!DOCTYPE a SYSTEM "http://evil.example/a.dtd"><a/>', camt.HasDocumentType, NO_DTD),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', camt.HasDocumentType, NO_DTD),
        (b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>', camt.HasDocumentType, NO_DTD),
        (b"<Document/>", camt.NotCamt053, NO_CAMT),
        (VERSION_02.replace(b"camt.053.001.02", b"camt.052.001.02"), camt.NotCamt053, NO_CAMT),
        (VERSION_02.replace(b"camt.053.001.02", b"camt.053.001.04"), camt.NotCamt053, NO_CAMT),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
            camt.NotCamt053,
            "There is no bank statement in this file.",
        ),
        (
            VERSION_02.replace(
                b"<IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>", b"<IBAN>NL20INGB0001234567</IBAN></Id><Ccy>"
            ),
            camt.OtherAccount,
            f"This is a statement of account NL20INGB0001234567, and ours is {OURS}.",
        ),
        (
            VERSION_02.replace(b'Ccy="EUR">250.00', b'Ccy="USD">250.00'),
            camt.OtherCurrency,
            "The statement has an amount in USD.",
        ),
        (
            VERSION_02.replace(b">250.00<", b">250.01<"),
            camt.DoesNotAddUp,
            "Statement S-2026-211 does not add up: € 1.000,00 and € 984,49 booked is not € 1.984,50.",
        ),
        (
            VERSION_02.replace(b"CLBD", b"CLAV"),
            camt.Malformed,
            "Statement S-2026-211 does not tell both its opening and its closing balance.",
        ),
        (VERSION_02.replace(b"<Id>S-2026-211</Id>", b""), camt.Malformed, "A statement has no identification."),
        (
            VERSION_02.replace(b"BANK-0001", b"X" * 36),
            camt.Malformed,
            f"“{'X' * 35}…” is longer than a statement may have it.",
        ),
        (
            VERSION_02.replace(b">DBIT<", b">OUT<"),
            camt.Malformed,
            "An amount does not say whether it comes in or goes out.",
        ),
        (
            VERSION_02.replace(b'<Amt Ccy="EUR">250.00</Amt>', b""),
            camt.Malformed,
            "A balance or an entry has no amount.",
        ),
        (
            VERSION_02.replace(b"<Dt>2026-11-03</Dt>", b"<Dt>2026-02-30</Dt>"),
            camt.Malformed,
            "“2026-02-30” is not a date.",
        ),
        (
            VERSION_02.replace(b"2026-11-01T23:30:00Z", b"0001-01-01T00:00:00+14:00"),
            camt.Malformed,
            "“0001-01-01T00:00:00+14:00” is not a date.",
        ),
        (
            b"PK\x03\x04\x14\x00\x00\x00",
            camt.NotXml,
            "This is a ZIP file. Unpack it, and hand over the XML files in it one by one.",
        ),
        (
            VERSION_02.replace(b"<Dt><Dt>2026-11-02</Dt></Dt>", b""),
            camt.Malformed,
            "Statement S-2026-211 does not tell its last day.",
        ),
        (
            VERSION_02.replace(b"</BkToCstmrStmt>", SECOND + b"</BkToCstmrStmt>"),
            camt.ToldTwice,
            "Statement S-2026-211 stands twice in this file.",
        ),
        (
            VERSION_02.replace(b"<BookgDt><DtTm>2026-11-01T23:30:00Z</DtTm></BookgDt>", b""),
            camt.Malformed,
            "Entry 2 has no date.",
        ),
    ],
)
def test_file_that_is_no_good_is_refused_and_told_why(content, refusal, sentence):
    with pytest.raises(camt_faults.UnreadableStatement) as told:
        read_statements(content, iban=OURS)

    assert (type(told.value), str(told.value).replace("\N{NO-BREAK SPACE}", " ")) == (refusal, sentence)


@pytest.mark.parametrize("amount", ["-250.00", "250.001", "2,50", "NaN", "1e3", "٢٥٠", "", "12345678901.00"])
def test_amount_that_is_none_is_refused(amount):
    content = VERSION_02.replace(b">250.00<", f">{amount}<".encode())

    with pytest.raises(camt.Malformed) as told:
        read_statements(content, iban=OURS)

    assert str(told.value) == f"“{amount}” is not an amount in euro."


def test_one_statement_of_another_account_refuses_the_whole_file():
    other = VERSION_08.replace(OURS.encode(), b"NL20INGB0001234567")
    second = other[other.index(b"<Stmt>") : other.index(b"</BkToCstmrStmt>")]
    content = VERSION_08.replace(b"</BkToCstmrStmt>", second + b"</BkToCstmrStmt>")

    with pytest.raises(camt.OtherAccount):
        read_statements(content, iban=OURS)


def test_element_of_another_namespace_is_never_taken_for_a_statement():
    foreign = with_entries("").replace(b"<Stmt>", b'<Stmt xmlns="urn:other">')

    with pytest.raises(camt.NotCamt053):
        read_statements(foreign, iban=OURS)


def test_file_over_the_limit_is_refused_before_it_is_parsed():
    with pytest.raises(camt.TooLarge):
        read_statements(b"<" * (camt.MAX_BYTES + 1), iban=OURS)


def test_file_of_nothing_but_depth_is_refused_at_once():
    started = time.process_time()

    with pytest.raises(camt.NotCamt053):
        read_statements(b"<a>" * 500_000 + b"</a>" * 500_000, iban=OURS)

    assert time.process_time() - started < 10


CENTS = st.integers(-(10**9), 10**9).filter(bool).map(lambda number: Decimal(number) / 100)


@given(opening=CENTS, booked=st.lists(CENTS, max_size=8), pending=st.lists(CENTS, max_size=3))
def test_statement_that_adds_up_is_read_to_the_cent(opening, booked, pending):
    entries = [entry(amount) for amount in booked] + [entry(amount, status="PDNG") for amount in pending]

    (statement,) = read_statements(
        with_entries("".join(entries), opening=opening, closing=opening + sum(booked)), iban=OURS
    )

    assert [found.amount for found in statement.entries] == booked
    assert (statement.opening, statement.closing) == (opening, opening + sum(booked))


@given(opening=CENTS, booked=st.lists(CENTS, max_size=8), wrong_by=CENTS)
def test_statement_that_does_not_add_up_is_refused(opening, booked, wrong_by):
    entries = "".join(entry(amount) for amount in booked)
    content = with_entries(entries, opening=opening, closing=opening + sum(booked) + wrong_by)

    with pytest.raises(camt.DoesNotAddUp):
        read_statements(content, iban=OURS)


@given(amounts=st.lists(st.integers(1, 10**7).map(lambda number: Decimal(number) / 100), min_size=1, max_size=6))
def test_payments_of_a_batch_make_its_entry(amounts):
    batch = entry(-sum(amounts), details="".join(detail(f"{amount:.2f}") for amount in amounts))

    found = only_entry(with_entries(batch, closing=-sum(amounts)))

    assert [transaction.amount for transaction in found.transactions] == [-amount for amount in amounts]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_but_a_refusal_comes_out_of_noise(noise):
    with pytest.raises(camt_faults.UnreadableStatement):
        read_statements(noise, iban=OURS)


@given(cut=st.integers(0, len(VERSION_02) - 10), put=st.binary(max_size=6), take=st.integers(0, 40))
def test_damaged_file_is_read_or_refused_and_nothing_else(cut, put, take):
    damaged = VERSION_02[:cut] + put + VERSION_02[cut + take :]

    try:
        statements = read_statements(damaged, iban=OURS)
    except camt_faults.UnreadableStatement:
        return
    for statement in statements:
        assert statement.opening + sum(found.amount for found in statement.entries) == statement.closing
