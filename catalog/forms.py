"""What a visitor types into the catalogue."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ProductForm(forms.Form):
    """The product that goes on the wish list, or beside others."""

    product = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class SearchForm(forms.Form):
    """Words to search for."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
