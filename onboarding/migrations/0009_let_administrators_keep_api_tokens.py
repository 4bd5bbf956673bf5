"""Administrators make and revoke the tokens of the API, and see what was changed by them."""

from importlib import import_module

from django.db import migrations

RIGHTS = {"orders.apitoken": ("view", "add", "change"), "orders.apichange": ("view",)}
permission = import_module("onboarding.migrations.0002_staff_roles").permission


def permissions(apps):
    return [permission(apps, label, action) for label, actions in RIGHTS.items() for action in actions]


def give(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name="administrator"):
        group.permissions.add(*permissions(apps))


def take(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name="administrator"):
        group.permissions.remove(*permissions(apps))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0008_let_administrators_hand_over"), ("orders", "0011_open_an_api")]

    operations = [migrations.RunPython(give, take)]
