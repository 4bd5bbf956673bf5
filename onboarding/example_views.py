"""The door of the example portal: whoever comes may look around as an employee, without an account."""

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onboarding import example
from portals.http import PortalRequest, closed_page, shop_is_open
from portals.views import keep_language

BACKEND = "accounts.backends.EmailBackend"


@require_safe
def example_open(request: HttpRequest) -> HttpResponse:
    """From the main host to the example; to the explanation where there is none.

    A choice of a language is kept for a host, so it is told to the next one.
    """
    portal, chosen = example.the_example(), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if portal is None:
        return redirect("how_it_works")
    way_in = reverse("portals:example_enter", settings.PORTAL_URLCONF, query={"language": chosen} if chosen else None)
    return redirect(portal.url.rstrip("/") + way_in)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="enter_example")  # type: ignore[untyped-decorator]
def example_enter(request: PortalRequest) -> HttpResponse:
    """What this shop is, and a button that makes the visitor an employee of it."""
    if not request.portal.is_example:
        raise Http404
    if "language" in request.GET:
        return _in_language(request.GET["language"])
    if request.membership is not None:
        return redirect(_way_on(request))
    if not shop_is_open(request):
        return closed_page(request)
    if request.method == "POST":
        now = timezone.now()
        login(request, example.enter(request.portal, now=now).user, backend=BACKEND)
        request.session.set_expiry(example.next_reset(now))
        return redirect(_way_on(request))
    return render(request, "onboarding/example.html", {"next": _way_on(request), "credit": example.CREDIT})


def _in_language(language: str) -> HttpResponse:
    """Back to the door, in the language that was chosen before coming here."""
    response = redirect("portals:example_enter")
    if language in dict(settings.LANGUAGES):
        keep_language(response, language)
    return response


def _way_on(request: HttpRequest) -> str:
    """The page that was asked for before; the front page where that is none of this shop."""
    address = request.POST.get("next") or request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if own and not address.startswith("/account/") else "/"
