"""Whether an address looks like one of the company: outside its mail domains, mistyped, or with borrowed letters."""

import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _
from rapidfuzz.distance import DamerauLevenshtein

TYPO, LONG_ENOUGH = 2, 7  # letters that a typo changes in a domain of at least so many; in a shorter one it is one


def doubt_about(email: str, domains: Sequence[str]) -> str:
    """What to look at in the domain of `email`; nothing where it is one of `domains` or below one, or where no domains
    are known."""
    domain = email.rpartition("@")[2]
    if any(domain == known or domain.endswith(f".{known}") for known in domains):
        return ""
    meant = next((known for known in domains if _looks_like(domain, known)), "")
    if meant:
        return _("This is not %(domain)s but looks like it. Is it a typing mistake?") % {"domain": meant}
    if not domain.isascii():
        return _("There is a letter in this domain that is not a to z: “%(letter)s”. Is that meant?") % {
            "letter": next(letter for letter in domain if not letter.isascii())
        }
    return _("This address is outside the mail domains of the company.") if domains else ""


def _looks_like(domain: str, known: str) -> bool:
    """Whether one is a slip, a borrowed letter or another ending away from the other."""
    plain = unicodedata.normalize("NFKC", domain)
    same_name = plain.rpartition(".")[0] == known.rpartition(".")[0]
    most = TYPO if len(known) >= LONG_ENOUGH else 1
    return same_name or DamerauLevenshtein.distance(plain, known, score_cutoff=most) <= most
