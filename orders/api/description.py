"""What the API offers. Its addresses, the checks of bodies, the OpenAPI document and its page all follow from this."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orders.api import problems as problem
from orders.api import schemas
from orders.api.models import ApiToken, Scope
from orders.api.problems import Problem
from orders.api.products import update_products
from orders.api.schema import Schema
from orders.api.steps import read_order, take_step

VERSION = "1.0.0"
BASE = "/api/v1/"
MOST_BYTES = 128 * 1024
_OF_ALL = (problem.NO_TOKEN, problem.OUT_OF_SCOPE, problem.TOO_MANY, problem.FAILED)
_FOR_BODIES = (problem.TOO_LARGE, problem.NO_JSON, problem.INVALID)
_FOR_KEYS = (problem.NO_KEY, problem.IN_FLIGHT, problem.KEY_REUSED)
TITLE = "Thuiswerk API"
INTRODUCTION = (
    "For the systems of the operator: stock and prices in, orders out, and what is on its way in. A token reaches the "
    "products and orders of every portal; companies and employees have none. Amounts are texts in euro with two "
    "decimals, including VAT. Moments are texts after RFC 3339. Refusals are problem details after RFC 9457."
)


@dataclass(frozen=True)
class Call:
    """A request that may be done: by whom, with what in its body, and when."""

    token: ApiToken
    body: Any
    now: dt.datetime


@dataclass(frozen=True)
class Operation:
    """One thing that the API does. `act` takes the call and the parts of the path; `path` stands below `BASE`.

    With a `body` it is a write, and is done once for its Idempotency-Key.
    """

    name: str
    method: str
    path: str
    scope: Scope
    summary: str
    text: str
    act: Callable[..., dict[str, Any]]
    answer: Schema
    told: dict[str, Any]
    body: Schema | None = None
    sent: dict[str, Any] | None = None
    own_refusals: tuple[Problem, ...] = ()

    @property
    def refusals(self) -> list[Problem]:
        """Every way in which it says no, by status."""
        found = {*_OF_ALL, *self.own_refusals, *(_FOR_BODIES + _FOR_KEYS if self.body else ())}
        return sorted(found, key=lambda refusal: (refusal.status, refusal.slug))


def _update(call: Call) -> dict[str, Any]:
    return {"lines": update_products(call.token, call.body["lines"], now=call.now)}


def _read(call: Call, number: str) -> dict[str, Any]:
    return read_order(number)


def _take_step(call: Call, number: str) -> dict[str, Any]:
    return take_step(call.token, number, call.body, now=call.now)


OPERATIONS = (
    Operation(
        name="updateProducts",
        method="POST",
        path="product-updates/",
        scope=Scope.CATALOGUE,
        summary="Set stock and prices of products",
        text=(
            "Each line is done whole or not at all, one after the other, and the answer tells of each, in the same "
            "order, what became of it. A line that is refused does not hold up the others. Stock is what can still "
            "be sold: what was ordered here is already off it, and a count of the shelves has to leave out what waits "
            "to be sent. A stock_change is added to what there is, and never loses an order that came in meanwhile."
        ),
        act=_update,
        body=schemas.UPDATES,
        answer=schemas.OUTCOMES,
        sent=schemas.UPDATES_EXAMPLE,
        told=schemas.OUTCOMES_EXAMPLE,
    ),
    Operation(
        name="readOrder",
        method="GET",
        path="orders/<slug:number>/",
        scope=Scope.ORDERS,
        summary="Read an order",
        text=(
            "The order as it is now, in the form in which webhooks tell of it: there from the moment that it is "
            "confirmed, and also when it was cancelled after that."
        ),
        act=_read,
        answer=schemas.ORDER,
        told=schemas.ORDER_EXAMPLE,
        own_refusals=(problem.UNKNOWN_ORDER,),
    ),
    Operation(
        name="takeStep",
        method="POST",
        path="orders/<slug:number>/steps/",
        scope=Scope.ORDERS,
        summary="Tell that an order is packed, shipped or delivered",
        text=(
            "The employee sees it on the page of the order and is mailed when it is shipped and when it is delivered. "
            "A step implies those before it and is taken once: told again, nothing changes. A packed order can no "
            "longer be cancelled. The tracking link counts with the step shipped, when that is first told."
        ),
        act=_take_step,
        body=schemas.STEP,
        answer=schemas.STEPS,
        sent=schemas.STEP_EXAMPLE,
        told=schemas.STEPS_EXAMPLE,
        own_refusals=(problem.UNKNOWN_ORDER, problem.NOT_CONFIRMED),
    ),
)
