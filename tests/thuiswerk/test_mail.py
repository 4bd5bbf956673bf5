"""How mails are written: in the reader's language, in the portal's colour, text as text."""

import pytest

from thuiswerk.lib.mail import compose, mailer_from_url

CONTEXT = {"code": "BCDF-GHJK", "minutes": 15, "url": "http://acme.localhost/", "chooses_password": False}


def test_compose_escapes_in_html_only(world):
    world.acme.name = "Jansen & Co's <winkel>"

    message = compose("account/mail/code", CONTEXT | {"portal": world.acme}, language="nl")

    assert message.subject == "Je code voor Jansen & Co's <winkel>"
    assert "Jansen &amp; Co&#x27;s &lt;winkel&gt;" in message.html
    assert "<winkel>" not in message.html


@pytest.mark.parametrize(("colour", "text"), [("#0f766e", "#ffffff"), ("#facc15", "#000000")])
def test_compose_wears_the_colour_of_the_portal_with_text_that_can_be_read(world, colour, text):
    world.acme.brand_color = colour

    message = compose("account/mail/code", CONTEXT | {"portal": world.acme}, language="nl")

    assert f"background:{colour};color:{text}" in message.html


@pytest.mark.parametrize(("language", "subject"), [("nl", "Je code voor Thuiswerk"), ("en", "Your code for Thuiswerk")])
def test_compose_in_the_language_of_the_reader(db, language, subject):
    message = compose("account/mail/code", CONTEXT, language=language)

    assert message.subject == subject
    assert f'<html lang="{language}">' in message.html


def test_compose_loads_nothing_from_elsewhere(world):
    html = compose("account/mail/code", CONTEXT | {"portal": world.acme}, language="nl").html

    assert not any(word in html for word in ("<img", "<link", "<script", "url(", "@import"))


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://mail.example", {"host": "mail.example", "port": 25, "timeout": 20}),
        (
            "smtp://me%40x:p%2Fw@mail.example:587?tls",
            {
                "host": "mail.example",
                "port": 587,
                "timeout": 20,
                "username": "me@x",
                "password": "p/w",
                "use_tls": True,
            },
        ),
        ("smtps://mail.example:465", {"host": "mail.example", "port": 465, "timeout": 20, "use_ssl": True}),
    ],
)
def test_mailer_from_url_reads_the_server(url, options):
    mailer = mailer_from_url(url)

    assert mailer == {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
