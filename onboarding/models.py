"""What passes between a company and a live portal: the lists of employees that were handed over."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.after_models import DeletionReport, Erasure, InvitationAgain, InvitationPlan
from onboarding.appointment_models import Appointment, HoursException, HoursKind, WorkingHours
from onboarding.build_models import Build, CheckRound, Outcome, Remark
from onboarding.document_models import DocumentVersion, Paper
from onboarding.intake_models import Intake, IntakeEntry, Part
from onboarding.lead_models import Coordinator, Lead, LeadNote, LeadStep, LostReason, SignUp, Stage
from onboarding.link_models import AccessLink, Purpose
from onboarding.offer_models import Acceptance, CallNotes, OfferDocument, OfferPack
from portals.models import Portal

__all__ = [
    "Acceptance",
    "AccessLink",
    "Appointment",
    "Build",
    "CallNotes",
    "CheckRound",
    "Coordinator",
    "DeletionReport",
    "DocumentVersion",
    "Erasure",
    "HoursException",
    "HoursKind",
    "Intake",
    "IntakeEntry",
    "InvitationAgain",
    "InvitationPlan",
    "Lead",
    "LeadNote",
    "LeadStep",
    "LostReason",
    "OfferDocument",
    "OfferPack",
    "Outcome",
    "Paper",
    "Part",
    "Purpose",
    "Remark",
    "RosterImport",
    "SignUp",
    "Stage",
    "WorkingHours",
]


class RosterImport(models.Model):
    """A list of employees as it was read, kept so that what is confirmed is what was shown. Applied once."""

    portal = models.ForeignKey(
        Portal, on_delete=models.CASCADE, related_name="roster_imports", verbose_name=_("portal")
    )
    file_name = models.CharField(_("file"), max_length=120)
    rows = models.JSONField(help_text="As `onboarding.roster_file.Row` has them; amounts are text.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    added = models.PositiveIntegerField(_("added"), default=0)

    class Meta:
        verbose_name = _("employee list")
        verbose_name_plural = _("employee lists")
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.file_name
