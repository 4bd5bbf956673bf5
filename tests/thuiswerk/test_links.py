"""Whole addresses for mails."""

from thuiswerk.lib.links import absolute_url


def test_absolute_url_is_on_the_host_that_the_reader_knows(world, settings):
    settings.URL_SCHEME = "https"
    world.globex.custom_domain = "winkel.globex.example"

    assert absolute_url(world.acme, "account_login") == "https://acme.localhost/account/login/"
    assert absolute_url(world.globex, "account_login") == "https://winkel.globex.example/account/login/"
    assert absolute_url(None, "account_login") == "https://localhost/account/login/"
