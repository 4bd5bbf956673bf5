"""What a company's addresses end on, for the warnings of a list of employees."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import portals.mail_domains


class Migration(migrations.Migration):
    dependencies = [
        ("portals", "0004_check_numbers_of_companies"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="company",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="company",
            name="update_update",
        ),
        migrations.AddField(
            model_name="company",
            name="mail_domains",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Such as acme.nl, each on a line of its own. A list of employees then tells who has another address. Empty: every address will do.",
                max_length=600,
                validators=[portals.mail_domains.validate_domains],
                verbose_name="mail domains",
            ),
        ),
        migrations.AddField(
            model_name="companyevent",
            name="mail_domains",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Such as acme.nl, each on a line of its own. A list of employees then tells who has another address. Empty: every address will do.",
                max_length=600,
                validators=[portals.mail_domains.validate_domains],
                verbose_name="mail domains",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="company",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "portals_companyevent" ("city", "contact_name", "country", "created_at", "e_invoice_profile", "enterprise_number", "id", "invoice_copies", "invoice_email", "kvk_number", "language", "legal_name", "mail_domains", "name", "needs_order_number", "oin", "order_number", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postal_code", "products_agreed_on", "reference", "specification", "street") VALUES (NEW."city", NEW."contact_name", NEW."country", NEW."created_at", NEW."e_invoice_profile", NEW."enterprise_number", NEW."id", NEW."invoice_copies", NEW."invoice_email", NEW."kvk_number", NEW."language", NEW."legal_name", NEW."mail_domains", NEW."name", NEW."needs_order_number", NEW."oin", NEW."order_number", NEW."payment_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postal_code", NEW."products_agreed_on", NEW."reference", NEW."specification", NEW."street"); RETURN NULL;',
                    hash="d50bf968a693eeafe4f4c9382bb1179c5eb73d6b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b3192",
                    table="portals_company",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="company",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "portals_companyevent" ("city", "contact_name", "country", "created_at", "e_invoice_profile", "enterprise_number", "id", "invoice_copies", "invoice_email", "kvk_number", "language", "legal_name", "mail_domains", "name", "needs_order_number", "oin", "order_number", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postal_code", "products_agreed_on", "reference", "specification", "street") VALUES (NEW."city", NEW."contact_name", NEW."country", NEW."created_at", NEW."e_invoice_profile", NEW."enterprise_number", NEW."id", NEW."invoice_copies", NEW."invoice_email", NEW."kvk_number", NEW."language", NEW."legal_name", NEW."mail_domains", NEW."name", NEW."needs_order_number", NEW."oin", NEW."order_number", NEW."payment_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postal_code", NEW."products_agreed_on", NEW."reference", NEW."specification", NEW."street"); RETURN NULL;',
                    hash="4523d5c10e7a525a5ac9f35eb0d8694b185ad2b7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_39516",
                    table="portals_company",
                    when="AFTER",
                ),
            ),
        ),
    ]
