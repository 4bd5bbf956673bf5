"""Addresses of portals on a portal's host. `portals:home` is composed above the apps: see `thuiswerk.portal_urls`."""

from django.urls import path

from portals import views

app_name = "portals"
urlpatterns = [
    path("brand/<slug:digest>.css", views.brand_css, name="brand_css"),
    path("brand/files/<str:name>", views.brand_file, name="brand_file"),
    path("language/", views.language_set, name="language_set"),
    path("preview/", views.preview_open, name="preview_open"),
    path("preview/close/", views.preview_close, name="preview_close"),
]
