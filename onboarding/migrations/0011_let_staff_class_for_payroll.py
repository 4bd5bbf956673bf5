"""Coordinators and administrators keep the classes for payroll; finance sees them."""

from importlib import import_module

from django.db import migrations

ALL = ("view", "add", "change", "delete")
RIGHTS = {"coordinator": ALL, "administrator": ALL, "finance": ("view",)}
permission = import_module("onboarding.migrations.0002_staff_roles").permission


def groups_and_rights(apps):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        yield group, [permission(apps, "catalog.payrollrule", action) for action in RIGHTS[group.name]]


def give(apps, schema_editor):
    for group, permissions in groups_and_rights(apps):
        group.permissions.add(*permissions)


def take(apps, schema_editor):
    for group, permissions in groups_and_rights(apps):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0010_let_staff_see_scheduled_jobs"),
        ("catalog", "0024_class_categories_for_payroll"),
    ]

    operations = [migrations.RunPython(give, take)]
