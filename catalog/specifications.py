"""What a list offers of the specifications of its products, and what a visitor asks of them in the address.

`spec-kleur=zwart` asks for a value, `from-hoogte-cm=60` and `to-hoogte-cm=120` for a number between; behind the first
dash stands the key of a `SpecificationLine`. A product whose number is a range fits when the two ranges meet.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext

from catalog.models import localized
from catalog.specification_models import SpecificationLine

VALUE, LOW, HIGH = "spec-", "from-", "to-"
# So many specifications one address may ask for, and so long a key may be.
MOST_ASKED = 10
LONGEST_KEY = 120


class Specification(NamedTuple):
    """A specification that products of a list have. `span`: its lowest and highest number, None where all its values
    are texts. `values`: the most frequent texts, in Dutch and English, with how many products have it."""

    key: str
    name_nl: str
    name_en: str
    span: list[Decimal | None] | None
    values: list[tuple[str, str, int]]

    @property
    def name(self) -> str:
        return localized(self.name_nl, self.name_en)

    def has(self, value: str) -> bool:
        """Whether a product of the list has a value that is among `values`."""
        return any(value == value_nl for value_nl, _english, _number in self.values)

    def label(self, value: str) -> str:
        """A value, as it reads."""
        english = {value_nl: value_en for value_nl, value_en, _number in self.values}
        return localized(value, english.get(value, value))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the specification `key`: one of `values`, or a number from `low` to `high`."""

    key: str
    values: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """The parameters of an address that ask this."""
        yield from ((f"{VALUE}{self.key}", value) for value in self.values)
        ends = {LOW: self.low, HIGH: self.high}
        yield from ((f"{prefix}{self.key}", f"{end:f}") for prefix, end in ends.items() if end is not None)

    @property
    def condition(self) -> Q:
        """What it asks of a product."""
        numbers = Q()
        if self.low is not None:
            numbers &= Q(high__gte=self.low)
        if self.high is not None:
            numbers &= Q(low__lte=self.high)
        values = Q(value_nl__in=self.values) if self.values else Q()
        lines = SpecificationLine.objects.filter(values | numbers, key=self.key)
        return Q(specification_ids__overlap=ArraySubquery(lines.values("pk")))

    def parts(self, said: Specification | None) -> Iterator[tuple[str, "Asked", bool]]:
        """Each part of it as it reads, with what is still asked without that part and whether it is in what is said."""
        has_numbers = bool(said and said.span)
        name = said.name if said else self.key
        for value in self.values:
            rest = tuple(other for other in self.values if other != value)
            label = f"{name}: {said.label(value) if said else value}"
            yield label, replace(self, values=rest), bool(said and said.has(value))
        if self.low is not None:
            told = {"name": name, "number": number_format(self.low)}
            yield gettext("%(name)s from %(number)s") % told, replace(self, low=None), has_numbers
        if self.high is not None:
            told = {"name": name, "number": number_format(self.high)}
            yield gettext("%(name)s up to %(number)s") % told, replace(self, high=None), has_numbers


def asked_keys(names: Iterable[str]) -> list[str]:
    """The keys that parameters of these names ask for; of too many the first."""
    keys = {name.partition("-")[2] for name in names if name.startswith((VALUE, LOW, HIGH))}
    return sorted(key for key in keys if 0 < len(key) <= LONGEST_KEY and "\x00" not in key)[:MOST_ASKED]


def what_is_asked(keys: Iterable[str], read: Mapping[str, Any]) -> tuple[Asked, ...]:
    """What is asked of the specifications with these `keys`, by what was read of the address."""
    every = (
        Asked(
            key,
            tuple(sorted(set(filter(None, read.get(f"{VALUE}{key}", []))))),
            read.get(f"{LOW}{key}"),
            read.get(f"{HIGH}{key}"),
        )
        for key in keys
    )
    return tuple(asked for asked in every if asked != Asked(asked.key))
