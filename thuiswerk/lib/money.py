"""Amounts in euro: `Decimal` with two places. Rounding of money happens here and nowhere else."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from thuiswerk.lib.numbers import read_number

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """`amount` rounded half up to whole cents, the customary commercial rounding."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def vat_within(gross: Decimal, rate: Decimal) -> Decimal:
    """The VAT in euro that is contained in `gross` (incl. VAT) at `rate` per cent."""
    return cents(gross * rate / (100 + rate))


def allocate(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split `total` over `weights` in whole cents so that the parts add up (largest remainder, earlier ones first).

    `weights` are amounts of zero or more. Refuses (ValueError) to split an amount over weights that add up to nothing.
    """
    whole = sum(weights, ZERO)
    if not whole:
        if total:
            raise ValueError("Cannot split an amount over nothing.")
        return [ZERO for _ in weights]
    exact = [total * weight / whole for weight in weights]
    parts = [part.quantize(CENT, rounding=ROUND_DOWN) for part in exact]
    missing = int((total - sum(parts, ZERO)) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in by_remainder[:missing]:
        parts[i] += CENT
    return parts


def euro(amount: Decimal) -> str:
    """`amount` as it stands on every page and document: `€ 1.234,50`, a negative one as `-€ 1.234,50`."""
    sign = "-" if amount < 0 else ""
    digits = f"{abs(cents(amount)):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{sign}€\N{NO-BREAK SPACE}{digits}"


def read_amount(text: str) -> Decimal | None:
    """Euro as people write it, by the rule of `read_number`: `49,5`, `€ 1.234,50`, `1,234.50`, `250,-`. None where it
    is no amount, has more than two decimals or is less than nothing."""
    amount = read_number(text.replace("€", "").replace("EUR", "").strip().removesuffix(",-"))
    return amount if amount is not None and int(amount.as_tuple().exponent) >= -2 else None
