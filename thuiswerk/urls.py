"""Addresses of the main host: public pages, back office, health."""

from django.contrib import admin
from django.urls import include, path

from portals.views import language_set
from thuiswerk import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("language/", language_set, name="language_set"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
