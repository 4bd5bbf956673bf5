"""The form in which a visitor narrows a list of products down, and how an address is read by it.

What cannot be understood is told at its field and otherwise ignored, so that an address never fails. Numbers and
amounts may be typed the Dutch or the English way, in either language: `thuiswerk.lib.numbers` has the rule.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.filters import Filters, Sort
from catalog.specifications import HIGH, LOW, VALUE, asked_keys, what_is_asked
from thuiswerk.lib.money import read_amount
from thuiswerk.lib.numbers import read_number

MOST_CHOICES = 20


class WordsField(forms.MultipleChoiceField):
    """Any words, several times; a choice that nobody offers finds nothing."""

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_CHOICES:
            raise ValidationError(_("Choose fewer of these at a time."), code="many")
        for word in value:
            ProhibitNullCharactersValidator()(word)


class NumberField(forms.DecimalField):
    """A number of zero or more."""

    default_error_messages = {"invalid": _("Type a number such as 12 or 12,5.")}  # noqa: RUF012
    read = staticmethod(read_number)

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_digits": 12, "decimal_places": 4} | kwargs, required=False, widget=widget)

    def to_python(self, value: str | None) -> Decimal | None:  # type: ignore[override]
        typed = (value or "").strip()
        number = self.read(typed)
        if typed and number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class AmountField(NumberField):
    """An amount in euro."""

    default_error_messages = {"invalid": _("Type an amount such as 49 or 49,95.")}  # noqa: RUF012
    read = staticmethod(read_amount)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, **kwargs)


class FilterForm(forms.Form):
    """The filters of a list of products."""

    category = WordsField(required=False)
    brand = WordsField(required=False)
    price_from = AmountField(label=_("From (€)"))
    price_to = AmountField(label=_("Up to (€)"))
    stock = forms.BooleanField(required=False)
    credit = forms.BooleanField(required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        error_messages={"invalid_choice": _("This order does not exist, so you see the usual one.")},
    )

    def __init__(self, data: Mapping[str, Any], *, orders: list[Sort], keys: Iterable[str] = ()) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["sort"].choices = [(order.value, order.label) for order in orders]  # type: ignore[attr-defined]

        self.keys = list(keys)
        for key in self.keys:
            self.fields[f"{VALUE}{key}"] = WordsField(required=False)
            self.offer_range(key)

    def offer_range(self, key: str) -> None:
        """Have fields for the numbers of a specification."""
        self.fields.setdefault(f"{LOW}{key}", NumberField(label=_("From")))
        self.fields.setdefault(f"{HIGH}{key}", NumberField(label=_("Up to")))

    def clean(self) -> dict[str, Any]:
        ranges = [("price_from", "price_to"), *((f"{LOW}{key}", f"{HIGH}{key}") for key in self.keys)]
        for first, last in ranges:
            low, high = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if low is not None and high is not None and low > high:
                self.add_error(last, _("This is less than the lowest, so it is ignored."))
        return self.cleaned_data


def read_filters(data: QueryDict, *, orders: list[Sort], words: str = "") -> tuple[FilterForm | None, Filters]:
    """The form that `data` fills in, None where it holds no filter, and what could be understood of it; the first of
    `orders` is the usual one."""
    keys = asked_keys(data)
    if not keys and data.keys().isdisjoint(FilterForm.base_fields):
        return None, Filters(words=words)
    form = FilterForm(data, orders=orders, keys=keys)
    form.is_valid()
    read = form.cleaned_data
    sort = read.get("sort", "")
    filters = Filters(
        categories=tuple(sorted(set(filter(None, read.get("category", []))))),
        brands=tuple(sorted(set(filter(None, read.get("brand", []))))),
        price_from=read.get("price_from"),
        price_to=read.get("price_to"),
        specifications=what_is_asked(keys, read),
        in_stock=read.get("stock", False),
        within_credit=read.get("credit", False),
        sort="" if sort == orders[0] else sort,
        words=words,
    )
    return form, filters
