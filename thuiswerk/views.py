"""Pages that belong to no app: the front page of the main host, that of a portal, and health."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.assortment import allowed_categories, visible_products
from portals.http import PortalRequest, shop_required

HOME_PRODUCTS = 8


def home(request: HttpRequest) -> HttpResponse:
    """The front page of the main host."""
    return render(request, "main/home.html")


@require_safe
@shop_required
def portal_home(request: PortalRequest) -> HttpResponse:
    """The front page of a portal: welcome, balance, the categories and a few products."""
    products = visible_products(request.portal).filter(stock__gt=0).order_by("-created_at", "-pk")
    context = {
        "categories": allowed_categories(request.portal).filter(parent=None),
        "products": products[:HOME_PRODUCTS],
    }
    return render(request, "portals/home.html", context)


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the process can do its work: it reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "ok"})
