"""The ways by which a document reaches a company: e-mail, and whatever an installation adds in INVOICE_CHANNELS, such
as a Peppol access point (docs/operations.md says what one needs).

A channel never talks to the network itself: it writes a row of its own outbox in the transaction that it is called in,
and a task sends that row after the commit, so that nothing is sent twice and nothing is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Mail, MailState
from billing.models import Invoice, InvoiceDelivery
from billing.paper import document_context
from thuiswerk.lib.mail import compose

TROUBLE = {MailState.FAILED, MailState.BOUNCED}


@dataclass(frozen=True)
class Files:
    """What is handed over, with its name: the PDF, and the e-invoice where the document has one."""

    pdf: outbox.Attachment
    xml: outbox.Attachment | None


@dataclass(frozen=True)
class Progress:
    """How far a delivery is, in words; `why` says what went wrong."""

    label: str | Promise
    is_trouble: bool = False
    why: str = ""


class Channel(Protocol):
    """What billing asks of a way to the company. `key` is stored with every delivery, so it never changes."""

    key: str
    label: str | Promise

    def addresses(self, invoice: Invoice) -> Sequence[str]:
        """Where an issued document goes: a mailbox, a participant id as `0106:12345678`. None: not by this channel."""

    def queue(self, delivery: InvoiceDelivery, files: Files) -> None:
        """Put the document in the channel's outbox, once per `delivery.source`, at `delivery.requested_at`."""

    def progress(self, deliveries: Iterable[InvoiceDelivery]) -> Mapping[int, Progress]:
        """How far each of its `deliveries` is, by their id, in a bounded number of queries."""


class ByMail:
    """PDF and e-invoice as attachments of a mail, to every address that the company named."""

    key = "email"
    label: str | Promise = _("e-mail")

    def addresses(self, invoice: Invoice) -> Sequence[str]:
        """The addresses that the document itself names."""
        return list(invoice.buyer["emails"])

    def queue(self, delivery: InvoiceDelivery, files: Files) -> None:
        """Write the mail, in the company's language."""
        invoice = delivery.invoice
        lines = list(invoice.lines.select_related("corrects").order_by("position"))
        template = "billing/mail/credit_note" if invoice.is_credit_note else "billing/mail/invoice"
        outbox.queue(
            compose(template, document_context(invoice, lines), language=invoice.language),
            to=delivery.to,
            key=_key(delivery),
            now=delivery.requested_at,
            attachments=[file for file in (files.pdf, files.xml) if file],
        )

    def progress(self, deliveries: Iterable[InvoiceDelivery]) -> Mapping[int, Progress]:
        """The state of each mail, with what the mail server said of one that did not arrive."""
        ids = {_key(delivery): delivery.pk for delivery in deliveries}
        mails = Mail.objects.filter(key__in=ids).defer("text", "html")
        return {ids[mail.key]: _progress(mail) for mail in mails}


@cache
def channels() -> Mapping[str, Channel]:
    """The channels of this installation, by their key."""
    made: list[Channel] = [import_string(path)() for path in settings.INVOICE_CHANNELS]
    return {channel.key: channel for channel in made}


def label_of(key: str) -> str:
    """What the channel `key` is called; one that is no longer installed goes by its key."""
    channel = channels().get(key)
    return str(channel.label) if channel else key


def progress_of(deliveries: Iterable[InvoiceDelivery]) -> dict[int, Progress]:
    """How far each of `deliveries` is, by its id; those of a channel that is no longer installed are left out."""
    by_channel: dict[str, list[InvoiceDelivery]] = {}
    for delivery in deliveries:
        by_channel.setdefault(delivery.channel, []).append(delivery)
    told: dict[int, Progress] = {}
    for key, mine in by_channel.items():
        if channel := channels().get(key):
            told |= channel.progress(mine)
    return told


def _progress(mail: Mail) -> Progress:
    is_trouble = mail.state in TROUBLE
    return Progress(mail.state.label, is_trouble, mail.error if is_trouble else "")


def _key(delivery: InvoiceDelivery) -> str:
    return f"invoice:{delivery.source}"
