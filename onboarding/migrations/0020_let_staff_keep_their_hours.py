"""Coordinators keep their hours and see the calls; those that there are begin with the hours of an office."""

import datetime as dt
from importlib import import_module

from django.db import migrations

HOURS = {
    "onboarding.workinghours": ("view", "add", "change", "delete"),
    "onboarding.hoursexception": ("view", "add", "change", "delete"),
    "onboarding.appointment": ("view",),
}
ROLES = ("coordinator", "administrator")
FIRST_HOURS = ((dt.time(9), dt.time(12)), (dt.time(13), dt.time(17)))
permission = import_module("onboarding.migrations.0002_staff_roles").permission


def permissions(apps):
    return [permission(apps, label, action) for label, actions in HOURS.items() for action in actions]


def give(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(*permissions(apps))


def take(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(*permissions(apps))


def write_hours(apps, schema_editor):
    hours = apps.get_model("onboarding", "WorkingHours").objects
    hours.bulk_create(
        hours.model(coordinator=coordinator, weekday=weekday, starts=starts, ends=ends)
        for coordinator in apps.get_model("onboarding", "Coordinator").objects.filter(hours=None)
        for weekday in range(5)
        for starts, ends in FIRST_HOURS
    )


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0019_plan_calls")]

    operations = [
        migrations.RunPython(give, take),
        migrations.RunPython(write_hours, migrations.RunPython.noop),
    ]
