"""The environment: types, refusals, and `.env.example`, which says all of it and nothing else."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from thuiswerk.env import BadEnvironment, Environment, database_from_url, names, read

EXAMPLE = (settings.BASE_DIR / ".env.example").read_text()
ASSIGNMENT = re.compile(r"#?([A-Z_]+)=(.*)")


def test_nothing_set_gives_the_defaults():
    assert read({}) == Environment()


def test_values_have_the_type_of_their_variable():
    given = read({"DEBUG": "Yes", "TRUSTED_PROXIES": " 2 ", "OPERATOR_ADDRESS": r"Plein 1\n1000 AA Ede", "OTHER": "x"})

    assert (given.debug, given.trusted_proxies, given.operator_address) == (True, 2, "Plein 1\n1000 AA Ede")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DEBUG", "maybe", "DEBUG must be 1 or 0, not 'maybe'."),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be a whole number, not '-1'."),
        ("DATABASE_POOL_SIZE", "many", "DATABASE_POOL_SIZE must be a whole number, not 'many'."),
    ],
)
def test_value_of_the_wrong_type_is_refused_by_name(name: str, value: str, told: str):
    with pytest.raises(BadEnvironment) as refusal:
        read({name: value})

    assert str(refusal.value) == told


def test_database_address_is_taken_apart():
    parts = database_from_url("postgresql://us%40er:p%2Fw@db:5433/shop?sslmode=require")

    assert parts == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_may_be_reached_by_a_socket():
    parts = database_from_url("postgresql://postgres@/shop?host=%2Frun%2Fpg")

    assert (parts["HOST"], parts["PORT"], parts["OPTIONS"]) == ("/run/pg", "", {})


def test_other_databases_are_refused():
    with pytest.raises(BadEnvironment, match="PostgreSQL only"):
        database_from_url("sqlite:///db.sqlite3")


def test_example_lists_every_variable_once_and_no_other():
    listed = [match[1] for line in EXAMPLE.splitlines() if (match := ASSIGNMENT.fullmatch(line))]

    assert sorted(listed) == sorted(names())


def test_example_says_what_each_variable_means():
    lines = EXAMPLE.splitlines()

    unexplained = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if _assigns(line) and not before.startswith("# ")
    ]

    assert unexplained == []


def test_example_shows_the_defaults():
    shown = {match[1]: match[2].strip('"') for match in map(ASSIGNMENT.fullmatch, EXAMPLE.splitlines()) if match}

    shown["DATA_DIR"] = str(settings.BASE_DIR / Path(shown["DATA_DIR"]))

    assert read(shown) == Environment()


def _assigns(line: str) -> bool:
    return ASSIGNMENT.fullmatch(line) is not None
