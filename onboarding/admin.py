"""The coordinator's screens: a portal with its company, look, period, credit, assortment and people in one place."""

from functools import partial
from itertools import batched
from typing import Any, cast

import pghistory
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.balances import with_credit
from billing.parties import missing_of, names_of
from catalog.models import AssortmentException, PayrollRule, QuantityLimit
from catalog.payroll import unclassified
from onboarding import (  # noqa: F401 - some register themselves
    admin_announcement,
    admin_course,
    admin_documents,
    admin_invitations,
    admin_leads,
    admin_roster,
    admin_state,
)
from onboarding.admin_members import MembershipAdmin
from onboarding.arrivals import label_of, with_arrival
from onboarding.forms import COMPANY_FIELDS, PortalForm
from onboarding.portal_setup import save_portal
from onboarding.timeline import timeline
from portals import branding, lifecycle
from portals.models import Membership, Portal
from portals.preview import PreviewRefused, preview_url
from portals.views import stored_file

SHOWN_MEMBERS = 25


class ExceptionInline(admin.StackedInline):  # type: ignore[type-arg]
    """Products that the portal pays for, or does not, whatever their category says."""

    model = AssortmentException
    raw_id_fields = ("product",)
    fieldsets = ((None, {"fields": (("product", "allowed"),)}),)
    extra = 1


class LimitInline(admin.StackedInline):  # type: ignore[type-arg]
    """How many of a category or a product one employee may order."""

    model = QuantityLimit
    raw_id_fields = ("product",)
    fieldsets = ((None, {"fields": (("category", "product", "most"),)}),)
    extra = 1


class PayrollInline(admin.StackedInline):  # type: ignore[type-arg]
    """What the employer's payroll makes of a category, with all below it."""

    model = PayrollRule
    fieldsets = ((None, {"fields": (("category", "payroll_class", "base_amount"),)}),)
    extra = 1


@admin.register(Portal)
class PortalAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A portal and everything that a coordinator decides about it."""

    form = PortalForm
    inlines = (ExceptionInline, LimitInline, PayrollInline)
    list_display = ("name", "company", "address", "phase_badge", "live_from", "live_until", "employees")
    list_filter = ("state",)
    list_select_related = ("company",)
    search_fields = ("name", "slug", "company__name")
    readonly_fields = ("brand_sample",)
    change_form_template = "onboarding/portal_change.html"
    save_on_top = False

    def get_fieldsets(self, request: HttpRequest, obj: Portal | None = None) -> Any:
        shop = (("name", "language"), ("slug", "custom_domain"))
        brand = ("brand_color", "brand_sample", ("logo", "header"), "header_alt", ("welcome_nl", "welcome_en"))
        money = (("credit_per_employee", "own_money"),)
        if obj is not None and not self.has_change_permission(request, obj):
            return ((None, {"fields": ("company", *shop, "live_from", "live_until", *money)}),)
        company = tuple(batched((f"company_{name}" for name in COMPANY_FIELDS), 2))
        return (
            (_("Shop"), {"fields": shop}),
            (_("Company"), {"fields": company if obj else ("existing_company", *company)}),
            (_("Look"), {"fields": brand if obj else tuple(f for f in brand if f != "brand_sample")}),
            (_("Live period"), {"fields": (("live_from", "live_until"),)}),
            (_("Credit"), {"fields": money}),
            (_("What credit pays for"), {"fields": ("categories",)}),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Portal]:
        portals = Portal.objects.real().select_related("company").annotate(people=Count("memberships"))
        return portals.order_by(*self.get_ordering(request))

    def has_delete_permission(self, request: HttpRequest, obj: Portal | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Portal, form: PortalForm, change: bool) -> None:
        save_portal(
            obj,
            company=form.company(),
            categories=form.cleaned_data["categories"],
            now=timezone.now(),
            actor=cast("User", request.user),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with pghistory.context(actor=cast("User", request.user).pk):
            super().save_related(request, form, formsets, change)
        form.instance.bump_revision()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        portal = kwargs.get("obj")
        if portal is not None:
            context |= self._people(portal) | {
                "phase": portal.phase(timezone.now()),
                "not_on_invoice": names_of(missing_of(portal.company)),
                "unclassified": unclassified(portal) if portal.payroll_rules.exists() else [],
                "moves": admin_state.moves(portal),
                "may_extend": admin_course.can_extend(portal),
                "may_reopen": lifecycle.can_reopen(portal),
                "moments": timeline(portal),
                "arrivals": admin_invitations.arrival_links(portal),
                "may_change": self.has_change_permission(request, portal),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        views = {
            "preview/": ("portals_portal_preview", self.preview),
            "state/": ("portals_portal_state", admin_state.move),
            "close/": ("portals_portal_close", admin_state.close),
            "pictures/<str:name>": ("portals_portal_picture", self.picture),
            "employees/add/": ("portals_portal_employee", admin_roster.employee_add),
            "employees/list/": ("portals_portal_people", admin_roster.people_download),
            "employees/template/": ("portals_portal_import_template", admin_roster.import_template),
            "employees/import/": ("portals_portal_import", admin_roster.import_upload),
            "employees/import/<int:import_pk>/": ("portals_portal_import_show", admin_roster.import_show),
        }
        views |= admin_invitations.VIEWS | admin_course.VIEWS | admin_announcement.VIEWS
        own = [
            path(f"<int:pk>/{route}", self.admin_site.admin_view(partial(self._guarded, view)), name=name)
            for route, (name, view) in views.items()
        ]
        return own + super().get_urls()

    def _guarded(self, view: Any, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        """Call `view` with the portal, if the colleague may change it; 404 otherwise."""
        portal = Portal.objects.real().select_related("company").filter(pk=pk).first()
        if portal is None or not self.has_change_permission(request, portal):
            raise Http404
        return cast("HttpResponse", view(request, portal, **kwargs))

    def preview(self, request: HttpRequest, portal: Portal) -> HttpResponse:
        """Go to the portal's own host to look at it as an employee would."""
        try:
            return redirect(preview_url(portal, cast("User", request.user)))
        except PreviewRefused as error:
            raise Http404 from error

    def picture(self, request: HttpRequest, portal: Portal, name: str) -> FileResponse:
        """The logo or the header picture, for this screen."""
        return stored_file(portal, name)

    def _people(self, portal: Portal) -> dict[str, Any]:
        """The first employees, with what they have left, and how many there are of each kind."""
        members = (
            with_arrival(with_credit(portal.memberships.all(), now=timezone.now()))
            .select_related("user")
            .order_by("user__name", "user__email")
        )
        return {
            "members": [(member, label_of(member)) for member in members[:SHOWN_MEMBERS]],
            "counts": Membership.objects.filter(portal=portal).counts(),
            "shown_members": SHOWN_MEMBERS,
        }

    @admin.display(description=_("address"))
    def address(self, portal: Portal) -> SafeString:
        return format_html('<a href="{}">{}</a>', portal.url, portal.host)

    @admin.display(description=_("state"))
    def phase_badge(self, portal: Portal) -> SafeString:
        phase = portal.phase(timezone.now())
        return format_html('<span class="phase phase--{}">{}</span>', phase.value, phase.label)

    @admin.display(description=_("employees"), ordering="people")
    def employees(self, portal: Portal) -> int:
        return cast("int", portal.people)  # type: ignore[attr-defined]

    @admin.display(description=_("how it looks"))
    def brand_sample(self, portal: Portal) -> str:
        proposal = branding.propose_color(portal.logo) if portal.logo else None
        return render_to_string(
            "onboarding/brand_sample.html", branding.shades(portal.brand_color) | {"proposal": proposal}
        )


admin.site.register(Membership, MembershipAdmin)
