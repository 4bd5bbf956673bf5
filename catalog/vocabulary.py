"""The catalogue's own words: what a mistyped word may have meant, and which words mean the same.

The database collects the words of names, brands and categories as they are written (see `catalog.triggers`); a process
keeps them for `KEPT_SECONDS`. Words with the same meaning are kept by coordinators.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product
from threading import Lock
from time import monotonic

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.models import Word

KEPT_SECONDS = 60
SHORTEST = 4
MOST_READINGS = 8
MOST_TRIED = 64
_WORD = re.compile(r"[^\W\d_]+")
_kept: tuple[float, list[str], frozenset[str]] = (float("-inf"), [], frozenset())
_lock = Lock()


def correct(text: str) -> str:
    """`text` with each word that the catalogue does not know replaced by the nearest one that it does.

    Nearest by optimal string alignment: a letter too much, too few, wrong, or two that changed places count as one.
    One such error is forgiven in a short word, two from six letters, three from ten. Without a near word it stays.
    """
    words, known = _words()

    def nearest(found: re.Match[str]) -> str:
        word = found[0].casefold()
        if len(word) < SHORTEST or word in known:
            return found[0]
        near = process.extractOne(word, words, scorer=OSA.distance, score_cutoff=_forgiven(word))
        return near[0] if near else found[0]

    return _WORD.sub(nearest, text)


def readings(text: str, synonyms: Iterable[str]) -> list[str]:
    """`text` itself, then the same with words replaced by those that mean the same; `MOST_READINGS` at most.

    `synonyms` are lines such as "scherm, monitor, beeldscherm".
    """
    every = _readings(text, [split(line) for line in synonyms])
    return list(islice(dict.fromkeys(islice(every, MOST_TRIED)), MOST_READINGS))


def split(words: str) -> list[str]:
    """The words of a line such as "scherm, monitor, beeldscherm"."""
    return [" ".join(word.split()) for word in words.split(",") if word.strip()]


def forget() -> None:
    """Read the words anew at the next question."""
    global _kept
    _kept = (float("-inf"), [], frozenset())


def _readings(text: str, groups: list[list[str]]) -> Iterator[str]:
    """Every way to put other words of their groups in place of those in `text`, first `text` itself."""
    choices: list[list[tuple[re.Pattern[str], str] | None]] = []
    for group in groups:
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, group))})(?:en|s|'s)?\b", re.IGNORECASE)
        if pattern.search(text):
            choices.append([None, *((pattern, word.replace("\\", r"\\")) for word in group)])
    for chosen in product(*choices):
        reading = text
        for pattern, word in filter(None, chosen):
            reading = pattern.sub(word, reading)
        yield reading


def _forgiven(word: str) -> int:
    return 1 if len(word) < 6 else 2 if len(word) < 10 else 3


def _words() -> tuple[list[str], frozenset[str]]:
    global _kept
    with _lock:
        read_at, words, known = _kept
        if monotonic() - read_at > KEPT_SECONDS:
            words = list(Word.objects.order_by("text").values_list("text", flat=True))
            known = frozenset(words)
            _kept = (monotonic(), words, known)
    return words, known
