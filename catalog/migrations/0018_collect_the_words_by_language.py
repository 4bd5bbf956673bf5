from django.db import migrations

COLLECT = """
INSERT INTO catalog_word (text, language)
SELECT DISTINCT word, language
  FROM (
    SELECT name_nl, name_en, brand FROM catalog_product
    UNION ALL
    SELECT name_nl, name_en, '' FROM catalog_category
  ) AS named(nl, en, brand),
       LATERAL (VALUES (nl, 'nl'), (en, 'en'), (brand, '')) AS written(names, language),
       unnest(tsvector_to_array(to_tsvector('simple', names))) AS word
 WHERE word ~ '^[[:alpha:]]{3,80}$'
 ORDER BY word, language
    ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_tell_words_by_language"),
    ]

    operations = [migrations.RunSQL(COLLECT, migrations.RunSQL.noop)]
