"""Fills the database of the bench: products in a category tree, 10 portals, 5,000 employees with credit.

Everything is made by the database itself (`generate_series`), so that it takes seconds; only sessions are signed here.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.models import User
from portals.models import Membership

PRODUCTS = 50_000
MODELS = 1_000  # each in as many variants, which share the words that they are found by
EMPLOYEES = 5_000
PORTALS = 10
INVOICED = 40  # orders of last month, to be invoiced to one portal
PRODUCT_WORDS = (
    "Bureaustoel Bureau Monitorarm Toetsenbord Bureaulamp Voetensteun Headset Webcam Laptopstandaard Zitkussen"
)
TRAITS = "ergonomisch verstelbaar draadloos compact duurzaam opvouwbaar geluiddempend eiken zwart wit"

CATALOGUE = f"""
INSERT INTO catalog_category (name_nl, name_en, slug, position, path)
SELECT 'Afdeling ' || n, 'Department ' || n, 'afdeling-' || n, n, '' FROM generate_series(1, 12) n;
UPDATE catalog_category SET path = id || '/';
INSERT INTO catalog_category (parent_id, name_nl, name_en, slug, position, path)
SELECT id, name_nl || ' groep ' || n, name_en || ' group ' || n, slug || '-' || n, n, ''
FROM catalog_category, generate_series(1, 5) n;
UPDATE catalog_category child SET path = parent.path || child.id || '/'
FROM catalog_category parent WHERE parent.id = child.parent_id;

INSERT INTO catalog_product (sku, ean, category_id, brand, name_nl, name_en, slug, text_nl, text_en, specifications,
                             price, vat_rate, stock, is_active, picture, created_at, updated_at)
SELECT 'SKU-' || n, lpad(n::text, 13, '8'), leaf[1 + n %% cardinality(leaf)], 'Merk ' || n %% 40,
       word[1 + n %% 10] || ' ' || trait[1 + n / 10 %% 10] || ' ' || n, 'Product ' || n, 'product-' || n,
       repeat('Een ' || trait[1 + n / 7 %% 10] || ' product voor een fijne werkplek thuis. ', 6),
       repeat('A product for a fine workplace at home. ', 6),
       jsonb_build_array(jsonb_build_array('Gewicht', 'Weight', n %% 20 || ' kg', n %% 20 || ' kg'),
                         jsonb_build_array('Kleur', 'Colour', 'zwart', 'black'),
                         jsonb_build_array('Garantie', 'Warranty', '5 jaar', '5 years')),
       9.95 + n %% 300, 21, 100000, true, 'products/' || n %% 150 || '.webp', now(), now()
FROM generate_series(1, {MODELS}) n,
     (SELECT array_agg(id) leaf FROM catalog_category WHERE parent_id IS NOT NULL) leaves,
     (SELECT string_to_array('{PRODUCT_WORDS}', ' ') word, string_to_array('{TRAITS}', ' ') trait) words;
SET session_replication_role = replica;
INSERT INTO catalog_product (sku, ean, category_id, brand, name_nl, name_en, slug, text_nl, text_en, specifications,
                             price, vat_rate, stock, is_active, picture, created_at, updated_at, search,
                             specification_ids)
SELECT sku || '-' || n, ean, category_id, brand, name_nl || '-' || n, name_en || '-' || n, slug || '-' || n, text_nl,
       text_en, specifications, price + n, vat_rate, stock, is_active, picture, created_at, updated_at,
       search || setweight(to_tsvector('simple', sku || '-' || n), 'B'),
       specification_ids
FROM catalog_product, generate_series(2, %(variants)s) n;
RESET session_replication_role;
INSERT INTO catalog_productpicture (product_id, file, alt, position, width, height)
SELECT id, 'products/' || id %% 150 || '-' || n || '.webp', name_nl, n, 800, 800
FROM catalog_product, generate_series(0, 1) n;
"""

PEOPLE = f"""
INSERT INTO portals_company (name, legal_name, kvk_number, oin, enterprise_number, street, postal_code, city, country,
                             contact_name, invoice_email, invoice_copies, reference, order_number, needs_order_number,
                             specification, e_invoice_profile, payment_days, language, created_at)
SELECT 'Bedrijf ' || n, 'Bedrijf ' || n || ' B.V.', lpad(n::text, 8, '0'), '', '', 'Plein ' || n, '3511 ED', 'Utrecht',
       'NL', '', 'facturen@bedrijf.example', '', '', '', false, 'order', 'peppol', 30, 'nl', now()
FROM generate_series(1, {PORTALS}) n;
INSERT INTO portals_portal (company_id, name, slug, state, live_from, live_until, credit_per_employee, own_money,
                            brand_color, logo, header, welcome_nl, welcome_en, language, revision, created_at)
SELECT id, name, 'bedrijf' || row_number() OVER (), 'ready', %(today)s::date - 30, %(today)s::date + 60, 500,
       'assortment', '#1f5f8b', '', '', 'Welkom in onze winkel.', 'Welcome to our shop.', 'nl', 1, now()
FROM portals_company;
INSERT INTO catalog_assortmentcategory (portal_id, category_id)
SELECT portals_portal.id, catalog_category.id FROM portals_portal, catalog_category
WHERE parent_id IS NULL AND position <= 8;
INSERT INTO catalog_assortmentexception (portal_id, product_id, allowed)
SELECT portals_portal.id, catalog_product.id, false FROM portals_portal, catalog_product
WHERE catalog_product.id %% 5000 = 0;

INSERT INTO accounts_user (email, name, language, password, is_active, is_staff, is_superuser, password_chosen_at,
                           date_joined)
SELECT 'medewerker' || n || '@bedrijf.example', 'Medewerker ' || n, 'nl', %(password)s, true, false, false, now(), now()
FROM generate_series(1, {EMPLOYEES}) n;
INSERT INTO portals_membership (portal_id, user_id, role, staff_number, cost_centre, created_at)
SELECT portal[1 + person.id %% {PORTALS}], person.id, 'employee', person.id::text, '', now()
FROM accounts_user person, (SELECT array_agg(id) portal FROM portals_portal) portals;
INSERT INTO billing_grant (portal_id, membership_id, amount, remaining, valid_from, valid_until, reason, source,
                           created_at)
SELECT portal_id, id, 5000 * n, 5000 * n, %(today)s::date - 30, %(today)s::date + 30 * n, 'Thuiswerktegoed',
       'bench:' || id || ':' || n, now()
FROM portals_membership, generate_series(1, 2) n;
INSERT INTO billing_entry (portal_id, membership_id, grant_id, kind, amount, order_number, source, posted_at)
SELECT portal_id, membership_id, id, 'grant', amount, '', 'grant:' || source, now() FROM billing_grant;

INSERT INTO billing_entry (portal_id, membership_id, grant_id, kind, amount, order_number, source, posted_at)
SELECT portal_id, membership_id, id, 'spend', -75.50, 'TW01-' || id, 'spend:TW01-' || id,
       date_trunc('month', now()) - interval '10 days'
FROM billing_grant WHERE portal_id = (SELECT min(id) FROM portals_portal) ORDER BY id LIMIT {INVOICED};
UPDATE billing_grant SET remaining = remaining + moved.amount
FROM billing_entry moved WHERE grant_id = billing_grant.id AND kind = 'spend';
"""

CARTS = """
INSERT INTO orders_cartline (portal_id, membership_id, product_id, quantity, seen_price, seen_payable, added_at)
SELECT portal_id, member.id, product.id, line, price, true, now()
FROM portals_membership member
CROSS JOIN generate_series(1, 3) line
JOIN catalog_product product ON product.id = (%s::bigint[])[1 + (member.id * 3 + line) %% %s]
WHERE member.id = ANY(%s);
"""

PAYABLE_CATEGORIES = """
SELECT leaf.id, leaf.slug FROM catalog_category leaf JOIN catalog_category root ON root.id = leaf.parent_id
WHERE root.position <= 8 ORDER BY leaf.id;
"""

PAYABLE_PRODUCTS = """
SELECT product.id, product.slug FROM catalog_product product
JOIN catalog_category leaf ON leaf.id = category_id JOIN catalog_category root ON root.id = leaf.parent_id
WHERE root.position <= 8 AND product.id % 5000 <> 0 ORDER BY product.id;
"""


@dataclass(frozen=True)
class Employee:
    """Who sends requests: a member of the portal at `host`, signed in by `session`."""

    membership: int
    host: str
    session: str


@dataclass(frozen=True)
class World:
    """Readers have a cart with three lines; adders and buyers start with an empty one. Rows are (id, slug)."""

    readers: list[Employee]
    adders: list[Employee]
    buyers: list[Employee]
    categories: list[tuple[int, str]]
    products: list[tuple[int, str]]
    dice: random.Random = field(default_factory=lambda: random.Random(2))

    def category(self) -> tuple[int, str]:
        """A category that holds products and that credit may pay; the n-th is visited 1/n as often as the first."""
        return self.dice.choices(self.categories, [1 / place for place in range(1, len(self.categories) + 1)])[0]

    def product(self) -> tuple[int, str]:
        """A product that credit may pay."""
        return self.dice.choice(self.products)

    def tidy(self) -> None:
        """Empty the carts that a run has filled, and let the next run begin with other buyers."""
        with connection.cursor() as cursor:
            members = [employee.membership for employee in self.adders + self.buyers]
            cursor.execute("DELETE FROM orders_cartline WHERE membership_id = ANY(%s)", [members])
        self.dice.shuffle(self.adders)
        self.dice.shuffle(self.buyers)


def load(now: dt.datetime, *, products: int = PRODUCTS) -> World:
    """Fill the empty database with so many products, in thousands; `now` decides which days are live."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(CATALOGUE, {"variants": products // MODELS})
        cursor.execute(PEOPLE, {"today": now.date(), "password": make_password("not used by the bench")})
        employees = _sign_in(cursor, now)
        readers, adders, buyers = employees[:1000], employees[1000:3000], employees[3000:]
        cursor.execute(PAYABLE_CATEGORIES)
        categories = cursor.fetchall()
        cursor.execute(PAYABLE_PRODUCTS)
        payable = cursor.fetchall()
        members = [reader.membership for reader in readers]
        cursor.execute(CARTS, [[pk for pk, _ in payable], len(payable), members])
        cursor.execute("VACUUM ANALYZE")
    return World(readers, adders, buyers, categories, payable)


def _sign_in(cursor: Any, now: dt.datetime) -> list[Employee]:
    """Give every employee a session, as a login leaves it behind."""
    members = Membership.objects.select_related("portal", "user").order_by("pk")
    employees = [Employee(member.pk, member.portal.host, f"{member.pk:032d}") for member in members]
    with cursor.copy("COPY django_session (session_key, session_data, expire_date) FROM STDIN") as copy:
        for employee, member in zip(employees, members, strict=True):
            copy.write_row([employee.session, _session(member.user, now), now + dt.timedelta(days=14)])
    return employees


def _session(user: User, now: dt.datetime) -> str:
    return SessionStore().encode(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "account_authentication_methods": [{"method": "password", "at": now.timestamp(), "email": user.email}],
        }
    )
