"""Digits are 0 to 9; the database stays as it is."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portals", "0003_name_products_by_agreement"),
    ]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="kvk_number",
            field=models.CharField(
                blank=True,
                max_length=8,
                validators=[django.core.validators.RegexValidator("\\A[0-9]{8}\\Z", "A KvK number has 8 digits.")],
                verbose_name="KvK number",
            ),
        ),
        migrations.AlterField(
            model_name="company",
            name="oin",
            field=models.CharField(
                blank=True,
                help_text="Of a Dutch government body: its e-invoices are addressed to it.",
                max_length=20,
                validators=[django.core.validators.RegexValidator("\\A[0-9]{20}\\Z", "An OIN has 20 digits.")],
                verbose_name="OIN",
            ),
        ),
        migrations.AlterField(
            model_name="companyevent",
            name="kvk_number",
            field=models.CharField(
                blank=True,
                max_length=8,
                validators=[django.core.validators.RegexValidator("\\A[0-9]{8}\\Z", "A KvK number has 8 digits.")],
                verbose_name="KvK number",
            ),
        ),
        migrations.AlterField(
            model_name="companyevent",
            name="oin",
            field=models.CharField(
                blank=True,
                help_text="Of a Dutch government body: its e-invoices are addressed to it.",
                max_length=20,
                validators=[django.core.validators.RegexValidator("\\A[0-9]{20}\\Z", "An OIN has 20 digits.")],
                verbose_name="OIN",
            ),
        ),
    ]
