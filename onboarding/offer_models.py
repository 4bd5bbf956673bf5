"""What was agreed and sent: the notes of the call, each offer pack with its files, and what the company accepted."""

from hashlib import sha256

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.triggers import frozen
from catalog.models import Category
from onboarding.document_models import AGREED, DocumentVersion, Paper
from onboarding.lead_models import Lead
from portals.models import LIVE_MONTHS, MOST_MONTHS


class CallNotes(models.Model):
    """What was said in the call. `budget` is euro per employee; what is empty was not talked about."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, related_name="call_notes", verbose_name=_("lead"))
    present_situation = models.TextField(_("present situation"), max_length=2000, blank=True)
    needs = models.TextField(_("needs"), max_length=2000, blank=True)
    budget = models.DecimalField(
        _("budget per employee"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    head_count = models.PositiveIntegerField(_("number of employees"), null=True, blank=True)
    categories = models.ManyToManyField(Category, verbose_name=_("categories"), blank=True, related_name="+")
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(
        _("months"), default=LIVE_MONTHS, validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    )
    wishes = models.TextField(_("wishes"), max_length=2000, blank=True)
    written_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("colleague"),
    )

    class Meta:
        verbose_name = _("notes of a call")
        verbose_name_plural = _("notes of calls")

    def __str__(self) -> str:
        return str(self.lead)


class OfferPack(models.Model):
    """An offer pack as it was sent: one mail with its files. `number` counts the rounds of its lead from 1."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="offer_packs", verbose_name=_("lead"))
    number = models.PositiveSmallIntegerField(_("round"))
    token = models.UUIDField(unique=True, help_text="Of the form: one form sends one.")
    language = models.CharField(_("language"), max_length=5)
    to = models.EmailField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200)
    summary = models.TextField(_("summary"))
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by")
    )

    class Meta:
        verbose_name = _("offer pack")
        verbose_name_plural = _("offer packs")
        ordering = ("lead", "-number")
        constraints = (models.UniqueConstraint(fields=["lead", "number"], name="offer_pack_round_once"),)
        triggers = (frozen("sent_for_good"),)

    def __str__(self) -> str:
        return f"{self.lead}, {self.number}"


class OfferDocument(models.Model):
    """A file, byte for byte as the company got it: with a pack, or, where none was sent, on the page of its data."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="offer_documents", verbose_name=_("lead"))
    pack = models.ForeignKey(
        OfferPack, on_delete=models.PROTECT, null=True, related_name="documents", verbose_name=_("offer pack")
    )
    kind = models.CharField(_("document"), max_length=14, choices=Paper)
    version = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("version")
    )
    name = models.CharField(_("file"), max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("document of an offer")
        verbose_name_plural = _("documents of offers")
        ordering = ("made_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["pack", "kind"], name="offer_document_once_per_pack"),
            models.CheckConstraint(
                condition=~Q(kind__in=AGREED) | Q(version__isnull=False), name="offer_document_names_its_version"
            ),
        )
        triggers = (frozen("kept_for_good"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are those that were made."""
        return sha256(bytes(self.content)).hexdigest() == self.sha256


class Acceptance(models.Model):
    """Somebody of the company accepted this document: these bytes, and no others."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("lead"))
    document = models.ForeignKey(
        OfferDocument, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("document")
    )
    kind = models.CharField(_("kind"), max_length=14, choices=[(kind.value, kind.label) for kind in AGREED])
    sha256 = models.CharField("SHA-256", max_length=64)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("job title"), max_length=80)
    email = models.EmailField(_("e-mail"), max_length=254)
    accepted_at = models.DateTimeField(_("accepted at"))

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ("accepted_at", "pk")
        constraints = (models.UniqueConstraint(fields=["lead", "kind", "sha256"], name="accepted_once"),)
        triggers = (frozen("append_only"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"
