from django.conf import settings
from django.db import migrations


def tell(apps, schema_editor):
    """Every grant that was reopened before had the whole period."""
    grants = apps.get_model("billing", "Grant").objects.filter(reopened_until__isnull=False, grace_days=None)
    grants.update(grace_days=settings.CREDIT_GRACE_DAYS)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_remember_the_days_of_grace")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
