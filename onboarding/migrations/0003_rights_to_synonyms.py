"""Who leads a request to a live portal also keeps the words that mean the same."""

from django.db import migrations

ACTIONS = ("view", "add", "change", "delete")
ROLES = ("coordinator", "administrator")


def give_rights(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="catalog", model="synonyms"
    )
    for action in ACTIONS:
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=f"{action}_synonyms", defaults={"name": f"Can {action} synonyms"}
        )
        permission.group_set.add(*apps.get_model("auth", "Group").objects.filter(name__in=ROLES))


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0002_staff_roles"),
        ("catalog", "0003_keep_the_words_of_the_catalogue"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
