"""Bank statements in the back office: hand over a file of the bank, and see which payments wait for a place."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from billing import admin_placing, bank_import
from billing.admin_rows import AmountSearchAdmin, ReadOnlyAdmin
from billing.camt import MAX_BYTES
from billing.camt_faults import UnreadableStatement
from billing.models import Allocation, BankEntry, BankStatement
from billing.open_items import overpaid
from billing.proposals import proposals_for
from thuiswerk.lib.money import euro

IMPORT = "billing.add_bankstatement"


class StatementForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=gettext_lazy("Bank statement"),
        help_text=gettext_lazy("In CAMT.053, version 02 or 08: an XML file of 10 MB at most."),
        error_messages={"empty": gettext_lazy("This file is empty. Download it again.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )

    def clean_file(self) -> bytes:
        """The bytes of the file; one that is too large is not read at all."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 10 MB. Download the statements of a shorter period.")
            )
        content: bytes = file.read()
        return content


class PlaceFilter(admin.SimpleListFilter):
    """Whether a payment has a place."""

    title = gettext_lazy("placed")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("to be placed")), ("done", _("placed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BankEntry]) -> QuerySet[BankEntry]:
        to_place = BankEntry.objects.order_by().to_place().values("pk")
        match self.value():
            case "open":
                return queryset.filter(pk__in=to_place)
            case "done":
                return queryset.exclude(pk__in=to_place)
        return queryset


class BankEntryAdmin(AmountSearchAdmin, ReadOnlyAdmin):
    """Payments of all statements; those that wait for a place have beside them what they may be for."""

    list_display = ("booked_on", "in_euro", "other_side", "said", "placed")
    list_filter = (PlaceFilter, "is_reversal")
    search_fields = ("name", "iban", "text", "references", "end_to_end_id", "allocations__invoice__number")
    amount_field = "amount"
    list_per_page = 25
    actions = (admin_placing.set_many_aside,)
    action_form = admin_placing.ManyForm
    change_list_template = "admin/billing/bank_entries.html"

    def get_urls(self) -> list[URLPattern]:
        return [*admin_placing.urls(), *super().get_urls()]

    def has_place_permission(self, request: HttpRequest) -> bool:
        """Whether the actions that place payments are offered."""
        return bool(request.user.has_perm(admin_placing.PLACE))

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankEntry]:
        standing = Allocation.objects.standing().select_related("invoice")
        return super().get_queryset(request).prefetch_related(Prefetch("allocations", standing, to_attr="standing"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            _add_proposals(response.context_data["cl"].result_list, request.user.has_perm(admin_placing.PLACE))
            response.context_data |= {
                "gaps": bank_import.gaps(),
                "overpaid": [(invoice, -invoice.open) for invoice in overpaid().only("number")],
                "may_import": request.user.has_perm(IMPORT),
            }
        return response

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def in_euro(self, entry: BankEntry) -> str:
        return euro(entry.amount)

    @admin.display(description=gettext_lazy("other side"), ordering="name")
    def other_side(self, entry: BankEntry) -> str:
        return format_html('{}<span class="month__more">{}</span>', entry.name or "–", entry.iban)

    @admin.display(description=gettext_lazy("description"))
    def said(self, entry: BankEntry) -> str:
        return " ".join(filter(None, (entry.text, entry.references))) or "–"

    @admin.display(description=gettext_lazy("for"))
    def placed(self, entry: BankEntry) -> SafeString:
        return render_to_string("admin/billing/bank_place.html", {"entry": entry})


def _add_proposals(entries: Iterable[Any], may_place: bool) -> None:
    """Give each payment of a list what of it has no place yet, and the best guess what that is for."""
    rests = BankEntry.objects.filter(pk__in=[entry.pk for entry in entries]).rests()
    proposals = proposals_for([entry for entry in entries if rests[entry.pk]])
    for entry in entries:
        entry.rest, entry.proposals = rests[entry.pk], proposals.get(entry.pk, [])
        entry.may_place = may_place


class BankStatementAdmin(ReadOnlyAdmin):
    """The statements that were taken in, and a new one."""

    list_display = ("identifier", "starts_on", "ends_on", "opens", "closes", "payments", "imported_at", "imported_by")
    list_display_links = None
    list_select_related = ("imported_by",)
    search_fields = ("identifier", "sequence")
    change_list_template = "admin/billing/bank_statements.html"

    def get_urls(self) -> list[URLPattern]:
        add = path("add/", self.admin_site.admin_view(upload), name="billing_bankstatement_add")
        return [add, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return BankStatement.objects.annotate(count=Count("entries")).order_by("-ends_on", "-pk")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"gaps": bank_import.gaps(), "may_import": request.user.has_perm(IMPORT)}
        return super().changelist_view(request, (extra_context or {}) | context)

    @admin.display(description=gettext_lazy("opening balance"))
    def opens(self, statement: BankStatement) -> str:
        return euro(statement.opening)

    @admin.display(description=gettext_lazy("closing balance"))
    def closes(self, statement: BankStatement) -> str:
        return euro(statement.closing)

    @admin.display(description=gettext_lazy("payments"))
    def payments(self, statement: BankStatement) -> str:
        address = reverse("admin:billing_bankentry_changelist")
        count: int = statement.count  # type: ignore[attr-defined]
        return format_html('<a href="{}?statement__id__exact={}">{}</a>', address, statement.pk, count)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Hand over a file of the bank: it is taken in at once, or refused with the reason at the field."""
    if not request.user.has_perm(IMPORT):
        raise PermissionDenied
    form = StatementForm(request.POST, request.FILES) if request.method == "POST" else StatementForm()
    if form.is_valid():
        try:
            done = bank_import.import_statement(
                form.cleaned_data["file"], now=timezone.now(), actor=cast("User", request.user)
            )
        except UnreadableStatement as refusal:
            form.add_error("file", str(refusal))
        else:
            _tell(request, done)
            return redirect(f"{reverse('admin:billing_bankentry_changelist')}?place=open")
    context = admin.site.each_context(request) | {
        "title": _("Read a bank statement"),
        "opts": BankStatement._meta,
        "form": form,
    }
    return TemplateResponse(request, "admin/billing/bank_upload.html", context)


def _tell(request: HttpRequest, done: bank_import.Imported) -> None:
    if done.known:
        told = ngettext(
            "%(count)d statement was read before; nothing of it is changed.",
            "%(count)d statements were read before; nothing of them is changed.",
            done.known,
        )
        messages.info(request, told % {"count": done.known})
    for statement in done.statements:
        entries = BankEntry.objects.filter(statement=statement)
        count, waiting = entries.count(), entries.to_place().count()
        told = ngettext(
            "Statement %(statement)s is read: %(count)d payment, of which %(open)d is to be placed.",
            "Statement %(statement)s is read: %(count)d payments, of which %(open)d are to be placed.",
            count,
        )
        messages.success(request, told % {"statement": statement, "count": count, "open": waiting})
