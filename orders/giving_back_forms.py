"""The forms by which an order is given back, whole or in part."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.units import Left


class GiveBackForm(forms.Form):
    """How much of each line is given back; `everything` stands for all that is left."""

    everything = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, left: Sequence[Left]) -> None:
        super().__init__(data)
        self.left = [one for one in left if one.quantity]
        only = len(self.left) == 1 and self.left[0].quantity == 1
        for one in self.left:
            self.fields[f"line-{one.line.pk}"] = forms.IntegerField(
                label=_("Quantity of %(product)s") % {"product": one.line.name},
                min_value=0,
                max_value=one.quantity,
                required=False,
                initial=1 if only else 0,
                widget=forms.NumberInput({"inputmode": "numeric", "autocomplete": "off"}),
                error_messages={
                    "invalid": gettext_lazy("Write a whole number."),
                    "min_value": gettext_lazy("Choose 0 or more."),
                    "max_value": gettext_lazy("You can give back at most %(limit_value)s."),
                },
            )

    @property
    def rows(self) -> list[tuple[Left, forms.BoundField]]:
        """Each line of which something is left, with the field that asks how much of it."""
        return [(one, self[f"line-{one.line.pk}"]) for one in self.left]

    @property
    def quantities(self) -> dict[int, int]:
        """What a valid form gives back, by the key of the line."""
        if self.cleaned_data["everything"]:
            return {one.line.pk: one.quantity for one in self.left}
        asked = {one.line.pk: self.cleaned_data[f"line-{one.line.pk}"] or 0 for one in self.left}
        return {pk: quantity for pk, quantity in asked.items() if quantity}

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.quantities:
            raise forms.ValidationError(_("Choose at least one product."))
        return self.cleaned_data


class ConfirmForm(forms.Form):
    """What the page showed, and the token that lets it be confirmed once."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=2000)
