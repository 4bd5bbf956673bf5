"""The catalogue's own words: what a mistyped word may have meant, and which words mean the same.

The database collects the words of names, brands and categories as they are written (see `catalog.triggers`); it never
loses one, so a process reads them anew where there are more than `KEPT_SECONDS` ago. Words with the same meaning are
kept by coordinators.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product
from threading import Lock
from time import monotonic
from typing import NamedTuple

from django.conf import settings
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.models import Word

KEPT_SECONDS = 60
SHORTEST = 4
SHORTEST_PART = 3
MOST_READINGS = 8
MOST_TRIED = 64
_WORD = re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"([^\W\d_]+) +(?=([^\W\d_]+))")


class Vocabulary(NamedTuple):
    """The words of the catalogue as they are `written`; with the last parts of its compounds, so that "bureaustoel"
    gives "stoel", they are `known`. `preferred`: what is known, per language with the words of that one first.
    `rows`: of how many it was made."""

    rows: int
    written: frozenset[str]
    known: frozenset[str]
    preferred: dict[str, list[str]]


_NOTHING = Vocabulary(0, frozenset(), frozenset(), {})
_kept: tuple[float, Vocabulary] = (float("-inf"), _NOTHING)
_lock = Lock()


def correct(text: str, language: str) -> str:
    """`text` with each word that the catalogue does not know replaced by what it may have meant.

    That is the words that it is made of, where the catalogue knows them all ("zitstabureau"), else the nearest word, of
    `language` rather than another, else its last part ("kantoorstoel" is a "stoel"); else it stays. Nearest by optimal
    string alignment: a letter too much, too few, wrong, or two that changed places count as one. One such error is
    forgiven in a short word, two from eight letters, three from twelve.
    """
    words = _vocabulary()

    def meant(found: re.Match[str]) -> str:
        word = found[0].casefold()
        if len(word) < SHORTEST or word in words.known:
            return found[0]
        near = _taken_apart(word, words.known) or _nearest(word, words.preferred[language])
        return near or next((tail for tail in _tails(word) if tail in words.known), found[0])

    return _WORD.sub(meant, text)


def joined(text: str) -> str:
    """`text` with words that the catalogue writes as one put together: "bureau stoel" is a "bureaustoel"."""

    def written(pair: re.Match[str]) -> str:
        return pair[1] if f"{pair[1]}{pair[2]}".casefold() in _vocabulary().written else pair[0]

    return _PAIR.sub(written, text)


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
    _kept = (float("-inf"), _NOTHING)


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


def _taken_apart(word: str, known: frozenset[str]) -> str:
    """The known words that `word` is made of, the last as long as can be; nothing where it is not."""
    ways = {0: ""}
    for end in range(SHORTEST_PART, len(word) + 1):
        for start in range(end - SHORTEST_PART + 1):
            if start in ways and word[start:end] in known:
                ways[end] = f"{ways[start]} {word[start:end]}"
                break
    return ways.get(len(word), "").strip()


def _nearest(word: str, words: list[str]) -> str:
    near = process.extractOne(word, words, scorer=OSA.distance, score_cutoff=_forgiven(word))
    return near[0] if near else ""


def _forgiven(word: str) -> int:
    return 1 if len(word) < 8 else 2 if len(word) < 12 else 3


def _vocabulary() -> Vocabulary:
    global _kept
    with _lock:
        read_at, words = _kept
        if monotonic() - read_at > KEPT_SECONDS:
            if words is _NOTHING or words.rows != Word.objects.count():
                words = _read()
            _kept = (monotonic(), words)
    return words


def _read() -> Vocabulary:
    rows = list(Word.objects.order_by("text").values_list("text", "language"))
    number, written = len(rows), frozenset(text for text, _language in rows)
    rows += [(tail, code) for text, code in rows for tail in _tails(text) if text.removesuffix(tail) in written]
    known = {text: None for text, _language in rows}
    preferred = {
        code: list(dict.fromkeys(text for text, language in rows if language in (code, Word.ANY)) | known)
        for code, _name in settings.LANGUAGES
    }
    return Vocabulary(number, written, frozenset(known), preferred)


def _tails(word: str) -> Iterator[str]:
    """What may be the last part of a compound, the longest first."""
    return (word[cut:] for cut in range(SHORTEST_PART, len(word) - SHORTEST + 1))
