"""Forms of the intake beside the company's: the look, and a colleague who helps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.intake_models import Intake
from portals.images import ACCEPT, PictureField

PICTURE = {"accept": ACCEPT}
# Pixels: below these a picture is blurred on the page.
LOGO_WIDTH, HEADER_WIDTH = 120, 1600


class LookForm(forms.ModelForm):  # type: ignore[type-arg]
    """Colour and pictures. A picture that is not chosen anew stays as it is; `is_unfinished`: nothing is needed yet."""

    logo = PictureField(
        label=_("Logo"),
        required=False,
        keep_side=800,
        least_width=LOGO_WIDTH,
        widget=forms.FileInput(attrs=PICTURE),
        help_text=_("PNG, JPEG or WebP, at most 5 MB and 4096 pixels a side. Best without a background."),
    )
    header = PictureField(
        label=_("Header picture"),
        required=False,
        keep_side=2400,
        least_width=HEADER_WIDTH,
        widget=forms.FileInput(attrs=PICTURE),
        help_text=_("Wide, at least 1600 pixels, as the logo."),
    )

    class Meta:
        model = Intake
        fields = ("brand_color", "header_alt")
        labels = {  # noqa: RUF012
            "brand_color": _("Brand colour"),
            "header_alt": _("What does the header picture show?"),
        }
        help_texts = {"header_alt": _("One sentence for colleagues who cannot see it.")}  # noqa: RUF012
        widgets = {"brand_color": forms.TextInput(attrs={"type": "color"})}  # noqa: RUF012

    def __init__(self, *args: Any, is_unfinished: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {"logo": not self.instance.logo, "header": not self.instance.header, "header_alt": True}
        for name, is_needed in asked.items():
            self.fields[name].required = is_needed and not is_unfinished

    def clean_brand_color(self) -> str:
        return str(self.cleaned_data["brand_color"]).lower()


class ColleagueForm(forms.Form):
    """Somebody at the company who fills in a part."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("Work e-mail"), max_length=254)
