"""What finance does with one document: look at a draft, review it, issue it, and correct what was issued."""

import io
from typing import cast
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from billing import correcting, delivery, issuing
from billing.models import Correction, Invoice, InvoiceLine
from billing.open_items import with_open
from billing.paper import file_name
from billing.parties import PartyIncomplete
from billing.specimen import preview_pdf, specimen_pdf
from billing.wording import line_title
from portals.models import Portal
from thuiswerk.lib.money import euro

CHANGE = "billing.change_invoice"
REFUSALS = {
    correcting.ReasonMissing: gettext_lazy("Say why: the reason stands on both documents."),
    correcting.NotCorrectable: gettext_lazy("Only an issued invoice can be corrected."),
    correcting.NothingStands: gettext_lazy("All of this was credited before, so there is nothing to correct."),
    correcting.CreditNoteUnderway: gettext_lazy("A draft credit note names this invoice. Issue that one first."),
}


class LinesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Lines of one invoice, by what they say."""

    def label_from_instance(self, obj: InvoiceLine) -> str:
        return f"{obj.position}. {line_title(obj.invoice, obj)}: {euro(obj.amount)}"


class CorrectionForm(forms.Form):
    """Which lines are credited and billed anew, and why."""

    lines = LinesField(
        InvoiceLine.objects.none(),
        label=gettext_lazy("Lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none to correct the whole invoice."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, widget=forms.Textarea({"rows": 3}))
    source = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, invoice: Invoice, data: QueryDict | None) -> None:
        super().__init__(data, initial={"source": uuid4()})
        cast("LinesField", self.fields["lines"]).queryset = correcting.standing_lines(invoice)


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("specimen/<int:portal_pk>/", wrap(specimen), name="billing_specimen"),
        path("<int:pk>/xml/", wrap(xml), name="billing_invoice_xml"),
        path("<int:pk>/preview/", wrap(preview), name="billing_invoice_preview"),
        path("<int:pk>/review/", wrap(review), name="billing_invoice_review"),
        path("<int:pk>/issue/", wrap(issue), name="billing_invoice_issue"),
        path("<int:pk>/correct/", wrap(correct), name="billing_invoice_correct"),
    ]


@require_safe
def xml(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The e-invoice as it was issued."""
    _check(request, "billing.view_invoice")
    invoice = get_object_or_404(Invoice.objects.select_related("e_invoice"), pk=pk, e_invoice__isnull=False)
    try:
        content = delivery.verified_content(invoice.e_invoice)
    except delivery.DocumentDamaged:
        messages.error(request, _("The stored e-invoice is not the one that was issued."))
        return redirect("admin:billing_invoice_change", pk)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=file_name(invoice, "xml"))


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF that a draft would become if it were issued now, marked as an example."""
    _check(request, "billing.view_invoice")
    draft = get_object_or_404(Invoice.objects.drafts().select_related("portal__company"), pk=pk)
    try:
        content = preview_pdf(draft, now=timezone.now())
    except PartyIncomplete as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:billing_invoice_change", pk)
    return FileResponse(io.BytesIO(content), filename=f"{_('draft')}-{pk}.pdf", content_type="application/pdf")


@require_safe
def specimen(request: HttpRequest, portal_pk: int) -> HttpResponseBase:
    """An example of the invoice that a portal's company will get."""
    _check(request, "portals.view_portal")
    portal = get_object_or_404(Portal.objects.select_related("company"), pk=portal_pk)
    try:
        content = specimen_pdf(portal, now=timezone.now())
    except PartyIncomplete as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:portals_portal_change", portal_pk)
    name = f"{_('example-invoice')}-{portal.slug}.pdf"
    return FileResponse(io.BytesIO(content), filename=name, content_type="application/pdf")


@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a draft was looked at and found right."""
    _check(request, CHANGE)
    issuing.review(get_object_or_404(Invoice, pk=pk), now=timezone.now(), actor=cast("User", request.user))
    messages.success(request, _("Noted that you reviewed it."))
    return redirect("admin:billing_invoice_change", pk)


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue one draft, or say what stands in the way."""
    _check(request, CHANGE)
    invoice = get_object_or_404(Invoice, pk=pk)
    try:
        issued = issuing.issue(invoice, now=timezone.now(), actor=cast("User", request.user))
    except issuing.DocumentHeld as refusal:
        for finding in refusal.findings:
            messages.error(request, finding)
    else:
        messages.success(
            request, _("%(number)s is issued; it is mailed as soon as its PDF is made.") % {"number": issued}
        )
    return redirect("admin:billing_invoice_change", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Credit an issued invoice, or lines of it, and bill it anew; once, however often the button is pressed."""
    _check(request, CHANGE)
    invoice = get_object_or_404(Invoice.objects.select_related("portal"), pk=pk)
    form = CorrectionForm(invoice, request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := _correct(request, invoice, form)):
        told = _("%(credit_note)s credits it and %(replacement)s bills it anew.")
        messages.success(request, told % {"credit_note": made.credit_note, "replacement": made.replacement})
        return redirect("admin:billing_invoice_change", made.replacement_id)
    context = admin.site.each_context(request) | {
        "title": _("Correct %(number)s") % {"number": invoice},
        "opts": Invoice._meta,
        "original": invoice,
        "form": form,
        "stands": bool(correcting.standing_orders(invoice)) and not invoice.is_credit_note,
        "paid": with_open(Invoice.objects.filter(pk=pk)).get().paid,
    }
    return TemplateResponse(request, "admin/billing/correct.html", context)


def _correct(request: HttpRequest, invoice: Invoice, form: CorrectionForm) -> Correction | None:
    """The correction as asked; None where it is refused, which the form then says."""
    try:
        return correcting.correct(
            invoice,
            lines=list(form.cleaned_data["lines"]) or None,
            reason=form.cleaned_data["reason"],
            source=f"office:{form.cleaned_data['source']}",
            now=timezone.now(),
            actor=cast("User", request.user),
        )
    except correcting.CorrectionRefused as refusal:
        form.add_error(None, REFUSALS[type(refusal)])
    except issuing.DocumentHeld as refusal:
        for finding in refusal.findings:
            form.add_error(None, finding)
    return None


def _check(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
