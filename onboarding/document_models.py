"""The documents that a company is sent before it agrees: which there are, and the versions of their texts."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Paper(models.TextChoices):
    """What goes with an offer pack. The text of `TEMPLATES` is ours to edit; `AGREED` are accepted by the company."""

    OFFER_LETTER = "offer_letter", _("letter of the offer pack")
    EXAMPLE_ASSORTMENT = "assortment", _("example assortment")
    EXAMPLE_INVOICE = "invoice", _("example invoice")
    TERMS = "terms", _("terms sheet")
    PROCESSOR_AGREEMENT = "processor", _("data-processing agreement")


TEMPLATES = (Paper.OFFER_LETTER, Paper.TERMS, Paper.PROCESSOR_AGREEMENT)
AGREED = (Paper.TERMS, Paper.PROCESSOR_AGREEMENT)
ENCLOSED = (Paper.EXAMPLE_ASSORTMENT, Paper.EXAMPLE_INVOICE, *AGREED)


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def current(self, kind: str, language: str) -> "DocumentVersion | None":
        """The newest published version of a document; None where there is none."""
        published = self.filter(kind=kind, language=language, published_at__isnull=False)
        return published.order_by("-number").first()


class DocumentVersion(models.Model):
    """A version of a text, with the placeholders and markup of `onboarding.documents`. Published, it never changes."""

    kind = models.CharField(_("document"), max_length=14, choices=[(kind.value, kind.label) for kind in TEMPLATES])
    language = models.CharField(_("language"), max_length=5, choices=[("nl", "Nederlands"), ("en", "English")])
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=150)
    body = models.TextField(_("text"), max_length=60000)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        ordering = ("kind", "language", "-number")
        constraints = (
            models.UniqueConstraint(fields=["kind", "language", "number"], name="document_version_number_once"),
        )
        triggers = (
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language}), {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None
