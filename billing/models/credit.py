"""Credit: grants, and the entries of the ledger, which never change: a trigger refuses UPDATE and DELETE.

Those of an example portal may be deleted, so that it can begin anew.
"""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.credit_days import ended_by, spendable_on
from billing.models.triggers import frozen_but_in_examples
from portals.models import Membership, Portal, PortalPhase, PortalState
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date
from thuiswerk.lib.prepared import Given


class GrantQuerySet(models.QuerySet["Grant"]):
    def usable_on(self, day: dt.date | Given) -> "GrantQuerySet":
        """Grants with something left that may be spent on `day` (Amsterdam), soonest-ending first."""
        ends_on = Case(
            When(portal__state=PortalState.CLOSED, then=F("reopened_until")),
            default=Greatest(Least("valid_until", "portal__live_until"), "reopened_until"),
        )
        return self.filter(spendable_on(day), remaining__gt=0).annotate(ends_on=ends_on).order_by("ends_on", "pk")

    def returned_on(self, day: dt.date | Given) -> "GrantQuerySet":
        """Those of them that may be spent on `day` because credit came back to them after the end."""
        return self.usable_on(day).filter(reopened_until__gte=day)

    def ended_before(self, day: dt.date) -> "GrantQuerySet":
        """Grants with something left whose last day, or that of their portal, lies before `day`, grace included."""
        return self.filter(ended_by(day), remaining__gt=0)

    def total_remaining(self) -> Decimal:
        return self.aggregate(total=Sum("remaining"))["total"] or ZERO


class Grant(models.Model):
    """Credit given to a membership, with its own first and last day. `remaining` is the sum of its entries."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="grants", verbose_name=_("portal"))
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="grants", verbose_name=_("employee")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    remaining = models.DecimalField(_("left"), max_digits=12, decimal_places=2)
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"))
    reopened_until = models.DateField(
        _("reopened until"),
        null=True,
        blank=True,
        help_text=_("Last day of the grace period after a refund to a grant that had ended."),
    )
    grace_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="The length of that period: see billing.grace."
    )
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=120, unique=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="grants_given",
        null=True,
        blank=True,
        verbose_name=_("given by"),
    )
    created_at = models.DateTimeField(_("given at"), default=timezone.now)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ("valid_until", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="grant_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("amount")), name="grant_remaining_within_amount"
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="grant_ends_after_it_starts"),
        )
        indexes = (models.Index(fields=["membership", "valid_until"], name="grant_open", condition=Q(remaining__gt=0)),)

    def __str__(self) -> str:
        return f"{self.amount} {self.reason}".strip()

    @property
    def last_day(self) -> dt.date:
        """The last day on which it can be spent, with the grace period of a refund; of a grant that waited for its end
        when its portal was closed, the one that it would have had."""
        end = min(self.valid_until, self.portal.live_until or self.valid_until)
        if self.reopened_until is None:
            return end
        return self.reopened_until if self.portal.state == PortalState.CLOSED else max(end, self.reopened_until)

    def is_spendable_on(self, day: dt.date) -> bool:
        """Whether `day` lies between its first and its last day: what `usable_on` asks of the database."""
        if self.valid_from > day:
            return False
        if self.reopened_until and day <= self.reopened_until:
            return True
        return day <= self.last_day and self.portal.state != PortalState.CLOSED

    def has_ended_at(self, now: dt.datetime) -> bool:
        """Whether, at `now`, its own last day or the portal is over; what came back since may still be spent."""
        return amsterdam_date(now) > self.valid_until or self.portal.phase(now) == PortalPhase.ENDED


class EntryKind(models.TextChoices):
    GRANT = "grant", _("credit received")
    RESERVE = "reserve", _("reserved")
    RELEASE = "release", _("reservation released")
    SPEND = "spend", _("spent")
    REFUND = "refund", _("given back")
    EXPIRE = "expire", _("expired")
    REVOKE = "revoke", _("withdrawn")
    CORRECT = "correct", _("corrected")


class Entry(models.Model):
    """One immutable line of the credit ledger. The sign is seen from the employee: what comes in is positive."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="entries", verbose_name=_("portal"))
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="entries", verbose_name=_("employee")
    )
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="entries", verbose_name=_("grant"))
    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    order_number = models.CharField(_("order number"), max_length=20, blank=True)
    spend = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="refunds",
        null=True,
        blank=True,
        verbose_name=_("spend that it gives back"),
    )
    grace_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="Of a spend: the length of the grace period that its credit came from."
    )
    source = models.CharField(_("source"), max_length=160, unique=True)
    posted_at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ("-posted_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "release", "refund"], amount__gt=0)
                | Q(kind__in=["reserve", "spend", "expire", "revoke"], amount__lt=0)
                | (Q(kind="correct") & ~Q(amount=0)),
                name="entry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="refund", spend__isnull=False) | (~Q(kind="refund") & Q(spend__isnull=True)),
                name="entry_refund_names_its_spend",
            ),
        )
        indexes = (
            models.Index(fields=["membership", "-posted_at", "-id"], name="entry_statement"),
            models.Index(
                fields=["portal", "posted_at"], name="entry_consumed", condition=Q(kind__in=["spend", "refund"])
            ),
            models.Index(fields=["order_number"], name="entry_of_order", condition=~Q(order_number="")),
        )
        triggers = (frozen_but_in_examples("append_only"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
