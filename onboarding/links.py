"""Signed links: a person of the company enters one part of the onboarding without an account.

An address is a random key and a signature for its purpose; what it opens, for whom and until when stands in the
database, so that nothing can be read from it and it can be ended at any time. It ends with its lead, too.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from secrets import token_urlsafe

from allauth.core import ratelimit
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import outbox
from accounts.models import User
from onboarding.lead_models import Lead, Stage
from onboarding.link_models import AccessLink, Purpose
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose

DAYS = {Purpose.BOOKING: 30, Purpose.INTAKE: 30, Purpose.CHECK: 14}
# The page that a link opens.
PAGES = {
    Purpose.BOOKING: "onboarding:booking",
    Purpose.INTAKE: "onboarding:intake",
    Purpose.CHECK: "onboarding:check",
}


View = Callable[..., HttpResponseBase]


class LinkRefused(Exception):
    """The address opens nothing."""


class LinkUnknown(LinkRefused):
    """We did not make this address, or not for this."""


class LinkEnded(LinkRefused):
    """It was revoked, or its lead is lost."""


class LinkExpired(LinkRefused):
    """It held until a day that is over; `link` can be renewed."""

    def __init__(self, link: AccessLink) -> None:
        super().__init__("This link is too old.")
        self.link = link


class LinkRequest(HttpRequest):
    """A request that came by a signed link."""

    link: AccessLink


def make_link(
    lead: Lead, purpose: Purpose, *, name: str, email: str, now: dt.datetime, actor: User | None = None
) -> AccessLink:
    """The link of this person for this purpose: the one that still holds, made to hold longer, or a new one."""
    held = lead.links.filter(purpose=purpose, email=email.lower(), revoked_at=None).first()
    if held is not None:
        renew(held, now=now)
        return held
    return AccessLink.objects.create(
        lead=lead,
        purpose=purpose,
        key=token_urlsafe(16),
        name=name,
        email=email.lower(),
        created_at=now,
        created_by=actor,
        expires_at=now + dt.timedelta(days=DAYS[purpose]),
    )


def renew(link: AccessLink, *, now: dt.datetime) -> None:
    """Let the link hold as long as a new one."""
    link.expires_at = now + dt.timedelta(days=DAYS[Purpose(link.purpose)])
    link.save(update_fields=["expires_at"])


def revoke_links(lead: Lead, *purposes: Purpose, now: dt.datetime) -> None:
    """End every link of the lead for `purposes`, or for all where none is given."""
    links = lead.links.filter(revoked_at=None)
    (links.filter(purpose__in=purposes) if purposes else links).update(revoked_at=now)


def token_of(link: AccessLink) -> str:
    """What stands in the address."""
    return _signer(Purpose(link.purpose)).sign(link.key)


def url_of(link: AccessLink) -> str:
    """The whole address that the link opens, on the main host."""
    return absolute_url(None, PAGES[Purpose(link.purpose)], token=token_of(link))


def find_link(token: str, purpose: Purpose, *, now: dt.datetime) -> AccessLink:
    """What an address opens. Refuses LinkUnknown, LinkEnded, LinkExpired."""
    try:
        key = _signer(purpose).unsign(token)
    except signing.BadSignature as error:
        raise LinkUnknown from error
    link = AccessLink.objects.select_related("lead__owner", "lead__company").filter(key=key, purpose=purpose).first()
    if link is None:
        raise LinkUnknown
    if link.revoked_at is not None or link.lead.stage == Stage.LOST:
        raise LinkEnded
    if link.expires_at <= now:
        raise LinkExpired(link)
    if link.opened_at is None:
        link.opened_at = now
        link.save(update_fields=["opened_at"])
    return link


@transaction.atomic
def mail_renewed(link: AccessLink, *, now: dt.datetime) -> None:
    """Mail a link that is too old to its person, to hold again; once an hour."""
    renew(link, now=now)
    message = compose("onboarding/mail/link_renewed", {"link": url_of(link)}, language=link.lead.language)
    outbox.queue(message, to=link.email, key=f"link-renewed:{link.pk}:{now:%Y%m%d%H}", now=now)


def link_required(purpose: Purpose) -> Callable[[View], View]:
    """Only by a link for `purpose`, whose token is the view's first argument in the address; `request.link` is it.

    A link that does not open is answered with a page that says so and no more; one that is too old can be asked anew.
    What one link sends in a day is limited, since much of it mails somebody.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, token: str, *args: object, **kwargs: object) -> HttpResponseBase:
            try:
                request.link = find_link(token, purpose, now=timezone.now())  # type: ignore[attr-defined]
            except LinkExpired as refusal:
                return _expired(request, refusal.link)
            except LinkRefused:
                return render(request, "onboarding/link_refused.html", status=404)
            if request.method == "POST" and not _may_send(request, purpose):
                return render(request, "onboarding/link_busy.html", {"page": url_of(request.link)}, status=429)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def page_of(link: AccessLink, page: str, **kwargs: object) -> str:
    """The path of another page behind the same link."""
    return reverse(page, kwargs={"token": token_of(link), **kwargs})


def _expired(request: HttpRequest, link: AccessLink) -> HttpResponse:
    renewed = request.method == "POST" and "renew" in request.POST
    if renewed:
        mail_renewed(link, now=timezone.now())
    return render(request, "onboarding/link_expired.html", {"renewed": renewed}, status=200 if renewed else 410)


def _may_send(request: HttpRequest, purpose: Purpose) -> bool:
    key: str = request.link.key  # type: ignore[attr-defined]
    return bool(ratelimit.consume(request, action=f"link_{purpose}", key=key))


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(salt=f"onboarding.links.{purpose}", sep=".")
