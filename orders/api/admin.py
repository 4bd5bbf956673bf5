"""Tokens of the API in the back office: made and shown once, revoked; and what was changed by them."""

from decimal import Decimal
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from orders.api.models import ApiChange, ApiToken, Scope
from orders.api.tokens import make_token, revoke_tokens
from orders.models import EventKind
from thuiswerk.lib.money import euro


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The systems of the operator that may come in. What a token may do never changes: make another one."""

    list_display = ("name", "prefix", "catalogue", "orders", "last_used_at", "revoked_at")
    list_filter = ("catalogue", "orders")
    search_fields = ("name", "prefix")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        return ("name", "catalogue", "orders") if obj is None else (*self.list_display, "made_by", "made_at")

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        return () if obj is None else self.get_fields(request, obj)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: ApiToken | None = None,
    ) -> HttpResponse:
        """One way to save, as the answer shows the token, and none where there is nothing to change."""
        context |= {"show_save": add, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """A token that is there already has no field to change."""
        if not change:
            obj.secret = make_token(obj, actor=cast("User", request.user), now=timezone.now())  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The page that shows the token: the answer itself, so that it is kept in no cookie and no session."""
        context = self.admin_site.each_context(request) | {
            "title": _("Token for %(name)s") % {"name": obj.name},
            "opts": self.opts,
            "secret": obj.secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "orders/api_token_made.html", context)

    @admin.action(description=gettext_lazy("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        count = revoke_tokens(queryset, now=timezone.now())
        text = ngettext("%(count)d token is revoked.", "%(count)d tokens are revoked.", count)
        messages.success(request, text % {"count": count})


@admin.register(ApiChange)
class ApiChangeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who changed what, to look at."""

    list_display = ("at", "token", "subject", "told")
    list_filter = ("scope", "token")
    list_select_related = ("token",)
    search_fields = ("=subject",)
    search_help_text = gettext_lazy("SKU or order number")
    show_full_result_count = False
    fields = (*list_display, "before", "after")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("what changed"))
    def told(self, change: ApiChange) -> str:
        before, after = change.before, change.after
        if change.scope == Scope.ORDERS:
            return ", ".join(str(EventKind(step["step"]).label) for step in after if step not in before)
        figures = (
            (_("stock"), before["stock"], after["stock"]),
            (_("price"), euro(Decimal(before["price"])), euro(Decimal(after["price"]))),
        )
        return ", ".join(f"{name} {old} → {new}" for name, old, new in figures if old != new)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiChange | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiChange | None = None) -> bool:
        return False
