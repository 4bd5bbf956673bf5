"""What products say of themselves, line by line, so that lists can be narrowed down by it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_specifications(lines: object) -> None:
    """Refuses (ValidationError) what is no list of lines of four texts."""
    right = isinstance(lines, list) and all(
        isinstance(line, list) and len(line) == 4 and all(isinstance(text, str) for text in line) for line in lines
    )
    if not right:
        raise ValidationError(_("Give each specification four texts: label and value, each in both languages."))


class SpecificationLine(models.Model):
    """A line of specifications that products have or had; the database adds them by itself (`catalog.triggers`).

    `id` follows from the text of the line. `low` and `high`: the number of a value such as "12 kg" or "62 tot 127 cm",
    whose unit then stands in the name, "Gewicht (kg)". `key` is the name in an address: `gewicht-kg`.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=120)
    name_nl = models.CharField(max_length=90)
    name_en = models.CharField(max_length=90)
    value_nl = models.CharField(max_length=80)
    value_en = models.CharField(max_length=80)
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True)

    class Meta:
        indexes = (models.Index(fields=["key"], name="specification_line_key"),)

    def __str__(self) -> str:
        return f"{self.name_nl}: {self.value_nl}"
