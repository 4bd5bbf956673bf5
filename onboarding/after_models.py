"""What happens to a portal after it went live: who is invited when, and whose data were deleted at the end."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portals.models import Membership, Portal


class InvitationPlan(models.Model):
    """On which day everybody on the roster of a portal is invited; without a day: on the portal's first one."""

    portal = models.OneToOneField(Portal, on_delete=models.PROTECT, related_name="invitation_plan")
    day = models.DateField(_("day of the invitations"), null=True, blank=True)
    invites_newcomers = models.BooleanField(
        _("invite newcomers by themselves"),
        default=True,
    )
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(null=True, help_text="When everybody's invitation was asked for.")

    class Meta:
        verbose_name = _("plan of the invitations")
        verbose_name_plural = _("plans of the invitations")

    def __str__(self) -> str:
        return f"{self.portal}: {self.first_day or '–'}"

    @property
    def first_day(self) -> dt.date | None:
        """The day from which on people are invited; None as long as the portal has no first day."""
        return self.day or self.portal.live_from


class InvitationAgain(models.Model):
    """An invitation that is sent once more. Its key, of the person and the day, is that of its mail: once a day."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="invitations_again")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations_again")
    key = models.CharField(max_length=60, unique=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    done_at = models.DateTimeField(null=True, help_text="When it was mailed, or found to be needless.")

    class Meta:
        verbose_name = _("repeated invitation")
        verbose_name_plural = _("repeated invitations")
        ordering = ("pk",)
        indexes = (models.Index(fields=["id"], name="invitation_again_waiting", condition=Q(done_at__isnull=True)),)

    def __str__(self) -> str:
        return self.key


class DeletionReport(models.Model):
    """What the company is told of the personal data that were deleted: numbers, and no names."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="deletion_reports")
    made_at = models.DateTimeField()
    people = models.PositiveIntegerField(_("people"))
    kinds = models.JSONField(default=dict, help_text="How many rows of each kind of data, by its name.")
    kept = models.JSONField(default=dict, help_text="How many people's data stay, by the reason.")

    class Meta:
        verbose_name = _("deletion report")
        verbose_name_plural = _("deletion reports")
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.portal}: {self.made_at:%Y-%m-%d}"


class Erasure(models.Model):
    """The data of one person in one portal were deleted, once. Holds what no longer tells who it was."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="erasures")
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="erasure")
    erased_at = models.DateTimeField()
    with_account = models.BooleanField(help_text="Whether the account went too; else it is in use elsewhere.")
    kinds = models.JSONField(default=dict)
    report = models.ForeignKey(DeletionReport, on_delete=models.PROTECT, related_name="erasures", null=True)

    class Meta:
        verbose_name = _("deletion of personal data")
        verbose_name_plural = _("deletions of personal data")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.membership_id}"
