"""Pages of a portal that belong to the tenant itself: its style, its pictures, the reader's language."""

import mimetypes

from django import forms
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portals import branding
from portals.http import PortalRequest
from portals.models import Portal
from portals.preview import PreviewRefused, open_preview

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def brand_css(request: PortalRequest, digest: str) -> HttpResponse:
    """The portal's stylesheet. Its address changes with its content, so it is kept for ever; another one is unknown."""
    color = request.portal.brand_color
    if digest != branding.stylesheet_hash(color):
        raise Http404
    response = HttpResponse(branding.stylesheet(color), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER
    return response


@require_safe
def brand_file(request: PortalRequest, name: str) -> FileResponse:
    """The logo or the header picture of this portal, by the name that its content gave it."""
    response = stored_file(request.portal, name)
    response["Cache-Control"] = FOR_EVER
    return response


def stored_file(portal: Portal, name: str) -> FileResponse:
    """A picture of `portal`'s look as a response; 404 for every other name."""
    path = portal.brand_files.get(name)
    if path is None or not default_storage.exists(path):
        raise Http404
    return FileResponse(default_storage.open(path), content_type=mimetypes.guess_type(name)[0])


class LanguageForm(forms.Form):
    """The reader's choice of a language."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)


@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language in a cookie, and on the account for mails, and go back to where the reader was."""
    form = LanguageForm(request.POST)
    response = HttpResponseRedirect(_way_back(request))
    if form.is_valid():
        language = form.cleaned_data["language"]
        keep_language(response, language)
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


def keep_language(response: HttpResponse, language: str) -> None:
    """Let the reader's browser remember that `language` was chosen, for the host that it is on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=31536000,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@require_safe
def preview_open(request: PortalRequest) -> HttpResponse:
    """Where the back office's "Preview as employee" arrives."""
    try:
        open_preview(request.session, request.portal, request.GET.get("token", ""), now=timezone.now())
    except PreviewRefused:
        return render(request, "portals/preview_expired.html", status=403)
    return redirect("portals:home")


@require_POST
def preview_close(request: PortalRequest) -> HttpResponse:
    """End the preview; the portal is as closed to this visitor as to any other."""
    request.session.flush()
    return redirect("portals:home")


def _way_back(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if own else "/"
