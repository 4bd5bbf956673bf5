"""How an employer treats a category in its payroll. Part of `catalog.models`."""

from decimal import Decimal

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portals.models import Portal


class PayrollClass(models.TextChoices):
    """What the Dutch work-related costs scheme (werkkostenregeling) makes of a provision: decision 0021."""

    ARBO = "arbo", _("arbo provision")
    NECESSARY = "necessary", _("necessary equipment")
    FREE_SPACE = "free_space", _("free space")
    TAXED = "taxed", _("taxed wage")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PayrollRule(models.Model):
    """The class of a category, with all below it that has none of its own, in one portal: the employer's decision.

    `base_amount`: what one piece costs that is good enough, in euro incl. VAT; only who contributes to that is flagged.
    """

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="payroll_rules")
    category = models.ForeignKey(
        "catalog.Category", on_delete=models.CASCADE, related_name="payroll_rules", verbose_name=_("category")
    )
    payroll_class = models.CharField(_("class"), max_length=10, choices=PayrollClass)
    base_amount = models.DecimalField(
        _("base amount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_(
            "Of one piece, incl. VAT, for an arbo provision: payroll is told who paid part of it, never how much."
        ),
    )

    class Meta:
        verbose_name = _("class for payroll")
        verbose_name_plural = _("classes for payroll (WKR)")
        constraints = (
            models.UniqueConstraint(fields=["portal", "category"], name="payroll_rule_once_per_category"),
            models.CheckConstraint(
                condition=Q(base_amount__isnull=True) | Q(payroll_class="arbo", base_amount__gt=0),
                name="payroll_base_is_of_arbo",
                violation_error_message=_("Only an arbo provision has a base amount."),
            ),
        )

    def __str__(self) -> str:
        return str(self.category)
