"""What a company is invoiced: documents, their lines, and which ledger entry each line bills.

A document begins as a draft without number. Issued, it and all that hangs on it is frozen.
"""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.credit import Entry
from billing.models.triggers import frozen_with_its_invoice
from portals.models import EInvoiceProfile, Portal, Specification
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month


class DocumentKind(models.TextChoices):
    """Codes 380 and 381 of UNTDID 1001."""

    INVOICE = "invoice", _("invoice")
    CREDIT_NOTE = "credit_note", _("credit note")


class Origin(models.TextChoices):
    """Where a document comes from. A specimen is never stored."""

    RUN = "run", _("monthly run")
    CORRECTION = "correction", _("correction")
    SPECIMEN = "specimen", _("example")


class Standing(models.TextChoices):
    """How far a document is."""

    DRAFT = "draft", _("draft")
    REVIEWED = "reviewed", _("reviewed")
    HELD = "held", _("held")
    ISSUED = "issued", _("issued")


class NumberSeries(models.Model):
    """The last number given in a year, per kind of document. Its row is locked while a number is taken."""

    kind = models.CharField(max_length=12, choices=DocumentKind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "year"], name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def issued(self) -> "InvoiceQuerySet":
        return self.filter(issued_at__isnull=False)

    def drafts(self) -> "InvoiceQuerySet":
        """What has no number yet: drafts, reviewed ones and held ones."""
        return self.filter(issued_at__isnull=True)

    def standing(self, standing: str) -> "InvoiceQuerySet":
        """Those that are as far as `standing`, a value of `Standing`."""
        if standing == Standing.ISSUED:
            return self.issued()
        held, reviewed = standing == Standing.HELD, standing == Standing.REVIEWED
        drafts = self.drafts().filter(held_at__isnull=not held)
        return drafts if held else drafts.filter(reviewed_at__isnull=not reviewed)

    def total(self) -> Decimal:
        """The sum of what they come to, in euro."""
        return self.aggregate(sum=Sum("total"))["sum"] or ZERO

    def net(self) -> Decimal:
        """What they ask together, in euro: credit notes count below zero."""
        is_back = Q(kind=DocumentKind.CREDIT_NOTE)
        asked, back = Sum("total", filter=~is_back, default=ZERO), Sum("total", filter=is_back, default=ZERO)
        net: Decimal = self.aggregate(net=asked - back)["net"]
        return net


class Invoice(models.Model):
    """A company's document of credit consumed (invoice) or given back (credit note), frozen when it is issued.

    `seller` and `buyer` are copies of what the operator and the company were called and where they lived at issue.
    `total` is positive on a credit note too.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("portal"))
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind, default=DocumentKind.INVOICE)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.RUN)
    period = models.DateField(_("month"), help_text=_("The first day of the month that it is about."))
    starts_on = models.DateField(_("first day"), help_text=_("Earlier than the month where a late entry is on it."))
    ends_on = models.DateField(_("last day"))
    number = models.CharField(_("number"), max_length=30, unique=True, null=True, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, default="nl")
    specification = models.CharField(
        _("specification"), max_length=12, choices=Specification, default=Specification.STAFF_NUMBER
    )
    profile = models.CharField(_("e-invoice"), max_length=6, choices=EInvoiceProfile, default=EInvoiceProfile.PEPPOL)
    order_number = models.CharField(_("purchase order"), max_length=60, blank=True)
    buyer_reference = models.CharField(_("reference"), max_length=60, blank=True)
    seller = models.JSONField(_("seller"), default=dict)
    buyer = models.JSONField(_("buyer"), default=dict)
    vat_sentence = models.TextField(_("sentence about VAT"), blank=True)
    payment_reference = models.CharField(
        _("payment reference"), max_length=25, blank=True, help_text=_("ISO 11649 creditor reference")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    prepaid = models.DecimalField(
        _("paid before"),
        max_digits=12,
        decimal_places=2,
        default=ZERO,
        db_default=ZERO,
        help_text=_("On the invoice that it replaces."),
    )

    drafted_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("reviewed by"),
    )
    held_at = models.DateTimeField(_("held at"), null=True, blank=True)
    findings = models.JSONField(_("why it is held"), default=list, blank=True)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("issued by"),
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-period", "number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["portal", "period", "kind"],
                name="invoice_once_per_portal_and_month",
                condition=Q(origin="run"),
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="invoice_total_is_positive"),
            models.CheckConstraint(
                condition=Q(prepaid__gte=0, prepaid__lte=F("total")), name="invoice_prepaid_within_total"
            ),
            models.CheckConstraint(condition=~Q(origin="specimen"), name="invoice_is_no_specimen"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, issued_at__isnull=True, issued_on__isnull=True)
                | Q(number__isnull=False, issued_at__isnull=False, issued_on__isnull=False),
                name="invoice_has_a_number_when_issued",
            ),
        )
        indexes = (models.Index(fields=["drafted_at"], name="invoice_draft", condition=Q(issued_at__isnull=True)),)
        triggers = (
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.number or str(_("draft"))

    @property
    def month(self) -> Month:
        return Month(self.period.year, self.period.month)

    @property
    def standing(self) -> Standing:
        if self.issued_at:
            return Standing.ISSUED
        if self.held_at:
            return Standing.HELD
        return Standing.REVIEWED if self.reviewed_at else Standing.DRAFT

    @property
    def is_credit_note(self) -> bool:
        return self.kind == DocumentKind.CREDIT_NOTE

    @property
    def payable(self) -> Decimal:
        """What it asks to be paid, in euro."""
        return self.total - self.prepaid

    @property
    def is_correction(self) -> bool:
        """Whether it is the credit note or the new invoice of a correction, and nothing was given back or spent."""
        return self.origin == Origin.CORRECTION

    @property
    def is_specimen(self) -> bool:
        return self.origin == Origin.SPECIMEN

    @property
    def has_late_entries(self) -> bool:
        """Whether it bills something of a month that was closed before."""
        return self.starts_on < self.period


class InvoiceLine(models.Model):
    """What one order, employee or cost centre comes to, by the specification: quantity 1, price `amount` euro.

    What the specification does not tell stays blank: `products` are those that credit paid, `products_back` those that
    came back. On a credit note `corrects` is the invoice that the credit was billed on.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="invoice_lines")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(_("line"))
    order_number = models.CharField(_("order number"), max_length=20, blank=True)
    staff_number = models.CharField(_("staff number"), max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    cost_centre = models.CharField(_("cost centre"), max_length=30, blank=True)
    products = models.TextField(_("products"), blank=True, default="", db_default="")
    products_back = models.TextField(_("products given back"), blank=True, default="", db_default="")
    orders = models.PositiveIntegerField(_("orders"), default=1)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    corrects = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        related_name="credit_lines",
        null=True,
        blank=True,
        verbose_name=_("corrects"),
    )

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_line_amount_is_positive"),
        )
        triggers = (frozen_with_its_invoice("frozen_line"),)

    def __str__(self) -> str:
        return f"{self.position}: {self.amount}"


class BilledEntry(models.Model):
    """Ties one ledger entry to the document that bills it, once. Without `invoice` a refund wiped the order out."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="billed_entries")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="billed")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="billed_entries", null=True)
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="billed_entries", null=True)
    month = models.DateField(help_text="First day of the month whose run settled it.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(invoice__isnull=True, line__isnull=True) | Q(invoice__isnull=False, line__isnull=False),
                name="billed_entry_has_a_line_on_its_invoice",
            ),
        )
        indexes = (models.Index(fields=["portal", "-month"], name="billed_until"),)
        triggers = (frozen_with_its_invoice("billed_once"),)

    def __str__(self) -> str:
        return f"{self.entry_id}"
