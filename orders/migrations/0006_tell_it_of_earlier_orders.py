"""Give earlier orders the events that their own times tell."""

from django.db import migrations

KINDS = {"placed": "placed_at", "paid": "confirmed_at", "lapsed": "lapsed_at"}
COPY = """
    INSERT INTO orders_orderevent (portal_id, order_id, kind, at, note, tracking_url)
    SELECT portal_id, id, '{kind}', {at}, '', '' FROM orders_order WHERE {at} IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_tell_what_happened_to_an_order")]

    operations = [
        migrations.RunSQL([COPY.format(kind=kind, at=at) for kind, at in KINDS.items()], migrations.RunSQL.noop)
    ]
