"""The client: who it is by law, where its invoices go, and what they say."""

import datetime as dt

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator, validate_email
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.be import vat as belgian_number

from portals.mail_domains import domains_of, validate_domains
from thuiswerk.lib.periods import amsterdam_date
from thuiswerk.lib.postal_codes import NotAPostalCode, read_postal_code

KVK, OIN, BELGIAN = "0106", "0190", "0208"  # electronic address schemes of the Peppol network


class Specification(models.TextChoices):
    """What a line of the company's invoice stands for. Products are named by agreement with the company only."""

    STAFF_NUMBER = "staff_number", _("an amount per employee, by staff number")
    NAME = "name", _("an amount per employee, by name")
    COST_CENTRE = "cost_centre", _("a total per cost centre")
    ORDER = "order", _("an amount per order")
    PRODUCTS = "products", _("an amount per order, with its products")


class EInvoiceProfile(models.TextChoices):
    """The rules that the e-invoice keeps beside EN 16931."""

    PEPPOL = "peppol", _("Peppol BIS Billing 3.0")
    NLCIUS = "nlcius", _("NLCIUS")


def validate_belgian_number(number: str) -> None:
    """Refuses what is no Belgian enterprise number (ondernemingsnummer): ten digits with their check digits."""
    if len(number) != 10 or not belgian_number.is_valid(number):
        raise ValidationError(_("A Belgian enterprise number has 10 digits; check them."))


def validate_has_come(day: dt.date) -> None:
    """Refuses a day that still has to come in Amsterdam."""
    if day > amsterdam_date(timezone.now()):
        raise ValidationError(_("This day has not come yet."))


def validate_emails(text: str) -> None:
    """Refuses lines that are no e-mail addresses."""
    for address in text.split():
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(gettext("%(address)s is no e-mail address.") % {"address": address}) from error


@pghistory.track()
class Company(models.Model):
    """The client: legal and billing data. What an invoice says of it is copied at issue."""

    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=160, blank=True)
    kvk_number = models.CharField(
        _("KvK number"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{8}\Z", _("A KvK number has 8 digits."))],
    )
    oin = models.CharField(
        _("OIN"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{20}\Z", _("An OIN has 20 digits."))],
        help_text=_("Of a Dutch government body: its e-invoices are addressed to it."),
    )
    enterprise_number = models.CharField(
        _("Belgian enterprise number"), max_length=10, blank=True, validators=[validate_belgian_number]
    )
    vat_number = models.CharField(
        _("VAT number"),
        max_length=14,
        blank=True,
        help_text=_("For our own file: the invoices carry no VAT, and so no VAT number."),
    )
    statutory_seat = models.CharField(_("statutory seat"), max_length=80, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    customer_number = models.CharField(_("customer number"), max_length=20, blank=True)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(
        _("country"), max_length=2, default="NL", choices=[("NL", _("Netherlands")), ("BE", _("Belgium"))]
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    mail_domains = models.TextField(
        _("mail domains"),
        max_length=600,
        blank=True,
        default="",
        db_default="",
        validators=[validate_domains],
        help_text=_(
            "Such as acme.nl, each on a line of its own. A list of employees then tells who has another address. Empty:"
            " every address will do."
        ),
    )
    invoice_email = models.EmailField(_("e-mail for invoices"), blank=True)
    invoice_copies = models.TextField(
        _("copies of invoices to"),
        max_length=600,
        blank=True,
        validators=[validate_emails],
        help_text=_("More e-mail addresses, each on a line of its own."),
    )
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    order_number = models.CharField(_("purchase order number"), max_length=60, blank=True)
    needs_order_number = models.BooleanField(_("an invoice without purchase order number is refused"), default=False)
    specification = models.CharField(
        _("specification of the invoice"),
        max_length=12,
        choices=Specification,
        default=Specification.STAFF_NUMBER,
    )
    products_agreed_on = models.DateField(
        _("agreement to name products, of"),
        null=True,
        blank=True,
        validators=[validate_has_come],
        help_text=_(
            "The day of the agreement with the company that lets its invoices name what was paid with credit."
            " Empty: products are never named."
        ),
    )
    e_invoice_profile = models.CharField(
        _("rules of the e-invoice"), max_length=6, choices=EInvoiceProfile, default=EInvoiceProfile.PEPPOL
    )
    payment_days = models.PositiveSmallIntegerField(
        _("payment term in days"), default=30, validators=[MinValueValidator(1)]
    )
    language = models.CharField(
        _("language"), max_length=5, default="nl", choices=[("nl", "Nederlands"), ("en", "English")]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["customer_number"], name="company_customer_number_once", condition=~Q(customer_number="")
            ),
            models.CheckConstraint(
                condition=~Q(specification="products") | Q(products_agreed_on__isnull=False),
                name="company_names_products_by_agreement",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses an invoice with products that nobody agreed on, and a postal code that its country does not have."""
        if self.postal_code:
            try:
                self.postal_code = read_postal_code(self.postal_code, self.country)
            except NotAPostalCode as refusal:
                raise ValidationError({"postal_code": refusal.hint}) from refusal
        if self.specification == Specification.PRODUCTS and not self.products_agreed_on:
            told = _("An invoice names products only by agreement with the company: fill in its day.")
            raise ValidationError({"products_agreed_on": told})

    @property
    def names_products(self) -> bool:
        """Whether what credit pays may be named to the company: it asks for that, and there is an agreement."""
        return self.specification == Specification.PRODUCTS and self.products_agreed_on is not None

    @property
    def address_lines(self) -> list[str]:
        """Street, then postal code and city, then the country where it is not the Netherlands."""
        town = f"{self.postal_code}  {self.city}".strip()
        lines = [self.street, town, "" if self.country == "NL" else str(self.get_country_display())]
        return [line for line in lines if line]

    @property
    def domains(self) -> tuple[str, ...]:
        """Where its employees have their mail, as far as it is known."""
        return domains_of(self.mail_domains)

    @property
    def legal_identifier(self) -> tuple[str, str]:
        """The number that names it in an e-invoice, with its scheme: OIN, else that of its country's register; empty
        texts without one."""
        if self.oin:
            return self.oin, OIN
        if self.country == "BE":
            return self.enterprise_number, BELGIAN if self.enterprise_number else ""
        return self.kvk_number, KVK if self.kvk_number else ""

    @property
    def invoice_emails(self) -> list[str]:
        """Everybody who gets its invoices, the first one first."""
        return list(dict.fromkeys([self.invoice_email, *self.invoice_copies.split()]))


class ContactRole(models.TextChoices):
    """What somebody at a company is for."""

    HR = "hr", _("employees and the shop")
    FINANCE = "finance", _("invoices")
    PRIVACY = "privacy", _("privacy and security")
    DECISION = "decision", _("decisions")


class Contact(models.Model):
    """Somebody at the company whom the operator may call."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("company"))
    role = models.CharField(_("for"), max_length=10, choices=ContactRole)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), max_length=254)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("role", "name")

    def __str__(self) -> str:
        return self.name
