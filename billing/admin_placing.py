"""One payment in the back office: what it says, where it is placed, what it may be for, and placing it by hand."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from billing import payments
from billing.models import Allocation, BankEntry, Invoice
from billing.open_items import with_open
from billing.proposals import proposals_for
from thuiswerk.lib.money import euro, read_amount

VIEW, PLACE = "billing.view_bankentry", "billing.add_allocation"
REFUSALS: dict[type[payments.PlacingRefused], Any] = {
    payments.MoreThanRest: gettext_lazy("That is more than what of this payment is still to be placed."),
    payments.RestChanged: gettext_lazy("Something of this payment was placed or undone meanwhile. Look again."),
    payments.NothingToRepay: gettext_lazy("So much is not to be paid back on this credit note."),
    payments.NoteMissing: gettext_lazy("Say what this payment is for."),
    payments.AlreadyUndone: gettext_lazy("That was undone before."),
}


class PlaceForm(forms.Form):
    """For which document a payment is, and how much of it."""

    number = forms.CharField(label=gettext_lazy("Number of the invoice or credit note"), max_length=30)
    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=20)
    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, entry: BankEntry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sign = 1 if entry.amount > 0 else -1

    def clean_number(self) -> Invoice:
        """Refuses a number that no issued document has."""
        if document := Invoice.objects.issued().filter(number__iexact=self.cleaned_data["number"]).first():
            return document
        raise forms.ValidationError(_("There is no document with this number."))

    def clean_amount(self) -> Any:
        """Euro; a sign is that of the payment or none, and it says which way the amount goes."""
        said = self.cleaned_data["amount"]
        if amount := read_amount(said.removeprefix("-") if self.sign < 0 else said):
            return self.sign * amount
        raise forms.ValidationError(_("Write an amount, such as 12,50."))


class AsideForm(forms.Form):
    """What a payment is for that is for none of our invoices."""

    note = forms.CharField(label=gettext_lazy("What is it for?"), max_length=200)


class ManyForm(ActionForm):
    """The actions on a list of payments, with the note that setting them aside asks for."""

    note = forms.CharField(label=gettext_lazy("What are they for?"), max_length=200, required=False)


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("<int:pk>/change/", wrap(show), name="billing_bankentry_change"),
        path("<int:pk>/accept/", wrap(accept), name="billing_bankentry_accept"),
        path("<int:pk>/place/", wrap(place), name="billing_bankentry_place"),
        path("<int:pk>/aside/", wrap(set_aside), name="billing_bankentry_aside"),
        path("undo/<int:pk>/", wrap(undo), name="billing_allocation_undo"),
    ]


def show(request: HttpRequest, pk: int, form: forms.Form | None = None) -> HttpResponse:
    """A payment, and what can be done with what of it has no place yet. `form` comes back with what is wrong in it."""
    _check(request, VIEW)
    entry = get_object_or_404(BankEntry.objects.select_related("statement"), pk=pk)
    rest = payments.rest_of(entry)
    initial = {"amount": f"{abs(rest):.2f}".replace(".", ","), "seen": rest}
    back = Prefetch("reversed_by", Allocation.objects.standing().select_related("entry"), to_attr="came_back")
    allocations = entry.allocations.select_related(
        "invoice__portal__company", "credit_note", "placed_by", "undone_by"
    ).prefetch_related(back)
    context = admin.site.each_context(request) | {
        "title": _("Payment of %(amount)s") % {"amount": euro(entry.amount)},
        "opts": BankEntry._meta,
        "entry": entry,
        "rest": rest,
        "allocations": allocations,
        "proposals": proposals_for([entry])[entry.pk],
        "place_form": form if isinstance(form, PlaceForm) else PlaceForm(entry, initial=initial),
        "aside_form": form if isinstance(form, AsideForm) else AsideForm(),
        "may_place": request.user.has_perm(PLACE),
    }
    return TemplateResponse(request, "admin/billing/bank_entry.html", context)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Place a payment as it was proposed."""
    entry = _entry(request, pk)
    chosen = [found for found in proposals_for([entry])[pk] if found.key == request.POST.get("proposal")]
    if not chosen:
        messages.error(request, _("This is not proposed any more. Look again."))
        return redirect("admin:billing_bankentry_change", pk)
    try:
        payments.accept(entry, list(chosen[0].parts), now=timezone.now(), actor=cast("User", request.user))
    except payments.MoreThanRest as refusal:
        messages.error(request, REFUSALS[type(refusal)])
        return redirect("admin:billing_bankentry_change", pk)
    return _done(request, entry)


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Place an amount of a payment on an invoice or a credit note."""
    entry = _entry(request, pk)
    form = PlaceForm(entry, request.POST)
    if form.is_valid():
        to, amount, seen = (form.cleaned_data[name] for name in ("number", "amount", "seen"))
        actor = cast("User", request.user)
        try:
            payments.allocate(entry, to=to, amount=amount, seen=seen, now=timezone.now(), actor=actor)
        except payments.RestChanged as refusal:
            messages.error(request, REFUSALS[type(refusal)])
            return redirect("admin:billing_bankentry_change", pk)
        except payments.PlacingRefused as refusal:
            form.add_error("amount", REFUSALS[type(refusal)])
        else:
            _warn_of_too_much(request, to)
            return _done(request, entry)
    return show(request, pk, form)


@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what the rest of a payment is for, when it is for none of our invoices."""
    entry, form = _entry(request, pk), AsideForm(request.POST)
    if form.is_valid():
        note, actor = form.cleaned_data["note"], cast("User", request.user)
        try:
            payments.set_aside(entry, note=note, now=timezone.now(), actor=actor)
        except payments.PlacingRefused as refusal:
            form.add_error("note", REFUSALS[type(refusal)])
        else:
            return _done(request, entry)
    return show(request, pk, form)


@admin.action(description=gettext_lazy("Set aside: for none of our invoices"), permissions=["place"])
def set_many_aside(_admin: Any, request: HttpRequest, entries: QuerySet[BankEntry]) -> None:
    """Note of each of `entries` that waits for a place what it is for; the others stay as they are."""
    form = AsideForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say beside the action what these payments are for."))
        return
    note, actor, done = form.cleaned_data["note"], cast("User", request.user), 0
    for entry in entries.to_place():  # type: ignore[attr-defined]
        try:
            payments.set_aside(entry, note=note, now=timezone.now(), actor=actor)
        except payments.MoreThanRest:
            continue
        done += 1
    if done:
        told = ngettext("%(count)d payment is set aside.", "%(count)d payments are set aside.", done)
        messages.success(request, told % {"count": done})
    else:
        messages.warning(request, _("None of these payments is to be placed any more."))


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back where a payment was placed."""
    _check(request, PLACE)
    allocation = get_object_or_404(Allocation.objects.select_related("entry"), pk=pk)
    try:
        payments.undo(allocation, now=timezone.now(), actor=cast("User", request.user))
    except payments.AlreadyUndone as refusal:
        messages.error(request, REFUSALS[type(refusal)])
    else:
        messages.success(request, _("Undone: %(amount)s is to be placed again.") % {"amount": euro(allocation.amount)})
    return redirect("admin:billing_bankentry_change", allocation.entry_id)


def _warn_of_too_much(request: HttpRequest, to: Invoice) -> None:
    """Tell it where more was placed on an invoice than was asked: a wrong number is soon typed."""
    document = with_open(Invoice.objects.filter(pk=to.pk)).get()
    if document.open < 0:
        told = _("%(number)s is now paid %(amount)s too much. Not right? Undo it on the page of the payment.")
        messages.warning(request, told % {"number": to, "amount": euro(-document.open)})


def _done(request: HttpRequest, entry: BankEntry) -> HttpResponse:
    """On to the next payment; back to this one while something of it is left."""
    if rest := payments.rest_of(entry):
        messages.success(request, _("Placed. %(amount)s of this payment is left.") % {"amount": euro(rest)})
        return redirect("admin:billing_bankentry_change", entry.pk)
    messages.success(request, _("The payment of %(amount)s is placed.") % {"amount": euro(entry.amount)})
    return redirect(f"{reverse('admin:billing_bankentry_changelist')}?place=open")


def _entry(request: HttpRequest, pk: int) -> BankEntry:
    _check(request, PLACE)
    return get_object_or_404(BankEntry, pk=pk)


def _check(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
