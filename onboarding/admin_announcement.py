"""The announcement kit of a portal in the back office: texts to copy, posters, and everything in one file.

The portal's admin calls these with a portal that the colleague may change.
"""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from onboarding import announcement
from onboarding.announcement_response import kit_response, poster_response
from portals.models import Portal


def show(request: HttpRequest, portal: Portal) -> HttpResponse:
    """The texts, and where the posters are."""
    names = dict(settings.LANGUAGES)
    kits = [
        {
            "language": language,
            "name": names[language],
            "texts": [
                (_("For the intranet"), f"intranet-{language}", announcement.intranet_text(portal, language=language)),
                (_("For a mail"), f"mail-{language}", announcement.mail_text(portal, language=language)),
            ],
        }
        for language in announcement.LANGUAGES
    ]
    context = admin.site.each_context(request) | {
        "title": _("Announcement kit"),
        "original": portal,
        "opts": Portal._meta,
        "kits": kits,
    }
    return TemplateResponse(request, "onboarding/announcement.html", context)


def poster(request: HttpRequest, portal: Portal, language: str) -> HttpResponse:
    """The poster as PDF; `period=no` and `credit=no` leave these out."""
    leave_out = {name for name in ("period", "credit") if request.GET.get(name) == "no"}
    return poster_response(
        portal, language, with_period="period" not in leave_out, with_credit="credit" not in leave_out
    )


def kit(request: HttpRequest, portal: Portal, language: str) -> HttpResponse:
    """Everything in one language as ZIP."""
    return kit_response(portal, language)


VIEWS = {
    "announcement/": ("portals_portal_announcement", show),
    "announcement/poster/<str:language>/": ("portals_portal_poster", poster),
    "announcement/kit/<str:language>/": ("portals_portal_kit", kit),
}
