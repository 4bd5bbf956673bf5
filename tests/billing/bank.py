"""Bank statements and payments for tests: files as the bank sends them, and rows as an import leaves them."""

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from accounts.models import User
from billing.models import Allocation, BankEntry, BankStatement, Basis, Invoice
from tests.world import NOW

OURS = "NL91ABNA0417164300"
TODAY = NOW.date()
_serial = itertools.count(1)


def make_bank_entry(actor: User, amount: str, *, booked_on: dt.date | None = None, **fields: object) -> BankEntry:
    """A payment on a statement of its own."""
    day, number = booked_on or TODAY, next(_serial)
    statement = BankStatement.objects.create(
        iban=OURS,
        identifier=f"S-{number}",
        starts_on=day,
        ends_on=day,
        opening=Decimal("0.00"),
        closing=Decimal(amount),
        file_sha256=f"{number:064d}",
        imported_at=NOW,
        imported_by=actor,
    )
    return BankEntry.objects.create(
        statement=statement,
        position=1,
        part=1,
        source=f"test:{number}",
        booked_on=day,
        amount=Decimal(amount),
        **fields,
    )


def make_payment(actor: User, invoice: Invoice, amount: str) -> Allocation:
    """A payment that is all for `invoice`."""
    entry = make_bank_entry(actor, amount)
    return Allocation.objects.create(
        portal=invoice.portal, entry=entry, invoice=invoice, amount=entry.amount, basis=Basis.PERSON, placed_at=NOW
    )


@dataclass(frozen=True)
class Paid:
    """A payment as the bank tells it."""

    amount: str
    text: str = ""
    reference: str = ""
    name: str = "Acme Nederland B.V."
    iban: str = "NL20INGB0001234567"
    end_to_end_id: str = "NOTPROVIDED"
    bank_reference: str = ""
    day: dt.date = TODAY
    is_reversal: bool = False
    return_reason: str = ""

    def xml(self, version: str) -> str:
        amount = Decimal(self.amount)
        status = "<Sts><Cd>BOOK</Cd></Sts>" if version == "08" else "<Sts>BOOK</Sts>"
        known_by = f"<AcctSvcrRef>{self.bank_reference}</AcctSvcrRef>" if self.bank_reference else ""
        reversal = "<RvslInd>true</RvslInd>" if self.is_reversal else ""
        return (
            f"<Ntry>{_amount(amount)}{reversal}{status}<BookgDt><Dt>{self.day}</Dt></BookgDt>{known_by}<NtryDtls><TxDtls>"
            f"<Refs><EndToEndId>{self.end_to_end_id}</EndToEndId></Refs>{self._parties(version)}"
            f"<RmtInf><Ustrd>{escape(self.text)}</Ustrd>"
            f"<Strd><CdtrRefInf><Ref>{self.reference}</Ref></CdtrRefInf></Strd></RmtInf>"
            f"<RtrInf><Rsn><Cd>{self.return_reason}</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>"
        )

    def _parties(self, version: str) -> str:
        role = "Dbtr" if (Decimal(self.amount) > 0) != self.is_reversal else "Cdtr"
        name = f"<Nm>{escape(self.name)}</Nm>"
        party = f"<Pty>{name}</Pty>" if version == "08" else name
        account = f"<{role}Acct><Id><IBAN>{self.iban}</IBAN></Id></{role}Acct>"
        return f"<RltdPties><{role}>{party}</{role}>{account}</RltdPties>"


def camt(*payments: Paid, identifier: str = "S-1", opening: str = "0.00", version: str = "02") -> bytes:
    """A file of the bank with one statement, on which each of `payments` is an entry."""
    total = sum((Decimal(payment.amount) for payment in payments), Decimal(opening))
    last = max([payment.day for payment in payments], default=TODAY)
    body = f"<Id>{identifier}</Id><Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>{_balance('OPBD', Decimal(opening), last)}"
    entries = "".join(payment.xml(version) for payment in payments)
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<Stmt>{body}{_balance('CLBD', total, last)}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, amount: Decimal, day: dt.date) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _amount(amount: Decimal) -> str:
    return f'<Amt Ccy="EUR">{abs(amount):.2f}</Amt><CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>'
