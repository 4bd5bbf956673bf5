"""Where an employee pays the own part of an order, comes back, and where the provider tells how it went."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders.forms import DemoOutcomeForm
from orders.models import DemoPayment, Order
from orders.payments.demo import finish
from orders.payments.port import PROVIDERS, ProviderUnavailable
from orders.settlement import NothingToPay, hear_webhook, settle_payment, start_payment
from portals.http import PortalRequest, member_required


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
    """A provider says that something changed. Known or not, it hears the same; the state is fetched, never believed."""
    if name not in PROVIDERS:
        raise Http404
    hear_webhook(request.portal, name, request.POST.dict(), now=timezone.now())
    return HttpResponse("ok", content_type="text/plain")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def demo_payment(request: PortalRequest, provider_id: str) -> HttpResponse:
    """The hosted page of the demo provider: the tester says how the payment ends, and the webhook is told."""
    own = request.portal.payments.filter(order__membership=request.membership, provider="demo")
    if settings.PAYMENT_PROVIDER != "demo" or not own.filter(provider_id=provider_id).exists():
        raise Http404
    payment = get_object_or_404(DemoPayment, provider_id=provider_id)
    form = DemoOutcomeForm(request.POST or None)
    if form.is_valid():
        finish(payment, form.state)
        for _telling in range(form.tellings):
            hear_webhook(request.portal, "demo", {"id": provider_id}, now=timezone.now())
        return HttpResponseRedirect(payment.return_url)
    return render(request, "orders/demo_payment.html", {"payment": payment, "form": form})


def go_and_pay(request: PortalRequest, order: Order) -> HttpResponse:
    """To the provider where something is left to pay, else to the order."""
    if not order.awaits_payment:
        return _thanks(order)
    try:
        return HttpResponseRedirect(start_payment(order, now=timezone.now()))
    except NothingToPay:
        messages.info(request, _("The time to pay this order is over."))
        return redirect("orders:order_show", number=order.number)
    except ProviderUnavailable:
        messages.warning(request, _("Paying does not work at the moment. Try again in a few minutes."))
        return redirect("orders:order_show", number=order.number)


def _thanks(order: Order) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('orders:order_show', args=[order.number])}?placed")
