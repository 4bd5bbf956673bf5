"""Coordinators follow up leads, administrators too; who gets new ones is for administrators to say."""

from importlib import import_module

from django.db import migrations

LEADS = {
    "onboarding.lead": ("view", "add", "change"),
    "onboarding.coordinator": ("view", "change"),
}
RIGHTS = {
    "coordinator": LEADS,
    "administrator": LEADS | {"onboarding.coordinator": ("view", "add", "change")},
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
    dependencies = [("onboarding", "0013_take_in_leads")]

    operations = [migrations.RunPython(give, take)]
