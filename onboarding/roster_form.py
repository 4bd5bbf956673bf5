"""The form by which a list of employees is handed over: a file, or pasted text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.roster_file import MAX_BYTES, read_pasted, read_roster
from onboarding.roster_row import Row
from onboarding.roster_table import UnreadableFile

ACCEPT = ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RosterForm(forms.Form):
    """A list of employees. `rows` holds what was read and `name` what it is called when the form is valid."""

    file = forms.FileField(
        label=_("Excel workbook or CSV"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT})
    )
    pasted = forms.CharField(
        label=_("Or paste the list"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("E-mail addresses, or cells copied from a spreadsheet with the names of the columns above them."),
    )
    rows: list[Row]
    name: str

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_BYTES:
            raise ValidationError(gettext("This file is too large: at most 2 MB is allowed."))
        return file

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        file, pasted = data.get("file"), data.get("pasted", "")
        if self.errors:
            return data
        if bool(file) == bool(pasted.strip()):
            raise ValidationError(gettext("Choose a file or paste a list, one of the two."))
        try:
            self.rows = read_roster(file.read()) if file else read_pasted(pasted)
        except UnreadableFile as refusal:
            self.add_error("file" if file else "pasted", str(refusal))
        self.name = file.name if file else gettext("pasted list")
        return data
