"""What a company says of itself in the intake: the data for its file and its invoices, and whom to call."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.be import vat as belgian_vat
from stdnum.nl import btw

from billing.parties import BUYER_NEEDS, missing_of, names_of
from onboarding.phone import clean_phone
from portals.models import Company, ContactRole, Specification

CONTACTS = (ContactRole.HR, ContactRole.FINANCE, ContactRole.PRIVACY)
PARTS = ("name", "email", "phone")


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The company part of an intake. Its raw texts are kept, so that it can be left half-done and be filled in later;
    bound to kept texts it says whether they are right."""

    kvk_number = forms.CharField(
        label=capfirst(_("KvK number")), max_length=20, required=False, help_text=_("Needed of a Dutch company.")
    )
    enterprise_number = forms.CharField(
        label=capfirst(_("Belgian enterprise number")),
        max_length=20,
        required=False,
        help_text=_("Needed of a Belgian company."),
    )
    vat_number = forms.CharField(label=capfirst(_("VAT number")), max_length=25, required=False)

    class Meta:
        model = Company
        fields = (
            "name",
            "legal_name",
            "country",
            "kvk_number",
            "enterprise_number",
            "oin",
            "vat_number",
            "statutory_seat",
            "street",
            "postal_code",
            "city",
            "contact_name",
            "invoice_email",
            "invoice_copies",
            "reference",
            "order_number",
            "needs_order_number",
            "specification",
            "iban",
            "mail_domains",
            "language",
        )
        labels = {  # noqa: RUF012
            "name": _("Name that employees know"),
            "legal_name": _("Legal name"),
            "contact_name": _("Invoices to the attention of"),
            "specification": _("What the invoice says of each employee"),
            "iban": _("IBAN, if you want money back on another account than you pay from"),
            "mail_domains": _("Mail domains of your employees"),
            "needs_order_number": _("We refuse an invoice without purchase order number"),
        }
        widgets = {  # noqa: RUF012
            "invoice_copies": forms.Textarea(attrs={"rows": 2}),
            "mail_domains": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Products are named by agreement with the operator only.
        self.fields["specification"].choices = [  # type: ignore[attr-defined]
            choice for choice in Specification.choices if choice[0] != Specification.PRODUCTS
        ]
        for name in BUYER_NEEDS:
            self.fields[name].required = True
        for role in CONTACTS:
            is_needed = role == ContactRole.HR
            self.fields[f"{role}_name"] = forms.CharField(label=_("Name"), max_length=120, required=is_needed)
            self.fields[f"{role}_email"] = forms.EmailField(label=_("E-mail"), max_length=254, required=is_needed)
            self.fields[f"{role}_phone"] = forms.CharField(label=_("Telephone"), max_length=25, required=False)

    @property
    def contact_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each contact under what the person is for."""
        return [(str(role.label), [self[f"{role}_{part}"] for part in PARTS]) for role in CONTACTS]

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, to be kept."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

    def clean_kvk_number(self) -> str:
        return "".join(self.cleaned_data["kvk_number"].split())

    def clean_enterprise_number(self) -> str:
        return "".join(filter(str.isalnum, self.cleaned_data["enterprise_number"])).upper().removeprefix("BE")

    def clean_vat_number(self) -> str:
        """Of the country that was chosen, by its check digits; the Belgian one is the enterprise number with BE."""
        number: str = self.cleaned_data["vat_number"]
        if not number:
            return ""
        country, checks = self.data.get("country", "NL"), {"NL": btw, "BE": belgian_vat}
        checker = checks.get(country, btw)
        if not checker.is_valid(number):
            raise ValidationError(gettext("This VAT number is not right; check it, such as NL123456789B01."))
        return f"{'BE' if checker is belgian_vat else 'NL'}{checker.compact(number)}"

    def clean_iban(self) -> str:
        number: str = self.cleaned_data["iban"]
        if number and not iban.is_valid(number):
            raise ValidationError(gettext("This IBAN is not right; a digit or letter is wrong."))
        return iban.compact(number) if number else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for role in CONTACTS:
            self._clean_contact(role)
        return cleaned

    def _clean_contact(self, role: str) -> None:
        name, email, phone = (self.cleaned_data.get(f"{role}_{part}", "") for part in PARTS)
        if (name or phone) and not email and f"{role}_email" not in self.errors:
            self.add_error(f"{role}_email", gettext("Fill in the e-mail too."))
        if email and not name and f"{role}_name" not in self.errors:
            self.add_error(f"{role}_name", gettext("Fill in the name too."))
        try:
            self.cleaned_data[f"{role}_phone"] = clean_phone(phone, self.data.get("country", "NL"))
        except ValidationError as refusal:
            self.add_error(f"{role}_phone", refusal)

    def _post_clean(self) -> None:
        """Then what an invoice needs: the part is done only when nothing is missing for it."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for name in missing_of(self.instance):
                told = gettext("This has to be on the invoice: %(field)s.") % {"field": names_of([name])}
                self.add_error(name if name in self.fields else None, told)

    @classmethod
    def contacts_in(cls, texts: Mapping[str, str]) -> list[dict[str, str]]:
        """The contacts of kept texts that the form takes, each with `role`, `name`, `email` and `phone`."""
        form = cls(texts)
        form.is_valid()
        people = [
            {"role": str(role)} | {part: form.cleaned_data.get(f"{role}_{part}", "") for part in PARTS}
            for role in CONTACTS
        ]
        return [person for person in people if person["email"]]
