"""Finance reads bank statements and places payments, administrators too; coordinators do not see them."""

from importlib import import_module

from django.db import migrations

PAYMENTS = {
    "billing.bankstatement": ("view", "add"),
    "billing.bankentry": ("view",),
    "billing.allocation": ("view", "add"),
}
RIGHTS = {"administrator": PAYMENTS, "finance": PAYMENTS}
permission = import_module("onboarding.migrations.0002_staff_roles").permission


def groups_and_rights(apps):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        rights = RIGHTS[group.name].items()
        yield group, [permission(apps, label, action) for label, actions in rights for action in actions]


def give(apps, schema_editor):
    for group, permissions in groups_and_rights(apps):
        group.permissions.add(*permissions)


def take(apps, schema_editor):
    for group, permissions in groups_and_rights(apps):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0011_let_staff_class_for_payroll"),
        ("billing", "0007_take_in_bank_statements"),
    ]

    operations = [migrations.RunPython(give, take)]
