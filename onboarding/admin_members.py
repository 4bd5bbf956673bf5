"""The employees of all portals in the back office: found by name, mail or number; invited, blocked, helped."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.passwords import require_new_password
from billing.balances import with_credit
from billing.models import Grant
from onboarding import roster
from onboarding.admin_invitations import tell_resent
from onboarding.arrivals import Arrival, label_of, with_arrival
from onboarding.forms import ExtraCreditForm, MembershipForm
from onboarding.invitations import resend_invitations
from portals.models import Membership
from portals.rows_admin import OfRealPortals
from thuiswerk.lib.money import euro

NAMED = 10
EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class ArrivalFilter(admin.SimpleListFilter):
    """How far people came."""

    title = _("state")
    parameter_name = "arrival"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(arrival.value, str(arrival.label)) for arrival in Arrival]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(arrival=self.value()) if self.value() in Arrival else queryset


class MembershipAdmin(OfRealPortals, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who takes part in which portal. People come here through the portal's screen, and never leave the books."""

    form = MembershipForm
    list_display = ("person", "email", "staff_number", "portal", "role", "state", "credit")
    list_filter = (("portal", admin.RelatedOnlyFieldListFilter), "role", ArrivalFilter)
    search_fields = ("user__email", "user__name", "staff_number", "cost_centre")
    list_select_related = ("portal", "user")
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "person",
        "email",
        "portal",
        "role",
        "staff_number",
        "cost_centre",
        "state",
        "invited_at",
        "first_seen_at",
        "credit",
    )
    readonly_fields = ("person", "email", "portal", "state", "invited_at", "first_seen_at", "credit")
    actions = ("invite", "invite_again", "give_credit", "force_new_password", "disable", "enable")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return with_arrival(with_credit(super().get_queryset(request), now=timezone.now()))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    @admin.display(description=_("name"), ordering="user__name")
    def person(self, membership: Membership) -> str:
        return membership.user.get_full_name()

    @admin.display(description=_("work e-mail"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(description=_("state"))
    def state(self, membership: Membership) -> str:
        return label_of(membership)

    @admin.display(description=_("credit left"))
    def credit(self, membership: Membership) -> str:
        return euro(membership.credit)  # type: ignore[attr-defined]

    @admin.action(description=_("Invite"), permissions=["change"], location=EVERYWHERE)
    def invite(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._each(request, queryset, _invite_once)

    @admin.action(description=_("Invite once more who has not come"), permissions=["change"], location=EVERYWHERE)
    def invite_again(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        chosen = Membership.objects.filter(pk__in=queryset.values("pk"))
        tell_resent(request, resend_invitations(chosen, now=timezone.now(), actor=cast("User", request.user)))

    @admin.action(description=_("Block, and take unspent credit back"), permissions=["change"], location=EVERYWHERE)
    def disable(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        """Ask first, and again where the number of people is no longer the one that was asked about."""
        count = queryset.count()
        if request.POST.get("confirm") != str(count):
            context = self._asking(request, queryset) | {
                "title": _("Block, and take unspent credit back?"),
                "way_back": request.get_full_path(),
                "count": count,
                "named": queryset.select_related("portal", "user")[:NAMED],
                "unnamed": max(count - NAMED, 0),
                "credit": Grant.objects.filter(membership__in=queryset.values("pk")).total_remaining(),
            }
            return TemplateResponse(request, "onboarding/members_block.html", context)
        actor = cast("User", request.user)
        self._each(request, queryset, lambda member: roster.disable(member, now=timezone.now(), actor=actor))
        return None

    @admin.action(description=_("Let in again, without the old credit"), permissions=["change"], location=EVERYWHERE)
    def enable(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        actor = cast("User", request.user)
        self._each(request, queryset, lambda member: roster.enable(member, actor=actor))

    @admin.action(
        description=_("Ask for a new password at the next login"), permissions=["change"], location=EVERYWHERE
    )
    def force_new_password(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        people = queryset.filter(user__is_staff=False)
        self._each(request, people, lambda member: require_new_password(member.user, now=timezone.now()))

    @admin.action(description=_("Give extra credit"), permissions=["change"], location=EVERYWHERE)
    def give_credit(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        """Ask how much and why on a page in between; its form gives once, however often it is sent."""
        form = ExtraCreditForm(request.POST if "confirm" in request.POST else None)
        if not form.is_valid():
            context = self._asking(request, queryset) | {"title": _("Give extra credit"), "form": form}
            return TemplateResponse(request, "onboarding/extra_credit.html", context)
        given = form.cleaned_data
        actor = cast("User", request.user)

        def give(member: Membership) -> None:
            roster.give_credit(
                member,
                amount=given["amount"],
                reason=given["reason"],
                source=f"extra:{given['token']}:{member.pk}",
                now=timezone.now(),
                actor=actor,
            )

        self._each(request, queryset, give)
        return None

    def _asking(self, request: HttpRequest, queryset: QuerySet[Membership]) -> dict[str, Any]:
        """What a page between the choice of people and the deed needs to send the same people on."""
        here, changelist = request.get_full_path(), reverse("admin:portals_membership_changelist")
        return self.admin_site.each_context(request) | {
            "target": here if request.path == changelist else changelist,
            "everybody": request.POST.get("select_across") == "1",
            "members": queryset,
            "opts": self.opts,
        }

    def _each(self, request: HttpRequest, queryset: QuerySet[Membership], act: Callable[[Membership], None]) -> None:
        """Do `act` for everybody who was chosen; say for how many it was done, and for whom not and why."""
        done = 0
        for membership in queryset.select_related("portal", "user"):
            try:
                act(membership)
            except roster.RosterRefusal as refusal:
                messages.error(request, str(refusal))
            else:
                done += 1
        if done:
            told = ngettext("Done for %(count)d employee.", "Done for %(count)d employees.", done)
            messages.success(request, told % {"count": done})


def _invite_once(member: Membership) -> None:
    """Invite; says so where it was done before, and where a mail that got lost is sent again."""
    if member.invited_at is not None:
        raise roster.InvitedBefore(
            _("%(person)s has been invited already. A lost mail is sent again from the list of mails.")
            % {"person": member}
        )
    roster.invite(member, now=timezone.now())
