"""Pages of the cart, the checkout and an employee's own orders."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orders.cart import ProductNotVisible, SoldOut, add_to_cart, cart_lines, change_quantity
from orders.checkout import CartChanged, CartEmpty, CheckoutRefusal, place_order
from orders.forms import ADDRESS_FIELDS, AddForm, CheckoutForm, QuantityForm
from orders.giving_back import given_so_far, last_day, way_back
from orders.limits import OverLimit
from orders.models import CartLine, GiveBack, Order, OrderLine, SavedAddress
from orders.payment_views import go_and_pay
from orders.payments.mollie_settings import ways_to_pay
from orders.postal_address import save_address
from orders.questions import thread_of
from orders.quote import Quote, payable_on_shelves, quote_cart
from orders.receipts import receipt_pdf
from orders.standing import delivery_of, standing_of, with_standing
from orders.timeline import timeline
from portals.http import PortalRequest, member_required, shop_required

PAGE = 20
# What the page of an order shows of a line; the texts of its product are long.
LINE_COLUMNS = ("order", "sku", "name", "quantity", "unit_price", "total", "credit", "own_money", "product__picture")


@shop_required
@require_safe
def cart_show(request: PortalRequest) -> HttpResponse:
    """The cart with what it costs, and what changed since its products were put in."""
    return render(request, "orders/cart.html", {"quote": _quote(request)})


@shop_required
@require_http_methods(["GET", "HEAD", "POST"])
def cart_add(request: PortalRequest) -> HttpResponse:
    """Put a product in the cart. A product that this portal does not show is answered as one that does not exist.

    Who arrives without a form, as after logging in again, is led to the cart.
    """
    if request.method != "POST":
        return redirect("orders:cart_show")
    form = AddForm(request.POST)
    if not form.is_valid():
        return _ask_quantity_again(request, form)
    data = form.cleaned_data
    try:
        line = add_to_cart(
            request.membership, product_id=data["product"], quantity=data["quantity"], now=timezone.now()
        )
    except ProductNotVisible:
        raise Http404 from None
    except OverLimit as refusal:
        messages.warning(request, str(refusal.reached))
    except SoldOut:
        messages.warning(request, _("This product is sold out, so it was not put in your cart."))
    else:
        if data["from_wishes"]:
            request.membership.wishes.filter(product=line.product).delete()
        _tell_what_is_in_the_cart(request, line)
    return redirect("orders:cart_show")


@shop_required
@require_http_methods(["GET", "HEAD", "POST"])
def cart_update(request: PortalRequest, pk: int) -> HttpResponse:
    """Change how much of a product is in the cart, or take it out. Who arrives without a form is led to the cart."""
    line = get_object_or_404(request.membership.cart_lines.select_related("product"), pk=pk)
    if request.method != "POST":
        return redirect("orders:cart_show")
    form = QuantityForm(request.POST)
    line.membership = request.membership
    if form.is_valid():
        try:
            change_quantity(line, quantity=form.cleaned_data["quantity"])
        except OverLimit as refusal:
            form.add_error("quantity", str(refusal.reached))
        else:
            return redirect("orders:cart_show")
    return render(request, "orders/cart.html", {"quote": _quote(request), "wrong_line": line.pk, "wrong_form": form})


@shop_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: PortalRequest) -> HttpResponse:
    """Ask for the address, show what will be ordered, and order it once."""
    book = list(request.membership.addresses.all())
    sent = request.POST if request.method == "POST" else None
    form = CheckoutForm(sent, book=book, initial=_first_address(request, book))
    if form.is_valid():
        try:
            order = _place(request, form)
        except CartEmpty:
            messages.info(request, _("Your cart is empty. Orders that you placed are under My orders."))
        except CartChanged:
            messages.warning(request, _("Something changed since you opened this page. Nothing has been ordered yet."))
        except CheckoutRefusal:
            return redirect("orders:cart_show")
        else:
            return go_and_pay(request, order)
    quote = _quote(request)
    if not quote.can_be_ordered:
        return redirect("orders:cart_show")
    return render(request, "orders/checkout.html", {"form": form, "quote": quote, "ways_to_pay": ways_to_pay()})


@member_required
@require_safe
def order_list(request: PortalRequest) -> HttpResponse:
    """The employee's own orders in this portal, newest first."""
    orders = request.membership.orders.annotate(quantity=Sum("lines__quantity")).order_by("-placed_at", "-pk")
    page = Paginator(with_standing(orders), PAGE).get_page(request.GET.get("page"))
    pages = page.paginator.get_elided_page_range(page.number)
    rows = [(order, standing_of(order, order.events.all(), list(order.give_backs.all()))) for order in page]
    return render(request, "orders/order_list.html", {"page": page, "pages": pages, "rows": rows})


@member_required
@require_safe
def order_show(request: PortalRequest, number: str) -> HttpResponse:
    """An order with its lines and payments; straight after ordering it opens with a word of thanks."""
    order = _own_order(request, number)
    events, now = list(order.events.all()), timezone.now()
    given = given_so_far(order, events)
    lines = list(order.lines.select_related("product").only(*LINE_COLUMNS))
    something_left = _something_left(lines, given)
    context = {
        "order": order,
        "standing": standing_of(order, events, given),
        "delivery": delivery_of(order, events, now=now),
        "lines": lines,
        "payments": list(order.payments.all()) if order.own_money else [],
        "steps": timeline(order, events),
        "given": given,
        "way_back": way_back(order, events, now=now) if something_left else None,
        "something_left": something_left,
        "return_until": last_day(events),
        "ways_to_pay": ways_to_pay(),
        "thread": thread_of(order),
        "is_new": "placed" in request.GET and order.is_confirmed,
        "trail": [(_("My orders"), reverse("orders:order_list")), (order.number, "")],
    }
    return render(request, "orders/order.html", context)


@member_required
@require_safe
def receipt_download(request: PortalRequest, number: str) -> HttpResponse:
    """The receipt of a confirmed order as PDF."""
    order = _own_order(request, number)
    if not order.confirmed_at:
        raise Http404
    response = HttpResponse(receipt_pdf(order), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{order.number}.pdf"'
    return response


def _something_left(lines: list[OrderLine], given: list[GiveBack]) -> bool:
    gone = sum(part.quantity for one in given for part in one.lines.all())
    return sum(line.quantity for line in lines) > gone


def _own_order(request: PortalRequest, number: str) -> Order:
    order: Order = get_object_or_404(request.membership.orders, number=number)
    order.portal, order.membership = request.portal, request.membership
    return order


def _quote(request: PortalRequest) -> Quote:
    lines = cart_lines(request.membership)
    return quote_cart(
        request.portal, lines, credit=request.credit, calendar=request.delivery, payable=payable_on_shelves
    )


def _tell_what_is_in_the_cart(request: PortalRequest, line: CartLine) -> None:
    """Say that something was put in; where more of it lies there now than can be sent, how many there are."""
    told = {"product": line.product.name, "quantity": line.quantity, "stock": line.product.stock}
    if line.quantity <= line.product.stock:
        messages.success(request, _("%(product)s is in your cart.") % told)
    else:
        text = _("%(product)s is in your cart %(quantity)s times, but there are %(stock)s in stock. Change that first.")
        messages.warning(request, text % told)


def _ask_quantity_again(request: PortalRequest, form: AddForm) -> HttpResponse:
    if "product" in form.errors:
        raise Http404
    return render(request, "orders/quantity.html", {"form": form})


def _first_address(request: PortalRequest, book: list[SavedAddress]) -> dict[str, str]:
    """What a new form is filled with: without a book, where the last order went; before the first, the name alone."""
    name = {"name": request.membership.user.name}
    if book or request.method == "POST":
        return name
    return request.membership.orders.values(*ADDRESS_FIELDS).first() or name


def _place(request: PortalRequest, form: CheckoutForm) -> Order:
    order = place_order(
        request.membership,
        address=form.address,
        form_token=form.cleaned_data["form_token"],
        shown=form.cleaned_data["shown"],
        now=timezone.now(),
        language=get_language() or "nl",
    )
    if form.keeps_address:
        save_address(request.membership, form.address, now=timezone.now())
    return order
