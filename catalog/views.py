"""Pages of the catalogue on a portal's host."""

from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from catalog import listing, pictures
from catalog.comparison_views import compared_ids
from catalog.finder import find_on_page
from catalog.forms import SearchForm
from catalog.product_page import find_product, make_offer, pictures_of, related_cards
from catalog.search import Found, search
from catalog.shelves import shelves_of
from catalog.stock import found_by, lying_on
from catalog.suggestions import suggest
from catalog.trail import trail_html
from catalog.wishes import product_for
from portals.http import PortalRequest, shop_required


@vary_on_headers("HX-Target")
@require_safe
@shop_required
def category_show(request: PortalRequest, slug: str) -> HttpResponse:
    """A category: what lies below it, and its products as the filters of the address say."""
    shelves = shelves_of(request.portal)
    shelf = shelves.find(slug)
    if shelf is None:
        raise Http404
    context: dict[str, Any] = {"shelf": shelf, "trail_html": trail_html(shelves, shelf, is_here=True)}
    if shelf.products:
        context |= find_on_page(request, lying_on(shelves, shelf))
    return _answer(request, "catalog/category.html", context)


@require_safe
@shop_required
def product_show(request: PortalRequest, pk: int, slug: str) -> HttpResponse:
    """A product, with what credit pays of it and the form that puts it into the cart."""
    found = find_product(request.portal, pk, read=partial(product_for, request.membership))
    if found is None:
        raise Http404
    product, shelf = found
    if slug != product.slug:
        return redirect("catalog:product_show", pk, product.slug, permanent=True)
    shelves = shelves_of(request.portal)
    related = related_cards(shelves, shelf, product)
    context = {
        "product": product,
        "shelf": shelf,
        "trail_html": trail_html(shelves, shelf, is_here=False),
        "pictures": pictures_of(product),
        "offer": make_offer(request.portal, product, shelf, request.credit),
        "allowance": request.allowance(product),
        "is_compared": pk in compared_ids(request),
        "promised_on": request.delivery.day(product.delivery_days),
        "related_html": listing.cards_html(request.portal, related, calendar=request.delivery, heading=3)
        if related
        else "",
    }
    return render(request, "catalog/product.html", context)


@vary_on_headers("HX-Target")
@require_safe
@shop_required
def search_show(request: PortalRequest) -> HttpResponse:
    """What the words of `q` find in this portal, best first; without a find, what else to try.

    Asked for what goes into `#suggestions`, as the search box does while somebody types, it only suggests.
    """
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    if request.headers.get("HX-Target") == "suggestions":
        return render(request, "catalog/search.html#suggestions", {"suggestions": suggest(request.portal, words)})
    found = search(request.portal, words) if words else Found([])
    context = {
        "form": form,
        "words": words,
        "mended": found.mended if found.products else "",
        "shelves": shelves_of(request.portal).roots,
    }
    if found.products:
        context |= find_on_page(request, found_by(shelves_of(request.portal), found, words))
    return _answer(request, "catalog/search.html", context)


@require_safe
def picture(request: PortalRequest, name: str) -> HttpResponseBase:
    """A product picture. Its name is made of its content, so a browser may keep it for ever."""
    if not pictures.exists(name):
        raise Http404
    etag = f'"{name}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = FileResponse(default_storage.open(name), content_type=pictures.content_type(name))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = etag
    return response


def _answer(request: PortalRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or only its list with the filters when that is what htmx puts in place."""
    if request.headers.get("HX-Target") != "finder" or "filters" not in context:
        return render(request, template, context | {"compared": len(compared_ids(request))})
    response = render(request, f"{template}#finder", context)
    return push_url(response, request.path + context["filters"].query)
