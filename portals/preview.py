"""Looking at a portal as an employee would, before it is live: read-only, for staff and for the company that checks.

The back office lives on another host, so the way in is a signed address that holds for one minute, for one portal and
one colleague or one guest of the company, and once. On the portal's host it becomes a session that knows no user: pages
show a stand-in without data, every write is refused, and the account pages see nobody. A guest looks no longer than the
company is asked to check, and no longer than the link holds by which the guest came.
"""

import datetime as dt
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from portals.models import Membership, Portal, Role

PERMISSION = "portals.change_portal"
LINK_SECONDS = 60
PREVIEW_SECONDS = 3600
SESSION_KEY = "preview"
SALT = "portals.preview"
# No row has this key, so that nothing can be found under the stand-in, and the database refuses to write for it.
NOBODY = 0


class PreviewRefused(Exception):
    """The address is not ours, too old, used, of another portal, or of somebody who may not do this."""


def preview_url(portal: Portal, staff: User) -> str:
    """The address that opens the preview for `staff`. Refuses PreviewRefused to who may not change portals."""
    if not _may_preview(staff):
        raise PreviewRefused
    token = signing.dumps({"portal": portal.pk, "staff": staff.pk, "once": token_urlsafe(12)}, salt=SALT)
    path = reverse("portals:preview_open", settings.PORTAL_URLCONF, query={"token": token})
    return portal.url.rstrip("/") + path


def guest_preview_url(portal: Portal, *, key: str, feedback: str) -> str:
    """The address that opens the preview for somebody of the company. `key` is that of the link by which the guest
    came, `feedback` the page, on another host, where remarks are left; the caller has made sure that the guest may
    look."""
    claim = {"portal": portal.pk, "key": key, "feedback": feedback, "once": token_urlsafe(12)}
    token = signing.dumps(claim, salt=SALT)
    path = reverse("portals:preview_open", settings.PORTAL_URLCONF, query={"token": token})
    return portal.url.rstrip("/") + path


def open_preview(session: SessionBase, portal: Portal, token: str, *, now: dt.datetime) -> None:
    """Turn `session`, whatever it was, into a preview of `portal`. Refuses PreviewRefused."""
    try:
        claim = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise PreviewRefused from error
    if claim["portal"] != portal.pk or not ("key" in claim or _is_of_staff(claim)):
        raise PreviewRefused
    if not cache.add(f"preview:{claim['once']}", 1, LINK_SECONDS * 2):
        raise PreviewRefused
    session.flush()
    ends = now.timestamp() + PREVIEW_SECONDS
    guest = {name: claim[name] for name in ("key", "feedback") if name in claim}
    session[SESSION_KEY] = {"portal": portal.pk, "ends": ends, **guest}
    session.set_expiry(PREVIEW_SECONDS)


def is_preview(session: SessionBase, portal: Portal, *, now: dt.datetime) -> bool:
    """Whether `session` is a preview of `portal` that has not ended. One statement for a guest, none for others."""
    claim = session.get(SESSION_KEY)
    if claim is None or claim["portal"] != portal.pk or now.timestamp() >= claim["ends"]:
        return False
    return "feedback" not in claim or portal.check_rounds.is_open_to(claim.get("key", ""), now=now)


def forget_preview(session: SessionBase, portal: Portal) -> bool:
    """Take what is left of a preview of `portal` out of `session`. Returns whether there was anything."""
    claim = session.get(SESSION_KEY)
    if claim is None or claim["portal"] != portal.pk:
        return False
    del session[SESSION_KEY]
    return True


def feedback_page(session: SessionBase) -> str:
    """Where a guest of the company leaves remarks on what the preview shows; empty for colleagues."""
    return str(session.get(SESSION_KEY, {}).get("feedback", ""))


def stand_in(portal: Portal) -> Membership:
    """An employee who exists nowhere, with what the header of a page needs."""
    user = User(pk=NOBODY, email=f"voorbeeld@{portal.slug}.example")
    return Membership(pk=NOBODY, portal=portal, user=user, role=Role.EMPLOYEE)


def _is_of_staff(claim: dict[str, int]) -> bool:
    staff = User.objects.filter(pk=claim["staff"]).first()
    return staff is not None and _may_preview(staff)


def _may_preview(staff: User) -> bool:
    return staff.is_active and staff.is_staff and staff.has_perm(PERMISSION)
