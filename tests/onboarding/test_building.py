"""Making the portal: all of it or nothing, and nobody is mailed."""

from decimal import Decimal

import pytest

from accounts.models import Mail
from billing.models import Grant
from catalog.models import AssortmentException, PayrollRule, QuantityLimit
from onboarding import building, pipeline
from onboarding.models import Build, Stage
from portals.models import Company, Contact, Membership, Portal, PortalState, Role
from tests.onboarding.way import agreed_lead, built, handed_over, plan_for
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def test_portal_is_made_from_what_was_handed_over(world: World):
    build = built(world)

    portal, company = build.portal, build.portal.company
    assert (portal.slug, portal.state, portal.live_from, portal.credit_per_employee) == (
        "initech", PortalState.BUILD, plan_for(world).live_from, Decimal("300.00"),
    )  # fmt: skip
    assert (portal.brand_color, portal.header_alt, bool(portal.logo), bool(portal.header)) == (
        "#aa3322", "Een bureau bij het raam", True, True,
    )  # fmt: skip
    assert (company.kvk_number, company.vat_number, company.mail_domains) == (
        "12345678", "NL004495445B01", "initech.example",
    )  # fmt: skip
    assert {row.category for row in portal.assortment.all()} == {world.chairs, world.desks}
    people = portal.memberships.order_by("user__email").values_list("user__email", "role", "staff_number")
    assert list(people) == [
        ("irma@initech.example", Role.MANAGER, ""),
        ("peter@initech.example", Role.EMPLOYEE, "17"),
        ("samir@initech.example", Role.EMPLOYEE, "18"),
    ]
    grants = Grant.objects.filter(portal=portal).order_by("membership__user__email")
    assert [grant.amount for grant in grants] == [Decimal("300.00"), Decimal("100.00")]
    assert list(Contact.objects.values_list("role", "email", "phone")) == [
        ("hr", "irma@initech.example", "+31201234567")
    ]
    assert (build.lead.stage, build.lead.company) == (Stage.IN_BUILD, company)


def test_nobody_at_the_company_is_mailed(world: World):
    lead = agreed_lead()
    handed_over(lead)
    before = Mail.objects.count()

    building.make_portal(lead, plan_for(world), now=NOW, actor=world.coordinator)

    assert Mail.objects.count() == before
    assert Membership.objects.filter(portal__slug="initech", invited_at__isnull=False).count() == 0


def test_pictures_are_files_of_their_own(world: World):
    build = built(world)

    assert build.portal.logo.name != build.lead.intake.logo.name
    with build.portal.logo.open() as mine, build.lead.intake.logo.open() as theirs:
        assert mine.read() == theirs.read()


def test_existing_customer_keeps_its_company(world: World):
    companies = Company.objects.count()

    build = built(world, company=world.acme.company)

    assert (build.portal.company, Company.objects.count()) == (world.acme.company, companies)


def test_template_gives_rules_and_texts_and_nothing_of_its_company(world: World):
    world.acme.welcome_nl, world.acme.own_money = "Welkom", "everything"
    world.acme.save()
    AssortmentException.objects.create(portal=world.acme, product=world.mug, allowed=True)
    QuantityLimit.objects.create(portal=world.acme, category=world.chairs, most=1)
    PayrollRule.objects.create(portal=world.acme, category=world.desks, payroll_class="arbo")
    lead = agreed_lead()
    handed_over(lead)

    plan = plan_for(world, template=world.acme)
    portal = building.make_portal(lead, plan, now=NOW, actor=world.coordinator).portal

    assert (portal.welcome_nl, portal.own_money) == ("Welkom", "everything")
    assert [row.product for row in portal.assortment_exceptions.all()] == [world.mug]
    assert [(row.category, row.most) for row in portal.quantity_limits.all()] == [(world.chairs, 1)]
    assert [row.category for row in portal.payroll_rules.all()] == [world.desks]
    assert world.acme.quantity_limits.count() == 1
    assert (portal.company == world.acme.company, portal.brand_color) == (False, "#aa3322")
    assert portal.memberships.filter(user__email__endswith="@acme.example").count() == 0


def test_second_portal_for_a_lead_is_refused(world: World):
    build = built(world)

    with pytest.raises(building.BuiltBefore):
        building.make_portal(build.lead, plan_for(world, slug="other"), now=NOW, actor=world.coordinator)

    assert Build.objects.count() == 1


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.DATA_RECEIVED])
def test_portal_is_made_of_received_data_only(world: World, stage: Stage):
    lead = agreed_lead()
    handed_over(lead)
    lead.stage, lead.lost_reason = stage, "budget"
    lead.save()

    with pytest.raises(pipeline.NoWayFromHere):
        building.make_portal(lead, plan_for(world), now=NOW, actor=world.coordinator)

    assert Portal.objects.filter(slug="initech").count() == 0


def test_what_fails_half_way_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch):
    lead = agreed_lead()
    handed_over(lead)
    before = (Portal.objects.count(), Company.objects.count(), Membership.objects.count())

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("onboarding.building._make_manager", fail)
    with pytest.raises(RuntimeError):
        building.make_portal(lead, plan_for(world), now=NOW, actor=world.coordinator)

    lead.refresh_from_db()
    assert (Portal.objects.count(), Company.objects.count(), Membership.objects.count()) == before
    assert (lead.stage, lead.company) == (Stage.DATA_RECEIVED, None)


def test_address_in_use_is_refused(world: World):
    lead = agreed_lead()
    handed_over(lead)

    with pytest.raises(building.AddressTaken):
        building.make_portal(lead, plan_for(world, slug="acme"), now=NOW, actor=world.coordinator)


def test_portal_is_live_for_as_many_months_as_were_agreed(world: World):
    lead = agreed_lead()
    handed_over(lead)
    plan = plan_for(world, months=6)

    portal = building.make_portal(lead, plan, now=NOW, actor=world.coordinator).portal

    assert portal.live_until == Portal.default_live_until(plan.live_from, 6)
    assert set(portal.grants.values_list("valid_until", flat=True)) == {portal.live_until}
