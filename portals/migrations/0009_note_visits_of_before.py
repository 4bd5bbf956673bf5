"""Who logged in before visits were noted has been there: nobody is asked again to come."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def note(apps, schema_editor):
    members = apps.get_model("portals", "Membership").objects.filter(first_seen_at=None, user__last_login__isnull=False)
    logins = apps.get_model("accounts", "User").objects.filter(pk=OuterRef("user_id")).values("last_login")
    members.update(first_seen_at=Subquery(logins))


class Migration(migrations.Migration):
    dependencies = [
        ("portals", "0008_tell_who_came_and_who_is_forgotten"),
        ("accounts", "0004_tell_what_became_of_mails"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
