"""Coordinators and administrators keep the exceptions to the delivery days."""

from importlib import import_module

from django.db import migrations

ROLES = ("coordinator", "administrator")
RIGHTS = {"orders.deliveryexception": ("view", "add", "change", "delete")}
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
    dependencies = [("onboarding", "0003_rights_to_synonyms"), ("orders", "0004_promise_a_delivery_day")]

    operations = [migrations.RunPython(give, take)]
