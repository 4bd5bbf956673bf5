"""The portal's screen: company, look, period, assortment and people in one place."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from catalog.assortment import payable_ids
from portals.models import Company, Portal, PortalState
from tests.onboarding.conftest import change, filled
from tests.world import make_category, make_colleague, make_membership, make_portal, make_product, make_user

ADD = "/admin/portals/portal/add/"


def picture(width=400, height=200, kind="PNG"):
    file = BytesIO()
    Image.new("RGB", (width, height), "#d2691e").save(file, kind)
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def test_portal_and_company_are_changed_in_one_screen(world, office):
    revision = world.acme.revision

    response = office.post(change(world.acme), filled(world.acme, name="Acme thuis", company_city="Zwolle"))

    world.acme.refresh_from_db()
    assert response.status_code == 302, response.context["errors"]
    assert (world.acme.name, world.acme.company.city) == ("Acme thuis", "Zwolle")
    assert world.acme.revision > revision


def test_new_portal_comes_with_its_company_and_a_period_of_three_months(world, office):
    data = filled(
        world.acme, name="Initech", slug="initech", company_name="Initech", live_until="", live_from="2026-11-30"
    )

    response = office.post(ADD, data)

    assert response.status_code == 302, response.context["errors"]
    portal = Portal.objects.get(slug="initech")
    assert portal.company.name == "Initech"
    assert portal.company != world.acme.company
    assert portal.live_until == dt.date(2027, 2, 28)
    assert portal.state == PortalState.BUILD


def test_new_portal_of_an_existing_customer_leaves_the_company_alone(world, office):
    data = filled(world.globex, slug="acme2", existing_company=world.acme.company.pk, company_name="", company_city="X")

    response = office.post(ADD, data)

    assert response.status_code == 302, response.context["errors"]
    assert Portal.objects.get(slug="acme2").company == world.acme.company
    assert Company.objects.count() == 2
    assert Company.objects.get(pk=world.acme.company.pk).city == "Utrecht"


def test_new_portal_without_any_company_is_told_so_at_the_field(world, office):
    response = office.post(ADD, filled(world.acme, slug="nobody", company_name=""))

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["company_name"]
    assert not Portal.objects.filter(slug="nobody").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "admin"),
        ("slug", "a_b"),
        ("custom_domain", "globex.localhost"),
        ("custom_domain", "https://acme.nl/"),
        ("brand_color", "red"),
        ("live_until", "2026-09-01"),
        ("live_until", "2026-11-15"),
        ("live_from", "9999-12-31"),
        ("live_until", "9999-12-31"),
        ("live_from", ""),
        ("credit_per_employee", "-1"),
        ("credit_per_employee", "1000000"),
        ("company_kvk_number", "12"),
        ("company_kvk_number", "١٢٣٤٥٦٧٨"),
        ("company_postal_code", "99"),
    ],
)
def test_wrong_value_is_told_and_nothing_is_written(world, office, field, value):
    before = Portal.objects.values().get(pk=world.acme.pk)

    response = office.post(change(world.acme), filled(world.acme, **{"name": "Changed", field: value}))

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) in ([field], ["__all__"])
    assert Portal.objects.values().get(pk=world.acme.pk) == before


def test_shop_that_is_open_keeps_a_live_period(world, office):
    response = office.post(change(world.acme), filled(world.acme, live_from="", live_until=""))

    assert list(response.context["adminform"].form.errors) == ["live_from"]


def test_new_portal_takes_an_existing_customer_or_a_new_company_and_not_both(world, office):
    response = office.post(ADD, filled(world.acme, slug="acme2", existing_company=world.globex.company.pk))

    assert list(response.context["adminform"].form.errors) == ["company_name"]
    assert not Portal.objects.filter(slug="acme2").exists()


def test_assortment_is_what_was_ticked(world, office):
    office.post(change(world.acme), filled(world.acme, categories=[world.coffee.pk]))

    asked = [world.chair.pk, world.desk.pk, world.mug.pk]
    assert payable_ids(world.acme, asked) == {world.mug.pk}
    assert payable_ids(world.globex, asked) == {world.chair.pk, world.desk.pk}


def test_category_under_a_ticked_one_is_not_kept_twice(world, office):
    stools = make_category("Krukken", parent=world.chairs)

    office.post(change(world.acme), filled(world.acme, categories=[world.chairs.pk, stools.pk]))

    assert [row.category for row in world.acme.assortment.all()] == [world.chairs]


def test_tree_counts_products_below(world, office):
    stools = make_category("Krukken", parent=world.chairs)
    make_product(stools, "Kruk", "40.00")

    page = office.get(change(world.acme)).content.decode()

    assert 'Bureaustoelen <span class="tree__count">2 producten</span>' in page
    assert 'Krukken <span class="tree__count">1 product</span>' in page
    assert page.count(" checked>") == 2


def test_period_moves_the_credit_that_was_given_for_it(world, office):
    office.post(change(world.acme), filled(world.acme, live_from="2026-11-01", live_until="2027-03-31"))

    grant = world.bob.grants.get()
    assert (grant.valid_from, grant.valid_until) == (dt.date(2026, 11, 1), dt.date(2027, 3, 31))
    assert world.charlie.grants.get().valid_until == dt.date(2027, 1, 31)


def test_logo_is_kept_in_our_own_encoding(world, office):
    response = office.post(change(world.acme), filled(world.acme, logo=picture(2000, 1000)))

    world.acme.refresh_from_db()
    assert response.status_code == 302, response.context["errors"]
    assert world.acme.logo.name.endswith(".webp")
    assert (world.acme.logo.width, world.acme.logo.height) == (800, 400)
    assert "#d06010" in office.get(change(world.acme)).content.decode()


def test_picture_in_the_screen_is_only_the_portals_own(world, office):
    office.post(change(world.acme), filled(world.acme, logo=picture()))
    world.acme.refresh_from_db()
    name = world.acme.logo.name.rpartition("/")[2]

    own = office.get(f"/admin/portals/portal/{world.acme.pk}/pictures/{name}")
    other = office.get(f"/admin/portals/portal/{world.globex.pk}/pictures/{name}")

    assert b"".join(own).startswith(b"RIFF")
    assert (own.status_code, own["Content-Type"], other.status_code) == (200, "image/webp", 404)


def test_finance_finds_the_closing_statement_on_the_page_of_a_portal(world, client, settings):
    settings.DEMO = True
    finance = make_user("fin@thuiswerk.example", is_staff=True)
    finance.user_permissions.set(Permission.objects.filter(codename__in=["view_portal", "view_invoice"]))
    client.force_login(finance)

    page = client.get(f"/admin/portals/portal/{world.acme.pk}/change/", headers={"host": "localhost"}).text

    assert f"/admin/billing/invoice/closing/{world.acme.pk}/" in page
    assert "/state/" not in page


def test_screens_are_closed_to_staff_without_the_permission(world, client, settings):
    settings.DEMO = True
    clerk = make_user("clerk@thuiswerk.example", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_portal"))
    client.force_login(clerk)
    host = {"host": "localhost"}
    base = f"/admin/portals/portal/{world.acme.pk}"

    closed = [
        client.get(f"{base}/preview/", headers=host),
        client.post(f"{base}/state/", {"move": "pause"}, headers=host),
        client.get(f"{base}/close/", headers=host),
        client.post(f"{base}/close/", headers=host),
        client.post(f"{base}/invitations/", headers=host),
        client.get(f"{base}/employees/add/", headers=host),
        client.get(f"{base}/employees/import/", headers=host),
        client.get(f"{base}/employees/import/1/", headers=host),
    ]

    assert [response.status_code for response in closed] == [404] * 8
    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.READY
    seen = client.get(f"{base}/change/", headers=host)
    assert seen.status_code == 200
    assert "bob@acme.example" not in seen.content.decode()


def test_lists_ask_the_same_of_the_database_for_one_and_for_three(world, office):
    def queries(path):
        office.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert office.get(path).status_code == 200
        return len(captured)

    paths = ["/admin/portals/portal/", "/admin/portals/membership/", change(world.globex)]
    before = [queries(path) for path in paths]
    for number in (1, 2):
        make_portal(f"more{number}", f"More {number}")
        make_membership(world.globex, f"more{number}@globex.example")

    assert [queries(path) for path in paths] == before


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("coordinator", {"portals/portal/", "portals/portal/add/"}),
        ("finance", {"billing/invoice/"}),
        ("customer_service", {"orders/order/"}),
    ],
)
def test_first_page_offers_what_the_role_came_for(world, client, settings, role, offered):
    settings.DEMO = True
    colleague = make_colleague("colleague@thuiswerk.example", "Cees", role=role)
    client.force_login(colleague)

    page = client.get("/admin/", headers={"host": "localhost"}).content.decode()

    tasks = set(re.findall(r'class="task" href="/admin/([^"]+)"', page))
    assert offered <= tasks
    assert ("portals/portal/add/" in tasks) == (role == "coordinator")


def test_coordinator_by_role_can_configure_a_portal(world, client, settings):
    settings.DEMO = True
    colleague = make_colleague("colleague@thuiswerk.example", "Cees", role="coordinator")
    client.force_login(colleague)

    response = client.post(change(world.acme), filled(world.acme, name="Anders"), headers={"host": "localhost"})

    world.acme.refresh_from_db()
    assert (response.status_code, world.acme.name) == (302, "Anders")


def test_mail_domains_are_kept_from_the_screen(world, office):
    office.post(change(world.acme), filled(world.acme, company_mail_domains="acme.example\r\nacme.nl"))
    refused = office.post(change(world.acme), filled(world.acme, company_mail_domains="acme"))

    world.acme.company.refresh_from_db()
    assert world.acme.company.domains == ("acme.example", "acme.nl")
    assert "acme is geen maildomein" in str(refused.context["adminform"].form.errors["company_mail_domains"])
