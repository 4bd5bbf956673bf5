"""The table of the default cache, as `createcachetable` would make it: login rate limits live in it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE IF NOT EXISTS django_cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX IF NOT EXISTS django_cache_expires ON django_cache (expires);
            """,
            "DROP TABLE django_cache",
        )
    ]
