"""Account pages of every host; those of the second factor's set-up are for staff, so for the main host only.

Listed one by one: allauth's own list would open sign-up and e-mail management too. The names are allauth's.
"""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.urls import path
from django.views.decorators.cache import never_cache

from accounts import views

urlpatterns = [
    path("login/", never_cache(views.LoginView.as_view()), name="account_login"),
    path("login/code/", views.code_request, name="account_request_login_code"),
    path("login/code/confirm/", views.code_confirm, name="account_confirm_login_code"),
    path("login/second-factor/", never_cache(mfa_views.authenticate), name="mfa_authenticate"),
    path("login/password/", views.password_choose, name="account_choose_password"),
    path("password/reset/", views.code_request, {"chooses_password": True}, name="account_reset_password"),
    path("password/change/", never_cache(allauth_views.password_change), name="account_change_password"),
    path("logout/", never_cache(allauth_views.logout), name="account_logout"),
]

staff_urlpatterns = [
    path("reauthenticate/", never_cache(allauth_views.reauthenticate), name="account_reauthenticate"),
    path("second-factor/", never_cache(mfa_views.index), name="mfa_index"),
    path("second-factor/reauthenticate/", never_cache(mfa_views.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/app/add/", never_cache(totp_views.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove/", never_cache(totp_views.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "second-factor/recovery-codes/",
        never_cache(recovery_views.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/new/",
        never_cache(recovery_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/download/",
        never_cache(recovery_views.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
