"""The front page of a demo: where to go, as whom, the invoice run at the push of a button, and what the bank sends."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.demo import demo_only
from billing import consumption
from billing.admin import refusals
from billing.run import run_portal
from onboarding.demo import bank, logins
from onboarding.demo.cast import PASSWORD
from portals.models import Portal
from thuiswerk.lib.periods import Month


@require_safe
@demo_only
def demo_home(request: HttpRequest) -> HttpResponse:
    """Portals and logins of the demo."""
    context = {
        "portals": logins.portal_logins(),
        "staff": logins.staff_logins(),
        "password": PASSWORD,
        "admin_url": logins.main_url("admin/"),
    }
    return render(request, "onboarding/demo.html", context)


@require_POST
@demo_only
def demo_invoice_run(request: HttpRequest) -> HttpResponse:
    """The invoice run of every closed month that is not billed, whatever day it is today."""
    now, made = timezone.now(), 0
    for portal in Portal.objects.filter(pk__in=consumption.portals_to_invoice(now)):
        documents = run_portal(portal, consumption.last_closed(now), now=now)
        made += sum(document.issued_at is not None for document in documents)
    refused = list(refusals())
    if made:
        told = ngettext("%(count)d invoice made.", "%(count)d invoices made.", made) % {"count": made}
        soon = _("A moment later they are in the mails, with their PDF.")
        messages.success(request, f"{told} {soon}")
    elif not refused:
        messages.info(request, _("Every closed month has been invoiced already."))
    for sentence in refused:
        messages.warning(request, sentence)
    _tell_of_last_month(request, now)
    return redirect("demo_home")


@require_safe
@demo_only
def demo_bank_statement(request: HttpRequest) -> HttpResponse:
    """What the bank would send today, to hand over in the back office."""
    content = bank.next_statement(now=timezone.now())
    name = _("bank-statement.xml")
    saved_as = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/xml", headers=saved_as)


def _tell_of_last_month(request: HttpRequest, now: dt.datetime) -> None:
    """In the first minutes of a month, the one before cannot be invoiced yet."""
    month = Month.of(now).previous
    opens = consumption.billable_from(month)
    if now < opens:
        told = _("%(month)s can be invoiced from %(time)s on, when its last order is surely written.")
        name = date_format(month.first_day, "F Y").capitalize()
        messages.info(request, told % {"month": name, "time": time_format(opens, "H:i")})
