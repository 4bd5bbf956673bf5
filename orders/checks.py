"""System checks of the orders."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register

from orders.payments.mollie_settings import API_KEY, METHODS
from orders.payments.port import PROVIDERS
from thuiswerk.lib.guarantee import UnreadableNotice, official_notice

LEGAL_DAYS = 14


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
                hint="Use mollie, or no provider: portals then take credit only. DEMO=1 makes a demonstration.",
                id="orders.E002",
            )
        ]
    return []


@register(Tags.security)
def check_mollie(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuses Mollie without a key or a way to pay, real money on trial, and sham money where it should be real."""
    if settings.PAYMENT_PROVIDER != "mollie":
        return []
    if not API_KEY.fullmatch(settings.MOLLIE_API_KEY):
        hint = "Copy the key of your website profile from Mollie's dashboard: live_… or test_…."
        return [Error("MOLLIE_API_KEY is missing or malformed.", hint=hint, id="orders.E003")]
    if not METHODS.fullmatch(settings.MOLLIE_METHODS):
        hint = "Name at least one way to pay, as in ideal,creditcard=Visa or Mastercard."
        return [Error(f"MOLLIE_METHODS is {settings.MOLLIE_METHODS!r}.", hint=hint, id="orders.E004")]
    is_live, is_trial = settings.MOLLIE_API_KEY.startswith("live_"), settings.DEBUG or settings.DEMO
    if is_live and is_trial:
        return [Error("A live key of Mollie takes real money.", hint="Use a test key here.", id="orders.E005")]
    if not is_live and not is_trial:
        return [Warning("With a test key of Mollie nobody pays.", hint="Use a live key.", id="orders.W001")]
    return []


@register()
def check_return_days(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuses a shorter period of withdrawal than the law gives (BW 6:230o)."""
    if settings.RETURN_DAYS >= LEGAL_DAYS:
        return []
    return [Error(f"RETURN_DAYS is {settings.RETURN_DAYS}.", hint=f"At least {LEGAL_DAYS}.", id="orders.E009")]


@register(deploy=True)
def check_guarantee_notice(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Tells where the official notice of the legal guarantee is missing, and refuses one that cannot be shown."""
    try:
        missing = [language for language, _name in settings.LANGUAGES if official_notice(language) is None]
    except UnreadableNotice as error:
        return [Error(f"{error} is no picture.", hint="Put the official notice there as a PNG.", id="orders.E010")]
    if not missing:
        return []
    files = ", ".join(f"{settings.GUARANTEE_DIR}/{language}.png" for language in missing)
    text = f"The official notice of the legal guarantee is missing: {files}."
    return [Info(text, hint="See Consumer law in the operations guide.", id="orders.I001")]
