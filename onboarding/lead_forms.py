"""Forms of the coordinator about a lead."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from onboarding.category_tree import CategoryTreeField
from onboarding.models import Lead, LostReason
from onboarding.phone import clean_phone


class LeadForm(forms.ModelForm):  # type: ignore[type-arg]
    """A lead as a coordinator keeps it. The stage is no field: it changes by steps."""

    next_action_on = forms.DateField(label=capfirst(_("on")), required=False, widget=AdminDateWidget)
    starts_on = forms.DateField(label=capfirst(_("wished first day")), required=False, widget=AdminDateWidget)
    categories = CategoryTreeField(label=capfirst(_("categories")))
    phone = forms.CharField(label=capfirst(_("telephone")), max_length=25, required=False)

    class Meta:
        model = Lead
        fields = (
            "next_action",
            "next_action_on",
            "owner",
            "company_name",
            "country",
            "register_number",
            "customer_number",
            "company",
            "contact_name",
            "contact_role",
            "email",
            "phone",
            "language",
            "employees",
            "budget",
            "starts_on",
            "categories",
            "wishes",
        )
        widgets = {"wishes": forms.Textarea(attrs={"rows": 4})}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            staff = User.objects.filter(is_staff=True, is_active=True)
            self.fields["owner"].queryset = staff  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], self.data.get("country", "NL"))

    def changed_data_columns(self) -> list[str]:
        """The columns that were changed, so that what a colleague or a job wrote meanwhile stays."""
        return [name for name in self.changed_data if name != "categories"]


class LoseForm(forms.Form):
    """Why nothing comes of a lead."""

    reason = forms.ChoiceField(label=capfirst(_("reason")), choices=LostReason)
    note = forms.CharField(
        label=capfirst(_("explanation")), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_reason(self) -> LostReason:
        return LostReason(self.cleaned_data["reason"])


class NoteForm(forms.Form):
    """A note about a lead."""

    text = forms.CharField(
        label=capfirst(_("note")), max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
    )
