"""Questions in the back office: customer service reads them, longest waiting first, and answers."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.models import Message, Question
from orders.question_forms import AnswerForm
from orders.questions import answer
from portals.rows_admin import OfRealPortals


class MessageInline(admin.TabularInline):  # type: ignore[type-arg]
    """All that was written, oldest first."""

    model = Message
    template = "admin/rows.html"
    fields = ("sent_at", "writer", "text")
    readonly_fields = fields
    max_num = 0
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("orders.view_question"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("author")

    @admin.display(description=_("by"))
    def writer(self, message: Message) -> str:
        return message.author.get_full_name()


class WaitsFilter(admin.SimpleListFilter):
    """Those that wait for an answer."""

    title = _("answer")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("yes", _("waits for an answer")), ("no", _("answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        return queryset.filter(waits_since__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Question)
class QuestionAdmin(OfRealPortals, admin.ModelAdmin):  # type: ignore[type-arg]
    """A thread with the field for the next answer."""

    form = AnswerForm
    list_display = ("subject", "person", "order", "portal", "asked_at", "waits_since")
    list_filter = (WaitsFilter, "portal")
    list_select_related = ("portal", "order", "membership__user")
    search_fields = ("subject", "order__number", "membership__user__name", "membership__user__email")
    search_help_text = _("Subject, order number, name or e-mail")
    inlines = (MessageInline,)
    readonly_fields = ("subject", "person", "portal", "order", "asked_at", "waits_since")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        questions = super().get_queryset(request).select_related("portal", "order", "membership__user")
        return questions.order_by(F("waits_since").asc(nulls_last=True), "-asked_at")

    def get_fields(self, request: HttpRequest, obj: object = None) -> Any:
        """Who may only read is not asked for an answer."""
        written = ["answer", "form_token"] if self.has_change_permission(request) else []
        return [*self.readonly_fields, *written]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        """An answer is all that is written here."""
        data = form.cleaned_data
        actor = cast("User", request.user)
        answer(obj, text=data["answer"], actor=actor, form_token=data["form_token"], now=timezone.now())

    @admin.display(description=_("employee"), ordering="membership__user__name")
    def person(self, question: Question) -> str:
        return question.membership.user.get_full_name()
