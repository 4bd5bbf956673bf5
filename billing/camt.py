"""Bank statements as the bank sends them: CAMT.053 (ISO 20022), versions 001.02 and 001.08. Reads no database.

- A file is read as a whole or refused as a whole, with a sentence for who uploaded it.
- It is read without document type, entities and network.
- Amounts carry a sign: what the account receives is positive. The opening balance and the booked entries make the
  closing balance, and the transactions of an entry make the entry.
- Pending entries are no money yet and are left out.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from billing.camt_faults import (
    DoesNotAddUp,
    HasDocumentType,
    Malformed,
    NotCamt053,
    NotXml,
    OtherAccount,
    OtherCurrency,
    ToldTwice,
    TooLarge,
)
from thuiswerk.lib.money import ZERO, cents, euro
from thuiswerk.lib.periods import amsterdam_date

MAX_BYTES = 10 * 1024 * 1024
ZIP = b"PK\x03\x04"
EURO = "EUR"
NAMESPACES = tuple(f"{{urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}}}" for version in ("02", "08"))
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
MAX_IDENTIFIER = 35
_AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One payment. `references` are the structured ones, in capitals and without spaces; `text` is what was written."""

    amount: Decimal
    end_to_end_id: str
    name: str
    iban: str
    references: tuple[str, ...]
    text: str
    return_reason: str


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A booked movement of the account. `is_reversal`: it takes an earlier one back, and `amount` is what that does."""

    position: int
    amount: Decimal
    is_reversal: bool
    booked_on: dt.date
    valued_on: dt.date
    bank_reference: str
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What happened on the account between two balances. `sequence` may be blank: not every bank counts."""

    identifier: str
    sequence: str
    iban: str
    ends_on: dt.date
    opening: Decimal
    closing: Decimal
    entries: tuple[StatementEntry, ...]

    @property
    def starts_on(self) -> dt.date:
        """The first day that something was booked; the last one where nothing was."""
        return min([entry.booked_on for entry in self.entries] + [self.ends_on])


def read_statements(content: bytes, *, iban: str) -> tuple[Statement, ...]:
    """The statements in a file of the bank, all of account `iban`, in their order. Refuses UnreadableStatement."""
    document = _document(content)
    statements = tuple(_statement(element, iban) for element in document.iterfind("BkToCstmrStmt/Stmt"))
    if not statements:
        raise NotCamt053(_("There is no bank statement in this file."))
    for identifier, times in Counter(statement.identifier for statement in statements).items():
        if times > 1:
            raise ToldTwice(_("Statement %(statement)s stands twice in this file.") % {"statement": identifier})
    return statements


def _document(content: bytes) -> Element:
    if len(content) > MAX_BYTES:
        raise TooLarge(_("The file is larger than 10 MB. Download the statements of a shorter period."))
    root = _parsed(content)
    for namespace in NAMESPACES:
        if root.tag == f"{namespace}Document":
            _drop(namespace, root)
            return root
    raise NotCamt053(
        _("This is not a bank statement in CAMT.053, version 02 or 08. Choose that format when you download it.")
    )


def _parsed(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise HasDocumentType(
            _("The file has a document type (DTD) or entities, which a bank statement never has.")
        ) from error
    # An encoding that nobody knows is a LookupError, one that cannot be read here a ValueError.
    except (ParseError, LookupError, ValueError) as error:
        if content.startswith(ZIP):
            raise NotXml(_("This is a ZIP file. Unpack it, and hand over the XML files in it one by one.")) from error
        raise NotXml(_("The file is not XML, or not all of it is there. Download it again.")) from error
    return root


def _drop(namespace: str, root: Element) -> None:
    """Leave elements their plain names. Those of another namespace keep theirs, and are never taken for ours."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(namespace)


def _statement(element: Element, iban: str) -> Statement:
    identifier = _identifier(element, "Id")
    if not identifier:
        raise Malformed(_("A statement has no identification."))
    _check_account(element, iban)
    opens, closes = _balance(element, OPENING, identifier), _balance(element, CLOSING, identifier)
    opening, closing, ends_on = _signed(opens), _signed(closes), _day(closes, "Dt")
    if ends_on is None:
        raise Malformed(_("Statement %(statement)s does not tell its last day.") % {"statement": identifier})
    entries = tuple(_entry(entry, place, iban) for place, entry in enumerate(_booked(element), start=1))
    _check_sum(identifier, opening, closing, sum((entry.amount for entry in entries), ZERO))
    sequence = _identifier(element, "ElctrncSeqNb")
    return Statement(identifier, sequence, _plain(iban), ends_on, opening, closing, entries)


def _check_account(element: Element, iban: str) -> None:
    account = _plain(_said(element, "Acct/Id/IBAN") or _said(element, "Acct/Id/Othr/Id"))
    if account != _plain(iban):
        raise OtherAccount(
            _("This is a statement of account %(account)s, and ours is %(ours)s.")
            % {"account": account[:MAX_IDENTIFIER] or "?", "ours": _plain(iban)}
        )


def _check_sum(identifier: str, opening: Decimal, closing: Decimal, booked: Decimal) -> None:
    if opening + booked != closing:
        raise DoesNotAddUp(
            _("Statement %(statement)s does not add up: %(opening)s and %(booked)s booked is not %(closing)s.")
            % {
                "statement": identifier,
                "opening": euro(opening),
                "booked": euro(booked),
                "closing": euro(closing),
            }
        )


def _balance(element: Element, kinds: tuple[str, ...], identifier: str) -> Element:
    """The balance of the first of `kinds` that the statement tells: the closing balance of the period before (PRCD) is
    by definition the opening balance of this one."""
    balances = {_said(balance, "Tp/CdOrPrtry/Cd"): balance for balance in element.iterfind("Bal")}
    for kind in kinds:
        if kind in balances:
            return balances[kind]
    raise Malformed(
        _("Statement %(statement)s does not tell both its opening and its closing balance.") % {"statement": identifier}
    )


def _booked(element: Element) -> Iterator[Element]:
    """The entries that are final: version 02 says so in `Sts`, version 08 in `Sts/Cd`."""
    for entry in element.iterfind("Ntry"):
        if "BOOK" in (_said(entry, "Sts"), _said(entry, "Sts/Cd")):
            yield entry


def _entry(element: Element, position: int, iban: str) -> StatementEntry:
    valued_on = _day(element, "ValDt")
    booked_on = _day(element, "BookgDt") or valued_on
    if booked_on is None:
        raise Malformed(_("Entry %(position)d has no date.") % {"position": position})
    amount, is_reversal = _signed(element), _said(element, "RvslInd") in ("true", "1")
    return StatementEntry(
        position=position,
        amount=amount,
        is_reversal=is_reversal,
        booked_on=booked_on,
        valued_on=valued_on or booked_on,
        bank_reference=_identifier(element, "AcctSvcrRef"),
        transactions=_transactions(element, amount, is_reversal, iban),
    )


def _transactions(entry: Element, amount: Decimal, is_reversal: bool, iban: str) -> tuple[Transaction, ...]:
    """The payments of an entry; one of the whole amount where the bank does not tell them apart to the cent."""
    details = list(entry.iterfind("NtryDtls/TxDtls"))
    amounts = [_part(detail, entry) for detail in details]
    told = [part for part in amounts if part is not None]
    if len(told) == len(details) and sum(told, ZERO) == amount:
        return tuple(
            _transaction([detail], part, is_reversal, iban) for detail, part in zip(details, told, strict=True)
        )
    return (_transaction(details, amount, is_reversal, iban),)


def _part(detail: Element, entry: Element) -> Decimal | None:
    """What one transaction adds to its entry, where that is told in euro."""
    amount = detail.find("Amt")
    if amount is None:
        amount = detail.find("AmtDtls/TxAmt/Amt")
    if amount is None or amount.get("Ccy") != EURO:
        return None
    return _direction(detail if detail.find("CdtDbtInd") is not None else entry) * _number(amount)


def _transaction(details: list[Element], amount: Decimal, is_reversal: bool, iban: str) -> Transaction:
    """One payment out of the `details` that speak of it: none, one, or all of an entry that cannot be taken apart."""
    only = details[0] if len(details) == 1 else Element("TxDtls")
    name, account = _counterparty(only, is_payer=(amount > 0) != is_reversal, iban=iban)
    references = (_plain(ref) for detail in details for ref in _all(detail, "RmtInf/Strd/CdtrRefInf/Ref"))
    return Transaction(
        amount=amount,
        end_to_end_id=_identifier(only, "Refs/EndToEndId").replace("NOTPROVIDED", ""),
        name=name,
        iban=account,
        references=tuple(dict.fromkeys(references)),
        text=" ".join(text for detail in details for text in _all(detail, "RmtInf/Ustrd")),
        return_reason=_identifier(only, "RtrInf/Rsn/Cd"),
    )


def _counterparty(detail: Element, *, is_payer: bool, iban: str) -> tuple[str, str]:
    """Name and IBAN of the other side. In a reversal the parties keep the places that they had in the payment; where a
    bank turns them round, ours stands in the place of the other, and then the other it is."""
    parties = [_party(detail, "Dbtr"), _party(detail, "Cdtr")]
    first, second = parties if is_payer else reversed(parties)
    return second if first[1] == _plain(iban) else first


def _party(detail: Element, role: str) -> tuple[str, str]:
    """Version 02 names a party directly, version 08 in `Pty`."""
    path = f"RltdPties/{role}"
    name = _said(detail, f"{path}/Nm") or _said(detail, f"{path}/Pty/Nm")
    account = _plain(_identifier(detail, f"{path}Acct/Id/IBAN"))
    return name, account


def _signed(element: Element) -> Decimal:
    """The amount of a balance or an entry. A reversal is no exception: `CdtDbtInd` is what it does, `RvslInd` why."""
    amount = element.find("Amt")
    if amount is None:
        raise Malformed(_("A balance or an entry has no amount."))
    if (currency := amount.get("Ccy")) != EURO:
        raise OtherCurrency(_("The statement has an amount in %(currency)s.") % {"currency": (currency or "?")[:3]})
    return _direction(element) * _number(amount)


def _direction(element: Element) -> int:
    match _said(element, "CdtDbtInd"):
        case "CRDT":
            return 1
        case "DBIT":
            return -1
    raise Malformed(_("An amount does not say whether it comes in or goes out."))


def _number(element: Element) -> Decimal:
    text = (element.text or "").strip()
    amount = Decimal(text) if _AMOUNT.fullmatch(text) else None
    if amount is None or amount != cents(amount):
        raise Malformed(_("“%(text)s” is not an amount in euro.") % {"text": text[:MAX_IDENTIFIER]})
    return cents(amount)


def _day(element: Element, path: str) -> dt.date | None:
    """A day as the bank tells it, in Amsterdam where it tells a moment."""
    text = _said(element, f"{path}/Dt")[:10] or _said(element, f"{path}/DtTm")
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return amsterdam_date(moment) if moment.tzinfo else moment.date()
    # Beyond the years 1 and 9999 a date is an OverflowError.
    except (ValueError, OverflowError) as error:
        raise Malformed(_("“%(text)s” is not a date.") % {"text": text[:MAX_IDENTIFIER]}) from error


def _identifier(element: Element, path: str) -> str:
    """A text that the standard keeps within 35 characters."""
    if len(text := _said(element, path)) > MAX_IDENTIFIER:
        raise Malformed(_("“%(text)s…” is longer than a statement may have it.") % {"text": text[:MAX_IDENTIFIER]})
    return text


def _said(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _all(element: Element, path: str) -> list[str]:
    return [text for found in element.iterfind(path) if (text := (found.text or "").strip())]


def _plain(code: str) -> str:
    """An IBAN or a reference in capitals and without spaces."""
    return "".join(code.split()).upper()
