"""Addresses on the main host between a company and its portal."""

from django.urls import path

from onboarding import appointment_views, check_views, intake_views, views

app_name = "onboarding"

urlpatterns = [
    path("sign-up/", views.sign_up_form, name="sign_up"),
    path("sign-up/done/", views.sign_up_done, name="sign_up_done"),
    path("booking/<str:token>/", appointment_views.booking, name="booking"),
    path("booking/<str:token>/move/", appointment_views.booking_move, name="booking_move"),
    path("booking/<str:token>/cancel/", appointment_views.booking_cancel, name="booking_cancel"),
    path("booking/<str:token>/thuiswerk.ics", appointment_views.booking_file, name="booking_file"),
    path("intake/<str:token>/", intake_views.overview, name="intake"),
    path("intake/<str:token>/company/", intake_views.company, name="intake_company"),
    path("intake/<str:token>/people/", intake_views.people, name="intake_people"),
    path("intake/<str:token>/look/", intake_views.look, name="intake_look"),
    path("intake/<str:token>/look/sample/", intake_views.sample, name="intake_sample"),
    path("intake/<str:token>/look/style.css", intake_views.style, name="intake_style"),
    path("intake/<str:token>/look/<str:name>", intake_views.picture, name="intake_picture"),
    path("intake/<str:token>/documents/", intake_views.documents, name="intake_documents"),
    path("intake/<str:token>/documents/<str:sha256>.pdf", intake_views.document, name="intake_document"),
    path("intake/<str:token>/colleague/", intake_views.colleague, name="intake_colleague"),
    path("check/<str:token>/", check_views.overview, name="check"),
    path("check/<str:token>/remarks/", check_views.send_remarks, name="check_send"),
    path("check/<str:token>/approval/", check_views.approve, name="check_approve"),
    path("check/<str:token>/shop/", check_views.open_portal, name="check_open"),
    path("check/<str:token>/kit/<str:language>/", check_views.kit, name="check_kit"),
    path("check/<str:token>/poster/<str:language>/", check_views.poster, name="check_poster"),
]
