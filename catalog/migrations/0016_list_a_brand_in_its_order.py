from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0015_sample_what_is_searched"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="product",
            name="product_by_brand",
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("is_active", True)),
                fields=["category", "brand", "name_nl", "id"],
                name="product_by_brand",
            ),
        ),
    ]
