"""Where parcels go: the columns of an address, and the address book of an employee."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portals.models import Membership, Portal

COUNTRIES = [("NL", _("Netherlands")), ("BE", _("Belgium"))]
# So many are kept of an employee; the one that was used longest ago makes room.
MOST_SAVED = 10


@dataclass(frozen=True)
class Address:
    """Where an order goes. The postal code is written as its country writes it."""

    name: str
    street: str
    house_number: str
    postal_code: str
    city: str
    country: str = "NL"


class PostalAddress(models.Model):
    """A row that holds an address."""

    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=100)
    house_number = models.CharField(_("house number"), max_length=20)
    postal_code = models.CharField(_("postal code"), max_length=10)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="NL")

    class Meta:
        abstract = True

    @property
    def address(self) -> Address:
        return Address(self.name, self.street, self.house_number, self.postal_code, self.city, self.country)

    @property
    def address_lines(self) -> list[str]:
        """Name, street, postal code and city, then the country where it is not the Netherlands."""
        abroad = [] if self.country == "NL" else [str(dict(COUNTRIES)[self.country])]
        return [self.name, f"{self.street} {self.house_number}", f"{self.postal_code}  {self.city}", *abroad]


class SavedAddress(PostalAddress):
    """An address in the book of an employee, the one used last on top. It goes when the employee leaves."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="addresses")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="addresses")
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-used_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["membership", "name", "street", "house_number", "postal_code", "city", "country"],
                name="saved_address_once_per_member",
            ),
        )

    def __str__(self) -> str:
        return ", ".join(self.address_lines)


class AddressSavedTwice(Exception):
    """The book holds this address already; nothing was written."""


@transaction.atomic
def save_address(membership: Membership, address: Address, *, now: dt.datetime) -> None:
    """Keep `address` in the book of `membership`, as the one that was used last."""
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    book, used = membership.addresses, {"used_at": now}
    book.update_or_create(**asdict(address), defaults=used, create_defaults=used | {"portal_id": membership.portal_id})
    kept = book.order_by("-used_at", "-pk").values("pk")[:MOST_SAVED]
    book.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


@transaction.atomic
def add_address(membership: Membership, address: Address, *, now: dt.datetime) -> None:
    """Keep a new `address`, chosen first at the next order. Refuses AddressSavedTwice."""
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    if membership.addresses.filter(**asdict(address)).exists():
        raise AddressSavedTwice(membership.pk)
    save_address(membership, address, now=now)


@transaction.atomic
def change_address(saved: SavedAddress, address: Address) -> None:
    """Write `address` over the saved one. Refuses AddressSavedTwice."""
    Membership.objects.select_for_update(no_key=True).get(pk=saved.membership_id)
    others = SavedAddress.objects.filter(membership=saved.membership_id).exclude(pk=saved.pk)
    if others.filter(**asdict(address)).exists():
        raise AddressSavedTwice(saved.pk)
    SavedAddress.objects.filter(pk=saved.pk).update(**asdict(address))
