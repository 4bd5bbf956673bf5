from django.db import migrations

COLLECT = """
INSERT INTO catalog_word (text)
SELECT DISTINCT word
  FROM (
    SELECT concat_ws(' ', name_nl, name_en, brand) FROM catalog_product
    UNION ALL
    SELECT concat_ws(' ', name_nl, name_en) FROM catalog_category
  ) AS named(names), unnest(tsvector_to_array(to_tsvector('simple', names))) AS word
 WHERE word ~ '^[[:alpha:]]{3,80}$'
 ORDER BY word
    ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_keep_the_words_of_the_catalogue"),
    ]

    operations = [migrations.RunSQL(COLLECT, migrations.RunSQL.noop)]
