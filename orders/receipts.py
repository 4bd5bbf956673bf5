"""The employee's receipt of an order: VAT over the full price, however the price was paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from billing.documents import render_pdf
from orders.models import GiveBackLine, Order, OrderLine, PaymentState
from thuiswerk.lib.money import ZERO


@dataclass(frozen=True)
class VatOfRate:
    """What of an order falls under one VAT rate: `gross` = `base` + `vat`, in euro."""

    rate: Decimal
    gross: Decimal
    vat: Decimal

    @property
    def base(self) -> Decimal:
        return self.gross - self.vat


def vat_by_rate(lines: Iterable[OrderLine]) -> list[VatOfRate]:
    """The stored VAT of `lines` summed per rate, highest rate first."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        gross, vat = sums.get(line.vat_rate, (ZERO, ZERO))
        sums[line.vat_rate] = (gross + line.total, vat + line.vat)
    return [VatOfRate(rate, *sums[rate]) for rate in sorted(sums, reverse=True)]


def receipt_pdf(order: Order) -> bytes:
    """The receipt of a confirmed order in the language in which it was placed, with what was given back since."""
    return render_pdf("orders/receipt.html", receipt_context(order), language=order.language)


def receipt_context(order: Order) -> dict[str, Any]:
    """What the receipt of `order` shows. What comes back stands on it once its money went back."""
    lines = list(order.lines.all())
    vat = sum((line.vat for line in lines), ZERO)
    settled = GiveBackLine.objects.filter(give_back__order=order, give_back__settled_at__isnull=False)
    given = list(settled.select_related("give_back", "line").order_by("give_back__settled_at", "pk"))
    given_total, given_vat = (sum((getattr(part, name) for part in given), ZERO) for name in ("total", "vat"))
    return {
        "order": order,
        "portal": order.portal,
        "lines": lines,
        "vat_rates": vat_by_rate(lines),
        "vat_total": vat,
        "base_total": order.total - vat,
        "given": given,
        "given_total": given_total,
        "given_vat": given_vat,
        "left_total": order.total - given_total,
        "left_vat": vat - given_vat,
        "payment": order.payments.filter(state=PaymentState.PAID).first(),
        "seller": settings.OPERATOR,
    }
