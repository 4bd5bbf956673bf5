"""Words that Django's Dutch lacks or says too formally."""

import re

import pytest
from django.utils import translation

from thuiswerk.borrowed_words import WORDS


@pytest.mark.parametrize("word", WORDS)
def test_word_of_django_is_dutch_in_dutch(word: str):
    with translation.override("nl"):
        assert translation.gettext(word) != word


@pytest.mark.parametrize("word", WORDS)
def test_word_of_django_is_not_formal_in_dutch(word: str):
    with translation.override("nl"):
        assert re.findall(r"\b[Uu]w?\b", translation.gettext(word)) == []
