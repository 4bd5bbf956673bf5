"""The hand-over in the back office: addresses with their secret, and deliveries that can be sent again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from orders.handover import replay
from orders.models import WebhookDelivery, WebhookEndpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where the operator's own order system listens."""

    list_display = ("url", "is_active")
    fields = ("url", "is_active", "key_number", "signed_with")
    readonly_fields = ("signed_with",)

    @admin.display(description=_("secret"))
    def signed_with(self, endpoint: WebhookEndpoint) -> str:
        return endpoint.secret if endpoint.pk else ""


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was told, and what could not be."""

    list_display = ("message", "kind", "endpoint", "portal", "created_at", "attempts", "sent_at", "failed_at", "error")
    list_filter = ("kind", "endpoint", "sent_at", "failed_at")
    list_select_related = ("endpoint", "portal")
    search_fields = ("event__order__number", "message_id")
    search_help_text = _("Order number or id of the message")
    fields = ("kind", "endpoint", "portal", "body", "created_at", "due_at", "attempts", "sent_at", "failed_at", "error")
    readonly_fields = fields
    actions = ("send_again",)

    @admin.display(description=_("message"))
    def message(self, delivery: WebhookDelivery) -> str:
        return str(delivery)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        count = replay(queryset, now=timezone.now())
        text = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        messages.success(request, text % {"count": count})
