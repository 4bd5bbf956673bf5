"""What is deleted of one person in one portal, table by table, and counted without saying whose it was.

The entries of the ledger stay, and so do grants: they are of a number, and name nobody once the account is empty.
"""

import datetime as dt
from collections import Counter
from typing import Any, cast

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forgetting import forget_account, forget_mails, nobody
from accounts.models import Mail, User
from onboarding.after_models import Erasure
from onboarding.arrivals import first_key
from onboarding.models import RosterImport
from orders.models import Message, Question
from portals.models import Membership


class Kind(models.TextChoices):
    """The kinds of data, as the report names them."""

    ACCOUNT = "account", _("accounts with name, work e-mail and password")
    PLACE = "place", _("places on the employee list, with staff number and cost centre")
    ADDRESSES = "addresses", _("home addresses")
    WISHES = "wishes", _("wishes and carts")
    QUESTIONS = "questions", _("questions to customer service with their answers")
    MAILS = "mails", _("texts of mails")
    LISTS = "lists", _("lines of employee lists that were handed over")
    HISTORY = "history", _("earlier states and notes of who changed what")


@transaction.atomic
def erase(member: Membership, *, with_account: bool, now: dt.datetime) -> Erasure:
    """Delete what is kept of `member` in its portal, and the account too where nothing else needs it."""
    user, counted = member.user, Counter[str]()
    counted[Kind.QUESTIONS], mails = _drop_questions(member, now)
    counted[Kind.MAILS] = mails + forget_mails(_mails_about(member), address=nobody(user), now=now)
    counted[Kind.ADDRESSES] = _deleted(member.addresses.all())
    counted[Kind.WISHES] = _deleted(member.wishes.all()) + _deleted(member.cart_lines.all())
    counted[Kind.LISTS] = _drop_lines(member, everywhere=with_account)
    counted[Kind.HISTORY] = _clear_notes(member, with_account=with_account)
    counted[Kind.PLACE] = 1
    member.staff_number, member.cost_centre = "", ""
    member.forgotten_at, member.disabled_at = now, member.disabled_at or now
    member.save(update_fields=["staff_number", "cost_centre", "forgotten_at", "disabled_at"])
    counted[Kind.HISTORY] += (
        cast("Any", member).events.exclude(staff_number="", cost_centre="").update(staff_number="", cost_centre="")
    )
    if with_account:
        counted[Kind.MAILS] += forget_account(user, now=now)
        counted[Kind.ACCOUNT] = 1
    return Erasure.objects.create(
        portal_id=member.portal_id,
        membership=member,
        erased_at=now,
        with_account=with_account,
        kinds={kind: count for kind, count in counted.items() if count},
    )


def _mails_about(member: Membership) -> "models.QuerySet[Mail]":
    """The mails that this portal sent to the person."""
    keys = [first_key(member.pk), *member.invitations_again.values_list("key", flat=True)]
    reminders = Q(key__startswith="last-days:", key__endswith=f":{member.pk}")
    return Mail.objects.filter(Q(key__in=keys) | reminders, to=member.user.email)


def _drop_questions(member: Membership, now: dt.datetime) -> tuple[int, int]:
    """Delete what was asked and answered, with the mails that told it. Returns how many questions, and mails."""
    messages = Message.objects.filter(question__membership=member)
    told = [f"message:{pk}" for pk in messages.values_list("pk", flat=True)]
    mails = forget_mails(Mail.objects.filter(key__in=told), now=now)
    _forget_in_log(Question, member.questions.values_list("pk", flat=True))
    messages.delete()
    return _deleted(member.questions.all()), mails


def _drop_lines(member: Membership, *, everywhere: bool) -> int:
    """Take the person out of the lists that were handed over: for this portal, or for all of the company."""
    lists = RosterImport.objects.filter(portal__company=member.portal.company_id)
    dropped = 0
    for batch in (lists if everywhere else lists.filter(portal=member.portal_id)).select_for_update(of=("self",)):
        kept = [row for row in batch.rows if row.get("email") != member.user.email]
        if len(kept) < len(batch.rows):
            dropped += len(batch.rows) - len(kept)
            RosterImport.objects.filter(pk=batch.pk).update(rows=kept)
    return dropped


def _clear_notes(member: Membership, *, with_account: bool) -> int:
    """Empty what the log of the back office calls the person."""
    count = _forget_in_log(Membership, [member.pk])
    if with_account:
        email = member.user.email
        count += _forget_in_log(User, [member.user_id])
        spoken = LogEntry.objects.filter(Q(object_repr__icontains=email) | Q(change_message__icontains=email))
        count += spoken.update(object_repr="–", change_message="")
    return count


def _forget_in_log(model: type[models.Model], keys: Any) -> int:
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__in=[str(key) for key in keys]
    )
    return entries.exclude(object_repr="–").update(object_repr="–", change_message="")


def _deleted(rows: "models.QuerySet[Any]") -> int:
    return rows.delete()[0]
