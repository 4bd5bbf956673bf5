"""System checks of the orders."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from orders.payments.port import PROVIDERS


@register(Tags.security)
def check_payment_provider(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuses a payment provider that is not known, and in production the one where anybody may say that they paid."""
    name = settings.PAYMENT_PROVIDER
    if name and name not in PROVIDERS:
        known = ", ".join(sorted(PROVIDERS))
        return [Error(f"PAYMENT_PROVIDER is {name!r}.", hint=f"Known providers: {known}.", id="orders.E001")]
    if name == "demo" and not (settings.DEBUG or settings.DEMO):
        return [
            Error(
                "The demo payment provider takes no money and may not run in production.",
                hint="Leave PAYMENT_PROVIDER empty: portals then take credit only. DEMO=1 makes a demonstration.",
                id="orders.E002",
            )
        ]
    return []
