"""Whatever is spent, given back, run, issued and corrected in whatever order: every document says what a plain model
of billing says, every entry is billed once, and no number is missing."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from billing import consumption, correcting, issuing, ledger, proof, run
from billing.consumption import CONSUMED
from billing.models import Entry, Invoice, InvoiceLine
from portals.models import Company, Membership, Portal, Specification
from tests.billing.books import Held, Key, Paper, Person, Refund, Refused, Shop, Spend
from tests.world import AGREED_ON, World, make_grant, make_membership
from thuiswerk.lib.periods import AMSTERDAM, Month

START = dt.datetime(2026, 10, 20, 12, 0, tzinfo=AMSTERDAM)
FAR = dt.date(2040, 12, 31)
amounts = st.decimals(min_value="0.01", max_value="120", places=2)
picks = st.integers(min_value=0, max_value=1000)
type Purchase = tuple[int, Decimal, bool]  # by whom, for how much, in a month that is over
type Return = tuple[int, Decimal | None, bool]  # of which spend, how much (None: all), in a month that is over
purchases = st.tuples(picks, amounts, st.booleans())
returns = st.tuples(picks, st.none() | amounts, st.booleans())


class BillingMachine(RuleBasedStateMachine):
    """Drives real billing and the model side by side, in two portals."""

    portals: list[Portal]
    people: list[tuple[Membership, Person]]
    actor: User
    configuration: LazySettings

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.now, self.serial = START, 0
        self.configuration.INVOICE_REVIEW_DAYS = 0
        series: Counter[str] = Counter()
        self.shops = {portal.pk: Shop(series, portal.company.specification) for portal in self.portals}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @rule(hours=st.integers(min_value=1, max_value=24 * 40))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)

    @initialize(
        bought=st.lists(purchases, min_size=4, max_size=8),
        returned=st.lists(returns, min_size=2, max_size=4),
        review_days=st.sampled_from([0, 60]),
    )
    def begin_with_two_months(self, bought: list[Purchase], returned: list[Return], review_days: int) -> None:
        """Invoices of the first, credit notes of the second: then there is something to correct."""
        self.spend(bought)
        self.month_ends(review_days=0)
        self.refund(returned)
        self.month_ends(review_days=review_days)

    @rule(bought=st.lists(purchases, min_size=1, max_size=4))
    def spend(self, bought: list[Purchase]) -> None:
        for pick, amount, is_late in bought:
            membership, person = self.people[pick % len(self.people)]
            number, at = f"TW26-{self.next()}", self.moment(is_late)
            entries = ledger.spend(membership, amount=amount, order_number=number, now=at)
            made = [Spend(entry.pk, number, person, -entry.amount, at) for entry in entries]
            self.shops[membership.portal_id].spends += made

    @precondition(lambda self: self.kept())
    @rule(returned=st.lists(returns, min_size=1, max_size=4))
    def refund(self, returned: list[Return]) -> None:
        for pick, asked, is_late in returned:
            if kept := self.kept():
                spent = kept[pick % len(kept)]
                amount, at = min(asked or spent.left, spent.left), self.moment(is_late)
                entry = Entry.objects.get(pk=spent.entry)
                ledger.refund(entry, amount=amount, source=f"return {self.next()}", now=at)
                spent.refunds.append(Refund(amount, max(spent.at, at)))

    @rule(pick=picks, back=st.sampled_from([0, 0, 0, 1, 2]))
    def run_a_month(self, pick: int, back: int) -> None:
        month = consumption.last_closed(self.now)
        for _ in range(back):
            month = month.previous
        portal = self.portals[pick % len(self.portals)]
        assert self.run(portal, month) == self.run(portal, month)

    @rule(review_days=st.sampled_from([0, 20, 60]))
    def month_ends(self, review_days: int) -> None:
        self.configuration.INVOICE_REVIEW_DAYS = review_days
        self.now = Month.of(self.now).end + dt.timedelta(days=8)
        for portal in self.portals:
            self.run(portal, consumption.last_closed(self.now))

    @rule()
    def every_month_ends(self) -> None:
        """All that is known is billed then."""
        for _ in range(2):
            self.month_ends(review_days=0)
        assert not Entry.objects.filter(CONSUMED, billed=None).exists()
        assert proof.faults() == []

    @precondition(lambda self: self.papers())
    @rule(pick=picks)
    def issue_one(self, pick: int) -> None:
        shop, paper, invoice = self.pick_paper(pick)
        try:
            shop.issue(paper, self.now)
        except Held:
            with pytest.raises(issuing.DocumentHeld):
                issuing.issue(invoice, now=self.now)
        else:
            assert issuing.issue(invoice, now=self.now).number == paper.number

    @precondition(lambda self: self.papers())
    @rule(pick=picks, lines=st.none() | st.sets(st.integers(0, 4), min_size=1))
    def correct(self, pick: int, lines: set[int] | None) -> None:
        shop, paper, invoice = self.pick_paper(pick)
        chosen = list(invoice.lines.all())
        if lines is not None:
            chosen = [line for position, line in enumerate(chosen) if position in lines] or chosen[:1]
        only = None if lines is None else chosen
        facts = {"lines": only, "reason": "Kostenplaats", "source": f"form {self.next()}"}
        try:
            shop.correct(paper, {self.key(line) for line in chosen}, self.now)
        except Refused:
            with pytest.raises((correcting.CorrectionRefused, issuing.DocumentHeld)):
                correcting.correct(invoice, **facts, now=self.now, actor=self.actor)
        else:
            corrections = [correcting.correct(invoice, **facts, now=self.now, actor=self.actor) for _ in range(2)]
            assert corrections[0] == corrections[1]

    @rule(pick=picks, specification=st.sampled_from(Specification), city=st.sampled_from(["Utrecht", "Utrecht", ""]))
    def company_changes(self, pick: int, specification: Specification, city: str) -> None:
        portal = self.portals[pick % len(self.portals)]
        facts = {"specification": specification, "products_agreed_on": AGREED_ON, "city": city}
        Company.objects.filter(portals=portal).update(**facts)
        shop = self.shops[portal.pk]
        shop.specification, shop.has_address = specification, bool(city)

    @invariant()
    def documents_say_what_the_model_says(self) -> None:
        for portal in self.portals:
            shop = self.shops[portal.pk]
            invoices = list(portal.invoices.order_by("pk"))
            position = {invoice.pk: index for index, invoice in enumerate(invoices)}
            assert [
                (made.kind, made.month, made.number or "", made.total, self.lines_of(made, position))
                for made in invoices
            ] == [
                (paper.kind, paper.period, paper.number, paper.total, paper.lines(shop.papers)) for paper in shop.papers
            ]

    @invariant()
    def books_are_right(self) -> None:
        assert proof.wrong_invoices() + proof.over_credited() == []
        told = {
            balance.slug: (balance.consumed, balance.invoiced, balance.credited, balance.unbilled)
            for balance in proof.portal_balances()
        }
        ours = {portal.slug: self.shops[portal.pk].balance() for portal in self.portals}
        assert told == {slug: balance for slug, balance in ours.items() if any(balance)}

    @invariant()
    def invoices_stand_for_what_they_carry(self) -> None:
        """Nothing is credited twice: what is left of an invoice after its credit notes is what its spends still say."""
        for shop in self.shops.values():
            for paper in shop.papers:
                credits = [part.amount for other in shop.papers for part in other.parts if part.corrects is paper]
                carried = sum(spend.standing for spend in shop.spends if spend.carrier is paper)
                assert paper.total > 0
                assert paper.kind == "credit_note" or paper.total - sum(credits) == carried >= 0

    def run(self, portal: Portal, month: Month) -> list[Invoice]:
        self.shops[portal.pk].run(month, self.now, self.configuration.INVOICE_REVIEW_DAYS)
        return run.run_portal(portal, month, now=self.now)

    def next(self) -> int:
        self.serial += 1
        return self.serial

    def moment(self, is_late: bool) -> dt.datetime:
        """Now, or within the last month that is over: what shows after that month was closed."""
        late = consumption.last_closed(self.now).end - dt.timedelta(hours=3)
        return max(late, START) if is_late else self.now

    def kept(self) -> list[Spend]:
        return [spend for shop in self.shops.values() for spend in shop.spends if spend.left]

    def papers(self) -> list[tuple[int, int]]:
        return [(pk, index) for pk, shop in self.shops.items() for index in range(len(shop.papers))]

    def pick_paper(self, pick: int) -> tuple[Shop, Paper, Invoice]:
        portal, index = self.papers()[pick % len(self.papers())]
        return (
            self.shops[portal],
            self.shops[portal].papers[index],
            Invoice.objects.filter(portal=portal).order_by("pk")[index],
        )

    def lines_of(self, invoice: Invoice, position: dict[int, int]) -> dict[Key, Decimal]:
        lines = list(invoice.lines.all())
        told = {self.key(line, position): line.amount for line in lines}
        assert len(told) == len(lines)
        return told

    def key(self, line: InvoiceLine, position: dict[int, int] | None = None) -> Key:
        whose = line.order_number or line.name or line.cost_centre or line.staff_number
        corrects = position[line.corrects_id] if position and line.corrects_id else None
        return whose, Month(line.first_day.year, line.first_day.month), corrects


def make_person(portal: Portal, name: str, staff_number: str, cost_centre: str) -> tuple[Membership, Person]:
    """Somebody with credit for years, in lots so small that an order takes of several."""
    membership = make_membership(
        portal, f"{name}@{portal.slug}.example", name, staff_number=staff_number, cost_centre=cost_centre
    )
    for number, amount in enumerate(["40.00", "40.00", "40.00", "90000.00"]):
        make_grant(membership, amount, valid_until=FAR - dt.timedelta(days=9 - number), now=START)
    return membership, Person(membership.pk, staff_number, name, cost_centre)


def test_billing_agrees_with_a_plain_model(world: World, settings):
    Portal.objects.update(live_until=FAR)
    BillingMachine.portals = [world.acme, world.globex]
    BillingMachine.people = [
        make_person(portal, name, f"{portal.pk}-{name}", cost_centre)
        for portal in Portal.objects.order_by("pk")
        for name, cost_centre in [("Dana", "Sales"), ("Eva", "Sales"), ("Finn", "IT")]
    ]
    BillingMachine.actor, BillingMachine.configuration = world.coordinator, settings

    run_state_machine_as_test(
        BillingMachine,
        settings=hypothesis_settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
