"""The portal that is made for a lead, and the rounds in which the company checks it."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.lead_models import Lead, Stage
from onboarding.link_models import AccessLink, Purpose
from portals.models import LIVE_MONTHS, MOST_MONTHS, Portal
from thuiswerk.lib.periods import amsterdam_date


class Build(models.Model):
    """The portal of a lead, from the day it was made until it is live on its date."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="build", verbose_name=_("lead"))
    portal = models.OneToOneField(Portal, on_delete=models.PROTECT, related_name="build", verbose_name=_("portal"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    months = models.PositiveSmallIntegerField(
        _("months"),
        default=LIVE_MONTHS,
        db_default=LIVE_MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
    )
    planned_on = models.DateField(_("goes live on"), null=True, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    went_live_at = models.DateTimeField(_("went live at"), null=True, blank=True)

    class Meta:
        verbose_name = _("build")
        verbose_name_plural = _("builds")
        constraints = (
            models.CheckConstraint(
                condition=Q(went_live_at=None) | Q(planned_on__isnull=False), name="build_goes_live_on_a_date"
            ),
        )

    def __str__(self) -> str:
        return str(self.portal)

    @property
    def open_round(self) -> "CheckRound | None":
        """The round in which the company looks at its portal now."""
        return self.rounds.filter(outcome=Outcome.OPEN).first()

    @property
    def approval(self) -> "CheckRound | None":
        """The round in which the company said yes, as long as nobody took the portal up again since."""
        last = self.rounds.order_by("-number").first()
        return last if last is not None and last.outcome == Outcome.APPROVED else None

    @property
    def is_announced(self) -> bool:
        """Whether the day is set and the approval still stands, so that the company may tell its people."""
        return self.planned_on is not None and self.approval is not None

    def in_the_way(self, now: dt.datetime) -> list[str]:
        """What keeps the portal from opening at `now`, in words; nothing once it was live."""
        from onboarding.golive import gate

        if self.went_live_at is not None:
            return []
        missing = [str(item.label) for item in gate(self, now=now) if not item.is_done]
        has_come = self.planned_on is not None and self.planned_on <= amsterdam_date(now)
        return missing if has_come else [*missing, gettext("its day has not come")]


class Outcome(models.TextChoices):
    """How a round of checking ended."""

    OPEN = "open", _("under way")
    REMARKS = "remarks", _("with remarks")
    APPROVED = "approved", _("approved")
    REOPENED = "reopened", _("approved, then built on")
    ENDED = "ended", _("ended by us")


class CheckRoundQuerySet(models.QuerySet["CheckRound"]):
    """Reads of rounds of checking."""

    def is_open_to(self, key: str, *, now: dt.datetime) -> bool:
        """Whether a round is under way for who came by the link with this `key`, as long as the link holds."""
        holds = AccessLink.objects.filter(
            lead=OuterRef("build__lead"), purpose=Purpose.CHECK, key=key, revoked_at=None, expires_at__gt=now
        )
        return self.filter(Exists(holds), outcome=Outcome.OPEN).exclude(build__lead__stage=Stage.LOST).exists()


class CheckRound(models.Model):
    """One time that the company was asked to look at its portal. Rounds are kept."""

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("build"))
    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="check_rounds", verbose_name=_("portal"))
    number = models.PositiveSmallIntegerField(_("round"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    by_name = models.CharField(_("name"), max_length=150, blank=True)
    by_role = models.CharField(_("job title"), max_length=80, blank=True)
    by_email = models.EmailField(_("e-mail"), max_length=254, blank=True)

    objects = CheckRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of checking")
        verbose_name_plural = _("rounds of checking")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["build", "number"], name="check_round_number_once"),
            models.UniqueConstraint(fields=["build"], name="check_round_one_open", condition=Q(outcome="open")),
            models.CheckConstraint(condition=~Q(outcome="approved") | ~Q(by_name=""), name="approval_has_a_name"),
        )

    def __str__(self) -> str:
        return f"{self.portal} {self.number}"


class Remark(models.Model):
    """What the company wants to be different, on one page or in all. Closed when a colleague has dealt with it."""

    check_round = models.ForeignKey(
        CheckRound, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("round")
    )
    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="check_remarks", verbose_name=_("portal"))
    page = models.CharField(_("page"), max_length=300, blank=True)
    text = models.TextField(_("remark"), max_length=2000)
    token = models.UUIDField(unique=True, help_text="Of the form: one form makes one.")
    written_at = models.DateTimeField(_("time"))
    by_name = models.CharField(_("name"), max_length=150)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ("written_at", "pk")
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="as_written",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.text IS DISTINCT FROM NEW.text OR OLD.by_name IS DISTINCT FROM NEW.by_name"
                ),
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]
