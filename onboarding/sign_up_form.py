"""The sign-up form of the public site, with what keeps robots out without a puzzle."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.be import vat as belgian_number

from accounts.models import User
from catalog.models import Category
from onboarding.lead_models import Lead
from onboarding.phone import clean_phone
from thuiswerk.lib.periods import amsterdam_date

SALT = "onboarding.sign_up"
# Nobody reads and fills in the form faster.
FASTEST = dt.timedelta(seconds=3)
CONSENT = _(
    "I agree that you keep these details to answer my request and to contact me about it. You keep them for at most one"
    " year if nothing comes of it."
)
ROOMY = {"rows": 5}
LENGTHS = {8, 10}  # of a KvK number, which has no check digit, and of a Belgian enterprise number


class SignUpForm(forms.ModelForm):  # type: ignore[type-arg]
    """A company asks for a portal. `cleaned_data` holds what `onboarding.sign_up.sign_up` takes.

    `website` is a trap that people do not see; `opened` is signed and says when the page was made. Who falls into
    either is asked to send once more: nothing that was typed is lost.
    """

    phone = forms.CharField(
        label=_("Telephone"), max_length=25, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    register_number = forms.CharField(
        label=_("KvK number, or Belgian enterprise number"), max_length=20, required=False
    )
    employees = forms.IntegerField(
        label=_("Number of employees"),
        min_value=1,
        max_value=500_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    budget = forms.DecimalField(
        label=_("Budget per employee in euro"),
        required=False,
        min_value=Decimal(1),
        max_value=Decimal(100_000),
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text=_("Roughly is fine; we talk about it later."),
    )
    categories = forms.ModelMultipleChoiceField(
        label=_("What would you like to offer?"),
        queryset=Category.objects.filter(parent=None).order_by("position", "name_nl"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = forms.DateField(
        label=_("When would you like to start?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    consent = forms.BooleanField(label=CONSENT)
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    website = forms.CharField(label=_("Leave this empty"), required=False, max_length=200)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Lead
        fields = (
            "company_name",
            "country",
            "register_number",
            "customer_number",
            "contact_name",
            "contact_role",
            "email",
            "phone",
            "employees",
            "budget",
            "categories",
            "starts_on",
            "wishes",
        )
        labels = {  # noqa: RUF012
            "company_name": _("Company"),
            "contact_name": _("Your name"),
            "contact_role": _("Your job title"),
            "email": _("Your work e-mail"),
            "customer_number": _("Customer number, if you have one"),
            "wishes": _("What else should we know?"),
            "country": _("Country"),
        }
        widgets = {  # noqa: RUF012
            "company_name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_role": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
            "wishes": forms.Textarea(attrs=ROOMY),
        }

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)
        self.initial["opened"] = signing.dumps(now.timestamp(), salt=SALT)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_register_number(self) -> str:
        """Digits only. A KvK number has eight, a Belgian enterprise number ten with their check digits."""
        number = "".join(filter(str.isalnum, self.cleaned_data["register_number"])).upper().removeprefix("BE")
        is_known = (
            len(number) in LENGTHS and number.isdecimal() and (len(number) == 8 or belgian_number.is_valid(number))
        )
        if number and not is_known:
            raise ValidationError(gettext("A KvK number has 8 digits, a Belgian enterprise number 10; check them."))
        return number

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], self.data.get("country", "NL"))

    def clean_starts_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["starts_on"]
        if day is not None and not 0 <= (day - amsterdam_date(timezone.now())).days <= 3 * 366:
            raise ValidationError(gettext("Choose a day to come, within three years."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and self._looks_automatic():
            self.data = cast("QueryDict", self.data).copy()
            self.data["opened"] = signing.dumps(0, salt=SALT)
            raise ValidationError(gettext("We could not tell whether a person sent this. Please send it once more."))
        return cleaned

    def _looks_automatic(self) -> bool:
        if self.cleaned_data["website"]:
            return True
        try:
            opened = signing.loads(self.cleaned_data["opened"], salt=SALT)
        except signing.BadSignature:
            return True
        return self.now.timestamp() - float(opened) < FASTEST.total_seconds()
