"""The page that compares products, and the forms that fill and empty it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog.comparison import MOST, ComparisonFull, add_to, compare, find_products, rows_of
from catalog.forms import ProductForm
from catalog.product_page import ProductNotShown
from catalog.shelves import shelves_of
from portals.http import PortalRequest, shop_required

_KEY = "compared"


def compared_ids(request: PortalRequest) -> list[int]:
    """The ids of the products that the visitor compares; some of them may no longer be shown."""
    ids: list[int] = request.session.get(_KEY, [])
    return ids


@shop_required
@require_http_methods(["GET", "HEAD", "POST"])
def comparison(request: PortalRequest) -> HttpResponse:
    """The products side by side; a form that is sent adds one."""
    if request.method == "POST":
        return _add(request)
    products = find_products(request.portal, compared_ids(request))
    context = {
        "columns": compare(request.portal, products, credit=request.credit, calendar=request.delivery),
        "rows": rows_of(products),
        "has_energy": any(product.energy_class for product in products),
        "more_on": shelves_of(request.portal).by_pk[products[-1].category_id] if 0 < len(products) < MOST else None,
    }
    return render(request, "catalog/comparison.html", context)


@shop_required
@require_POST
def comparison_remove(request: PortalRequest) -> HttpResponse:
    """Take a product out; one that is not in stays out."""
    product_id = _product_id(request)
    request.session[_KEY] = [pk for pk in compared_ids(request) if pk != product_id]
    return redirect("catalog:comparison")


def _add(request: PortalRequest) -> HttpResponse:
    try:
        request.session[_KEY] = add_to(compared_ids(request), request.portal, _product_id(request))
    except ProductNotShown:
        raise Http404 from None
    except ComparisonFull:
        told = _("You can compare %(most)s products. Remove one first, then add the other.")
        messages.warning(request, told % {"most": MOST})
    return redirect("catalog:comparison")


def _product_id(request: PortalRequest) -> int:
    form = ProductForm(request.POST)
    if not form.is_valid():
        raise Http404
    product_id: int = form.cleaned_data["product"]
    return product_id
