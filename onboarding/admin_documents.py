"""The texts of documents in the back office: drafts are edited and looked at; what is published stays as it is."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from onboarding import documents
from onboarding.document_response import pdf_response
from onboarding.models import DocumentVersion


class DocumentVersionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The title and the text of a draft."""

    class Meta:
        model = DocumentVersion
        fields = ("title", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 30, "class": "vLargeTextField"})}  # noqa: RUF012

    def clean_title(self) -> str:
        return self._known("title")

    def clean_body(self) -> str:
        return self._known("body")

    def _known(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        try:
            documents.check_text(text)
        except documents.UnknownPlaceholder as refusal:
            raise ValidationError(str(refusal)) from refusal
        return text


@admin.register(DocumentVersion)
class DocumentVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Versions of documents. A new one begins as a copy of the last."""

    form = DocumentVersionForm
    list_display = ("kind", "language", "number", "title", "published_at", "is_current")
    list_filter = ("kind", "language")
    change_form_template = "onboarding/document_change.html"
    readonly_fields = ("kind", "language", "number", "published_at", "published_by", "placeholders")
    fieldsets = (
        (None, {"fields": (("kind", "language", "number"), ("published_at", "published_by"))}),
        (gettext_lazy("Text"), {"fields": ("title", "body", "placeholders")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        versions = DocumentVersion.objects.select_related("published_by")
        same = DocumentVersion.objects.filter(
            kind=OuterRef("kind"), language=OuterRef("language"), published_at__isnull=False
        )
        return versions.annotate(holds=Subquery(same.order_by("-number").values("pk")[:1])).order_by(
            *self.get_ordering(request)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DocumentVersion | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DocumentVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def save_model(self, request: HttpRequest, obj: DocumentVersion, form: Any, change: bool) -> None:
        obj.save(update_fields=["title", "body"])

    def get_urls(self) -> list[URLPattern]:
        views = {"preview": self.preview, "next": self.next_version, "publish": self.publish}
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"onboarding_documentversion_{name}")
            for name, view in views.items()
        ]
        return own + super().get_urls()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["may_edit"] = super().has_change_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The version as a PDF, with the names of the placeholders where a lead would be."""
        version = get_object_or_404(DocumentVersion, pk=pk)
        if not self.has_view_permission(request, version):
            raise Http404
        now = timezone.now()
        values = documents.sample_values(now=now, language=version.language)
        return pdf_response(documents.version_pdf(version, values, now=now), f"{version.kind}-{version.number}.pdf")

    def next_version(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the version that follows, or go on with the draft that is there."""
        draft = documents.begin_version(self._version(request, pk), now=timezone.now())
        return redirect("admin:onboarding_documentversion_change", draft.pk)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a draft hold from now on."""
        version = self._version(request, pk)
        try:
            documents.publish(version, now=timezone.now(), actor=cast("User", request.user))
        except (documents.PublishedAlready, documents.UnknownPlaceholder) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("This version holds from now on. What was sent before stays as it was."))
        return redirect("admin:onboarding_documentversion_change", version.pk)

    def _version(self, request: HttpRequest, pk: int) -> DocumentVersion:
        """The version for somebody who may edit documents, by a form; 404 otherwise."""
        if request.method != "POST" or not super().has_change_permission(request):
            raise Http404
        return get_object_or_404(DocumentVersion, pk=pk)

    @admin.display(description=gettext_lazy("holds now"), boolean=True)
    def is_current(self, version: DocumentVersion) -> bool:
        return bool(version.pk == version.holds)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("placeholders"))
    def placeholders(self, version: DocumentVersion) -> SafeString:
        rows = format_html_join("", "<dt><code>{{{}}}</code></dt><dd>{}</dd>", documents.PLACEHOLDERS.items())
        markup = _("“# ” and “## ” begin a heading, “- ” an item of a list; an empty line ends a paragraph.")
        return format_html('<p>{}</p><dl class="facts">{}</dl>', markup, rows)
