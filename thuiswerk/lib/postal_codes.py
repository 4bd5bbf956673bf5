"""Postal codes of the Netherlands and Belgium."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_CODES: dict[str, tuple[re.Pattern[str], str, str | Promise]] = {
    # PostNL gives out no letters SA, SD or SS; the first digit is never zero.
    "NL": (re.compile(r"([1-9][0-9]{3}) ?(?!SA|SD|SS)([A-Z]{2})"), r"\1 \2", gettext_lazy("Write it as 1234 AB.")),
    "BE": (re.compile(r"([1-9][0-9]{3})"), r"\1", gettext_lazy("A Belgian postal code has 4 digits.")),
}


class NotAPostalCode(ValueError):
    """The text is no postal code of the country; `hint` says how one is written, in the language that is active."""

    def __init__(self, hint: str | Promise) -> None:
        super().__init__(str(hint))
        self.hint = str(hint)


def read_postal_code(text: str, country: str) -> str:
    """`text` as `country` ("NL" or "BE") writes it: `1234 AB` for `1234ab`. Refuses NotAPostalCode."""
    pattern, written, hint = _CODES[country]
    found = pattern.fullmatch(text.strip().upper())
    if found is None:
        raise NotAPostalCode(hint)
    return found.expand(written)
