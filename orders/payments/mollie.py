"""Mollie, through its official client.

- Only what Mollie answers to a question of ours is believed; of a webhook only the id is read.
- Mollie forgets an idempotency key after an hour. A refund may be asked again later than that, so it carries its key
  with it and is looked for first; a payment is opened within the half hour in which its order waits.
- A client lives as long as one question: threads share nothing, and no connection goes stale.
- Neither the secret key nor an answer, which may name who paid, stands in a log line or an exception.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

import structlog
from django.conf import settings
from django.urls import reverse
from mollie.api.client import Client
from mollie.api.error import Error, IdentifierError, ResponseHandlingError, UnprocessableEntityError
from mollie.api.objects.payment import Payment
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from orders.payments.mollie_settings import API_KEY, methods
from orders.payments.port import (
    ProviderUnavailable,
    RemoteChargeback,
    RemotePayment,
    RemoteState,
    UnknownPayment,
)

log = structlog.get_logger(__name__)

PAYMENT_ID = re.compile(r"tr_\w{1,70}", re.ASCII)
TIMEOUT = (2, 5)  # seconds to connect, and to wait for the answer: an employee is waiting too
RETRY = Retry(
    total=2,
    connect=1,
    read=1,
    status=1,
    status_forcelist=(409, 429, 500, 502, 503, 504),
    allowed_methods=None,  # a POST has its idempotency key, the others may be repeated
    backoff_factor=0.2,
    respect_retry_after_header=False,
    raise_on_status=False,
)
STATES = {
    "open": RemoteState.OPEN,
    "pending": RemoteState.OPEN,
    "authorized": RemoteState.OPEN,
    "paid": RemoteState.PAID,
    "failed": RemoteState.FAILED,
    "canceled": RemoteState.CANCELLED,
    "expired": RemoteState.EXPIRED,
}
REFUND_CAME_TO_NOTHING = {"failed", "canceled"}
LOCALES = {"nl_NL", "nl_BE"}
UNREADABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)


class MollieProvider:
    """A provider in the sense of `orders.payments.port.Provider`."""

    def create(self, *, key: str, amount: Decimal, description: str, return_url: str, locale: str) -> RemotePayment:
        allowed = list(methods())
        asked = {
            "amount": _as_amount(amount),
            "description": description,
            "redirectUrl": return_url,
            "method": allowed if len(allowed) > 1 else allowed[0],
            "locale": locale if locale in LOCALES else "en_US",
            "metadata": {"key": key},
        }
        with _mollie() as client:
            made = client.payments.create(asked | _webhook(return_url), idempotency_key=key)
            return _as_remote(made)

    def fetch(self, provider_id: str) -> RemotePayment:
        with _mollie() as client:
            return _as_remote(client.payments.get(provider_id, embed="refunds,chargebacks"))

    def refund(self, provider_id: str, *, amount: Decimal, key: str) -> None:
        with _mollie() as client:
            payment = client.payments.get(provider_id, embed="refunds")
            asked = _tries(payment).get(key, [])
            if REFUND_CAME_TO_NOTHING.issuperset(asked):
                payment.refunds.create(
                    {"amount": _as_amount(amount), "description": payment["description"], "metadata": {"key": key}},
                    idempotency_key=f"{key}-{len(asked)}",
                )

    def cancel(self, provider_id: str) -> None:
        with _mollie() as client:
            if client.payments.get(provider_id).is_cancelable:
                with suppress(UnprocessableEntityError):  # It ended in between.
                    client.payments.delete(provider_id)

    def identify(self, message: Mapping[str, str]) -> str:
        found = PAYMENT_ID.fullmatch(message.get("id", ""))
        return found[0] if found else ""


class _PatientClient(Client):
    """The official client with our patience, and without telling Mollie the name of this machine."""

    UNAME = "Thuiswerk"

    def __init__(self, session: Session) -> None:
        super().__init__(settings.MOLLIE_ENDPOINT, timeout=TIMEOUT)
        self.set_api_key(settings.MOLLIE_API_KEY)
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=RETRY))
        self._client = session


@contextmanager
def _mollie() -> Iterator[Client]:
    """A client for one question. What Mollie refuses, or what cannot be read, comes out in the words of the port."""
    if not API_KEY.fullmatch(settings.MOLLIE_API_KEY):  # The client would quote it.
        raise ProviderUnavailable("MOLLIE_API_KEY is missing or malformed.")
    try:
        with Session() as session:
            yield _PatientClient(session)
    except (Error, *UNREADABLE) as error:
        status = getattr(error, "status", None)
        detail = "" if isinstance(error, ResponseHandlingError) else str(error)  # which quotes the whole answer
        if isinstance(error, IdentifierError) or status in {404, 410}:
            raise UnknownPayment(detail) from None
        log.warning("mollie_did_not_help", error=type(error).__name__, status=status, detail=detail)
        raise ProviderUnavailable(detail) from None


def _as_amount(amount: Decimal) -> dict[str, str]:
    return {"currency": "EUR", "value": f"{amount:.2f}"}


def _as_remote(payment: Payment) -> RemotePayment:
    """What Mollie says of a payment. While a bank is busy with it there is no page to pay on, only one to come back."""
    amount: Mapping[str, Any] = payment["amount"]
    if amount["currency"] != "EUR":
        raise ValueError("Not in euro.")
    return RemotePayment(
        provider_id=payment["id"],
        state=STATES[payment["status"]],
        amount=Decimal(amount["value"]),
        pay_url=payment.checkout_url or payment["redirectUrl"],
        chargebacks=[
            RemoteChargeback(told["id"], Decimal(told["amount"]["value"]), bool(told.get("reversedAt")))
            for told in _embedded(payment, "chargebacks")
        ],
        failed_refunds={
            key: len(tries) for key, tries in _tries(payment).items() if REFUND_CAME_TO_NOTHING.issuperset(tries)
        },
    )


def _tries(payment: Payment) -> dict[str, list[str]]:
    """By our key, how each try to refund stands. Those made by hand at Mollie have no key and are not ours."""
    tries: dict[str, list[str]] = {}
    for refund in _embedded(payment, "refunds"):
        metadata = refund.get("metadata")
        if isinstance(metadata, dict) and "key" in metadata:
            tries.setdefault(metadata["key"], []).append(refund["status"])
    return tries


def _embedded(payment: Payment, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = payment.get("_embedded", {}).get(name, [])
    return found


def _webhook(return_url: str) -> dict[str, str]:
    """Where Mollie tells the portal of a change. It refuses an address that only this machine can reach."""
    host = urlsplit(return_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return {}
    path = reverse("orders:payment_webhook", args=["mollie"], urlconf=settings.PORTAL_URLCONF)
    return {"webhookUrl": urljoin(return_url, path)}
