"""The page of the wish list, and the forms that fill and empty it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog.forms import ProductForm
from catalog.listing import with_delivery
from catalog.product_page import ProductNotShown
from catalog.wishes import MOST, ListFull, add_wish, wished_cards
from portals.http import PortalRequest, shop_required


@shop_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_list(request: PortalRequest) -> HttpResponse:
    """The list; a form that is sent puts a product on it."""
    if request.method != "POST":
        cards = with_delivery(wished_cards(request.membership), request.delivery)
        return render(request, "catalog/wish_list.html", {"cards": cards})
    form = ProductForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        product = add_wish(request.membership, product_id=form.cleaned_data["product"], now=timezone.now())
    except ProductNotShown:
        raise Http404 from None
    except ListFull:
        messages.warning(request, _("Your wish list is full: it holds %(most)s products.") % {"most": MOST})
        return redirect("catalog:wish_list")
    messages.success(request, _("%(product)s is on your wish list.") % {"product": product.name})
    return redirect("catalog:product_show", product.pk, product.slug)


@shop_required
@require_POST
def wish_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Take the product `pk` off the list. What is not on it is answered as one that does not exist."""
    gone, _of = request.membership.wishes.filter(product=pk).delete()
    if not gone:
        raise Http404
    messages.success(request, _("The product is off your wish list."))
    return redirect("catalog:wish_list")
