"""The coordinator's side of appointments: hours and days off, booking by telephone, moving and calling off."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from onboarding import appointments, slots
from onboarding.appointment_forms import PhoneForm
from onboarding.appointments import AppointmentRefused
from onboarding.models import Appointment, Coordinator, HoursException, Lead, WorkingHours
from onboarding.time_zones import HOME, told


class OwnHours(admin.TabularInline):  # type: ignore[type-arg]
    """Everybody keeps their own hours; who may make coordinators keeps those of all."""

    def _is_theirs(self, request: HttpRequest, coordinator: Coordinator | None) -> bool:
        user = cast("User", request.user)
        return user.has_perm("onboarding.add_coordinator") or (coordinator is None or coordinator.user_id == user.pk)

    def has_add_permission(self, request: HttpRequest, obj: Coordinator | None) -> bool:  # type: ignore[override]
        return super().has_add_permission(request, obj) and self._is_theirs(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Coordinator | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Coordinator | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_theirs(request, obj)


class HoursInline(OwnHours):
    """The hours of a week."""

    model = WorkingHours
    extra = 1


class ExceptionInline(OwnHours):
    """Days that differ."""

    model = HoursException
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoursException]:
        today = timezone.localdate()
        return super().get_queryset(request).filter(date__gte=today)


class ToComeFilter(admin.SimpleListFilter):
    """Those to come, unless asked for all."""

    title = gettext_lazy("which")
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("all", gettext_lazy("All"))]

    def choices(self, changelist: Any) -> Any:
        choices = list(super().choices(changelist))
        choices[0]["display"] = _("to come")
        yield from choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        if self.value() == "all":
            return queryset
        return queryset.filter(cancelled_at=None, ends_at__gt=timezone.now())


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Calls to come, the next one first. They are made, moved and called off on the screen of their lead."""

    list_display = ("when", "its_lead", "coordinator", "name", "video", "cancelled_at")
    list_display_links = None
    list_filter = (ToComeFilter, "coordinator")
    list_select_related = ("lead", "coordinator__user")
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Appointment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Appointment | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("when"), ordering="starts_at")
    def when(self, appointment: Appointment) -> str:
        return told(appointment.starts_at, appointment.ends_at, HOME)

    @admin.display(description=gettext_lazy("lead"), ordering="lead__company_name")
    def its_lead(self, appointment: Appointment) -> SafeString:
        page = reverse("admin:onboarding_lead_change", args=[appointment.lead_id])
        return format_html('<a href="{}">{}</a>', page, appointment.lead)

    @admin.display(description=gettext_lazy("video call"))
    def video(self, appointment: Appointment) -> SafeString | str:
        link = appointment.video_link
        return format_html('<a href="{}" rel="noreferrer">{}</a>', link, _("Open")) if link else ""


def plan(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Book a call on the telephone, or move the one that stands, on the same times as the company sees."""
    now = timezone.now()
    planned = appointments.planned(lead, now=now)
    try:
        coordinator = planned.coordinator if planned else appointments.coordinator_of(lead)
    except AppointmentRefused:
        messages.error(request, _("Choose who leads this request first: a call is with its coordinator."))
        return _to_lead(lead)
    times = slots.free_slots(coordinator, minutes=slots.LENGTHS[0], now=now, moving=planned)
    first = {"minutes": planned.minutes, "zone": planned.time_zone} if planned else None
    form = PhoneForm(request.POST or None, times=times, initial=first)
    if form.is_valid():
        try:
            _book_or_move(lead, planned, form.cleaned_data, actor=cast("User", request.user))
        except AppointmentRefused as refusal:
            form.add_error("at", str(refusal))
        else:
            messages.success(request, _("The appointment stands; both of you get it by mail."))
            return _to_lead(lead)
    title = _("Move the call") if planned else _("Book a call")
    context = {"title": title, "form": form, "coordinator": coordinator, "planned_when": _when(planned)}
    return _page(request, lead, "onboarding/appointment_plan.html", context)


def cancel(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Ask whether the call is off; POST cancels it."""
    planned = appointments.planned(lead, now=timezone.now())
    if planned is None:
        messages.error(request, _("There is no appointment any more."))
        return _to_lead(lead)
    if request.method == "POST":
        try:
            appointments.cancel(planned, now=timezone.now(), actor=cast("User", request.user))
        except AppointmentRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The appointment is cancelled; both of you get a mail."))
        return _to_lead(lead)
    context = {"title": _("Cancel the call?"), "planned_when": _when(planned)}
    return _page(request, lead, "onboarding/appointment_cancel.html", context)


def mail_link(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Mail the company the link on which it chooses a time."""
    if request.method != "POST":
        raise Http404
    try:
        appointments.mail_booking_link(lead, now=timezone.now(), actor=cast("User", request.user))
    except AppointmentRefused:
        messages.error(request, _("Choose who leads this request first: a call is with its coordinator."))
    else:
        messages.success(request, _("The booking link is on its way to %(email)s.") % {"email": lead.email})
    return _to_lead(lead)


def shown_with_lead(lead: Lead) -> dict[str, Any]:
    """What the page of a lead shows of its call."""
    planned = appointments.planned(lead, now=timezone.now())
    return {"planned": planned, "planned_when": _when(planned)}


def _book_or_move(lead: Lead, planned: Appointment | None, chosen: dict[str, Any], *, actor: User) -> None:
    said = {
        "starts_at": chosen["at"],
        "minutes": chosen["minutes"],
        "time_zone": chosen["zone"],
        "now": timezone.now(),
    }
    if planned:
        appointments.reschedule(planned, **said)
    else:
        appointments.book(lead, actor=actor, **said)


def _when(appointment: Appointment | None) -> str:
    return told(appointment.starts_at, appointment.ends_at, HOME) if appointment else ""


def _to_lead(lead: Lead) -> HttpResponse:
    return redirect("admin:onboarding_lead_change", lead.pk)


def _page(request: HttpRequest, lead: Lead, template: str, context: dict[str, Any]) -> HttpResponse:
    shared = admin.site.each_context(request) | {
        "original": lead,
        "opts": Lead._meta,
        "way_back": reverse("admin:onboarding_lead_change", args=[lead.pk]),
    }
    return TemplateResponse(request, template, shared | context)


# Below the address of a lead: each with its name and its view, which gets the lead that the colleague may change.
VIEWS: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
    "appointment/": ("onboarding_lead_appointment", plan),
    "appointment/cancel/": ("onboarding_lead_appointment_cancel", cancel),
    "booking-link/": ("onboarding_lead_booking_link", mail_link),
}
