import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# What was issued before drafts existed had a line for each order, and spanned its month.
FILL_IN = """
UPDATE billing_invoiceline SET last_day = first_day;
UPDATE billing_invoice
   SET starts_on = period, ends_on = (period + INTERVAL '1 month - 1 day')::date, drafted_at = issued_at,
       specification = 'order', buyer_reference = COALESCE(buyer->>'reference', '');
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_draft_before_issue")]

    operations = [
        migrations.RunSQL(FILL_IN, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="billedentry",
            trigger=pgtrigger.compiler.Trigger(
                name="billed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT FROM billing_invoice WHERE id IN (OLD.invoice_id, NEW.invoice_id) AND issued_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot change rows of an issued invoice in % table', TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n",
                    hash="3628893ed1c37f80389001063aa209e2ab9fc0c1",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_billed_once_6d9c5",
                    table="billing_billedentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."issued_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a312e1dbe3b281a7fc5ce788c7a01d57371b5da9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_fe46c",
                    table="billing_invoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoiceline",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen_line",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT FROM billing_invoice WHERE id IN (OLD.invoice_id, NEW.invoice_id) AND issued_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot change rows of an issued invoice in % table', TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n",
                    hash="c9fd7b23f76c43dc9bbe35d38d553816cc7c2c7f",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_line_f91d2",
                    table="billing_invoiceline",
                    when="BEFORE",
                ),
            ),
        ),
    ]
