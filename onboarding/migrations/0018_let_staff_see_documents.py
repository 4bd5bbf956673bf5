"""Coordinators see the texts of documents; administrators edit and publish them."""

from importlib import import_module

from django.db import migrations

SENT = {
    "onboarding.offerpack": ("view",),
    "onboarding.acceptance": ("view",),
}
RIGHTS = {
    "coordinator": SENT | {"onboarding.documentversion": ("view",)},
    "administrator": SENT | {"onboarding.documentversion": ("view", "change")},
}
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
    dependencies = [("onboarding", "0017_write_the_first_documents")]

    operations = [migrations.RunPython(give, take)]
