"""A telephone number in a form of a company, whose country says how it is written."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from thuiswerk.lib.telephone import NotANumber, read_phone


def clean_phone(text: str, country: str) -> str:
    """The number as it is kept, or an empty text for none. Refuses (ValidationError) what is no number."""
    try:
        return read_phone(text, country) if text else ""
    except NotANumber as refusal:
        raise ValidationError(gettext("This is no telephone number; write it as 020 123 4567.")) from refusal
