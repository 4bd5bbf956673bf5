"""The coordinator's pipeline: leads as a list and a board, each with its next steps, notes and history."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from onboarding import admin_appointments, admin_build, admin_offer, pipeline
from onboarding.board import board_of, figures_of
from onboarding.lead_forms import LeadForm, LoseForm, NoteForm
from onboarding.lead_models import URGENCY
from onboarding.models import Coordinator, Lead, Stage
from onboarding.slots import give_first_hours
from thuiswerk.lib.periods import amsterdam_date

BADGES = {Stage.LIVE: "live", Stage.LOST: "ended", Stage.NEW: "upcoming"}


class UrgencyFilter(admin.SimpleListFilter):
    """Open, overdue or ended; open unless asked otherwise."""

    title = gettext_lazy("next action")
    parameter_name = "urgency"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [
            ("overdue", gettext_lazy("overdue")),
            ("none", gettext_lazy("nothing planned")),
            ("open", gettext_lazy("open")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        today = amsterdam_date(timezone.now())
        chosen = {
            "overdue": Q(next_action_on__lt=today) & ~Q(stage__in=[Stage.LIVE, Stage.LOST]),
            "none": Q(next_action_on=None) & ~Q(stage__in=[Stage.LIVE, Stage.LOST]),
            "open": ~Q(stage__in=[Stage.LIVE, Stage.LOST]),
        }
        return queryset.filter(chosen[self.value() or ""]) if self.value() in chosen else queryset


@admin.register(Lead)
class LeadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Requests for a portal. A lead made here came by telephone."""

    form = LeadForm
    list_display = ("company_name", "stage_badge", "owner_name", "next_action", "due", "employees", "created_at")
    ordering = URGENCY
    list_filter = (UrgencyFilter, "stage", ("owner", admin.RelatedOnlyFieldListFilter), "country")
    list_select_related = ("owner",)
    search_fields = ("company_name", "contact_name", "email", "phone", "register_number")
    search_help_text = gettext_lazy("Company, contact, e-mail, telephone or KvK number")
    autocomplete_fields = ()
    change_form_template = "onboarding/lead_change.html"
    change_list_template = "onboarding/lead_list.html"
    list_per_page = 50
    fieldsets = (
        (gettext_lazy("Next action"), {"fields": (("next_action", "next_action_on"), "owner")}),
        (
            gettext_lazy("Company"),
            {"fields": (("company_name", "country"), ("register_number", "customer_number"), "company")},
        ),
        (
            gettext_lazy("Contact"),
            {"fields": (("contact_name", "contact_role"), ("email", "phone"), "language")},
        ),
        (
            gettext_lazy("Wishes"),
            {"fields": (("employees", "budget"), "starts_on", "categories", "wishes")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        return super().get_queryset(request).filter(forgotten_at=None).select_related("owner", "company")

    def has_delete_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk}

    def save_model(self, request: HttpRequest, obj: Lead, form: forms.ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        if change:
            obj.save(update_fields=[*form.changed_data_columns()] or ["company_name"])  # type: ignore[attr-defined]
        else:
            pipeline.begin(obj, now=timezone.now(), actor=cast("User", request.user))

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "board/": ("board", self.board),
            "<int:pk>/step/": ("step", self.step),
            "<int:pk>/lose/": ("lose", self.lose),
            "<int:pk>/notes/": ("note", self.note),
        }
        portal: dict[str, Callable[..., HttpResponse]] = {
            "build": admin_build.show,
            "ask": admin_build.ask,
            "build_on": admin_build.build_on,
            "remark": admin_build.close_remark,
            "plan": admin_build.plan,
            "give_back": admin_build.give_back,
        }
        views |= {f"<int:pk>/{name}/": (name, partial(self._guarded, view)) for name, view in portal.items()}
        own = [
            path(route, self.admin_site.admin_view(view), name=f"onboarding_lead_{name}")
            for route, (name, view) in views.items()
        ]
        own += [
            path(f"<int:pk>/{route}", self.admin_site.admin_view(partial(self._with_lead, view)), name=name)
            for route, (name, view) in {**admin_offer.VIEWS, **admin_appointments.VIEWS}.items()
        ]
        return own + super().get_urls()

    def _with_lead(self, view: Callable[..., HttpResponse], request: HttpRequest, pk: int, **kwargs: Any) -> Any:
        """Call `view` with the lead, if the colleague may change it; 404 otherwise."""
        return view(request, self._lead(request, pk), **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        lead = kwargs.get("obj")
        if lead is not None:
            context |= {
                "steps": [step for step in pipeline.steps_from(lead) if step != Stage.LOST],
                "may_lose": Stage.LOST in pipeline.NEXT[lead.stage],
                "may_change": self.has_change_permission(request, lead),
                "history": lead.steps.select_related("actor"),
                "notes": lead.notes.select_related("author"),
                "sign_ups": lead.sign_ups.all(),
                "note_form": NoteForm(),
                "is_overdue": lead.is_overdue(amsterdam_date(timezone.now())),
                **admin_offer.shown_with_lead(lead),
                **admin_appointments.shown_with_lead(lead),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def board(self, request: HttpRequest) -> HttpResponse:
        """Every open lead in the column of its stage, with the figures of the pipeline above."""
        if not self.has_view_permission(request):
            raise Http404
        now, mine = timezone.now(), request.GET.get("mine") == "1"
        context = self.admin_site.each_context(request) | {
            "title": _("Leads by stage"),
            "opts": Lead._meta,
            "mine": mine,
            "columns": board_of(owner=cast("User", request.user) if mine else None, now=now),
            "figures": figures_of(now=now),
        }
        return TemplateResponse(request, "onboarding/lead_board.html", context)

    def step(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a lead one step on, or say why not."""
        lead = self._lead(request, pk)
        if request.method != "POST" or request.POST.get("stage") not in Stage.values:
            raise Http404
        stage = Stage(request.POST["stage"])
        try:
            pipeline.move(lead, stage, now=timezone.now(), actor=cast("User", request.user))
        except pipeline.StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(lead)s is now: %(stage)s.") % {"lead": lead, "stage": stage.label})
        return redirect("admin:onboarding_lead_change", lead.pk)

    def lose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why a lead is lost; POST ends it."""
        lead = self._lead(request, pk)
        form = LoseForm(request.POST or None)
        if form.is_valid():
            try:
                pipeline.lose(lead, **form.cleaned_data, now=timezone.now(), actor=cast("User", request.user))
            except pipeline.StepRefused as refusal:
                messages.error(request, str(refusal))
            return redirect("admin:onboarding_lead_change", lead.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Nothing comes of this lead?"),
            "original": lead,
            "opts": Lead._meta,
            "form": form,
            "way_back": reverse("admin:onboarding_lead_change", args=[lead.pk]),
        }
        return TemplateResponse(request, "onboarding/lead_lose.html", context)

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write a note down."""
        lead = self._lead(request, pk)
        form = NoteForm(request.POST or None)
        if form.is_valid():
            author = cast("User", request.user)
            lead.notes.create(text=form.cleaned_data["text"], written_at=timezone.now(), author=author)
        else:
            messages.error(request, _("The note is empty or too long; nothing was written."))
        return redirect("admin:onboarding_lead_change", lead.pk)

    def _guarded(self, view: Callable[..., HttpResponse], request: HttpRequest, pk: int) -> HttpResponse:
        """Call `view` with the lead, if the colleague may change it; 404 otherwise."""
        return view(request, self._lead(request, pk))

    def _lead(self, request: HttpRequest, pk: int) -> Lead:
        lead = get_object_or_404(Lead, pk=pk, forgotten_at=None)
        if not self.has_change_permission(request, lead):
            raise Http404
        return lead

    @admin.display(description=gettext_lazy("stage"), ordering="stage")
    def stage_badge(self, lead: Lead) -> SafeString:
        return stage_badge(lead)

    @admin.display(description=gettext_lazy("coordinator"), ordering="owner__name")
    def owner_name(self, lead: Lead) -> str | None:
        return lead.owner.get_full_name() if lead.owner else None

    @admin.display(description=gettext_lazy("on"), ordering="next_action_on")
    def due(self, lead: Lead) -> Any:
        if lead.is_overdue(amsterdam_date(timezone.now())):
            return format_html('<strong class="overdue">{}</strong>', lead.next_action_on)
        return lead.next_action_on


@admin.register(Coordinator)
class CoordinatorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who gets new leads, and where they talk by video."""

    list_display = ("user", "takes_leads", "last_lead_at", "open_leads")
    list_select_related = ("user",)
    fields = ("user", "takes_leads", "phone", "video_link", "scheduler_link")
    inlines = (admin_appointments.HoursInline, admin_appointments.ExceptionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coordinator]:
        still_open = Q(user__leads__isnull=False) & ~Q(user__leads__stage__in=[Stage.LIVE, Stage.LOST])
        return Coordinator.objects.annotate(open_count=Count("user__leads", filter=still_open))

    def get_readonly_fields(self, request: HttpRequest, obj: Coordinator | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Coordinator | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change and not form.instance.hours.exists():
            give_first_hours(form.instance)
            messages.info(request, _("Bookable Monday to Friday from 9 to 12 and from 13 to 17, until you change it."))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("open leads"), ordering="open_count")
    def open_leads(self, coordinator: Any) -> int:
        return cast("int", coordinator.open_count)


def stage_badge(lead: Lead) -> SafeString:
    """The stage as a coloured word."""
    look = BADGES.get(Stage(lead.stage), "build")
    return format_html('<span class="phase phase--{}">{}</span>', look, lead.get_stage_display())
