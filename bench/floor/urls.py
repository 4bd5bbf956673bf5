"""One page: the user of the session, and 24 rows by one indexed query."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from catalog.models import Product

PAGE = 24


def floor(request: HttpRequest, category: int) -> HttpResponse:
    """The first 24 products of a category, for the user who is signed in."""
    if not request.user.is_authenticated:
        return HttpResponse("Sign in first.", status=401)
    rows = Product.objects.filter(is_active=True, category=category).order_by("name_nl", "pk")
    return render(request, "floor.html", {"products": rows.only("name_nl", "slug", "price")[:PAGE]})


urlpatterns = [path("floor/<int:category>/", floor)]
