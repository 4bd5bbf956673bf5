"""The front page of a demo: where to go, as whom, and the invoice run at the push of a button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.demo import demo_only
from billing import invoicing
from billing.tasks import invoice_month
from onboarding.demo import logins
from onboarding.demo.cast import PASSWORD
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
    now = timezone.now()
    months = list(invoicing.open_months(now))
    for portal_id, month in months:
        invoice_month(portal_id, str(month))
    made = ngettext("%(count)d invoice made.", "%(count)d invoices made.", len(months)) % {"count": len(months)}
    if months:
        soon = _("A moment later they are in the mails, with their PDF.")
        messages.success(request, f"{made} {soon}")
    else:
        messages.info(request, _("Every closed month has been invoiced already."))
    last_month = Month.of(now).previous
    if now < invoicing.billable_from(last_month):
        told = _("%(month)s can be invoiced from %(time)s on, when its last order is surely written.")
        moment = time_format(invoicing.billable_from(last_month), "H:i")
        messages.info(request, told % {"month": date_format(last_month.first_day, "F Y").capitalize(), "time": moment})
    return redirect("demo_home")
