"""The confirmation mail."""

import pytest

from accounts.models import Mail
from tests.orders.conftest import order_of
from tests.world import World


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("nl", ["Betaald met tegoed", "€\xa0249,00", "In het totaal zit €\xa043,21 btw, hoe je ook betaalt."]),
        ("en", ["Paid with credit", "€\xa0249,00", "The total includes €\xa043,21 VAT, the same however you pay."]),
    ],
)
def test_confirmation_tells_lines_split_vat_and_address(world: World, language: str, parts: list[str]):
    order = order_of(world.bob, world.chair, language=language)

    mail = Mail.objects.get()
    link = f"http://acme.localhost/orders/{order.number}/"
    bought = {"nl": "Je kocht van", "en": "You bought from"}[language]
    seller = f"{bought} Thuiswerk BV, Keizersgracht 1, 1015 CN Amsterdam."
    for part in [*parts, seller, "Bureaustoel Nova", order.number, "Lindelaan 12 B", link]:
        assert part in mail.text, part
        assert part in mail.html, part
    assert order.number in mail.subject
    assert "Acme Thuiswerkwinkel" in mail.subject
