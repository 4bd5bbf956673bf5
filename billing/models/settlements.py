"""When the books of a portal that has ended were closed, by whom, and what they came to then."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.triggers import frozen
from portals.models import Portal


class PortalSettlement(models.Model):
    """A portal was settled: all credit that was given was spent, expired or revoked, and what was spent is invoiced.

    A return that comes later makes new figures, and the portal can be settled again; this row stays.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="settlements", verbose_name=_("portal"))
    granted = models.DecimalField(_("granted"), max_digits=12, decimal_places=2)
    spent = models.DecimalField(_("spent"), max_digits=12, decimal_places=2)
    expired = models.DecimalField(_("expired"), max_digits=12, decimal_places=2)
    revoked = models.DecimalField(_("revoked"), max_digits=12, decimal_places=2)
    settled_at = models.DateTimeField(_("settled at"), default=timezone.now)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("by"),
        help_text="Empty: the portal was settled by itself when nothing stood in the way any more.",
    )

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ("-settled_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(granted=F("spent") + F("expired") + F("revoked")), name="settlement_leaves_nothing"
            ),
        )
        triggers = (frozen("settlement_stays"),)

    def __str__(self) -> str:
        return f"{self.portal}: {self.settled_at:%Y-%m-%d}"
