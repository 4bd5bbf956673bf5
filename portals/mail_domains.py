"""The mail domains of a company: who is addressed elsewhere is probably no employee, or mistyped."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.utils.translation import gettext


def domains_of(text: str) -> tuple[str, ...]:
    """The domains in `text`, in small letters and once each."""
    return tuple(dict.fromkeys(text.lower().replace("@", " ").replace(",", " ").split()))


def validate_domains(text: str) -> None:
    """Refuses lines that are no domain such as acme.nl."""
    for domain in domains_of(text):
        try:
            validate_domain_name(domain)
        except ValidationError as error:
            told = gettext("%(domain)s is no mail domain; write only what stands behind the @, such as acme.nl.")
            raise ValidationError(told % {"domain": domain}) from error
