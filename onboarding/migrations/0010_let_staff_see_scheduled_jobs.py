"""Administrators see the scheduled jobs and run one now, which is to change it; finance sees them."""

from importlib import import_module

from django.db import migrations

RIGHTS = {
    "administrator": {"accounts.job": ("view", "change"), "accounts.jobrun": ("view",)},
    "finance": {"accounts.job": ("view",), "accounts.jobrun": ("view",)},
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
    dependencies = [
        ("onboarding", "0009_let_administrators_keep_api_tokens"),
        ("accounts", "0003_remember_scheduled_jobs"),
    ]

    operations = [migrations.RunPython(give, take)]
