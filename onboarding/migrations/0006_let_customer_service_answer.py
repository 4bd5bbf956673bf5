"""Customer service reads and answers questions; coordinators read them."""

from importlib import import_module

from django.db import migrations

RIGHTS = {"customer_service": ("view", "change"), "administrator": ("view", "change"), "coordinator": ("view",)}
permission = import_module("onboarding.migrations.0002_staff_roles").permission


def give(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.add(*(permission(apps, "orders.question", action) for action in RIGHTS[group.name]))


def take(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.remove(*(permission(apps, "orders.question", action) for action in RIGHTS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_let_staff_limit_orders"), ("orders", "0009_keep_questions")]

    operations = [migrations.RunPython(give, take)]
