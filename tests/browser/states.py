"""Every page that people meet on the host of a portal, in each of its states, by the name of its address.

What stands in braces is the name of something that its scene made. A page that is not listed here fails the walk.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """A page as it opens at `path`, or where `form` is sent from there with `sends` in its fields."""

    path: str
    sends: dict[str, str] | None = None
    form: str = "main form[method=post]"
    status: int = 200


def sent(path: str, sends: dict[str, str], form: str = State.form) -> State:
    return State(path, sends, form)


TO_COMPARISON = "main form[action='/compare/']"
TO_CART = "main form[action='/cart/lines/']"
ADDRESS = {"name": "", "street": "", "house_number": "x", "postal_code": "12", "city": ""}
PASSWORDS = {"oldpassword": "wrong", "password1": "a", "password2": "b"}

# Bob, who has done all that there is to do.
FULL = {
    "portals:home": [State("/")],
    "catalog:category_show": [
        State("/categories/{shelf}/"),
        State("/categories/{shelf}/?brand=Huismerk&max=300"),
        State("/categories/{shelf}/?min=x&max=y"),
        State("/categories/{shelf}/?brand=Huismerk&min=9000"),
        State("/categories/{empty_shelf}/"),
    ],
    "catalog:product_show": [
        State("/products/{chair}/"),
        State("/products/{outside}/"),
        State("/products/{sold_out}/"),
    ],
    "catalog:search": [State(f"/search/?q={words}") for words in ("stoel", "buraustoel", "zwembad", "")],
    "catalog:wish_list": [State("/wishes/")],
    "catalog:comparison": [
        sent("/products/{chair}/", {"product": "{chair_pk}"}, TO_COMPARISON),
        sent("/products/{sold_out}/", {"product": "{sold_out_pk}"}, TO_COMPARISON),
    ],
    "orders:cart_show": [State("/cart/")],
    "orders:cart_update": [sent("/cart/", {"quantity": "0x"}, "main form.quantity")],
    "orders:cart_add": [
        sent("/products/{chair}/", {"quantity": ""}, TO_CART),
        sent("/products/{limited}/", {"quantity": "5"}, TO_CART),
    ],
    "orders:address_list": [State("/addresses/")],
    "orders:address_add": [State("/addresses/new/"), sent("/addresses/new/", ADDRESS)],
    "orders:address_change": [State("/addresses/{address}/"), sent("/addresses/{address}/", ADDRESS)],
    "orders:order_list": [State("/orders/")],
    "orders:order_show": [
        State("/orders/{delivered}/?placed"),
        *(State(f"/orders/{{{name}}}/") for name in ("fresh", "unpaid", "failed", "lapsed", "cancelled", "delivered")),
    ],
    "orders:order_cancel": [State("/orders/{unpaid}/cancel/")],
    "orders:withdrawal_start": [State("/orders/{fresh}/withdrawal/"), State("/orders/{delivered}/withdrawal/")],
    "orders:withdrawal_confirm": [
        State("/orders/{delivered}/withdrawal/confirm/?line-{line}=7"),
        State("/orders/{delivered}/withdrawal/confirm/?line-{line}=1"),
        State("/orders/{fresh}/withdrawal/confirm/?everything=1"),
    ],
    "orders:demo_payment": [State("/payments/demo/{open}/"), State("/payments/demo/{ended}/")],
    "orders:help_show": [State("/help/")],
    "orders:terms_show": [State("/help/terms/")],
    "orders:accessibility_show": [State("/help/accessibility/")],
    "orders:employer_show": [State("/help/employer/")],
    "orders:question_list": [State("/help/questions/"), sent("/help/questions/", {})],
    "orders:question_show": [
        State("/help/questions/{asked}/"),
        State("/help/questions/{answered}/"),
        sent("/help/questions/{asked}/", {}),
    ],
    "billing:statement": [State("/credit/")],
    "account_change_password": [State("/account/password/change/"), sent("/account/password/change/", PASSWORDS)],
    "account_logout": [State("/account/logout/")],
    "nowhere": [State("/nowhere/", status=404)],
}

# Dana, who came today, and has no credit yet.
EMPTY = {
    "portals:home": [State("/")],
    "catalog:wish_list": [State("/wishes/")],
    "catalog:comparison": [State("/compare/")],
    "orders:cart_show": [State("/cart/")],
    "orders:address_list": [State("/addresses/")],
    "orders:order_list": [State("/orders/")],
    "orders:employer_show": [State("/help/employer/")],
    "orders:question_list": [State("/help/questions/")],
    "billing:statement": [State("/credit/")],
    "orders:checkout": [
        sent("/products/{chair}/", {"quantity": "2"}, TO_CART),
        State("/checkout/"),
        sent("/checkout/", ADDRESS),
    ],
}

# Alice, who keeps addresses and has a cart that can be ordered.
CHECKOUT = {"orders:checkout": [State("/cart/"), State("/checkout/"), sent("/checkout/", {"saved": ""})]}

# Who has not logged in.
STRANGER = {
    "account_login": [State("/account/login/"), sent("/account/login/", {"email": "x", "password": ""})],
    "account_reset_password": [State("/account/password/reset/"), sent("/account/password/reset/", {"email": "x"})],
    "account_request_login_code": [State("/account/login/code/"), sent("/account/login/code/", {"email": "x"})],
    "account_confirm_login_code": [
        sent("/account/login/code/", {"email": "bob@acme.example"}),
        sent("/account/login/code/confirm/", {"code": "wrong"}),
    ],
    "portals:preview_open": [State("/preview/?token=x", status=403)],
}

# Before the shop opens, while it is paused and after its end: what everybody meets, and what stays for Bob.
CLOSED = {
    "portals:home": [State("/"), State("/cart/", status=403)],
    "orders:order_show": [State("/orders/{delivered}/")],
    "orders:help_show": [State("/help/")],
}

# The pages of the main host that are not the back office.
MAIN = {
    "home": [State("/")],
    "how_it_works": [State("/how-it-works/")],
    **{name: states for name, states in STRANGER.items() if name.startswith("account_") and "code" not in name},
    "account_request_login_code": STRANGER["account_request_login_code"],
    "demo_home": [State("/demo/")],
    "demo_mail_list": [State("/demo/mail/")],
    "demo_mail_show": [State("/demo/mail/{mail}/")],
    "nowhere": [State("/nowhere/", status=404)],
}
