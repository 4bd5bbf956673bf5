"""What a coordinator decides about a portal, written in one go: company, period, look, and what credit pays for.

Credit given for the live period moves along when the period moves; the ledger itself is never touched.
"""

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.db import transaction
from django.db.models import F

from accounts.models import User
from catalog.models import AssortmentCategory, Category
from portals.models import Company, Portal
from thuiswerk.lib.periods import amsterdam_date

HOST_NAMES = ("slug", "custom_domain")
# What the screen writes of a portal. The state is not among it: a colleague may have paused the shop meanwhile.
COLUMNS = {field.name for field in Portal._meta.concrete_fields} - {
    "id",
    "state",
    "revision",
    "is_example",
    "created_at",
}


@transaction.atomic
def save_portal(
    portal: Portal, *, company: Company, categories: Iterable[Category], now: dt.datetime, actor: User
) -> None:
    """Write the portal with its company and the categories that it pays for. Its state is for `portals.lifecycle`."""
    with pghistory.context(actor=actor.pk):
        company.save()
        portal.company = company
        before = Portal.objects.select_for_update(of=("self",), no_key=True).filter(pk=portal.pk).first()
        if before is None:
            portal.save()
        else:
            portal.save(update_fields=_written(before, portal))
            move_credit(before, portal, now)
        set_assortment(portal, categories)
    transaction.on_commit(lambda: _make_stale(company))


@transaction.atomic
def set_assortment(portal: Portal, categories: Iterable[Category]) -> None:
    """Make `categories`, each with all below it, what credit pays for in `portal`. One below another is left out."""
    chosen = list(categories)
    roots = {c.pk for c in chosen if not any(c.path != o.path and c.path.startswith(o.path) for o in chosen)}
    present = set(portal.assortment.values_list("category_id", flat=True))
    portal.assortment.filter(category_id__in=present - roots).delete()
    AssortmentCategory.objects.bulk_create(
        AssortmentCategory(portal=portal, category_id=pk) for pk in sorted(roots - present)
    )
    portal.bump_revision()


def _make_stale(company: Company) -> None:
    """The name of the company stands on the pages of all its portals. After the commit: the lock of one is enough."""
    company.portals.update(revision=F("revision") + 1)


def _written(before: Portal, after: Portal) -> set[str]:
    """The columns to write, without names of the host that stay as they are.

    To write a unique column, PostgreSQL takes the lock that an order waits for when it names the portal, while this
    transaction waits for the credit that the order took.
    """
    return COLUMNS - {name for name in HOST_NAMES if getattr(before, name) == getattr(after, name)}


def move_credit(before: Portal, after: Portal, now: dt.datetime) -> None:
    """Give credit that holds for the old live period, and has not ended, the new one."""
    if before.live_from is None or before.live_until is None or after.live_from is None:
        return
    given = after.grants.filter(valid_until__gte=amsterdam_date(now))
    given.filter(valid_from=before.live_from, valid_until=before.live_until).update(
        valid_from=after.live_from, valid_until=after.live_until
    )
