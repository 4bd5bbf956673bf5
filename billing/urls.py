"""Addresses of billing on a portal's host."""

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [path("credit/", views.statement, name="statement")]
