"""Django's password validators where its words do not fit: not translated, too formal for this shop, or not Dutch."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

COMMON_WORDS = (Path(__file__).parent / "common_words.txt").read_text("utf-8").split()
SWAPS = {"a": "[a@4]", "e": "[e3]", "i": "[i1!]", "o": "[o0]", "s": "[s$5]"}
AROUND = r"[\W\d_]*"
NOT_LETTERS = re.compile(r"[\W\d_]+")


class LengthValidator(password_validation.MinimumLengthValidator):
    """Long enough."""

    def get_error_message(self) -> str:
        return _("Choose a password of at least %(count)d characters.") % {"count": self.min_length}


class SimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    """Not nearly the name or the e-mail of the person. Django fills in which of the two."""

    def get_error_message(self) -> str:
        return _("This looks too much like your %(verbose_name)s.")


class CommonWordValidator:
    """No common Dutch word, once or repeated, with only digits and signs around it: Django's list is English."""

    def validate(self, password: str, user: User | None = None) -> None:
        if ONE_COMMON_WORD.fullmatch(password.lower()):
            raise ValidationError(self.get_help_text(), code="password_too_common")

    def get_help_text(self) -> str:
        return _("A common word with digits around it is easily guessed. Choose three or four words instead.")


class KnownNameValidator:
    """More than the names that a colleague or a visitor knows: of the person's companies, their shops, the operator."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.lower()
        for word in sorted(_known_words(user), key=len, reverse=True):
            rest = re.sub(_spelling(word), " ", rest)
        if rest != password.lower() and not NOT_LETTERS.sub("", rest):
            raise ValidationError(self.get_help_text(), code="password_too_common")

    def get_help_text(self) -> str:
        return _("The name of your company or shop is easily guessed. Choose three or four words instead.")


def _known_words(user: User | None) -> set[str]:
    names = [settings.OPERATOR["name"]]
    if user is not None and user.pk:
        rows = user.memberships.values_list("portal__name", "portal__company__name", "portal__company__legal_name")
        names += [name for row in rows for name in row]
    parts = [NOT_LETTERS.split(name.lower()) for name in names]
    return {word for words in parts for word in (*words, "".join(words)) if len(word) > 1}


def _spelling(word: str) -> str:
    """A pattern of `word` with digits and signs in place of the letters that they look like."""
    return "".join(SWAPS.get(letter, letter) for letter in word)


ONE_COMMON_WORD = re.compile(
    f"{AROUND}(?P<word>{'|'.join(map(_spelling, COMMON_WORDS))})(?:{AROUND}(?P=word))*{AROUND}"
)
