"""Administrators keep the addresses that orders are handed over to, and send deliveries again."""

from importlib import import_module

from django.db import migrations

RIGHTS = {"orders.webhookendpoint": ("view", "add", "change"), "orders.webhookdelivery": ("view", "change")}
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
    dependencies = [("onboarding", "0007_let_administrators_import_feeds"), ("orders", "0010_hand_orders_over")]

    operations = [migrations.RunPython(give, take)]
