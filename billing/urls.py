"""Addresses of billing on a portal's host."""

from django.urls import URLPattern

app_name = "billing"
urlpatterns: list[URLPattern] = []
