"""The mail domains of a company, as a coordinator writes them."""

import pytest
from django.core.exceptions import ValidationError

from portals.mail_domains import domains_of, validate_domains
from portals.models import Company


def test_domains_are_read_however_they_are_written():
    company = Company(mail_domains=" Acme.nl\r\n@acme.com, acme.nl\nxn--caf-dma.nl ")

    assert company.domains == ("acme.nl", "acme.com", "xn--caf-dma.nl")
    assert domains_of("") == ()


@pytest.mark.parametrize("text", ["", "acme.nl\nit.acme-holding.example", "@acme.nl"])
def test_domains_are_accepted(text):
    assert validate_domains(text) is None


@pytest.mark.parametrize("text", ["acme", "https://acme.nl", "acme.nl\nbob@acme", "acme..nl", "-acme.nl"])
def test_what_is_no_domain_is_told(text):
    with pytest.raises(ValidationError, match="geen maildomein"):
        validate_domains(text)
