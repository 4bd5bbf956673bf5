"""An example of the invoice for a company that has no portal yet."""

from decimal import Decimal

import pytest

from billing import paper, specimen
from billing.models import Entry, Invoice, NumberSeries
from portals.models import Company, Portal
from tests.world import NOW

pytestmark = pytest.mark.django_db


def made(monkeypatch: pytest.MonkeyPatch, *, employees: int, budget: str, **fields: str):
    """The document and its lines as they were given to be printed, with what was said above them."""
    printed = []

    def printing(invoice, lines, *, remark):
        printed.append((invoice, lines, remark))
        return paper.render_invoice(invoice, lines, remark=remark)

    monkeypatch.setattr(specimen, "render_invoice", printing)
    company = Company(name="Initech", legal_name="Initech B.V.", **fields)
    content = specimen.specimen_of_offer(
        company, portal_name="Initech Thuiswerkwinkel", employees=employees, budget=Decimal(budget), now=NOW
    )
    assert content.startswith(b"%PDF")
    return printed[0]


def test_figures_are_those_of_the_company_and_the_share_is_stated(monkeypatch: pytest.MonkeyPatch):
    invoice, lines, remark = made(monkeypatch, employees=40, budget="250.00")

    assert [(line.cost_centre, line.orders, line.amount) for line in lines] == [
        ("100", 20, Decimal("3000.00")),
        ("200", 12, Decimal("1800.00")),
        ("300", 8, Decimal("1200.00")),
    ]
    assert (invoice.total, invoice.is_specimen, invoice.number) == (Decimal("6000.00"), True, "VOORBEELD-2026-0001")
    assert "40 medewerkers met elk €\xa0250,00, die daarvan deze maand 60 % gebruiken" in remark


@pytest.mark.parametrize(("employees", "budget"), [(1, "0.01"), (1, "250.00"), (2, "99.99"), (7, "33.33"), (9999, "1")])
def test_lines_add_up_for_every_company(monkeypatch: pytest.MonkeyPatch, employees: int, budget: str):
    invoice, lines, _remark = made(monkeypatch, employees=employees, budget=budget, language="en")

    assert sum(line.amount for line in lines) == invoice.total
    assert sum(line.orders for line in lines) == employees
    assert invoice.total == (employees * Decimal(budget) * Decimal("0.60")).quantize(Decimal("0.01"))


def test_nothing_is_stored_but_the_number(monkeypatch: pytest.MonkeyPatch):
    made(monkeypatch, employees=40, budget="250.00")

    assert [model.objects.count() for model in (Invoice, Entry, Company)] == [0, 0, 0]
    assert Portal.objects.real().count() == 0
    assert list(NumberSeries.objects.values_list("kind", "last")) == [("specimen", 1)]
