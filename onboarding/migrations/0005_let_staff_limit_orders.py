"""Coordinators and administrators keep the limits for each employee."""

from importlib import import_module

from django.db import migrations

ROLES = ("coordinator", "administrator")
RIGHTS = {"catalog.quantitylimit": ("view", "add", "change", "delete")}
permission = import_module("onboarding.migrations.0002_staff_roles").permission


def permissions(apps):
    return [permission(apps, label, action) for label, actions in RIGHTS.items() for action in actions]


def give(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(*permissions(apps))


def take(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(*permissions(apps))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0004_let_staff_keep_the_delivery_days"), ("catalog", "0006_limit_orders")]

    operations = [migrations.RunPython(give, take)]
