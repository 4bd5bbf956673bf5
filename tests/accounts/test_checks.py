"""A demo and real mail do not go together."""

import pytest

from accounts.checks import check_demo_mail
from thuiswerk.lib.mail import mailer_from_url


@pytest.mark.parametrize(
    ("url", "debug", "demo", "told"),
    [
        ("smtp://mail.example:587?tls", False, True, ["accounts.E001"]),
        ("smtp://mail.example:587?tls", True, True, []),
        ("smtp://mail.example:587?tls", False, False, []),
        ("none:", False, True, []),
    ],
)
def test_demo_with_a_real_mail_server_is_refused(settings, url, debug, demo, told):
    settings.MAILERS = {"default": mailer_from_url(url)}
    settings.DEBUG, settings.DEMO = debug, demo

    assert [message.id for message in check_demo_mail(None)] == told
