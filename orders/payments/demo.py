"""The demo provider: a hosted page where a tester decides how a payment ends. It keeps its own books."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from orders.models import DemoPayment, DemoRefund, DemoState
from orders.payments.port import RemotePayment, RemoteState, UnknownPayment


class DemoProvider:
    """A provider in the sense of `orders.payments.port.Provider` that moves no money."""

    def create(self, *, key: str, amount: Decimal, description: str, return_url: str, locale: str) -> RemotePayment:
        payment, _is_new = DemoPayment.objects.get_or_create(
            key=key,
            defaults={
                "provider_id": f"demo_{secrets.token_hex(8)}",
                "amount": amount,
                "description": description,
                "return_url": return_url,
            },
        )
        return _as_remote(payment)

    def fetch(self, provider_id: str) -> RemotePayment:
        return _as_remote(_known(provider_id))

    @transaction.atomic
    def refund(self, provider_id: str, *, amount: Decimal, key: str) -> None:
        payment = _known(provider_id)
        _refund, is_new = DemoRefund.objects.get_or_create(key=key, defaults={"payment": payment, "amount": amount})
        if is_new:
            DemoPayment.objects.filter(pk=payment.pk, state=DemoState.PAID).update(refunded=F("refunded") + amount)

    def cancel(self, provider_id: str) -> None:
        finish(_known(provider_id), DemoState.CANCELLED)

    def identify(self, message: Mapping[str, str]) -> str:
        return message.get("id", "")


def finish(payment: DemoPayment, state: DemoState) -> None:
    """End an open payment; one that has ended stays as it is, as with a real provider."""
    DemoPayment.objects.filter(pk=payment.pk, state=DemoState.OPEN).update(state=state)


def _known(provider_id: str) -> DemoPayment:
    payment = DemoPayment.objects.filter(provider_id=provider_id).first()
    if payment is None:
        raise UnknownPayment(provider_id)
    return payment


def _as_remote(payment: DemoPayment) -> RemotePayment:
    path = reverse("orders:demo_payment", args=[payment.provider_id], urlconf=settings.PORTAL_URLCONF)
    return RemotePayment(
        provider_id=payment.provider_id,
        state=RemoteState(payment.state),
        amount=payment.amount,
        pay_url=urljoin(payment.return_url, path),
    )
