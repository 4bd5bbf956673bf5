"""Forms of the cart and the checkout."""

import re
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.cart import MOST
from orders.models import DemoState, SavedAddress
from orders.postal_address import COUNTRIES, Address
from thuiswerk.lib.postal_codes import NotAPostalCode, read_postal_code

# Chosen instead of an address of the book.
NEW = "new"
ADDRESS_FIELDS = ("name", "street", "house_number", "postal_code", "city", "country")
HOUSE_NUMBER = re.compile(r"[1-9][0-9]{0,4}(?:[ \-/]?[0-9A-Za-z]{1,6}){0,3}")


class QuantityField(forms.IntegerField):
    default_error_messages: ClassVar = {
        "required": gettext_lazy("Say how many you want."),
        "invalid": gettext_lazy("Write a whole number."),
        "min_value": gettext_lazy("Choose at least 1."),
        "max_value": gettext_lazy("Choose at most %(limit_value)s."),
    }


class AddForm(forms.Form):
    """How much of a product goes into the cart."""

    product = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    quantity = QuantityField(label=gettext_lazy("Quantity"), min_value=1, max_value=MOST)
    from_wishes = forms.BooleanField(required=False, widget=forms.HiddenInput)


class QuantityForm(forms.Form):
    """A new quantity of a line of the cart; 0 takes it out."""

    quantity = QuantityField(
        label=gettext_lazy("Quantity"),
        min_value=0,
        max_value=MOST,
        error_messages={"min_value": gettext_lazy("Choose at least 1, or remove the product.")},
    )


class AddressForm(forms.Form):
    """A Dutch or a Belgian address."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    street = forms.CharField(
        label=gettext_lazy("Street"), max_length=100, widget=forms.TextInput({"autocomplete": "address-line1"})
    )
    house_number = forms.CharField(
        label=gettext_lazy("House number and addition"),
        max_length=20,
        error_messages={"max_length": gettext_lazy("This is too long. Use at most %(limit_value)s characters.")},
        widget=forms.TextInput({"autocomplete": "address-line2", "size": 8}),
    )
    postal_code = forms.CharField(
        label=gettext_lazy("Postal code"),
        max_length=10,
        widget=forms.TextInput({"autocomplete": "postal-code", "size": 8}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"), max_length=80, widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=COUNTRIES,
        widget=forms.Select({"autocomplete": "country"}),
    )

    @property
    def address(self) -> Address:
        """The address of a valid form."""
        data = self.cleaned_data
        return Address(**{field: data[field] for field in ADDRESS_FIELDS})

    def clean_house_number(self) -> str:
        number: str = self.cleaned_data["house_number"]
        if number[0] not in "123456789":
            raise forms.ValidationError(_("Begin with a number, as in 12 or 12 B."))
        if not HOUSE_NUMBER.fullmatch(number):
            raise forms.ValidationError(_("Write the addition with letters and numbers only, as in 12 B or 12-3."))
        return number

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("postal_code") and data.get("country"):
            try:
                data["postal_code"] = read_postal_code(data["postal_code"], data["country"])
            except NotAPostalCode as refusal:
                self.add_error("postal_code", refusal.hint)
        return data


class CheckoutForm(AddressForm):
    """Where the order goes, with the token that makes one form one order and the fingerprint of what was shown.

    An address of the book, once chosen, overrules what was typed.
    """

    keep = forms.BooleanField(label=gettext_lazy("Keep this address for next time"), required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, book: Sequence[SavedAddress] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = {str(saved.pk): saved for saved in book}
        # Where one of the book is chosen, nothing has to be typed.
        self.use_required_attribute = not self.book
        self.fields["saved"] = forms.ChoiceField(
            label=_("Your addresses"),
            choices=[*((pk, str(saved)) for pk, saved in self.book.items()), (NEW, _("Another address"))],
            initial=next(iter(self.book), NEW),
            required=bool(self.book),
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("This address is no longer in your book. Choose another one.")},
        )

    @property
    def next_token(self) -> uuid.UUID:
        """The token of the page to show: that of the page that was sent, or a new one where none can be read."""
        sent: uuid.UUID | None = self.cleaned_data.get("form_token") if self.is_bound else None
        return sent or uuid.uuid4()

    @property
    def chosen(self) -> SavedAddress | None:
        """The address of the book that was chosen, of a form that was sent."""
        return self.book.get(self.cleaned_data.get("saved", ""))

    @property
    def address(self) -> Address:
        """The address of a valid form."""
        return self.chosen.address if self.chosen else super().address

    @property
    def keeps_address(self) -> bool:
        """Whether the address goes into the book, or to its top."""
        return self.chosen is not None or self.cleaned_data["keep"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.chosen:
            for field in ADDRESS_FIELDS:
                self.errors.pop(field, None)
        if {"form_token", "shown"} & self.errors.keys():
            self.add_error(None, _("This page did not arrive whole, so nothing was ordered. Check it and order again."))
        return data


class DemoOutcomeForm(forms.Form):
    """How a payment at the demo provider ends; "twice" tells the webhook twice."""

    outcome = forms.ChoiceField(
        choices=[(state, state) for state in DemoState if state != DemoState.OPEN] + [("twice", "twice")]
    )

    @property
    def state(self) -> DemoState:
        """The state of a valid form."""
        outcome = self.cleaned_data["outcome"]
        return DemoState.PAID if outcome == "twice" else DemoState(outcome)

    @property
    def tellings(self) -> int:
        return 2 if self.cleaned_data["outcome"] == "twice" else 1
