"""Who may change products may also hand over a feed of them, and look at what became of it."""

from django.db import migrations

ACTIONS = ("view", "add")


def give_rights(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="catalog", model="feedrun"
    )
    for action in ACTIONS:
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=f"{action}_feedrun", defaults={"name": f"Can {action} product feed"}
        )
        permission.group_set.add(*apps.get_model("auth", "Group").objects.filter(name="administrator"))


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0006_let_customer_service_answer"),
        ("catalog", "0007_keep_product_feeds"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
