"""Addresses of the main host: public pages, back office, health."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts import demo
from accounts import urls as account_urls
from catalog.views import picture
from onboarding import example_views
from onboarding.demo import views as demo_views
from orders.api import urls as api_urls
from portals.certificates import tls_ask
from portals.views import language_set
from thuiswerk import health, metrics, views

urlpatterns = [
    path("", views.home, name="home"),
    path("how-it-works/", views.how_it_works, name="how_it_works"),
    path("example/", example_views.example_open, name="example_open"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.scrape, name="metrics"),
    path("tls-ask", tls_ask, name="tls_ask"),
    path("language/", language_set, name="language_set"),
    path("pictures/<path:name>", picture, name="picture"),
    path("api/", include(api_urls.urlpatterns)),
    path("account/", include([*account_urls.urlpatterns, *account_urls.staff_urlpatterns])),
    path("", include("onboarding.urls")),
    path("demo/", demo_views.demo_home, name="demo_home"),
    path("demo/invoices/", demo_views.demo_invoice_run, name="demo_invoice_run"),
    path("demo/bank-statement/", demo_views.demo_bank_statement, name="demo_bank_statement"),
    path("demo/mail/", demo.mail_list, name="demo_mail_list"),
    path("demo/mail/<int:pk>/", demo.mail_show, name="demo_mail_show"),
    path("demo/mail/<int:pk>/html/", demo.mail_html, name="demo_mail_html"),
    path("demo/mail/<int:pk>/files/<int:file_pk>/", demo.mail_file, name="demo_mail_file"),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
]
