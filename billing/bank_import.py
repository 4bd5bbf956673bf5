"""Bank statements into the books: a file of the bank is taken in as a whole, once, and matched with what is open.

- Everything is written in one transaction, or nothing is; one import at a time.
- What is known is left as it is: a statement by account and identification, an entry by the reference of the bank.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from billing.camt import Statement, StatementEntry, Transaction, read_statements
from billing.camt_faults import UnreadableStatement
from billing.matching import match
from billing.models import Allocation, BankEntry, BankStatement
from thuiswerk.lib.periods import amsterdam_date


class StatementDiffers(UnreadableStatement):
    """A statement that was imported before said something else."""


class NoAccount(UnreadableStatement):
    """The installation does not say which account is the operator's."""


class NotYet(UnreadableStatement):
    """A statement of days that are still to come."""


@dataclass(frozen=True)
class Imported:
    """What an import wrote. `known`: how many statements of the file were in the books already."""

    statements: list[BankStatement]
    entries: list[BankEntry]
    allocations: list[Allocation]
    known: int


@transaction.atomic
def import_statement(content: bytes, *, now: dt.datetime, actor: User) -> Imported:
    """Take in a file of the bank (CAMT.053) and place the payments that are beyond doubt. What is known already is not
    written again, so that the same file may come as often as it likes. Refuses UnreadableStatement.
    """
    if not settings.OPERATOR["iban"]:
        raise NoAccount(_("Set OPERATOR_IBAN first: statements of other accounts are refused."))
    statements = read_statements(content, iban=settings.OPERATOR["iban"])
    _check_days(statements, amsterdam_date(now))
    _one_at_a_time()
    new = [statement for statement in statements if not _is_known(statement)]
    digest = sha256(content).hexdigest()
    rows = [_write_statement(statement, digest, now, actor) for statement in new]
    entries = [entry for statement, row in zip(new, rows, strict=True) for entry in _write_entries(statement, row)]
    in_order = sorted(entries, key=lambda entry: (entry.booked_on, entry.pk))
    allocations = [allocation for entry in in_order for allocation in match(entry, now=now)]
    return Imported(rows, entries, allocations, known=len(statements) - len(new))


def gaps() -> list[tuple[BankStatement, BankStatement]]:
    """Each two statements of an account between which something is missing: the second does not open as the first
    closed. Statements may overlap, and one that told nothing new says nothing of what is missing."""
    news = BankStatement.objects.filter(Exists(BankEntry.objects.filter(statement=OuterRef("pk"))))
    return [
        (before, after)
        for before, after in pairwise(news.order_by("iban", "ends_on", "starts_on", "pk"))
        if before.iban == after.iban and after.starts_on >= before.ends_on and before.closing != after.opening
    ]


def _check_days(statements: Iterable[Statement], today: dt.date) -> None:
    """Refuses NotYet for a statement that ends, or books something, after `today`."""
    for statement in statements:
        last = max([statement.ends_on, *(entry.booked_on for entry in statement.entries)])
        if last > today:
            raise NotYet(
                _("Statement %(statement)s speaks of %(day)s, which is still to come.")
                % {"statement": statement.identifier, "day": date_format(last, "j F Y")}
            )


def _one_at_a_time() -> None:
    """Wait for another import to end, and keep others waiting until this one does."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {BankStatement._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _is_known(statement: Statement) -> bool:
    """Refuses StatementDiffers where the books have it with other days or balances."""
    known = BankStatement.objects.filter(iban=statement.iban, identifier=statement.identifier).first()
    if known is None:
        return False
    if (known.ends_on, known.opening, known.closing) != (statement.ends_on, statement.opening, statement.closing):
        raise StatementDiffers(
            _("Statement %(statement)s was imported before, with other days or balances.")
            % {"statement": statement.identifier}
        )
    return True


def _write_statement(statement: Statement, digest: str, now: dt.datetime, actor: User) -> BankStatement:
    return BankStatement.objects.create(
        iban=statement.iban,
        identifier=statement.identifier,
        sequence=statement.sequence,
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        opening=statement.opening,
        closing=statement.closing,
        file_sha256=digest,
        imported_at=now,
        imported_by=actor,
    )


def _write_entries(statement: Statement, row: BankStatement) -> list[BankEntry]:
    """The payments of a statement that are not in the books yet; the bank may tell one in two statements."""
    told = dict(_sources(statement))
    known = set(BankEntry.objects.filter(source__in=told).values_list("source", flat=True))
    return BankEntry.objects.bulk_create(
        _entry(row, source, *payment) for source, payment in told.items() if source not in known
    )


Payment = tuple[StatementEntry, int, Transaction]


def _sources(statement: Statement) -> Iterator[tuple[str, Payment]]:
    """What each payment is known by. A bank may give two entries the same reference: then their order tells them apart.
    Without one an entry is known by its place on the statement."""
    seen: Counter[str] = Counter()
    for entry in statement.entries:
        known_by = f"{statement.iban}:{statement.identifier}:{entry.position}"
        if entry.bank_reference:
            known_by = f"{statement.iban}:{entry.bank_reference}:{entry.booked_on}:{entry.amount}"
        seen[known_by] += 1
        for part, payment in enumerate(entry.transactions, start=1):
            if payment.amount:
                yield f"{known_by}:{seen[known_by]}:{part}", (entry, part, payment)


def _entry(row: BankStatement, source: str, entry: StatementEntry, part: int, payment: Transaction) -> BankEntry:
    return BankEntry(
        statement=row,
        position=entry.position,
        part=part,
        source=source,
        booked_on=entry.booked_on,
        amount=payment.amount,
        is_reversal=entry.is_reversal or bool(payment.return_reason),
        bank_reference=entry.bank_reference,
        end_to_end_id=payment.end_to_end_id,
        name=payment.name,
        iban=payment.iban,
        references=" ".join(payment.references),
        text=payment.text,
    )
