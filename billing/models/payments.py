"""What the bank says came in and went out, and which invoice each payment is for. Nothing of it ever changes.

What is open on an invoice is derived from these rows (billing.open_items): an allocation that was wrong is undone by a
row of the opposite amount.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.invoices import Invoice
from billing.models.triggers import frozen
from portals.models import Portal
from thuiswerk.lib.money import ZERO


class BankStatement(models.Model):
    """What happened on the operator's account between two balances, as the bank told it."""

    iban = models.CharField("IBAN", max_length=34)
    identifier = models.CharField(_("statement"), max_length=35)
    sequence = models.CharField(_("sequence number"), max_length=35, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    opening = models.DecimalField(_("opening balance"), max_digits=14, decimal_places=2)
    closing = models.DecimalField(_("closing balance"), max_digits=14, decimal_places=2)
    file_sha256 = models.CharField(max_length=64, db_index=True)
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("imported by")
    )

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ("-ends_on", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["iban", "identifier"], name="bank_statement_once"),
            models.CheckConstraint(condition=Q(currency="EUR"), name="bank_statement_in_euro"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="bank_statement_ends_after"),
        )
        triggers = (frozen("bank_statement_stays"),)

    def __str__(self) -> str:
        return self.identifier


REST = models.F("amount") - Coalesce(models.Sum("allocations__amount"), ZERO)


class BankEntryQuerySet(models.QuerySet["BankEntry"]):
    def to_place(self) -> "BankEntryQuerySet":
        """Those of which something has no place yet."""
        return self.annotate(rest=REST).exclude(rest=ZERO)

    def rests(self) -> dict[int, Decimal]:
        """What of each has no place yet, in euro, signed as its amount, by the id of the entry."""
        return dict(self.order_by().annotate(rest=REST).values_list("pk", "rest"))


class BankEntry(models.Model):
    """One payment on a statement. What the account received is positive.

    `is_reversal`: it takes an earlier payment back, and `amount` is what that does.
    """

    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, related_name="entries", verbose_name=_("bank statement")
    )
    position = models.PositiveIntegerField(_("entry"))
    part = models.PositiveIntegerField(_("payment"), help_text=_("Of an entry that the bank made of several."))
    source = models.CharField(max_length=160, unique=True)
    booked_on = models.DateField(_("booked on"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    is_reversal = models.BooleanField(_("reversal"), default=False)
    bank_reference = models.CharField(_("reference of the bank"), max_length=35, blank=True)
    end_to_end_id = models.CharField(_("reference of the payer"), max_length=35, blank=True)
    name = models.TextField(_("other side"), blank=True)
    iban = models.CharField(_("IBAN of the other side"), max_length=35, blank=True, db_index=True)
    references = models.TextField(_("payment references"), blank=True, help_text=_("Those in it by ISO 11649."))
    text = models.TextField(_("description"), blank=True)

    objects = BankEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank entry")
        verbose_name_plural = _("bank entries")
        ordering = ("-booked_on", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["statement", "position", "part"], name="bank_entry_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_entry_is_not_zero"),
        )
        triggers = (frozen("bank_entry_stays"),)

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"


class Basis(models.TextChoices):
    """Why a payment was placed where it is."""

    REFERENCE = "reference", _("payment reference")
    NUMBER = "number", _("invoice number and amount")
    REVERSAL = "reversal", _("reversal")
    CORRECTION = "correction", _("correction of the invoice")
    PERSON = "person", _("by hand")


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def standing(self) -> "AllocationQuerySet":
        """Those that count: neither undone nor the undoing of another."""
        return self.filter(undoes=None, undone_by=None)

    def not_reversed(self) -> "AllocationQuerySet":
        """Those of payments that did not come back."""
        return self.exclude(pk__in=Allocation.objects.standing().filter(reverses__isnull=False).values("reverses"))


class Allocation(models.Model):
    """An amount of a payment that is for an invoice; or for none of ours, and then `note` says for what.

    Signed as the payment: what comes in lowers what is open on the invoice, what goes out raises it. The sum over a
    payment never exceeds it. `undoes` names the allocation of the same payment that this one takes back in full;
    `reverses` that of an earlier payment, which this one, of a reversal, takes back.
    """

    portal = models.ForeignKey(
        Portal, on_delete=models.PROTECT, related_name="allocations", null=True, blank=True, verbose_name=_("portal")
    )
    entry = models.ForeignKey(
        BankEntry, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("bank entry")
    )
    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        related_name="allocations",
        null=True,
        blank=True,
        verbose_name=_("invoice"),
    )
    credit_note = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        related_name="repayments",
        null=True,
        blank=True,
        verbose_name=_("credit note"),
        help_text=_("The one that was paid back, where known."),
    )
    note = models.TextField(_("note"), blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    basis = models.CharField(_("placed by"), max_length=10, choices=Basis)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="undone_by", null=True, blank=True, verbose_name=_("undoes")
    )
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="reversed_by",
        null=True,
        blank=True,
        verbose_name=_("reverses"),
        help_text=_("The allocation of the payment that this one takes back."),
    )
    placed_at = models.DateTimeField(_("time"), default=timezone.now)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("placed_at", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_is_not_zero"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, portal__isnull=False)
                | Q(invoice__isnull=True, portal__isnull=True) & ~Q(note=""),
                name="allocation_has_an_invoice_or_a_note",
            ),
        )
        triggers = (frozen("allocation_stays"),)

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.amount}"
