"""What the settings say of Mollie: the form of its key, and the ways to pay, in their order and by their names."""

import re

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

API_KEY = re.compile(r"(live|test)_\w+", re.ASCII)
METHODS = re.compile(r"[a-z0-9]+(=[^,=]+)?(,\s*[a-z0-9]+(=[^,=]+)?)*")
NAMES = {"ideal": "iDEAL | Wero", "creditcard": gettext_lazy("card"), "bancontact": "Bancontact"}


def methods() -> dict[str, str]:
    """Each way to pay: what Mollie calls it, and what an employee reads."""
    written = (part.strip().partition("=") for part in settings.MOLLIE_METHODS.split(","))
    return {method: name or str(NAMES.get(method, method)) for method, _equals, name in written}


def ways_to_pay() -> str:
    """All of them in one phrase, as `iDEAL | Wero, card or Bancontact`; empty where the provider is another."""
    return get_text_list(list(methods().values()), _("or")) if settings.PAYMENT_PROVIDER == "mollie" else ""
