"""Questions to customer service, and the answers: a thread per question, mailed to the other side.

- A page sends its message once, however often it is sent.
- An employee writes at most `MOST` messages an hour.
- A question waits from the first message that is not answered yet until it is.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import outbox
from accounts.models import User
from orders.models import Message, Order, Question
from portals.models import Membership
from thuiswerk.lib.mail import compose

MOST = 20
SPAN = dt.timedelta(hours=1)


class TooManyMessages(Exception):
    """The employee wrote more in the last hour than one person asks."""


@transaction.atomic
def ask(
    membership: Membership, *, order: Order | None, subject: str, text: str, form_token: uuid.UUID, now: dt.datetime
) -> Question:
    """Ask customer service something, about `order` or about nothing in particular. Refuses TooManyMessages."""
    member = _locked(membership)
    if sent := Message.objects.filter(author=member.user, form_token=form_token).select_related("question").first():
        return sent.question
    question = Question.objects.create(
        portal=member.portal, membership=member, order=order, subject=subject, asked_at=now
    )
    _write_as_employee(question, member, text, form_token, now)
    return question


@transaction.atomic
def reply(question: Question, *, text: str, form_token: uuid.UUID, now: dt.datetime) -> None:
    """Write on under a question of one's own. Refuses TooManyMessages."""
    member = _locked(question.membership)
    if not Message.objects.filter(author=member.user, form_token=form_token).exists():
        _write_as_employee(question, member, text, form_token, now)


@transaction.atomic
def answer(question: Question, *, text: str, actor: User, form_token: uuid.UUID, now: dt.datetime) -> None:
    """Answer a question as customer service, and mail the answer to who asked."""
    member = _locked(question.membership)
    if Message.objects.filter(author=actor, form_token=form_token).exists():
        return
    message = _write(question, actor, text, form_token, now, is_answer=True)
    Question.objects.filter(pk=question.pk).update(waits_since=None)
    url = member.portal.url.rstrip("/") + reverse("orders:question_show", settings.PORTAL_URLCONF, args=[question.pk])
    context = {"portal": member.portal, "question": question, "message": message, "url": url}
    mail = compose("orders/mail/answer", context, language=member.user.language)
    outbox.queue(mail, to=member.user.email, key=f"message:{message.pk}", now=now)


def thread_of(order: Order) -> list[Message]:
    """All that was written about `order`, question after question, each with its question."""
    messages = Message.objects.filter(question__order=order).select_related("question")
    return list(messages.order_by("question", "sent_at", "pk"))


def _locked(membership: Membership) -> Membership:
    """One message of a thread after the other."""
    members = Membership.objects.select_for_update(no_key=True, of=("self",))
    member: Membership = members.select_related("portal__company", "user").get(pk=membership.pk)
    return member


def _write_as_employee(question: Question, member: Membership, text: str, token: uuid.UUID, now: dt.datetime) -> None:
    if Message.objects.filter(author=member.user, is_answer=False, sent_at__gt=now - SPAN).count() >= MOST:
        raise TooManyMessages
    message = _write(question, member.user, text, token, now)
    Question.objects.filter(pk=question.pk, waits_since=None).update(waits_since=now)
    _tell_service(question, member, message, now)


def _write(
    question: Question, author: User, text: str, token: uuid.UUID, now: dt.datetime, *, is_answer: bool = False
) -> Message:
    return Message.objects.create(
        portal_id=question.portal_id,
        question=question,
        author=author,
        is_answer=is_answer,
        text=text,
        sent_at=now,
        form_token=token,
    )


def _tell_service(question: Question, member: Membership, message: Message, now: dt.datetime) -> None:
    """The mailbox of the operator gets it in the language of the installation; of an example nobody waits for an
    answer."""
    if member.portal.is_example:
        return
    path = reverse("admin:orders_question_change", settings.ROOT_URLCONF, args=[question.pk])
    context = {
        "question": question,
        "message": message,
        "member": member,
        "url": f"{settings.URL_SCHEME}://{settings.BASE_DOMAIN}{path}",
    }
    mail = compose("orders/mail/question", context, language=settings.LANGUAGE_CODE)
    outbox.queue(mail, to=settings.OPERATOR["email"], key=f"message:{message.pk}", now=now)
