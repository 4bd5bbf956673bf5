from django.db import migrations


class Migration(migrations.Migration):
    """The sequence of order numbers. Orders may skip numbers, so a sequence is enough; invoices may not."""

    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE order_number START WITH 100001", "DROP SEQUENCE order_number"),
    ]
