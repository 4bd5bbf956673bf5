"""The address book of an employee. It stays reachable when the shop is closed."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders.forms import AddressForm
from orders.postal_address import MOST_SAVED, AddressSavedTwice, add_address, change_address
from portals.http import PortalRequest, member_required


@member_required
@require_safe
def address_list(request: PortalRequest) -> HttpResponse:
    """The addresses that the employee keeps, the one used last on top."""
    return render(request, "orders/address_list.html", {"addresses": list(request.membership.addresses.all())})


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_add(request: PortalRequest) -> HttpResponse:
    """Keep another address, before anything is ordered to it. A full book says which one makes room."""
    book = list(request.membership.addresses.all())
    form = AddressForm(request.POST or None, initial={"name": request.membership.user.name})
    if form.is_valid():
        try:
            add_address(request.membership, form.address, now=timezone.now())
        except AddressSavedTwice:
            form.add_error(None, _("You already keep this address."))
        else:
            messages.success(request, _("The address has been added."))
            return redirect("orders:address_list")
    trail = [(_("My addresses"), reverse("orders:address_list")), (_("Add an address"), "")]
    leaves = book[-1] if len(book) >= MOST_SAVED else None
    return render(request, "orders/address_add.html", {"form": form, "trail": trail, "leaves": leaves})


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_change(request: PortalRequest, pk: int) -> HttpResponse:
    """Correct an address. Orders that went there stay as they were."""
    saved = get_object_or_404(request.membership.addresses, pk=pk)
    form = AddressForm(request.POST or None, initial=asdict(saved.address))
    if form.is_valid():
        try:
            change_address(saved, form.address)
        except AddressSavedTwice:
            form.add_error(None, _("You already keep this address."))
        else:
            messages.success(request, _("The address has been changed."))
            return redirect("orders:address_list")
    trail = [(_("My addresses"), reverse("orders:address_list")), (_("Change address"), "")]
    return render(request, "orders/address_change.html", {"form": form, "trail": trail})


@member_required
@require_POST
def address_prefer(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose an address first at the next order."""
    get_object_or_404(request.membership.addresses, pk=pk)
    request.membership.addresses.filter(pk=pk).update(used_at=timezone.now())
    messages.success(request, _("This address is chosen first when you order."))
    return redirect("orders:address_list")


@member_required
@require_POST
def address_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Throw an address away."""
    get_object_or_404(request.membership.addresses, pk=pk).delete()
    messages.success(request, _("The address has been removed."))
    return redirect("orders:address_list")
