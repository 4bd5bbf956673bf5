"""A list is checked without a portal, and its rows stay as they are."""

import copy
from decimal import Decimal

import pytest

from onboarding.mail_domain import doubt_about
from onboarding.roster_check import Known, check_list, count_verdicts
from onboarding.roster_file import read_pasted, read_roster

AMOUNT = Decimal("250.00")


def test_list_of_a_company_without_a_portal_is_checked():
    rows = read_roster(
        b"e-mail;personeelsnummer;bedrag\n"
        b"a@acme.nl;1;\nb@acme.nl;2;100\nA@acme.nl;3;\nc@acmee.nl;4;\nd@acme.nl;4;\ne@acme.nl;4;\ngeen;;\n"
    )

    checked = check_list(rows, amount=AMOUNT, domains=["acme.nl"])

    assert [(one.verdict.value, one.amount) for one in checked] == [
        ("new", AMOUNT),
        ("new", Decimal("100.00")),
        ("double", AMOUNT),
        ("wrong", AMOUNT),
        ("wrong", AMOUNT),
        ("wrong", AMOUNT),
        ("wrong", AMOUNT),
    ]
    assert [list(one.warnings) for one in checked] == [[], [], [], ["email"], [], [], []]
    assert count_verdicts(checked) == {"wrong": 4, "double": 1, "new": 2, "changed": 0, "known": 0, "warnings": 0}


def test_checking_changes_no_row():
    rows = read_pasted("a@acme.nl, a@acme.nl, b@elders.nl, geen")
    before = copy.deepcopy(rows)

    check_list(rows, amount=AMOUNT, domains=["acme.nl"], against=Known(elsewhere=frozenset({"a@acme.nl"})))

    assert rows == before


def test_what_is_known_is_compared_with():
    rows = read_roster(
        b"e-mail;personeelsnummer;kostenplaats;bedrag\n"
        b"a@acme.nl;1;K1;\nb@acme.nl;2;K2;\nc@acme.nl;3;;5\nd@acme.nl;4;;0\ne@acme.nl;9;;0\n"
    )
    known = Known(
        cost_centres={"a@acme.nl": "K1", "b@acme.nl": "K1"},
        staff_numbers=frozenset({"1", "9"}),
        elsewhere=frozenset({"d@acme.nl"}),
        no_credit="Geen periode.",
    )

    checked = check_list(rows, amount=AMOUNT, against=known)

    assert [(one.verdict.value, one.replaces, list(one.errors)) for one in checked] == [
        ("known", "K1", []),
        ("changed", "K1", []),
        ("wrong", "", ["amount"]),
        ("wrong", "", ["email"]),
        ("wrong", "", ["staff_number"]),
    ]
    assert checked[2].errors["amount"] == "Geen periode."


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("a@acme.nl", ""),
        ("a@it.acme.nl", ""),
        ("a@acmee.nl", "lijkt er wel op"),
        ("a@amce.nl", "lijkt er wel op"),
        ("a@acme.com", "lijkt er wel op"),
        ("a@\N{CYRILLIC SMALL LETTER A}\N{CYRILLIC SMALL LETTER ES}me.nl", "lijkt er wel op"),
        ("a@notacme.nl", "buiten de maildomeinen"),
        ("a@gmail.com", "buiten de maildomeinen"),
        ("a@m\N{CYRILLIC SMALL LETTER A}ilbox.org", "letter die niet a tot z is: ‘\N{CYRILLIC SMALL LETTER A}’"),
    ],
)
def test_domain_is_doubted(email, told):
    doubt = doubt_about(email, ("acme.nl", "acme-holding.example"))

    assert told in doubt
    assert bool(doubt) == bool(told)


def test_without_domains_only_strange_letters_are_doubted():
    assert [bool(doubt_about(email, ())) for email in ("a@gmail.com", "a@café.nl")] == [False, True]
