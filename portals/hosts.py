"""Which host is whose: the main host of the installation, a portal's, or nobody's. Names are compared whole."""

import re

from django.conf import settings
from django.db.models import CharField, QuerySet

from portals.models import Portal
from thuiswerk.lib.prepared import Given, Prepared

# A name with at most one trailing dot and at most one port; an address in brackets is nobody's host here.
HOST = re.compile(r"(?P<name>[a-z0-9-]+(?:\.[a-z0-9-]+)*)\.?(?::\d{1,5})?", re.ASCII)


def host_name(written: str) -> str:
    """The host as it is compared: lower case, without port or trailing dot; empty where it is no host name."""
    matched = HOST.fullmatch(written.lower())
    return matched["name"] if matched else ""


def is_main(host: str) -> bool:
    """Whether `host` (from `host_name`) is the one of the public pages and the back office."""
    return host == _main()


def portal_at(host: str) -> Portal | None:
    """The portal, with its company, whose host is `host` (from `host_name`)."""
    if not host:
        return None
    slug, _, rest = host.partition(".")
    return _by_slug.first(slug=slug) if rest == _main() else _by_domain.first(domain=host)


def _main() -> str:
    return settings.BASE_DOMAIN.partition(":")[0].lower()


def _portals() -> QuerySet[Portal]:
    return Portal.objects.select_related("company").order_by()


_by_slug = Prepared(lambda: _portals().filter(slug=Given("slug", CharField())))
_by_domain = Prepared(lambda: _portals().filter(custom_domain=Given("domain", CharField())))
