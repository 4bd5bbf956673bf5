"""What a company hands over for its portal, part by part, and who filled in what."""

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.lead_models import Lead


class Part(models.TextChoices):
    """The parts of an intake, in their order."""

    COMPANY = "company", _("Company details")
    PEOPLE = "people", _("Employees")
    LOOK = "look", _("Logo and colour")
    DOCUMENTS = "documents", _("Agreements")


class Intake(models.Model):
    """The data of one company, kept until its portal is made from them. What is unfinished is kept as it was typed.

    `company` and `contacts` are the texts of their forms, `rows` a list of employees as `onboarding.roster_row.Row`
    has them. The acceptance of documents is a row of its own.
    """

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, related_name="intake", verbose_name=_("lead"))
    company = models.JSONField(default=dict)
    company_done_at = models.DateTimeField(null=True)
    rows = models.JSONField(default=list)
    list_name = models.CharField(max_length=120, blank=True)
    people_done_at = models.DateTimeField(null=True)
    brand_color = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#1f5f8b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as #1f5f8b."))],
    )
    logo = models.ImageField(_("logo"), upload_to="intake/", blank=True)
    header = models.ImageField(_("header picture"), upload_to="intake/", blank=True)
    header_alt = models.CharField(_("what the header picture shows"), max_length=160, blank=True)
    look_done_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(_("handed over at"), null=True, blank=True)

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")

    def __str__(self) -> str:
        return str(self.lead)

    @property
    def needs_company(self) -> bool:
        """Whether the company's data are asked: those of an existing customer are known."""
        return self.lead.company_id is None

    @property
    def pictures(self) -> dict[str, FieldFile]:
        """The logo and the header picture by their name in an address."""
        return {file.name.rpartition("/")[2]: file for file in (self.logo, self.header) if file and file.name}


class IntakeEntry(models.Model):
    """Somebody of the company filled in a part, finished it, or took it up again."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="entries", verbose_name=_("intake"))
    part = models.CharField(_("part"), max_length=10, choices=Part, blank=True)
    what = models.CharField(
        max_length=10, choices=[("kept", _("kept")), ("done", _("done")), ("handed", _("handed over"))]
    )
    changed = models.JSONField(default=list, help_text="The names of the fields that changed, never their values.")
    by_name = models.CharField(_("name"), max_length=150)
    by_email = models.EmailField(_("e-mail"), max_length=254)
    made_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("entry of an intake")
        verbose_name_plural = _("entries of intakes")
        ordering = ("made_at", "pk")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),)

    def __str__(self) -> str:
        return f"{self.part} {self.what}"
