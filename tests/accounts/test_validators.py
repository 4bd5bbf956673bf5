"""Passwords that half of the country would try first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password",
    [
        "wachtwoord",
        "wachtwoord123",
        "Welkom2026!",
        "thuiswerk1",
        "Feyenoord#1",
        "123zomer2026",
        "W3lk0m!!2026",
        "w@chtw00rd",
        "$int3rkl@a5",
        "België2026!",
        "@mst3rd@m_2026",
        "1januari2026",
        "geheimgeheim",
        "Ajax-ajax-AJAX",
        "zomer1zomer2",
    ],
)
def test_common_dutch_word_with_digits_around_it_is_refused(password: str):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)

    assert "password_too_common" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        "welkom bij de zeeleeuw",
        "zomer-paraplu-fiets-42",
        "mijnwachtwoordisgeheim",
        "ajaxiedenzijnovermoedig",
        "testament1957",
        "thuiswerk-demo",
    ],
)
def test_longer_phrase_with_a_common_word_in_it_is_fine(password: str):
    validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["AcmeAcme2026", "acme2026!!", "@cme_@cme_1", "AcmeThuiswerkwinkel", "Acme-Nederland-26", "Bezorgd&Co2026"],
)
def test_name_of_company_shop_or_operator_with_digits_around_it_is_refused(world, settings, password: str):
    settings.OPERATOR = settings.OPERATOR | {"name": "Bezorgd & Co"}

    with pytest.raises(ValidationError) as refused:
        validate_password(password, world.bob.user)

    assert [error.code for error in refused.value.error_list] == ["password_too_common"]


@pytest.mark.parametrize("password", ["bij acme staat de koffie klaar", "GlobexGlobex2026", "nl-0000000000-xq"])
def test_name_inside_a_phrase_and_the_name_of_another_company_are_fine(world, password: str):
    validate_password(password, world.bob.user)
