"""What each role of the staff may do. Runs on the groups that the migrations made."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from tests.world import make_user

pytestmark = pytest.mark.django_db


def employee_of_operator(role):
    user = make_user(f"{role}@thuiswerk.example", role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("coordinator", "portals.change_portal", "billing.change_invoice"),
        ("coordinator", "accounts.change_user", "catalog.change_product"),
        ("coordinator", "orders.add_deliveryexception", "orders.change_order"),
        ("coordinator", "catalog.change_synonyms", "catalog.change_category"),
        ("coordinator", "catalog.delete_payrollrule", "billing.change_invoice"),
        ("administrator", "catalog.add_payrollrule", "billing.change_entry"),
        ("finance", "catalog.view_payrollrule", "catalog.change_payrollrule"),
        ("finance", "billing.view_invoice", "portals.change_portal"),
        ("finance", "portals.change_company", "accounts.view_user"),
        ("finance", "billing.add_bankstatement", "billing.change_bankstatement"),
        ("finance", "billing.add_allocation", "billing.delete_allocation"),
        ("administrator", "billing.view_bankentry", "billing.change_bankentry"),
        ("coordinator", "billing.view_invoice", "billing.view_bankentry"),
        ("customer_service", "orders.change_order", "billing.view_invoice"),
        ("customer_service", "accounts.view_user", "accounts.change_user"),
        ("customer_service", "orders.change_question", "orders.delete_question"),
        ("coordinator", "orders.view_question", "orders.change_question"),
        ("customer_service", "orders.view_order", "orders.change_deliveryexception"),
        ("administrator", "catalog.delete_product", "billing.delete_entry"),
        ("administrator", "catalog.add_feedrun", "catalog.change_feedrun"),
        ("administrator", "orders.add_apitoken", "orders.delete_apitoken"),
        ("administrator", "orders.view_apichange", "orders.change_apichange"),
        ("administrator", "accounts.add_user", "billing.change_entry"),
        ("coordinator", "onboarding.view_documentversion", "onboarding.change_documentversion"),
        ("administrator", "onboarding.change_documentversion", "onboarding.delete_documentversion"),
        ("coordinator", "onboarding.view_offerpack", "onboarding.change_offerpack"),
        ("administrator", "onboarding.view_acceptance", "onboarding.add_acceptance"),
        ("coordinator", "onboarding.delete_hoursexception", "onboarding.change_appointment"),
        ("administrator", "onboarding.change_workinghours", "onboarding.delete_appointment"),
        ("coordinator", "onboarding.view_appointment", "onboarding.add_appointment"),
    ],
)
def test_role_may_what_its_work_asks_and_no_more(role, may, may_not):
    user = employee_of_operator(role)

    assert (user.has_perm(may), user.has_perm(may_not)) == (True, False)


def test_every_permission_of_a_role_belongs_to_a_model_of_ours():
    known = {(model._meta.app_label, model._meta.model_name) for model in apps.get_models()}

    given = Permission.objects.filter(group__isnull=False).select_related("content_type")

    assert given.count() > 50
    assert {(row.content_type.app_label, row.content_type.model) for row in given} <= known


def test_nobody_changes_the_ledger_or_throws_an_invoice_or_order_away():
    forbidden = ["change_entry", "add_entry", "delete_entry", "delete_invoice", "add_invoice", "delete_order"]

    assert not Permission.objects.filter(group__isnull=False, codename__in=forbidden).exists()


@pytest.mark.parametrize(
    ("role", "opens", "closed"),
    [
        ("coordinator", "admin:portals_portal_changelist", "admin:auth_group_changelist"),
        ("finance", "admin:accounts_mail_changelist", "admin:accounts_user_changelist"),
        ("customer_service", "admin:accounts_user_changelist", "admin:auth_group_changelist"),
        ("administrator", "admin:accounts_user_changelist", "admin:auth_group_add"),
    ],
)
def test_role_opens_its_pages_of_the_back_office(client, settings, role, opens, closed):
    settings.DEMO = True
    client.force_login(employee_of_operator(role))

    answers = [client.get(reverse(name), headers={"host": "localhost"}).status_code for name in (opens, closed)]

    assert answers == [200, 403]
