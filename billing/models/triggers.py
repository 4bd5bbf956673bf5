"""What the database itself refuses, whoever asks: bulk statements and raw SQL too."""

import pgtrigger

ISSUED = """
    IF EXISTS (SELECT FROM billing_invoice WHERE id IN (OLD.invoice_id, NEW.invoice_id) AND issued_at IS NOT NULL) THEN
        RAISE EXCEPTION 'pgtrigger: Cannot change rows of an issued invoice in % table', TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""

# The portal itself can never become an example: see `portals.models`.
NO_EXAMPLE = """
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM portals_portal WHERE id = OLD.portal_id AND is_example) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
"""


def frozen(name: str) -> pgtrigger.Trigger:
    """What has been written stays as it is."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def frozen_but_in_examples(name: str) -> pgtrigger.Trigger:
    """What has been written stays as it is, but in an example portal, which begins anew each night, it may go."""
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=NO_EXAMPLE
    )


def frozen_with_its_invoice(name: str) -> pgtrigger.Trigger:
    """Rows of a draft may come and go; those of an issued invoice stay as they are, and none comes in."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=ISSUED,
    )
