"""Whom the operator writes to at a company about one of its portals."""

from dataclasses import dataclass

from portals.models import Portal, Role


@dataclass(frozen=True)
class Contact:
    """An address, the language in which it is written to, and what stands for it in the key of a mail."""

    key: str
    email: str
    language: str


def contacts_of(portal: Portal) -> list[Contact]:
    """The contacts of the company that may enter the portal; without any, the address of its invoices."""
    managers = portal.memberships.active().filter(role=Role.MANAGER).select_related("user").order_by("pk")
    known = [Contact(f"m{manager.pk}", manager.user.email, manager.user.language) for manager in managers]
    company = portal.company
    return known or [Contact("c", company.invoice_email, company.language)] * bool(company.invoice_email)
