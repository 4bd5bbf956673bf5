"""Addresses of orders on a portal's host."""

from django.urls import URLPattern

app_name = "orders"
urlpatterns: list[URLPattern] = []
