"""What a list of employees would do: each row with its verdict, compared with what is known, a portal or nothing yet.

Nothing here reads a file or the database, and no row is changed by it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.mail_domain import doubt_about
from onboarding.roster_row import Row


class Verdict(models.TextChoices):
    """What a row comes to; what needs attention comes first."""

    WRONG = "wrong", _("wrong")
    DOUBLE = "double", _("double")
    NEW = "new", _("new")
    CHANGED = "changed", _("other cost centre")
    KNOWN = "known", _("known")


WARNINGS = "warnings"


@dataclass(frozen=True)
class Known:
    """What a list is compared with: who is on the roster, by e-mail with the cost centre; the staff numbers in use; the
    addresses that belong elsewhere; and why no credit can be given, where it cannot."""

    cost_centres: dict[str, str] = field(default_factory=dict)
    staff_numbers: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    no_credit: str = ""


NOBODY = Known()


@dataclass
class CheckedRow:
    """A row with what will happen to it, the credit in euro that it brings, the cost centre that it replaces, and what
    is wrong or doubtful, per field."""

    row: Row
    verdict: Verdict
    amount: Decimal
    replaces: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def is_doubtful(self) -> bool:
        """Whether it will do, but should be looked at."""
        return bool(self.warnings) and self.verdict != Verdict.WRONG


def check_list(
    rows: Sequence[Row], *, amount: Decimal, against: Known = NOBODY, domains: Sequence[str] = ()
) -> list[CheckedRow]:
    """Every row with its verdict, in their order. `amount` is the credit in euro of who has none in the list, `domains`
    are those of the company's mail; without any, every address will do."""
    people = {(row.email, row.staff_number) for row in rows if row.staff_number}
    times = Counter(number for _email, number in people)
    seen: set[str] = set()
    checked = []
    for row in rows:
        one = CheckedRow(
            row=row,
            verdict=_verdict(row, against, seen),
            amount=_amount(row, amount),
            replaces=against.cost_centres.get(row.email, ""),
            errors=dict(row.errors),
            warnings=dict(row.warnings),
        )
        if one.verdict == Verdict.NEW:
            _find_clashes(one, against, times)
        if one.verdict in (Verdict.NEW, Verdict.WRONG) and "email" not in one.errors:
            _find_doubt(one, domains)
        seen.add(row.email)
        checked.append(one)
    return checked


def worst_first(rows: Iterable[CheckedRow], *, shown: str = "") -> list[CheckedRow]:
    """The rows in the order in which they need attention; only those of a verdict, or with warnings, where `shown` says
    so."""
    order = {verdict: place for place, verdict in enumerate(Verdict)}
    kept = [one for one in rows if shown in ("", one.verdict) or (shown == WARNINGS and one.is_doubtful)]
    return sorted(kept, key=lambda one: (order[one.verdict], not one.warnings))


def count_verdicts(rows: Iterable[CheckedRow]) -> dict[str, int]:
    """How many rows there are of each verdict, by its value, and how many `warnings` say something of a row that is
    not wrong."""
    counts: Counter[str] = Counter()
    for one in rows:
        counts[one.verdict.value] += 1
        counts[WARNINGS] += one.is_doubtful
    return {name: counts[name] for name in (*Verdict.values, WARNINGS)}


def _verdict(row: Row, against: Known, seen: set[str]) -> Verdict:
    if row.errors:
        return Verdict.WRONG
    if row.email in seen:
        return Verdict.DOUBLE
    if row.email not in against.cost_centres:
        return Verdict.NEW
    return Verdict.CHANGED if row.cost_centre not in ("", against.cost_centres[row.email]) else Verdict.KNOWN


def _amount(row: Row, amount: Decimal) -> Decimal:
    if "amount" in row.errors:
        return Decimal("0.00")
    return amount if row.amount is None else Decimal(row.amount)


def _find_clashes(one: CheckedRow, against: Known, times: Counter[str]) -> None:
    if one.row.email in against.elsewhere:
        one.errors["email"] = gettext(
            "This address takes part in a portal of another company, or belongs to the back office."
        )
    if one.row.staff_number in against.staff_numbers:
        one.errors["staff_number"] = gettext("This staff number is in use in this portal.")
    elif times[one.row.staff_number] > 1:
        one.errors["staff_number"] = gettext("This staff number stands in the list more than once.")
    if one.amount and against.no_credit:
        one.errors["amount"] = against.no_credit
    if one.errors:
        one.verdict = Verdict.WRONG


def _find_doubt(one: CheckedRow, domains: Sequence[str]) -> None:
    if told := doubt_about(one.row.email, domains):
        one.warnings["email"] = told
