"""The report to the company of the personal data that were deleted: numbers, what stays and why, and no names."""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox
from accounts.models import Mail, MailAttachment
from billing.documents import render_pdf
from billing.parties import buyer, seller
from onboarding.after_models import DeletionReport, Erasure
from onboarding.contacts import Contact, contacts_of
from onboarding.erasing import Kind
from portals.models import Portal, Role
from thuiswerk.lib.mail import compose
from thuiswerk.lib.periods import amsterdam_date

REASONS = {
    "ordered": gettext_lazy("their orders and invoices are kept for seven years, as Dutch tax law asks (AWR, art. 52)"),
    "contacts": gettext_lazy("they are contacts of the company, for questions about its invoices"),
    "elsewhere": gettext_lazy("their account is still needed elsewhere, and only their place in this shop went"),
}


@transaction.atomic
def make_report(portal: Portal, *, now: dt.datetime) -> DeletionReport | None:
    """Report what was deleted since the last report, and mail it to the company. None where nothing was."""
    portal = Portal.objects.select_for_update(of=("self",), no_key=True).select_related("company").get(pk=portal.pk)
    erasures = list(portal.erasures.filter(report=None))
    if not erasures:
        return None
    kinds = sum((Counter(erasure.kinds) for erasure in erasures), Counter[str]())
    report = DeletionReport.objects.create(
        portal=portal, made_at=now, people=len(erasures), kinds=dict(kinds), kept=_kept(portal, erasures)
    )
    Erasure.objects.filter(pk__in=[erasure.pk for erasure in erasures]).update(report=report)
    _drop_named_files(portal)
    for contact in contacts_of(portal):
        _mail(report, contact, now)
    return report


def report_pdf(report: DeletionReport, *, language: str) -> bytes:
    """The report as PDF/A-3a and PDF/UA-1."""
    with translation.override(language):
        context = {
            "seller": seller(),
            "buyer": buyer(report.portal),
            "portal": None,
            "report": report,
            "day": amsterdam_date(report.made_at),
            "days": settings.PERSONAL_DATA_DAYS,
            "kinds": [(kind.label, report.kinds[kind]) for kind in Kind if report.kinds.get(kind)],
            "kept": [(REASONS[name], count) for name, count in report.kept.items() if count],
        }
    return render_pdf("onboarding/deletion.html", context, language=language)


def file_name(report: DeletionReport, *, language: str) -> str:
    """`verwijderverslag-acme-2027-05-02.pdf`, in the reader's language."""
    with translation.override(language):
        return _("deletion-report") + f"-{report.portal.slug}-{amsterdam_date(report.made_at)}.pdf"


def _kept(portal: Portal, erasures: list[Erasure]) -> dict[str, int]:
    """How many people's data stay after all that was deleted, by the reason."""
    rest = portal.memberships.filter(forgotten_at=None)
    return {
        "ordered": rest.exclude(role=Role.MANAGER).count(),
        "contacts": rest.filter(role=Role.MANAGER).count(),
        "elsewhere": sum(not erasure.with_account for erasure in erasures),
    }


def _drop_named_files(portal: Portal) -> None:
    """Closing statements that were mailed may name people who are deleted now; the books make them anew without."""
    keys = [f"closing:{pk}:" for pk in portal.settlements.values_list("pk", flat=True)]
    for key in keys:
        told = Mail.objects.filter(key__startswith=key, sent_at__isnull=False)
        again = [f"again:{pk}:" for pk in told.values_list("pk", flat=True)]
        for start in [key, *again]:
            MailAttachment.objects.filter(mail__key__startswith=start, mail__sent_at__isnull=False).delete()


def _mail(report: DeletionReport, contact: Contact, now: dt.datetime) -> None:
    message = compose(
        "onboarding/mail/deletion",
        {"portal": report.portal, "report": report, "days": settings.PERSONAL_DATA_DAYS},
        language=contact.language,
    )
    pdf = outbox.Attachment(
        file_name(report, language=contact.language),
        "application/pdf",
        report_pdf(report, language=contact.language),
    )
    outbox.queue(message, to=contact.email, key=f"deletion:{report.pk}:{contact.key}", now=now, attachments=[pdf])
