"""Product feeds in the back office: hand one over, look at what it would do, have it imported."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog import feed_runs
from catalog.feed_changes import Change
from catalog.feed_import import MOST_REFUSALS
from catalog.feed_models import FeedRun, FeedState


class FeedForm(forms.Form):
    """A feed: a file, or an address that it is fetched from."""

    file = forms.FileField(label=_("XML or TSV file"), required=False)
    address = forms.URLField(label=_("or its address"), required=False, max_length=500, assume_scheme="https")
    is_full = forms.BooleanField(
        label=capfirst(_("whole catalogue")),
        required=False,
        help_text=_("Products of earlier feeds that are not in this one are switched off."),
    )

    def clean(self) -> dict[str, Any]:
        file, address = self.cleaned_data.get("file"), self.cleaned_data.get("address")
        if not self.errors and bool(file) == bool(address):
            raise ValidationError(gettext("Choose a file or give an address, one of the two."))
        if file and file.size > feed_runs.MOST_BYTES:
            self.add_error("file", gettext("The file is too large."))
        return self.cleaned_data


class FeedRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who may add a feed may have it imported; what happened is never changed or deleted."""

    list_display = ("source", "state", "created_at", "actor", "new", "changed", "same", "refused", "switched_off")
    list_filter = ("state",)
    list_select_related = ("actor",)

    def has_change_permission(self, request: HttpRequest, obj: FeedRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FeedRun | None = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Hand over a feed; it is read by a task, and nothing else happens."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FeedForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            file, address, is_full = (form.cleaned_data[name] for name in ("file", "address", "is_full"))
            run = feed_runs.hand_over(
                source=file.name if file else address,
                file=file or None,
                is_full=is_full,
                actor=cast("User", request.user),
                now=timezone.now(),
            )
            return redirect("admin:catalog_feedrun_change", run.pk)
        return self._page(request, "catalog/admin_feed_upload.html", gettext("Import a product feed"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What the feed would do or did; POST has it imported."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(FeedRun, pk=object_id if object_id.isdigit() else 0)
        if request.method == "POST":
            return self._confirm(request, run)
        return self._page(
            request,
            "catalog/admin_feed_show.html",
            run.source,
            original=run,
            may_confirm=run.state == FeedState.CHECKED and self.has_add_permission(request),
            waits=run.state in {FeedState.WAITING, FeedState.CONFIRMED},
            changes=[Change(*row) for row in run.changes],
            changed_more=run.changed - len(run.changes),
            unsold_more=run.unsold - len(run.notices),
            most=MOST_REFUSALS,
        )

    def _confirm(self, request: HttpRequest, run: FeedRun) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        try:
            feed_runs.confirm(run)
        except feed_runs.NothingToConfirm as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:catalog_feedrun_change", run.pk)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, template, shared | context)
