"""Users and mails in the back office. Nobody there reads or writes a password or a code."""

from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import job_admin, outbox  # noqa: F401 - what registers itself
from accounts.models import Mail, MailState, User
from accounts.passwords import require_new_password

# Not for the back office: addresses that are not used here, and the secrets of second factors.
for module, model in (("allauth.account.admin", EmailAddress), ("allauth.mfa.admin", Authenticator)):
    import_module(module)
    admin.site.unregister(model)


MANAGES_STAFF = "accounts.add_user"


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People; a password is only ever chosen by the person."""

    list_display = ("email", "name", "is_active", "is_staff", "has_password", "last_login")
    list_filter = ("is_active", "is_staff", "groups", "language")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("groups",)
    readonly_fields = ("password_chosen_at", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "language", "is_active")}),
        (_("Back office"), {"fields": ("is_staff", "groups", "is_superuser")}),
        (_("Login"), {"fields": ("password_chosen_at", "last_login", "date_joined")}),
    )
    actions = ("require_new_passwords",)

    @admin.display(description=_("password chosen"), boolean=True)
    def has_password(self, user: User) -> bool:
        return not user.must_choose_password

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who works here is for administrators; who may do everything, for those who may already."""
        if request.user.is_superuser:
            return self.readonly_fields
        if request.user.has_perm(MANAGES_STAFF):
            return (*self.readonly_fields, "is_superuser")
        return (*self.readonly_fields, "is_staff", "groups", "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody touches an account that may do more than the own one, or takes over its e-mail."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        if obj is not None and obj.is_staff and not request.user.has_perm(MANAGES_STAFF):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Ask for a new password at the next login"), permissions=["change"])
    def require_new_passwords(self, request: HttpRequest, users: QuerySet[User]) -> None:
        allowed = [user for user in users if self.has_change_permission(request, user)]
        for user in allowed:
            require_new_password(user, now=timezone.now())
        done = ngettext(
            "%(count)d person is logged out and chooses a new password.",
            "%(count)d people are logged out and choose a new password.",
            len(allowed),
        )
        self.message_user(request, done % {"count": len(allowed)}, messages.SUCCESS)


class MailStateFilter(admin.SimpleListFilter):
    """Where mails stand."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in MailState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        return queryset.state(self.value()) if self.value() in MailState else queryset  # type: ignore[attr-defined]


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The outbox, to look at: what went out when, what waits and why."""

    list_display = ("created_at", "to", "subject", "mail_state", "attempts", "due_at")
    list_filter = ("created_at", MailStateFilter)
    search_fields = ("to", "subject")
    date_hierarchy = "created_at"
    fields = (
        "to",
        "subject",
        "mail_state",
        "created_at",
        "sent_at",
        "attempts",
        "due_at",
        "failed_at",
        "delayed_at",
        "bounced_at",
        "opened_at",
        "error",
        "body",
    )
    readonly_fields = fields
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).exclude(to=outbox.NOBODY)

    @admin.display(description=_("state"))
    def mail_state(self, mail: Mail) -> str:
        return str(mail.state.label)

    @admin.display(description=_("text"))
    def body(self, mail: Mail) -> str:
        """A code to log in with is for its reader only."""
        return str(_("Holds a code, and is not shown.")) if mail.is_secret else mail.text

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False

    @admin.action(description=_("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        for mail in mails:
            try:
                outbox.send_again(mail, now=timezone.now())
            except outbox.StillWaiting:
                self.message_user(request, _("“%s” is still waiting to be sent.") % mail, messages.WARNING)
            except outbox.TextIsGone:
                self.message_user(request, _("“%s” held a code, and is not kept.") % mail, messages.WARNING)
            else:
                self.message_user(request, _("“%s” is sent again.") % mail, messages.SUCCESS)
