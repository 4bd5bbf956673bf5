"""Ways in without an account: a signed address for one person of a company, for one purpose, until a day."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.lead_models import Lead


class Purpose(models.TextChoices):
    """What a link opens."""

    BOOKING = "booking", _("book a call")
    INTAKE = "intake", _("hand over data")
    CHECK = "check", _("check the portal")


class AccessLink(models.Model):
    """What stands behind a signed address. The address holds `key` and a signature, and no data."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="links", verbose_name=_("lead"))
    purpose = models.CharField(_("for"), max_length=10, choices=Purpose)
    key = models.CharField(max_length=32, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), max_length=254)
    created_at = models.DateTimeField(_("made at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    expires_at = models.DateTimeField(_("holds until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("first opened at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.email}"
