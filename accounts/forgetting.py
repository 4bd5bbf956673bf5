"""An account whose person is to be forgotten: it stays as a number that books and history may name, and tells nothing.

Nobody can log in with it again. The same address may get a new account later, which has nothing to do with this one.
"""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.job_models import Job, JobRun
from accounts.models import LoginCode, Mail, MailAttachment, User

DOMAIN = "verwijderd.invalid"


def nobody(user: User) -> str:
    """The address that stands for a forgotten person; `.invalid` never exists (RFC 2606)."""
    return f"verwijderd-{user.pk}@{DOMAIN}"


@transaction.atomic
def forget_account(user: User, *, now: dt.datetime) -> int:
    """Empty the account, and all mail to its address. Returns how many mails."""
    mails = forget_mails(Mail.objects.filter(to=user.email), address=nobody(user), now=now)
    for model in (LoginCode, EmailAddress, Authenticator):
        model._default_manager.filter(user=user).delete()
    for runs in (Job.objects, JobRun.objects):
        runs.filter(error__icontains=user.email).update(error="")
    user.email, user.name = nobody(user), ""
    user.is_active, user.last_login, user.password_chosen_at = False, None, None
    user.set_unusable_password()
    user.save()
    return mails


@transaction.atomic
def forget_mails(mails: QuerySet[Mail], *, address: str | None = None, now: dt.datetime) -> int:
    """Empty `mails` and the copies of them that were sent again; what was not sent is not sent any more.

    `address` takes the place of the readers' addresses. Returns how many there were.
    """
    found = list(mails.values_list("pk", flat=True))
    copies = Q(pk__in=found)
    for pk in found:
        copies |= Q(key__startswith=f"again:{pk}:")
    emptied = Mail.objects.filter(copies) if found else Mail.objects.none()
    MailAttachment.objects.filter(mail__in=emptied).delete()
    given_up = Coalesce("failed_at", now)
    emptied.filter(sent_at__isnull=True).update(failed_at=given_up)
    return emptied.update(to=address or F("to"), subject="–", text="", html="", error="")
