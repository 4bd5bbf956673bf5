"""The companies of the invoice run: each with a portal, and in it so many people who ordered once last month."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from accounts.models import User
from billing.models import Entry, EntryKind, Grant
from portals.models import Company, Membership, Portal, PortalState
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month

AMOUNT = Decimal("75.50")
BATCH = 2000


def load_portals(name: str, count: int, *, orders: int, month: Month) -> list[int]:
    """Make `count` portals in which `month` had so many orders; the ids of the portals."""
    companies = Company.objects.bulk_create(
        Company(
            name=f"{name} {number}",
            legal_name=f"{name} {number} B.V.",
            kvk_number=f"{number:08d}",
            street="Stationsplein 1",
            postal_code="3511 ED",
            city="Utrecht",
            invoice_email=f"facturen@{name}-{number}.example",
            reference=f"PO-{number}",
        )
        for number in range(count)
    )
    portals = Portal.objects.bulk_create(
        Portal(
            company=company,
            slug=f"{name}-{number}",
            name=company.name,
            state=PortalState.READY,
            live_from=month.first_day,
            live_until=month.next.last_day,
        )
        for number, company in enumerate(companies)
    )
    _spend(_people(portals, orders), month)
    return [portal.pk for portal in portals]


def _people(portals: Sequence[Portal], count: int) -> list[Membership]:
    password = make_password("not used by the bench")
    users = User.objects.bulk_create(
        (
            User(email=f"medewerker-{number}@{portal.slug}.example", name=f"Medewerker {number}", password=password)
            for portal in portals
            for number in range(count)
        ),
        batch_size=BATCH,
    )
    return Membership.objects.bulk_create(
        (
            Membership(portal=portals[place // count], user=user, staff_number=f"{10000 + place % count}")
            for place, user in enumerate(users)
        ),
        batch_size=BATCH,
    )


def _spend(people: Sequence[Membership], month: Month) -> None:
    """A grant for each, all of it spent on one order."""
    grants = Grant.objects.bulk_create(
        (
            Grant(
                portal_id=person.portal_id,
                membership=person,
                amount=AMOUNT,
                remaining=ZERO,
                valid_from=month.first_day,
                valid_until=month.last_day,
                source=f"bench:{person.pk}",
            )
            for person in people
        ),
        batch_size=BATCH,
    )
    day = month.start + dt.timedelta(hours=12)
    Entry.objects.bulk_create(
        (
            Entry(
                portal_id=lot.portal_id,
                membership_id=lot.membership_id,
                grant=lot,
                kind=kind,
                amount=amount,
                order_number="" if kind == EntryKind.GRANT else f"TW26-{lot.membership_id}",
                source=f"{kind}:bench:{lot.membership_id}",
                posted_at=day + dt.timedelta(days=place % 27),
            )
            for place, lot in enumerate(grants)
            for kind, amount in ((EntryKind.GRANT, AMOUNT), (EntryKind.SPEND, -AMOUNT))
        ),
        batch_size=BATCH,
    )
