"""The energy label of a product: its class, and its number in the European register of labelled products."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# With a number behind it, the page that has the label and the product information sheet.
EPREL = "https://eprel.ec.europa.eu/qr/"
validate_eprel_number = RegexValidator(r"^[0-9]+\Z", _("This is the number of the registration: digits only."))


class EnergyClass(models.TextChoices):
    """The energy classes: Regulation (EU) 2017/1369, and those with a plus of labels that were not rescaled yet."""

    A_3_PLUS = "A+++", "A+++"
    A_2_PLUS = "A++", "A++"
    A_PLUS = "A+", "A+"
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"
