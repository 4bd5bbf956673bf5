"""What can be had: categories, products, and which of them a portal pays with credit."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum import ean

from catalog import names, tree, triggers, vectors
from catalog.energy import EPREL, EnergyClass, validate_eprel_number
from catalog.feed_models import FeedPicture, FeedPrice, FeedRun, FeedState  # noqa: F401 - Django looks for models here
from catalog.payroll_models import PayrollClass as PayrollClass
from catalog.payroll_models import PayrollRule as PayrollRule
from catalog.specification_models import SpecificationLine, validate_specifications  # noqa: F401
from catalog.wish_models import Wish  # noqa: F401
from portals.models import Portal


def localized(dutch: str, english: str) -> str:
    """The text in the reader's language, else in the other one."""
    return (english or dutch) if (get_language() or "nl").startswith("en") else (dutch or english)


def validate_ean(number: str) -> None:
    """Refuses (ValidationError) what is no EAN of 8, 12, 13 or 14 digits with the check digit of GS1 section 7.9."""
    if not number.isdigit() or not ean.is_valid(number):
        raise ValidationError(_("This EAN is not right: check its digits, the last one is a check digit."), code="ean")


class VatRate(Decimal, models.Choices):
    """The Dutch VAT rates in per cent: Wet op de omzetbelasting 1968, article 9."""

    STANDARD = "21.00", "21 %"
    REDUCED = "9.00", "9 %"
    ZERO = "0.00", "0 %"


class Category(models.Model):
    """A node of the category tree. `path` is the ids from the root to the node itself, each with a slash behind it."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True, verbose_name=_("parent")
    )
    name_nl = models.CharField(_("name (Dutch)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80, blank=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_electrical = models.BooleanField(
        _("electrical goods"),
        default=False,
        db_default=False,
        help_text=_("With all below it: the product page says that an old device is taken back."),
    )
    path = models.CharField(max_length=200, db_index=True, editable=False, default="")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "name_nl")
        triggers = triggers.OF_CATEGORY

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            tree.refuse_loop(self)
            super().save(*args, **kwargs)
            tree.settle(self)

    def clean(self) -> None:
        tree.refuse_loop(self)

    @property
    def name(self) -> str:
        return localized(self.name_nl, self.name_en)


class Product(models.Model):
    """What the operator sells. Prices are in euro and include VAT."""

    sku = models.CharField(_("SKU"), max_length=40, unique=True)
    ean = models.CharField(_("EAN"), max_length=14, blank=True, db_index=True, validators=[validate_ean])
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.CharField(_("brand"), max_length=60, blank=True)
    name_nl = models.CharField(_("name (Dutch)"), max_length=150)
    name_en = models.CharField(_("name (English)"), max_length=150, blank=True)
    slug = models.SlugField(_("address"), max_length=170)
    text_nl = models.TextField(_("text (Dutch)"), blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)
    specifications = models.JSONField(
        _("specifications"),
        default=list,
        blank=True,
        validators=[validate_specifications],
        help_text=_("A list of lines: label in Dutch, label in English, value in Dutch, value in English."),
    )
    price = models.DecimalField(
        _("price incl. VAT"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    vat_rate = models.DecimalField(
        _("VAT rate"), max_digits=4, decimal_places=2, choices=VatRate, default=VatRate.STANDARD
    )
    stock = models.PositiveIntegerField(_("stock"), default=0)
    delivery_days = models.PositiveSmallIntegerField(
        _("delivery days"),
        default=1,
        db_default=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("1: the first delivery day after ordering. Empty: no date is promised."),
    )
    energy_class = models.CharField(
        _("energy class"), max_length=4, choices=EnergyClass, blank=True, default="", db_default=""
    )
    eprel_number = models.CharField(
        _("EPREL number"),
        max_length=10,
        blank=True,
        default="",
        db_default="",
        validators=[validate_eprel_number],
        help_text=_("Of the energy label in the European register; the product page leads to its information sheet."),
    )
    is_active = models.BooleanField(_("for sale"), default=True)
    picture = models.CharField(
        _("picture"), max_length=200, blank=True, help_text=_("Name of the first picture in the media storage.")
    )
    search = SearchVectorField(null=True, editable=False)
    specification_ids = ArrayField(models.BigIntegerField(), null=True, blank=True, editable=False)
    feed_digest = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="What the feed last said, hashed; `off` where a feed switched it off; empty where no feed had it.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("name_nl", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(price__gt=0), name="product_price_is_positive"),
            models.CheckConstraint(condition=Q(vat_rate__in=VatRate.values), name="product_vat_rate_is_dutch"),
        )
        indexes = (
            *vectors.INDEXES,
            *names.INDEXES,
            models.Index(fields=["category", "name_nl", "id"], name="product_by_category", condition=Q(is_active=True)),
            models.Index(
                fields=["category", "brand", "name_nl", "id"], name="product_by_brand", condition=Q(is_active=True)
            ),
            models.Index(fields=["name_nl", "id"], name="product_by_name", condition=Q(is_active=True)),
            models.Index(fields=["price", "id"], name="product_by_price", condition=Q(is_active=True)),
            models.Index(fields=["created_at", "id"], name="product_by_newness", condition=Q(is_active=True)),
        )
        triggers = triggers.OF_PRODUCT

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localized(self.name_nl, self.name_en)

    @property
    def text(self) -> str:
        return localized(self.text_nl, self.text_en)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The specifications in the reader's language: label and value."""
        return [(localized(line[0], line[1]), localized(line[2], line[3])) for line in self.specifications]

    def set_first_picture(self) -> None:
        """Let the cards show the first of the pictures, or none."""
        first = self.pictures.first()
        self.picture = str(first.file) if first else ""
        self.save(update_fields=["picture", "updated_at"])

    @property
    def information_sheet(self) -> str:
        """The address of the energy label and the product information sheet; nothing where it is not known."""
        return f"{EPREL}{self.eprel_number}" if self.eprel_number else ""

    @property
    def in_stock(self) -> bool:
        return self.is_active and self.stock > 0


class ProductPicture(models.Model):
    """A picture of a product, in the order in which the page shows them."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    file = models.ImageField(_("file"), upload_to="products/", width_field="width", height_field="height")
    alt = models.CharField(_("alternative text"), max_length=150, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.alt or str(self.file)


class AssortmentCategory(models.Model):
    """A category, with all below it, that a portal pays with credit."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="assortment")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="assortments", verbose_name=_("category")
    )

    class Meta:
        verbose_name = _("allowed category")
        verbose_name_plural = _("allowed categories")
        constraints = (models.UniqueConstraint(fields=["portal", "category"], name="assortment_category_once"),)
        triggers = triggers.OF_ASSORTMENT

    def __str__(self) -> str:
        return str(self.category)


class AssortmentException(models.Model):
    """A product that a portal pays with credit, or does not, whatever its category says."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="assortment_exceptions")
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="assortment_exceptions", verbose_name=_("product")
    )
    allowed = models.BooleanField(_("payable with credit"))

    class Meta:
        verbose_name = _("product exception")
        verbose_name_plural = _("product exceptions")
        constraints = (models.UniqueConstraint(fields=["portal", "product"], name="assortment_exception_once"),)
        triggers = triggers.OF_ASSORTMENT

    def __str__(self) -> str:
        return str(self.product)


class QuantityLimit(models.Model):
    """How many of a product, or of a category with all below it, one employee may order in a portal."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="quantity_limits")
    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        related_name="quantity_limits",
        null=True,
        blank=True,
        verbose_name=_("category"),
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="quantity_limits",
        null=True,
        blank=True,
        verbose_name=_("product"),
    )
    most = models.PositiveSmallIntegerField(_("at most for each employee"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("limit for each employee")
        verbose_name_plural = _("limits for each employee")
        constraints = (
            models.CheckConstraint(
                condition=Q(category__isnull=True, product__isnull=False)
                | Q(category__isnull=False, product__isnull=True),
                name="quantity_limit_of_one_thing",
                violation_error_message=_("Choose a category or a product, not both."),
            ),
            models.CheckConstraint(condition=Q(most__gte=1), name="quantity_limit_is_positive"),
            models.UniqueConstraint(fields=["portal", "category"], name="quantity_limit_once_per_category"),
            models.UniqueConstraint(fields=["portal", "product"], name="quantity_limit_once_per_product"),
        )
        triggers = triggers.OF_ASSORTMENT

    def __str__(self) -> str:
        return f"{self.product or self.category}: {self.most}"


class Word(models.Model):
    """A word that a name, a brand or a category holds or held, in small letters; the database adds them by itself.

    `language`: of the name that holds it; `ANY` for a brand.
    """

    ANY = ""

    pk = models.CompositePrimaryKey("text", "language")
    text = models.CharField(max_length=80)
    language = models.CharField(max_length=2, blank=True)

    def __str__(self) -> str:
        return self.text


class Synonyms(models.Model):
    """Words that mean the same: who searches for one of them finds what the others find."""

    words = models.CharField(
        _("words"),
        max_length=300,
        help_text=_("Words that mean the same, with commas between them: scherm, monitor, beeldscherm."),
    )

    class Meta:
        verbose_name = _("words that mean the same")
        verbose_name_plural = _("words that mean the same")
        ordering = ("words",)
        triggers = triggers.OF_SYNONYMS

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        if len([word for word in self.words.split(",") if word.strip()]) < 2:
            raise ValidationError({"words": _("Write at least two words, with a comma between them.")}, code="words")
