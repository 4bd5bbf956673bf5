"""HTTPS needs a proxy that says so."""

import pytest

from portals.checks import check_proxy


@pytest.mark.parametrize(("https", "proxies", "told"), [(True, 0, ["portals.E001"]), (True, 1, []), (False, 0, [])])
def test_https_without_a_trusted_proxy_is_refused(settings, https: bool, proxies: int, told: list[str]):
    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES = https, proxies

    assert [message.id for message in check_proxy(None)] == told
