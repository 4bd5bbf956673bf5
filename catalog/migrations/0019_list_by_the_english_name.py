"""Built beside the running shop: `CREATE INDEX CONCURRENTLY` lets products be written meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce, NullIf

ENGLISH = Coalesce(NullIf(models.F("name_en"), models.Value("")), models.F("name_nl"))
INDEXES = (
    ("product_by_category_en", (models.F("category"), ENGLISH, models.F("id"))),
    ("product_by_brand_en", (models.F("category"), models.F("brand"), ENGLISH, models.F("id"))),
    ("product_by_name_en", (ENGLISH, models.F("id"))),
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("catalog", "0018_collect_the_words_by_language"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(*columns, name=name, condition=models.Q(is_active=True)),
        )
        for name, columns in INDEXES
    ]
