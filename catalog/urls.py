"""Addresses of catalog on a portal's host."""

from django.urls import URLPattern

app_name = "catalog"
urlpatterns: list[URLPattern] = []
