"""How a document went to its company, in the back office: each delivery with its state, and sending it once more."""

from collections.abc import Iterable
from typing import cast

import structlog
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from billing import delivery
from billing.admin_rows import ReadOnlyInline
from billing.channels import Progress, label_of, progress_of
from billing.models import Invoice, InvoiceDelivery

log = structlog.get_logger(__name__)

NOTHING = Progress("–")


class InvoiceDeliveryInline(ReadOnlyInline):
    """To whom it went, how, when, and what became of it."""

    model = InvoiceDelivery
    fields = ("requested_at", "how", "to", "state", "requested_by")
    readonly_fields = ("how", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceDelivery]:
        return InvoiceDelivery.objects.select_related("requested_by", "invoice")

    @admin.display(description=gettext_lazy("how"))
    def how(self, sent: InvoiceDelivery) -> str:
        return label_of(sent.channel)

    @admin.display(description=gettext_lazy("state"))
    def state(self, sent: InvoiceDelivery) -> str:
        progress = self._progress(sent).get(sent.pk, NOTHING)
        if not progress.is_trouble:
            return str(progress.label)
        return format_html('<strong class="wrong">{}</strong> {}', progress.label, progress.why)

    def _progress(self, sent: InvoiceDelivery) -> dict[int, Progress]:
        """How far all deliveries of the same document are, read once."""
        if getattr(self, "_of", None) != sent.invoice_id:
            self._of, self._all = sent.invoice_id, progress_of(InvoiceDelivery.objects.filter(invoice=sent.invoice))
        return self._all


def urls() -> list[URLPattern]:
    return [path("<int:pk>/send/", admin.site.admin_view(send), name="billing_invoice_send")]


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one document again, and go back to where that was asked."""
    if not request.user.has_perm("billing.change_invoice"):
        raise PermissionDenied
    send_and_tell(request, [get_object_or_404(Invoice.objects.issued(), pk=pk)])
    asked_on = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked_on, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(asked_on)
    return redirect(reverse("admin:billing_invoice_change", args=[pk]))


def send_and_tell(request: HttpRequest, invoices: Iterable[Invoice]) -> None:
    """Send each of `invoices` again, and say of each what happened."""
    now = timezone.now()
    for invoice in invoices:
        try:
            sent = delivery.send_again(invoice, now=now, actor=cast("User", request.user))
        except delivery.DocumentUnavailable as refusal:
            tell(request, refusal)
        else:
            to = ", ".join(one.to for one in sent)
            messages.success(request, _("%(number)s is on its way to %(to)s.") % {"number": invoice, "to": to})


def tell(request: HttpRequest, refusal: delivery.DocumentUnavailable) -> None:
    """Say why a document could not be handed out."""
    if isinstance(refusal, delivery.JustSent):
        level, text = messages.WARNING, _("%(number)s was sent a moment ago, so it was not sent again.")
    elif isinstance(refusal, delivery.DocumentDamaged):
        log.error("document_damaged", invoice=refusal.number)
        level, text = (
            messages.ERROR,
            _("The stored PDF of %(number)s is not the one that was issued. Tell whoever keeps this installation."),
        )
    else:
        level, text = messages.WARNING, _("The PDF of %(number)s is still being made. Try again in a few minutes.")
    messages.add_message(request, level, text % {"number": refusal.number})
