"""Where an employee pays the own part of an order, comes back, and where the provider tells how it went."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders.forms import DemoOutcomeForm
from orders.models import DemoPayment, Order
from orders.payments.demo import finish
from orders.payments.port import PROVIDERS, ProviderUnavailable
from orders.settlement import NothingToPay, payment_told, settle_payment, start_payment
from orders.tasks import settle_told_payment
from portals.http import PortalRequest, member_required
from thuiswerk.lib.nudge import nudge


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment_start(request: PortalRequest, number: str) -> HttpResponse:
    """Pay, or try again to pay, the own part of an order. Who arrives without a form is led to the order."""
    order = get_object_or_404(request.membership.orders, number=number)
    if request.method != "POST":
        return redirect("orders:order_show", number=order.number)
    return go_and_pay(request, order)


@member_required
@require_safe
def payment_return(request: PortalRequest, number: str) -> HttpResponse:
    """Back from the provider: ask it how the last payment went, and show the order."""
    order = get_object_or_404(request.membership.orders, number=number)
    payment = order.payments.first()
    if payment is not None:
        try:
            settle_payment(payment, now=timezone.now())
        except ProviderUnavailable:
            messages.info(request, _("We have not heard from the bank yet. This page shows it as soon as we have."))
    return _thanks(order)


@csrf_exempt
@require_POST
def payment_webhook(request: PortalRequest, name: str) -> HttpResponse:
    """A provider says that something changed. It is never believed: a worker fetches the state.

    Known or not, it hears the same and as soon: nobody is asked while it waits.
    """
    if name not in PROVIDERS:
        raise Http404
    payment = payment_told(request.portal, name, request.POST.dict())
    if payment is not None:
        nudge(settle_told_payment, payment.pk)
    return HttpResponse("ok", content_type="text/plain")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def demo_payment(request: PortalRequest, provider_id: str) -> HttpResponse:
    """The hosted page of the demo provider: the tester says how the payment ends, and the webhook is told."""
    own = request.portal.payments.filter(order__membership=request.membership, provider="demo")
    told = own.filter(provider_id=provider_id).select_related("order__membership").first()
    if request.portal.payment_provider != "demo" or told is None:
        raise Http404
    payment = get_object_or_404(DemoPayment, provider_id=provider_id)
    form = DemoOutcomeForm(request.POST or None)
    if form.is_valid():
        finish(payment, form.state)
        for _telling in range(form.tellings):
            settle_payment(told, now=timezone.now())
        return HttpResponseRedirect(payment.return_url)
    return render(request, "orders/demo_payment.html", {"payment": payment, "form": form})


def go_and_pay(request: PortalRequest, order: Order) -> HttpResponse:
    """To the provider where something is left to pay, else to the order."""
    if not order.awaits_payment:
        return _thanks(order)
    try:
        return _leave(request, start_payment(order, now=timezone.now()))
    except NothingToPay:
        messages.info(request, _("The time to pay this order is over."))
        return redirect("orders:order_show", number=order.number)
    except ProviderUnavailable:
        messages.warning(request, _("Paying does not work at the moment. Try again in a few minutes."))
        return redirect("orders:order_show", number=order.number)


def _leave(request: PortalRequest, address: str) -> HttpResponse:
    """To a page of our own at once; to another host by a page in between.

    A browser lets no form lead to another host, also not by a redirect: the content policy names only our own.
    """
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(address)
    return render(request, "orders/leave.html", {"address": address})


def _thanks(order: Order) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('orders:order_show', args=[order.number])}?placed")
