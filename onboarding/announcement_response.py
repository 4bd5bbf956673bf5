"""The announcement kit as answers to a browser: for the coordinator and for the company's own page."""

from django.http import Http404, HttpResponse

from onboarding import announcement
from portals.models import Portal


def poster_response(
    portal: Portal, language: str, *, with_period: bool = True, with_credit: bool = True
) -> HttpResponse:
    """The poster as PDF, to look at. 404 for a language that we do not speak."""
    content = announcement.poster_pdf(
        portal, language=_known(language), with_period=with_period, with_credit=with_credit
    )
    return _file(content, "application/pdf", "inline", announcement.poster_name(portal, language=language))


def kit_response(portal: Portal, language: str) -> HttpResponse:
    """Everything in one language as ZIP, to keep. 404 for a language that we do not speak."""
    content = announcement.kit_zip(portal, _known(language))
    return _file(content, "application/zip", "attachment", f"{portal.slug}-{language}.zip")


def _known(language: str) -> str:
    if language not in announcement.LANGUAGES:
        raise Http404
    return language


def _file(content: bytes, kind: str, way: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'{way}; filename="{name}"'})
