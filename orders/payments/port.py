"""The port to payment providers: five methods, and which provider this installation uses.

A provider is the outside world: it is never asked while a row is locked, and only what `fetch` says is believed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Protocol

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

PROVIDERS = {"demo": "orders.payments.demo.DemoProvider", "mollie": "orders.payments.mollie.MollieProvider"}


class RemoteState(models.TextChoices):
    """What a provider says of a payment."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True)
class RemoteChargeback:
    """Money of a payment that the payer's bank took back, in euro; `is_reversed` once it was given again."""

    provider_id: str
    amount: Decimal
    is_reversed: bool


@dataclass(frozen=True)
class RemotePayment:
    """A payment as the provider knows it; `pay_url` is where the employee goes while it is open.

    It stays paid whatever happens to the money later: `chargebacks`, and by their key the refunds that came to nothing
    (`failed_refunds`), with how often each was tried. A refund of which one try may still arrive is not among them.
    """

    provider_id: str
    state: RemoteState
    amount: Decimal
    pay_url: str
    chargebacks: Sequence[RemoteChargeback] = ()
    failed_refunds: Mapping[str, int] = field(default_factory=dict)


class ProviderUnavailable(Exception):
    """The provider did not answer, or not in a way that can be used. Nothing is lost: ask again later."""


class UnknownPayment(ProviderUnavailable):
    """The provider knows no such payment, as with the key of another account. It says nothing of the money."""


class Provider(Protocol):
    """What Thuiswerk asks of a payment provider. Every method may raise ProviderUnavailable."""

    def create(self, *, key: str, amount: Decimal, description: str, return_url: str, locale: str) -> RemotePayment:
        """Open a payment of `amount` euro. The same `key` gives the same payment again, never a second one.

        `locale` is the employee's language and country, as `nl_BE`.
        """

    def fetch(self, provider_id: str) -> RemotePayment:
        """The payment as it is now. Refuses UnknownPayment."""

    def refund(self, provider_id: str, *, amount: Decimal, key: str) -> None:
        """Give `amount` euro of a paid payment back, once per `key`; refunds of other keys add up.

        Asked again, it does nothing, but for a refund of which every try came to nothing. Refuses UnknownPayment.
        """

    def cancel(self, provider_id: str) -> None:
        """Close a payment that is still open; one that is no longer open is left as it is. Refuses UnknownPayment."""

    def identify(self, message: Mapping[str, str]) -> str:
        """The id of the payment that a webhook's message is about, empty where it names none."""


def provider(name: str = "") -> Provider:
    """The provider called `name`, by default the one of the settings. Refuses (KeyError) a name that is not known."""
    return _made(name or settings.PAYMENT_PROVIDER)


@cache
def _made(name: str) -> Provider:
    made: Provider = import_string(PROVIDERS[name])()
    return made
