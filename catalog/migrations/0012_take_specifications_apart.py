"""Gives the products that are there the lines of their specifications; triggers keep the lines themselves."""

from django.db import migrations

FILL = """
UPDATE catalog_product SET specification_ids = ARRAY(
  SELECT DISTINCT ('x' || left(md5(line::text), 16))::bit(64)::bigint
    FROM jsonb_path_query(specifications, '$[*]') AS line)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_keep_the_lines_of_specifications"),
    ]

    operations = [
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
    ]
