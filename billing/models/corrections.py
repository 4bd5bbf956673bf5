"""Corrections of issued invoices: a credit note, and a new invoice of the same credit."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.credit import Entry
from billing.models.invoices import Invoice, InvoiceLine
from billing.models.triggers import frozen, frozen_with_its_invoice
from portals.models import Portal


class Correction(models.Model):
    """An issued invoice, or some of its lines, credited by `credit_note` and billed anew by `replacement`."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="corrections")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("invoice")
    )
    credit_note = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="correction", verbose_name=_("credit note")
    )
    replacement = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="replaces", verbose_name=_("new invoice")
    )
    reason = models.CharField(_("reason"), max_length=200)
    requested_at = models.DateTimeField(_("time"), default=timezone.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )
    source = models.CharField(max_length=80, unique=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        triggers = (frozen("correction_stays"),)

    def __str__(self) -> str:
        return f"{self.invoice} → {self.replacement}"


class RebilledEntry(models.Model):
    """Ties an entry that was billed before to the line that credits it and to the one that carries it from now on."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="rebilled_entries")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="entries")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="rebilled")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="rebilled_entries")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="rebilled_entries")
    credit_line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="taken_back_entries")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["correction", "entry"], name="entry_rebilled_once_per_correction"),
        )
        triggers = (frozen_with_its_invoice("rebilled_once"),)

    def __str__(self) -> str:
        return f"{self.entry_id}"
