"""Rows of an example portal may go, so that it can begin anew; what other portals have stays as it is."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0014_name_corrections_as_basis"),
        ("portals", "0007_mark_examples"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="entry",
            name="append_only",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="particulars",
            name="particulars_stay",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM portals_portal WHERE id = OLD.portal_id AND is_example) THEN\n        RETURN OLD;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;\n",
                    hash="a6456381e768faf112d6759f1096093dbf83a272",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9a5fe",
                    table="billing_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="particulars",
            trigger=pgtrigger.compiler.Trigger(
                name="particulars_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM portals_portal WHERE id = OLD.portal_id AND is_example) THEN\n        RETURN OLD;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;\n",
                    hash="0e7ba32754139cbaa0fa98dee1a071ac4a484c21",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_particulars_stay_8e86a",
                    table="billing_particulars",
                    when="BEFORE",
                ),
            ),
        ),
    ]
