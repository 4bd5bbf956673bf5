"""Addresses of a portal's host. The back office is not among them."""

from django.urls import include, path

from onboarding import example_views
from portals import urls as portals
from thuiswerk import health, views

front = [
    path("", views.portal_home, name="home"),
    path("look-around/", example_views.example_enter, name="example_enter"),
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("account/", include("accounts.urls")),
    path("", include(([*front, *portals.urlpatterns], portals.app_name))),
    path("", include("catalog.urls")),
    path("", include("billing.urls")),
    path("", include("orders.urls")),
]
