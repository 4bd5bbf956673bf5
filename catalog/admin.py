"""The back office of the catalogue. A portal's assortment is edited on the portal's own screen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Func, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog import pictures
from catalog.admin_feed import FeedRunAdmin
from catalog.feed_models import FeedRun
from catalog.models import Category, Product, ProductPicture, Synonyms
from portals.images import PictureField

admin.site.register(FeedRun, FeedRunAdmin)
INDENT = "\N{EM DASH} "
# By the numbers of the path: as texts, 100 would come before 99.
_KEYS = Func(Func("path", Value("/"), function="rtrim"), Value("/"), function="string_to_array")
BY_TREE = Cast(_KEYS, ArrayField(BigIntegerField()))


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The tree, each category below its parent."""

    list_display = ("in_tree", "name_en", "slug", "position", "products_for_sale")
    search_fields = ("name_nl", "name_en", "slug")
    ordering = (BY_TREE,)
    list_per_page = 500
    prepopulated_fields = {"slug": ("name_nl",)}  # noqa: RUF012

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        for_sale = Count("products", filter=Q(products__is_active=True))
        categories: QuerySet[Category] = super().get_queryset(request)
        return categories.annotate(for_sale=for_sale)

    @admin.display(description=_("name (Dutch)"), ordering=BY_TREE)
    def in_tree(self, category: Category) -> str:
        return INDENT * (category.path.count("/") - 1) + category.name_nl

    @admin.display(description=_("products for sale"))
    def products_for_sale(self, category: Any) -> int:
        return int(category.for_sale)


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    """A picture of a product; an upload is checked and kept as our own encoding in three widths."""

    file = PictureField(label=_("file"), keep_side=pictures.WIDEST, widget=forms.FileInput(attrs={"accept": "image/*"}))

    class Meta:
        model = ProductPicture
        fields = ("file", "alt", "position")

    def save(self, commit: bool = True) -> ProductPicture:
        if "file" in self.changed_data:
            kept = pictures.keep(self.cleaned_data["file"])
            self.instance.file, self.instance.width, self.instance.height = kept
        picture: ProductPicture = super().save(commit)
        return picture


class PictureInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ProductPicture
    form = PictureForm
    fields = ("preview", "file", "alt", "position")
    readonly_fields = ("preview",)
    extra = 1

    @admin.display(description=_("picture"))
    def preview(self, picture: ProductPicture) -> SafeString | str:
        return _image(str(picture.file))


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The range, with pictures. The first picture is the one on the cards."""

    list_display = ("thumbnail", "name_nl", "sku", "category", "price", "vat_rate", "stock", "is_active")
    list_display_links = ("name_nl",)
    list_filter = ("is_active", "category", "vat_rate", "brand")
    list_select_related = ("category",)
    search_fields = ("sku", "ean", "name_nl", "name_en", "brand")
    prepopulated_fields = {"slug": ("name_nl",)}  # noqa: RUF012
    exclude = ("picture",)
    inlines = (PictureInline,)
    show_full_result_count = False

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.set_first_picture()

    @admin.display(description=_("picture"))
    def thumbnail(self, product: Product) -> SafeString | str:
        return _image(product.picture)


def _image(name: str) -> SafeString | str:
    if not name:
        return ""
    address = reverse("picture", args=[pictures.small(name)])
    return format_html('<img src="{}" alt="" width="48" height="48" loading="lazy">', address)


@admin.register(Synonyms)
class SynonymsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Words that mean the same to who searches."""

    list_display = ("words",)
    search_fields = ("words",)
