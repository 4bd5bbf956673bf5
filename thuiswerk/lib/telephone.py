"""Telephone numbers as people write them, kept in the one form that every network takes (E.164)."""

import phonenumbers


class NotANumber(Exception):
    """It is no telephone number."""


def read_phone(text: str, country: str) -> str:
    """`+31201234567` of a number written in `country` ("NL"). Refuses NotANumber."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise NotANumber from error
    if not phonenumbers.is_valid_number(number):
        raise NotANumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    """How a stored number is written for people: `+31 20 123 4567`. What is none stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
