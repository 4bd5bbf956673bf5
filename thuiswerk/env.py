"""What the environment may say: every variable that Thuiswerk reads, with its type, default and meaning.

`ENV` is read once at import. A variable that is not declared here is not read anywhere; the test of the compose file
and `.env.example` rest on that.
"""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class BadEnvironment(Exception):
    """A variable holds a value that cannot be read; the message names the variable and says what is expected."""


@dataclass(frozen=True)
class Environment:
    """Every variable by its lower-case name. Defaults are those of a machine where nothing is configured."""

    debug: bool = False
    demo: bool = False
    secret_key: str = ""
    database_url: str = ""
    database_pool_size: int = 8
    redis_url: str = ""
    base_domain: str = "localhost:8000"
    use_https: bool = False
    trusted_proxies: int = 0
    data_dir: str = str(ROOT / "var")
    email_url: str = ""
    email_from: str = "Thuiswerk <noreply@localhost>"
    bounces_url: str = ""
    payment_provider: str = ""
    mollie_api_key: str = ""
    mollie_methods: str = "ideal,creditcard,bancontact"
    operator_name: str = "Thuiswerk BV"
    operator_address: str = "Keizersgracht 1\n1015 CN Amsterdam"
    operator_email: str = ""
    operator_phone: str = "+31 20 000 00 00"
    operator_kvk: str = ""
    operator_vat_number: str = ""
    operator_iban: str = ""
    operator_bic: str = ""
    invoice_review_days: int = 0
    reminders_automatic: bool = False
    invoice_channels: str = "billing.channels.ByMail"
    account_debtors: str = "1300"
    account_credit: str = "1490"
    account_bank: str = "1100"
    account_suspense: str = "2990"
    journal_vat_code: str = "geen"
    invitations_per_minute: int = 100
    personal_data_days: int = 90
    feed_hosts: str = ""
    metrics_token: str = ""
    log_level: str = "INFO"


def names() -> list[str]:
    """The names of all variables, upper case, in the order of the declaration."""
    return [field.name.upper() for field in fields(Environment)]


def read(source: dict[str, str]) -> Environment:
    """Read every declared variable from `source`. Refuses (BadEnvironment) a value of the wrong type."""
    given: dict[str, Any] = {}
    for field in fields(Environment):
        raw = source.get(field.name.upper())
        if raw is not None:
            given[field.name] = _convert(field.name.upper(), raw.strip(), type(field.default))
    return Environment(**given)


def _convert(name: str, raw: str, kind: type) -> bool | int | str:
    if kind is bool:
        if raw.lower() in TRUE | FALSE:
            return raw.lower() in TRUE
        raise BadEnvironment(f"{name} must be 1 or 0, not {raw!r}.")
    if kind is int:
        if raw.isdigit():
            return int(raw)
        raise BadEnvironment(f"{name} must be a whole number, not {raw!r}.")
    return raw.replace("\\n", "\n")


def database_from_url(url: str) -> dict[str, Any]:
    """Django's database settings of a `postgresql://` address; a socket directory may stand in `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadEnvironment("DATABASE_URL must begin with postgresql://; Thuiswerk runs on PostgreSQL only.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


ENV = read(dict(os.environ))
