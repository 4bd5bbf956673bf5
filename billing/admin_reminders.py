"""Reminders in the back office: what is due, what the mail says, sending it, and pausing an invoice in dispute."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from billing import interest, reminders
from billing.models import InterestRate, Invoice, ReminderLevel
from billing.open_items import with_open
from billing.reminders import Due
from portals.models import Company
from thuiswerk.lib.mail import Message
from thuiswerk.lib.periods import amsterdam_date

VIEW, CHANGE = "billing.view_invoice", "billing.change_invoice"


class PauseForm(forms.Form):
    """Why an invoice is not asked for now."""

    reason = forms.CharField(label=gettext_lazy("What does the company dispute?"), max_length=200)


class LevelForm(forms.ModelForm):  # type: ignore[type-arg]
    """The days of the levels rise."""

    class Meta:
        model = ReminderLevel
        fields = ("days", "text_nl", "text_en")

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        others = ReminderLevel.objects.exclude(pk=self.instance.pk)
        before = others.filter(position__lt=self.instance.position, days__gte=days)
        after = others.filter(position__gt=self.instance.position, days__lte=days)
        if before.exists() or after.exists():
            raise ValidationError(_("Each level comes later than the one before."))
        return days


@admin.register(ReminderLevel)
class ReminderLevelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Days and words of each level. None is added or taken away."""

    form = LevelForm
    list_display = ("position", "days", "text_nl")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(VIEW))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CHANGE))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(InterestRate)
class InterestRateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The rates of statutory commercial interest, as the government sets them each half year."""

    list_display = ("first_day", "percent")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(VIEW))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CHANGE))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(CHANGE))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CHANGE))


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("reminders/", wrap(show), name="billing_reminders"),
        path("reminders/send/", wrap(send), name="billing_reminders_send"),
        path("<int:pk>/reminders/", wrap(of_invoice), name="billing_invoice_reminders"),
        path("<int:pk>/reminders/interest/", wrap(interest_of), name="billing_invoice_interest"),
        path("<int:pk>/reminders/pause/", wrap(pause), name="billing_invoice_pause"),
        path("<int:pk>/reminders/lift/", wrap(lift), name="billing_invoice_lift"),
    ]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What is due now, by company, each with the mail that it would get."""
    _check(request, VIEW)
    now, may_be_paid = timezone.now(), reminders.may_be_paid()
    by_company: dict[Company, list[Due]] = {}
    for due in reminders.due_reminders(now=now):
        by_company.setdefault(due.company, []).append(due)
    context = admin.site.each_context(request) | {
        "title": _("Reminders"),
        "opts": Invoice._meta,
        "companies": [(company, due, _preview(company, due, may_be_paid)) for company, due in by_company.items()],
        "may_be_paid": may_be_paid,
        "last_day": reminders.last_statement_day(),
        "is_known": reminders.payments_are_known(now=now),
        "may_send": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, "admin/billing/reminders.html", context)


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Remind of the chosen invoices that are still due; pressed twice, the second finds nothing."""
    _check(request, CHANGE)
    chosen = [int(pk) for pk in request.POST.getlist("invoice") if pk.isdecimal()]
    sent = reminders.send(chosen, now=timezone.now(), actor=cast("User", request.user))
    told = ngettext("%(count)d invoice was reminded of.", "%(count)d invoices were reminded of.", len(sent))
    nothing = _("Nothing was sent: none of these is due any more.")
    messages.success(request, told % {"count": len(sent)} if sent else nothing)
    return redirect("admin:billing_reminders")


@require_safe
def of_invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """The reminders of an invoice so far, and whether it is paused."""
    _check(request, VIEW)
    return _page(request, get_object_or_404(Invoice.objects.issued(), pk=pk), PauseForm())


@require_safe
def interest_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Interest and collection costs of an invoice up to today, as PDF, or why there is none."""
    _check(request, VIEW)
    invoice, now = get_object_or_404(Invoice.objects.issued(), pk=pk, due_on__isnull=False), timezone.now()
    try:
        content = interest.interest_pdf(interest.interest_statement(invoice, now=now))
    except interest.InterestRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:billing_invoice_reminders", pk)
    name = _("interest") + f"-{invoice}-{amsterdam_date(now)}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop reminders of an invoice in dispute."""
    _check(request, CHANGE)
    invoice, form = get_object_or_404(Invoice.objects.issued(), pk=pk), PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, invoice, form)
    reason, actor = form.cleaned_data["reason"], cast("User", request.user)
    reminders.pause(invoice, reason=reason, now=timezone.now(), actor=actor)
    messages.success(request, _("No reminders of %(number)s until you lift this.") % {"number": invoice})
    return redirect("admin:billing_invoice_reminders", pk)


@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind of an invoice again."""
    _check(request, CHANGE)
    invoice = get_object_or_404(Invoice.objects.issued(), pk=pk)
    reminders.lift(invoice, now=timezone.now(), actor=cast("User", request.user))
    messages.success(request, _("%(number)s is reminded of again when its next level is due.") % {"number": invoice})
    return redirect("admin:billing_invoice_reminders", pk)


def _preview(company: Company, due: list[Due], may_be_paid: set[int]) -> Message:
    """The mail for what is chosen at first: what no waiting payment may be for, or all of it."""
    return reminders.message_of(company, [one for one in due if one.invoice.pk not in may_be_paid] or due)


def _page(request: HttpRequest, invoice: Invoice, form: PauseForm) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": _("Reminders of %(number)s") % {"number": invoice},
        "opts": Invoice._meta,
        "invoice": invoice,
        "back": reverse("admin:billing_invoice_change", args=[invoice.pk]),
        "reminders": invoice.reminders.select_related("sent_by"),
        "pauses": invoice.pauses.select_related("paused_by", "lifted_by"),
        "next": reminders.next_reminder(invoice) if _is_unpaid(invoice) else None,
        "today": amsterdam_date(timezone.now()),
        "is_paused": invoice.pauses.filter(lifted_at=None).exists(),
        "form": form,
        "may_change": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, "admin/billing/reminders_of.html", context)


def _is_unpaid(invoice: Invoice) -> bool:
    return with_open(Invoice.objects.filter(pk=invoice.pk)).get().open > 0


def _check(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
