"""Addresses of portals on a portal's host."""

from django.urls import URLPattern

app_name = "portals"
urlpatterns: list[URLPattern] = []
