"""Public pages of the main host: the sign-up form."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from onboarding.sign_up import sign_up
from onboarding.sign_up_form import CONSENT, SignUpForm


@never_cache
def sign_up_form(request: HttpRequest) -> HttpResponse:
    """Ask for a portal."""
    now = timezone.now()
    form = SignUpForm(request.POST or None, now=now)
    if form.is_valid():
        if ratelimit.consume(request, action="sign_up"):
            data = form.cleaned_data
            sign_up(
                data,
                categories=data["categories"],
                token=data["token"],
                consent=str(CONSENT),
                language=get_language() or "nl",
                now=now,
            )
            return redirect("onboarding:sign_up_done")
        form.add_error(None, gettext("Too many forms came from your network. Try again in an hour, or call us."))
    return render(request, "onboarding/sign_up.html", {"form": form})


def sign_up_done(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "onboarding/sign_up_done.html")
