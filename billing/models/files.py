"""What leaves the house: the PDF and the e-invoice of a document, byte for byte, and each mailing of them."""

from hashlib import sha256

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.invoices import Invoice
from billing.models.triggers import frozen
from portals.models import Portal


class StoredFile(models.Model):
    """A file as it was made, with its SHA-256."""

    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are still those that were made."""
        return sha256(bytes(self.content)).hexdigest() == self.sha256


class InvoiceDocument(StoredFile):
    """The PDF of a document."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="invoice_documents")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="document")

    class Meta:
        verbose_name = _("PDF")
        triggers = (frozen("frozen_document"),)

    def __str__(self) -> str:
        return f"{self.invoice}.pdf"


class EInvoice(StoredFile):
    """The UBL of a document: made, checked against every rule and stored when it is issued."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="e_invoices")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="e_invoice")

    class Meta:
        verbose_name = _("e-invoice")
        triggers = (frozen("frozen_e_invoice"),)

    def __str__(self) -> str:
        return f"{self.invoice}.xml"


class InvoiceDelivery(models.Model):
    """A document that went to one address of the company: once by the run, and where finance sent it again.

    How far it is, the outbox of its channel knows.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="invoice_deliveries")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(_("how"), max_length=20, default="email", db_default="email")
    to = models.CharField(_("to"), max_length=254)
    requested_at = models.DateTimeField(_("sent at"), default=timezone.now)
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
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-requested_at",)

    def __str__(self) -> str:
        return self.to
