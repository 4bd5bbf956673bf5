"""Addresses on the main host between a company and its portal."""

from django.urls import path

from onboarding import appointment_views, views

app_name = "onboarding"

urlpatterns = [
    path("sign-up/", views.sign_up_form, name="sign_up"),
    path("sign-up/done/", views.sign_up_done, name="sign_up_done"),
    path("booking/<str:token>/", appointment_views.booking, name="booking"),
    path("booking/<str:token>/move/", appointment_views.booking_move, name="booking_move"),
    path("booking/<str:token>/cancel/", appointment_views.booking_cancel, name="booking_cancel"),
    path("booking/<str:token>/thuiswerk.ics", appointment_views.booking_file, name="booking_file"),
]
