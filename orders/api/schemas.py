"""The bodies of the API, as JSON Schema 2020-12 with an example each."""

from typing import Any

from orders.api.products import MOST_STOCK
from orders.api.schema import Schema
from orders.models import ON_THE_WAY, OrderState
from orders.postal_address import COUNTRIES

MOST_LINES = 500


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **more,
    }


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _number(description: str, **more: Any) -> Schema:
    return {"type": "integer", "description": description, **more}


_PRICE = _text(
    "Price of one in euro, including VAT.", pattern=r"^(?!0\.00$)(0|[1-9][0-9]{0,9})\.[0-9]{2}$", examples=["49.99"]
)
_AMOUNT = _text("Amount in euro, including VAT.", pattern=r"^(0|[1-9][0-9]*)\.[0-9]{2}$", examples=["149.50"])
_SKU = _text("The SKU of the product.", minLength=1, maxLength=40)
_MOMENT = _text("A moment after RFC 3339.")
_STEP = _text("The step.", enum=[str(step.value) for step in ON_THE_WAY])

_LINE = _object(
    {
        "sku": _SKU,
        "stock": _number("How many can be sold from now on.", minimum=0, maximum=MOST_STOCK),
        "stock_change": _number(
            "How many more, or with a minus how many fewer, can be sold.", minimum=-MOST_STOCK, maximum=MOST_STOCK
        ),
        "price": _PRICE,
    },
    optional=("stock", "stock_change", "price"),
    minProperties=2,
    description="At least one of stock, stock_change and price; stock and stock_change not together.",
)
_LINE["not"] = {"required": ["stock", "stock_change"]}
UPDATES = _object({"lines": _list(_LINE, minItems=1, maxItems=MOST_LINES)})
UPDATES_EXAMPLE = {
    "lines": [
        {"sku": "CHAIR-1", "stock": 12, "price": "259.00"},
        {"sku": "DESK-1", "stock_change": -3},
        {"sku": "LAMP-1", "stock": 5},
    ]
}
_OUTCOME = _object(
    {
        "sku": _SKU,
        "result": _text("What became of the line.", enum=["changed", "same", "refused"]),
        "reason": _text("Why it was refused.", enum=["unknown_sku", "stock_below_zero", "stock_too_high"]),
        "stock": _number("How many can be sold now; not there for an unknown SKU.", minimum=0),
        "price": _AMOUNT,
    },
    optional=("reason", "stock", "price"),
)
OUTCOMES = _object({"lines": _list(_OUTCOME, description="One for each line that was sent, in the same order.")})
OUTCOMES_EXAMPLE = {
    "lines": [
        {"sku": "CHAIR-1", "result": "changed", "stock": 12, "price": "259.00"},
        {"sku": "DESK-1", "result": "refused", "reason": "stock_below_zero", "stock": 2, "price": "399.00"},
        {"sku": "LAMP-1", "result": "refused", "reason": "unknown_sku"},
    ]
}

_ADDRESS = _object(
    {
        **{name: _text() for name in ("name", "street", "house_number", "postal_code", "city")},
        "country": _text("ISO 3166-1.", enum=[code for code, _name in COUNTRIES]),
    },
    description="Where it goes.",
)
_ORDER_LINE = _object(
    {
        "sku": _SKU,
        "name": _text("The name of the product in the language of the order."),
        "quantity": _number("How many were ordered.", minimum=1),
        "given_back": _number("How many of them were cancelled or came back.", minimum=0),
        "unit_price": _AMOUNT,
        "vat_rate": _text("The rate of VAT in per cent.", enum=["21.00", "9.00", "0.00"]),
    }
)
ORDER = _object(
    {
        "number": _text("The number of the order."),
        "portal": _text("The name of the portal in its address."),
        "state": _text("Where the order stands.", enum=[str(state.value) for state in OrderState]),
        "placed_at": _MOMENT,
        "language": _text("The language of the employee.", enum=["nl", "en"]),
        "address": _ADDRESS,
        "total": _AMOUNT,
        "lines": _list(_ORDER_LINE, description="What was ordered, as it was."),
    }
)
ORDER_EXAMPLE = {
    "number": "TW26-100042",
    "portal": "acme",
    "state": "confirmed",
    "placed_at": "2026-11-16T09:00:00+00:00",
    "language": "nl",
    "address": {
        "name": "Bob de Vries",
        "street": "Lindelaan",
        "house_number": "12 B",
        "postal_code": "3512 AB",
        "city": "Utrecht",
        "country": "NL",
    },
    "total": "249.00",
    "lines": [
        {
            "sku": "CHAIR-1",
            "name": "Bureaustoel Nova",
            "quantity": 1,
            "given_back": 0,
            "unit_price": "249.00",
            "vat_rate": "21.00",
        }
    ],
}

_TRACKING = _text("Where the employee follows the parcel.", format="uri", minLength=1, maxLength=300)
STEP = _object({"step": _STEP, "tracking_url": _TRACKING}, optional=("tracking_url",))
STEP_EXAMPLE = {"step": "shipped", "tracking_url": "https://parcels.example/track/3S0123"}
_TAKEN = _object({"step": _STEP, "at": _MOMENT, "tracking_url": _text("Empty where none was told.")})
STEPS = _object(
    {"number": _text("The number of the order."), "steps": _list(_TAKEN, description="Those that were taken.")}
)
STEPS_EXAMPLE = {
    "number": "TW26-100042",
    "steps": [
        {"step": "packed", "at": "2026-11-16T09:00:00+00:00", "tracking_url": ""},
        {"step": "shipped", "at": "2026-11-16T09:00:00+00:00", "tracking_url": "https://parcels.example/track/3S0123"},
    ],
}
