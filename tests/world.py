"""The cast of the tests: portal *acme*, where Alice manages and Bob orders; portal *globex*, where Charlie works.

Charlie must see nothing of acme. `build_world` makes all of it; the `make_` functions make one thing each.
"""

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group

from accounts.models import User
from billing import ledger
from billing.models import Grant
from catalog.models import AssortmentCategory, Category, Product
from portals.models import Company, Membership, OwnMoney, Portal, PortalState, Role, Specification
from thuiswerk.lib.periods import AMSTERDAM

PASSWORD = "correct-horse-battery"
NOW = dt.datetime(2026, 11, 16, 10, 0, tzinfo=AMSTERDAM)
AGREED_ON = dt.date(2026, 9, 21)
_serial = itertools.count(1)


@dataclass
class World:
    """Everything the tests name by name."""

    acme: Portal
    globex: Portal
    alice: Membership
    bob: Membership
    charlie: Membership
    chairs: Category
    desks: Category
    coffee: Category
    chair: Product
    desk: Product
    mug: Product
    coordinator: User


def build_world() -> World:
    """Two live portals that pay chairs and desks with credit, but no coffee; EUR 250 for Bob and for Charlie."""
    chairs, desks = make_category("Bureaustoelen", "Desk chairs"), make_category("Bureaus", "Desks")
    coffee = make_category("Koffie", "Coffee")
    acme, globex = make_portal("acme", "Acme"), make_portal("globex", "Globex")
    for portal in (acme, globex):
        for category in (chairs, desks):
            AssortmentCategory.objects.create(portal=portal, category=category)
    world = World(
        acme=acme,
        globex=globex,
        alice=make_membership(acme, "alice@acme.example", "Alice Jansen", role=Role.MANAGER),
        bob=make_membership(acme, "bob@acme.example", "Bob de Vries", staff_number="1002"),
        charlie=make_membership(globex, "charlie@globex.example", "Charlie Peeters", staff_number="G-7"),
        chairs=chairs,
        desks=desks,
        coffee=coffee,
        chair=make_product(chairs, "Bureaustoel Nova", "249.00"),
        desk=make_product(desks, "Zit-sta bureau Lift", "399.00"),
        mug=make_product(coffee, "Mok Aarde", "12.50", vat_rate="9.00"),
        coordinator=make_staff("coordinator@thuiswerk.example"),
    )
    make_grant(world.bob, "250.00")
    make_grant(world.charlie, "250.00")
    return world


def make_portal(slug: str, name: str, **fields: Any) -> Portal:
    """A portal that is live from October 2026 to January 2027, with a company whose data are complete."""
    company = Company.objects.create(
        name=name,
        legal_name=f"{name} Nederland B.V.",
        kvk_number=f"{next(_serial):08d}",
        street="Stationsplein 1",
        postal_code="3511 ED",
        city="Utrecht",
        contact_name="Crediteuren",
        invoice_email=f"facturen@{slug}.example",
        reference=f"PO-{slug.upper()}",
        specification=Specification.ORDER,
    )
    defaults = {
        "state": PortalState.READY,
        "live_from": dt.date(2026, 10, 1),
        "live_until": dt.date(2027, 1, 31),
        "credit_per_employee": Decimal("250.00"),
        "own_money": OwnMoney.ASSORTMENT,
    }
    return Portal.objects.create(company=company, slug=slug, name=f"{name} Thuiswerkwinkel", **(defaults | fields))


def agree_on_products(portal: Portal) -> None:
    """Let the company of `portal` read what credit pays, from now on."""
    portal.company.specification, portal.company.products_agreed_on = Specification.PRODUCTS, AGREED_ON
    portal.company.save()


def make_user(email: str, name: str = "", *, password: str | None = PASSWORD, **fields: Any) -> User:
    """A user who has already chosen a password, unless `password` is None."""
    return User.objects.create_user(email, password, name=name, **fields)


def make_staff(email: str, **fields: Any) -> User:
    """An administrator of the operator."""
    return make_user(email, "Coen Coördinator", is_staff=True, is_superuser=True, **fields)


def make_colleague(email: str, name: str, *, role: str) -> User:
    """Somebody of the operator's staff in one of the roles; the roles are made anew where a test has emptied them."""
    import_module("onboarding.migrations.0002_staff_roles").make_roles(apps, None)
    colleague = make_user(email, name, is_staff=True)
    colleague.groups.add(Group.objects.get(name=role))
    return colleague


def make_reminder_levels() -> None:
    """The levels that an installation begins with, made anew where a test has emptied them."""
    levels = apps.get_model("billing", "ReminderLevel").objects
    if not levels.exists():
        import_module("billing.migrations.0010_write_the_levels_of_reminders").write(apps, None)


def make_documents() -> None:
    """The texts that an installation begins with, made anew where a test has emptied them."""
    import_module("onboarding.migrations.0017_write_the_first_documents").write(apps, None)


def make_membership(
    portal: Portal, email: str, name: str = "", *, password: str | None = PASSWORD, **fields: Any
) -> Membership:
    """A person with an account in `portal`, who has been there, so that a page costs what it costs every day."""
    user = User.objects.filter(email=email).first() or make_user(email, name, password=password)
    return Membership.objects.create(portal=portal, user=user, **({"first_seen_at": NOW} | fields))


def make_grant(membership: Membership, amount: str = "250.00", *, now: dt.datetime = NOW, **fields: Any) -> Grant:
    """Credit for the portal's live period."""
    defaults = {
        "valid_from": membership.portal.live_from,
        "valid_until": membership.portal.live_until,
        "reason": "Thuiswerktegoed",
        "source": f"test:{next(_serial)}",
    }
    return ledger.grant(membership, amount=Decimal(amount), now=now, **(defaults | fields))


def make_category(name_nl: str, name_en: str = "", *, parent: Category | None = None) -> Category:
    """A category with its path."""
    serial = next(_serial)
    category = Category.objects.create(
        name_nl=name_nl, name_en=name_en, slug=f"{name_nl.lower()}-{serial}", parent=parent
    )
    category.path = f"{parent.path if parent else ''}{category.pk}/"
    category.save(update_fields=["path"])
    return category


def make_product(
    category: Category, name: str, price: str, *, vat_rate: str = "21.00", stock: int = 100, **fields: Any
) -> Product:
    """A product for sale."""
    serial = next(_serial)
    return Product.objects.create(
        sku=f"SKU-{serial:05d}",
        slug=f"product-{serial}",
        category=category,
        brand="Huismerk",
        name_nl=name,
        name_en=name,
        price=Decimal(price),
        vat_rate=Decimal(vat_rate),
        stock=stock,
        **fields,
    )
