"""In which language a page is written, and to whom English is offered.

Pages are Dutch until their reader chooses, so that an address shows everybody the same. Who reads another language, as
far as the browser tells, is offered English, in English; either answer is a choice, which a cookie keeps. The back
office follows the browser: nothing is offered there.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

BACK_OFFICE = "/admin/"


class LanguageMiddleware:
    """Sets the language of a request's answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(_language_of(request))
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def offers_english(request: HttpRequest) -> bool:
    """Whether the reader sees Dutch without having chosen it, with a browser that would rather read something else."""
    if _chosen(request) or not (translation.get_language() or "").startswith("nl"):
        return False
    wanted = [language for language, _weight in _accepted(request)]
    return bool(wanted) and not _comes_first("nl", wanted)


def _language_of(request: HttpRequest) -> str:
    if request.path.startswith(BACK_OFFICE):
        return translation.get_language_from_request(request)
    return _chosen(request) or settings.LANGUAGE_CODE


def _chosen(request: HttpRequest) -> str:
    """The language that the cookie keeps; empty where it keeps none of ours."""
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return kept if kept in dict(settings.LANGUAGES) else ""


def _accepted(request: HttpRequest) -> tuple[tuple[str, float], ...]:
    """What the browser asks for, what it wants most first, without "anything"."""
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return tuple(
        (language, weight) for language, weight in parse_accept_lang_header(header) if weight and language != "*"
    )


def _comes_first(wanted: str, languages: list[str]) -> bool:
    """Whether `wanted`, in any of its kinds, is asked for before English is."""
    ours = [kind for kind in (language.partition("-")[0] for language in languages) if kind in {wanted, "en"}]
    return bool(ours) and ours[0] == wanted
