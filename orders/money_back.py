"""Own money that left again: sent back by us, or taken back by the employee's bank. Part of `orders.models`."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from orders.after_sale import GiveBack
from portals.models import Portal
from thuiswerk.lib.money import ZERO


class RefundQuerySet(models.QuerySet["Refund"]):
    def to_send(self) -> Self:
        """What is still to be sent back and not held."""
        return self.filter(~_pays_twice(), done_at=None, failed_at=None)

    def held(self) -> Self:
        """What waits because the employee's bank took the money back itself."""
        return self.filter(_pays_twice(), done_at=None, failed_at=None)


def _pays_twice() -> Q:
    """Whether what the bank took of a payment, this refund and those before it are more than was paid."""
    taken = Chargeback.objects.filter(payment=OuterRef("payment"), reversed_at=None)
    so_far = Refund.objects.filter(payment=OuterRef("payment"), pk__lte=OuterRef("pk"))
    return Q(Exists(taken)) & Q(payment__amount__lt=_sum(taken) + _sum(so_far))


def _sum(rows: models.QuerySet[Any]) -> Coalesce:
    summed = rows.order_by().values("payment").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(summed), ZERO)


class Refund(models.Model):
    """Own money that goes back to the payment it came with: to do until it is done. `key` lets it be paid once.

    Without a `give_back` it is the whole of a payment that could not be used. A provider may take a refund and fail
    later: `failures` counts those, and after one it waits (`failed_at`) until somebody has it sent again.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("portal"))
    give_back = models.OneToOneField(GiveBack, on_delete=models.PROTECT, related_name="refund", null=True, blank=True)
    payment = models.ForeignKey(
        "orders.Payment", on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    key = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(_("due since"))
    done_at = models.DateTimeField(_("given back at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failed attempts"), default=0)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(failed_at__isnull=True), name="refund_is_not_done_and_failed"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(give_back__isnull=True), name="refund_of_unused_payment_once"
            ),
        )
        indexes = (models.Index(fields=["created_at"], name="refund_due", condition=Q(done_at__isnull=True)),)

    def __str__(self) -> str:
        return self.key


class Chargeback(models.Model):
    """Own money that the employee's bank took back, and gave again where it is `reversed_at`, as the provider told."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="chargebacks", verbose_name=_("portal"))
    payment = models.ForeignKey(
        "orders.Payment", on_delete=models.PROTECT, related_name="chargebacks", verbose_name=_("payment")
    )
    provider_id = models.CharField(_("chargeback id"), max_length=80)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    told_at = models.DateTimeField(_("taken back at"))
    reversed_at = models.DateTimeField(_("received after all at"), null=True, blank=True)

    class Meta:
        verbose_name = _("chargeback")
        verbose_name_plural = _("chargebacks")
        ordering = ("told_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["payment", "provider_id"], name="chargeback_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="chargeback_amount_is_positive"),
        )

    def __str__(self) -> str:
        return self.provider_id
