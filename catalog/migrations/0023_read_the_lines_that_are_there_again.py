"""Takes the number out of the lines that were texts for what stands behind it, as new ones are read since 0022."""

from django.db import migrations

DIGITS = r"(\d{1,3}(?:\.\d{3})+(?:,\d{1,4})?|\d{1,9}(?:[.,]\d{1,4})?)"
UNIT = r"((?!x\s)[^\d\s.,:;()+×/-](?:[^\d,:;()]{0,13}[^\d\s,:;()])?)"
NUMBER = rf"'^{DIGITS}(?:\s*(?:-|–|tot|to)\s*{DIGITS})?\s*{UNIT}\s*(?:[,;(].*)?$'"


def number(text: str) -> str:
    return rf"replace(regexp_replace({text}, '\.(?=\d{{3}})', '', 'g'), ',', '.')::numeric"


READ = rf"""
UPDATE catalog_specificationline
   SET key = trim('-' FROM lower(regexp_replace(names.nl, '[^[:alnum:]]+', '-', 'g'))), name_nl = names.nl,
       name_en = names.en, low = {number("found.nl[1]")}, high = {number("coalesce(found.nl[2], found.nl[1])")}
  FROM catalog_specificationline AS line,
       LATERAL (SELECT regexp_match(line.value_nl, {NUMBER}), regexp_match(line.value_en, {NUMBER})) AS found(nl, en),
       LATERAL (SELECT line.name_nl || ' (' || found.nl[3] || ')',
                       line.name_en || ' (' || coalesce(found.en[3], found.nl[3]) || ')') AS names(nl, en)
 WHERE catalog_specificationline.id = line.id AND line.low IS NULL AND found.nl IS NOT NULL
"""  # noqa: S608 - made of constants


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0022_read_numbers_with_more_behind_them"),
    ]

    operations = [
        migrations.RunSQL(READ, reverse_sql=migrations.RunSQL.noop),
    ]
