"""Addresses on the main host between a company and its portal."""

from django.urls import path

from onboarding import views

app_name = "onboarding"

urlpatterns = [
    path("sign-up/", views.sign_up_form, name="sign_up"),
    path("sign-up/done/", views.sign_up_done, name="sign_up_done"),
]
