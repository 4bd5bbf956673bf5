"""What a visitor types into the catalogue."""

from django import forms
from django.utils.translation import gettext_lazy as _

SHORTEST = 2


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

    def clean_q(self) -> str:
        words: str = self.cleaned_data["q"]
        if sum(map(str.isalnum, words)) < SHORTEST:
            raise forms.ValidationError(_("Type at least two letters or digits."), code="short")
        return words
