"""Forms of the coordinator: a portal with its company, a person for the roster, extra credit."""

import uuid
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.models import fields_for_model
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from onboarding.category_tree import CategoryTreeField
from onboarding.portal_screen import ChangedMeanwhile, check_token, token_of
from onboarding.roster_row import MAX_AMOUNT
from portals.images import ACCEPT, PictureField
from portals.models import Company, Portal, PortalState, Role
from thuiswerk.lib.periods import amsterdam_date

COMPANY_FIELDS = (
    "name",
    "legal_name",
    "kvk_number",
    "oin",
    "enterprise_number",
    "vat_number",
    "statutory_seat",
    "iban",
    "customer_number",
    "street",
    "postal_code",
    "city",
    "country",
    "contact_name",
    "mail_domains",
    "invoice_email",
    "invoice_copies",
    "reference",
    "order_number",
    "needs_order_number",
    "e_invoice_profile",
    "specification",
    "products_agreed_on",
    "payment_days",
    "language",
)
DOMAIN = RegexValidator(
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", _("Write only the name, such as winkel.acme.nl.")
)
# Names that belong to the installation or look as if they did.
FIRST_YEAR, LAST_YEAR = 2020, 2100
RESERVED = frozenset(
    {
        "www",
        "admin",
        "api",
        "mail",
        "smtp",
        "static",
        "media",
        "demo",
        "login",
        "account",
        "app",
        "ns",
        "voorbeeld",
        "example",
    }
)


def _company_fields() -> dict[str, Any]:
    """The company's fields under names of their own, so that one form holds both."""
    fields = fields_for_model(Company, fields=COMPANY_FIELDS, widgets={"products_agreed_on": AdminDateWidget})
    return {f"company_{name}": field for name, field in fields.items()}


CompanyPart = type("CompanyPart", (forms.Form,), _company_fields())


class PictureInput(forms.ClearableFileInput):
    """A file field that shows the picture as it is now; `data_picture` is its address in the back office."""

    template_name = "onboarding/picture_input.html"


class PortalForm(forms.ModelForm, CompanyPart):  # type: ignore[misc,type-arg,valid-type]
    """A portal and its company in one form."""

    existing_company = forms.ModelChoiceField(
        label=capfirst(_("existing customer")),
        queryset=Company.objects.exclude(portals__is_example=True),
        required=False,
        help_text=_("Choose one to leave the company data below empty."),
    )
    logo = PictureField(
        label=capfirst(_("logo")),
        required=False,
        keep_side=800,
        widget=PictureInput(attrs={"accept": ACCEPT}),
        help_text=_("PNG, JPEG or WebP, at most 5 MB and 4096 pixels a side."),
    )
    header = PictureField(
        label=capfirst(_("header picture")),
        required=False,
        keep_side=2400,
        widget=PictureInput(attrs={"accept": ACCEPT}),
        help_text=_("Wide, at least 1600 pixels, as the logo."),
    )
    seen = forms.CharField(required=False, max_length=90, widget=forms.HiddenInput)
    categories = CategoryTreeField(
        label=capfirst(_("allowed categories")), help_text=_("A category stands for everything below it.")
    )

    class Meta:
        model = Portal
        fields = (
            "name",
            "slug",
            "custom_domain",
            "live_from",
            "live_until",
            "credit_per_employee",
            "own_money",
            "brand_color",
            "logo",
            "header",
            "header_alt",
            "welcome_nl",
            "welcome_en",
            "language",
        )
        widgets = {  # noqa: RUF012
            "brand_color": forms.TextInput(attrs={"type": "color"}),
            "welcome_nl": forms.Textarea(attrs={"rows": 3}),
            "welcome_en": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {  # noqa: RUF012
            "live_until": _("Empty: three months after the first day."),
            "slug": _("The first part of the shop's address."),
            "custom_domain": _("Only after its DNS points here."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company = self.instance.company if self.instance.pk else None
        if company is not None:
            self.initial["seen"] = token_of(self.instance)
            self._show_pictures()
            for name in COMPANY_FIELDS:
                self.initial.setdefault(f"company_{name}", getattr(company, name))
            if "categories" in self.fields:
                chosen = self.instance.assortment.values_list("category_id", flat=True)
                self.initial.setdefault("categories", list(chosen))
        elif "company_name" in self.fields:
            self.fields["company_name"].required = False

    def _show_pictures(self) -> None:
        for name in {"logo", "header"} & set(self.fields):
            stored = (getattr(self.instance, name).name or "").rpartition("/")[2]
            if stored:
                address = reverse("admin:portals_portal_picture", args=[self.instance.pk, stored])
                self.fields[name].widget.attrs["data_picture"] = address

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in RESERVED or slug.startswith("xn--") or "_" in slug or slug != slug.strip("-"):
            raise ValidationError(gettext("This address cannot be used for a shop."))
        return slug

    def clean_custom_domain(self) -> str | None:
        domain = (self.cleaned_data["custom_domain"] or "").lower().rstrip(".")
        if not domain:
            return None
        DOMAIN(domain)
        main = settings.BASE_DOMAIN.partition(":")[0]
        if domain == main or domain.endswith(f".{main}"):
            raise ValidationError(gettext("This name belongs to the installation itself."))
        return domain

    def clean_brand_color(self) -> str:
        return str(self.cleaned_data["brand_color"]).lower()

    def clean_credit_per_employee(self) -> Decimal:
        amount: Decimal = self.cleaned_data["credit_per_employee"]
        if amount > MAX_AMOUNT:
            raise ValidationError(gettext("This is more than € 100.000 for one employee."))
        return amount

    def _clean_period(self, cleaned: dict[str, Any]) -> None:
        """A shop that left the building keeps a live period, nobody means the year 9999, and no credit ends unasked."""
        first, last = cleaned.get("live_from"), cleaned.get("live_until")
        today = amsterdam_date(timezone.now())
        if last and last < today and "live_until" in self.changed_data and self.instance.state != PortalState.BUILD:
            told = gettext("This day is over, and the credit would expire. To end the shop, choose today.")
            self.add_error("live_until", told)
        for name, day in (("live_from", first), ("live_until", last)):
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, gettext("This is not a day of our time."))
        if first is None and "live_from" not in self.errors:
            if last is not None:
                self.add_error("live_from", gettext("Fill in the first day too."))
            elif self.instance.state != PortalState.BUILD:
                self.add_error("live_from", gettext("A shop that is no longer in build needs a live period."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._clean_period(cleaned)
        if not self.instance.pk and not cleaned.get("existing_company") and not cleaned.get("company_name"):
            self.add_error("company_name", gettext("Fill in the company, or choose an existing customer above."))
        if cleaned.get("existing_company") and cleaned.get("company_name"):
            self.add_error("company_name", gettext("Leave the company empty, or choose no existing customer above."))
        try:
            company = self.company()
            company.clean_fields(exclude=[name for name in COMPANY_FIELDS if f"company_{name}" in self.errors])
            company.clean()
            cleaned["company_postal_code"] = company.postal_code
        except ValidationError as error:
            self.add_error(None, {f"company_{name}": told for name, told in error.error_dict.items()})
        if self.instance.pk:
            self._check_seen()
        return cleaned

    def _check_seen(self) -> None:
        """Refuse what was changed meanwhile, and show what is stored; sent once more, the form is saved knowingly."""
        try:
            check_token(self.instance, self.cleaned_data.get("seen", ""))
        except ChangedMeanwhile as change:
            self.add_error(None, _told(change))
            self.initial = type(self)(instance=Portal.objects.get(pk=self.instance.pk)).initial
            for name in set(self.changed_data) - {"seen", "logo", "header"}:
                self.add_error(name, gettext("Stored now: %(value)s.") % {"value": self._stored(name)})
            self.data = cast("QueryDict", self.data).copy()
            self.data["seen"] = self.initial["seen"]

    def _stored(self, name: str) -> str:
        """The stored value of a field, spelled out."""
        field, value = cast("Any", self.fields[name]), cast("Any", self.initial.get(name))
        if isinstance(field, CategoryTreeField):
            value = ", ".join(map(str, Category.objects.filter(pk__in=value)))
        elif hasattr(field, "choices"):
            value = dict(field.choices).get(value)
        return str(localize(value) or gettext("nothing"))

    def company(self) -> Company:
        """The company as the form leaves it, unsaved: the portal's own, a chosen one as it is, or a new one."""
        existing: Company | None = self.cleaned_data.get("existing_company")
        if existing is not None and not self.instance.pk:
            return existing
        company = self.instance.company if self.instance.company_id else Company()
        for name in COMPANY_FIELDS:
            if f"company_{name}" in self.cleaned_data:
                setattr(company, name, self.cleaned_data[f"company_{name}"])
        return company


def _told(change: ChangedMeanwhile) -> str:
    changed = gettext("This shop was changed after you opened it.")
    if change.by is not None and change.at is not None:
        who, moment = change.by.get_full_name(), date_format(localtime(change.at), "j F, H:i")
        changed = gettext("%(who)s changed this shop on %(time)s, after you opened it.") % {"who": who, "time": moment}
    kept = gettext("Nothing is saved yet and your entries are still here. Check them and save again.")
    return f"{changed} {kept}"


class EmployeeForm(forms.Form):
    """One person for the roster of a portal."""

    email = forms.EmailField(label=capfirst(_("work e-mail")), max_length=254)
    name = forms.CharField(label=capfirst(_("name")), max_length=150, required=False)
    staff_number = forms.CharField(label=capfirst(_("staff number")), max_length=30, required=False)
    cost_centre = forms.CharField(label=capfirst(_("cost centre")), max_length=30, required=False)
    role = forms.ChoiceField(label=capfirst(_("role")), choices=Role, initial=Role.EMPLOYEE)
    amount = forms.DecimalField(
        label=capfirst(pgettext_lazy("opening credit of an employee", "credit")),
        min_value=Decimal(0),
        max_value=MAX_AMOUNT,
        decimal_places=2,
        localize=False,
    )


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody on the roster. The portal is no field here, so Django leaves the constraint that names it unchecked."""

    def clean_staff_number(self) -> str:
        number: str = self.cleaned_data["staff_number"]
        others = self.instance.portal.memberships.exclude(pk=self.instance.pk)
        if number and others.filter(staff_number=number).exists():
            raise ValidationError(gettext("This staff number is in use in this portal."))
        return number


class ExtraCreditForm(forms.Form):
    """Extra credit for chosen employees. The token makes a second click of the same form give nothing more."""

    amount = forms.DecimalField(
        label=capfirst(_("amount for each")),
        min_value=Decimal("0.01"),
        max_value=MAX_AMOUNT,
        decimal_places=2,
    )
    reason = forms.CharField(label=capfirst(_("reason")), max_length=120)
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
