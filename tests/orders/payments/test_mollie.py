"""The Mollie provider keeps the promises of the port: the official client against a Mollie of our own."""

import re
import threading
import time
from decimal import Decimal
from traceback import format_exception

import pytest
import structlog

from orders.payments.mollie import MollieProvider
from orders.payments.port import ProviderUnavailable, RemoteState, UnknownPayment, provider
from tests.orders.payments.mollie_server import KEY, SLOW, MollieServer

AMOUNT = Decimal("149.00")
RETURN = "https://acme.thuiswerk.example/orders/TW26-1/return/"
# What may go wrong with one question; `hang` and a body that cannot be used are not asked again.
PASSING = ("409", "429", "500", "502", "503", "cut", "lost")
LASTING = ("400", "401", "403", "422", "half", "", "[]", "{}", "no JSON", '"text"', '{"id": "tr_test0001"}')
PAYER = "J. de Vries NL91ABNA0417164300"


def opened(key: str = "TW26-1-1", **changes: object) -> str:
    asked = {"key": key, "amount": AMOUNT, "description": "Acme TW26-1", "return_url": RETURN, "locale": "nl_NL"}
    return MollieProvider().create(**(asked | changes)).provider_id


def paid(mollie: MollieServer) -> str:
    provider_id = opened()
    mollie.put("paid")
    return provider_id


def test_provider_of_the_settings_is_mollie(mollie: MollieServer):
    assert isinstance(provider(), MollieProvider)


def test_create_asks_for_all_that_mollie_needs_and_for_nothing_personal(mollie: MollieServer):
    opened()

    (method, path, body, headers) = mollie.requests[0]
    assert (method, path) == ("POST", "/v2/payments")
    assert body == {
        "amount": {"currency": "EUR", "value": "149.00"},
        "description": "Acme TW26-1",
        "redirectUrl": RETURN,
        "webhookUrl": "https://acme.thuiswerk.example/payments/mollie/webhook/",
        "method": ["ideal", "creditcard", "bancontact"],
        "locale": "nl_NL",
        "metadata": {"key": "TW26-1-1"},
    }
    assert (headers["Idempotency-Key"], headers["Authorization"]) == ("TW26-1-1", f"Bearer {KEY}")
    assert headers["X-Mollie-Client-Info"] == "Thuiswerk"


@pytest.mark.parametrize(
    ("locale", "asked"), [("nl_NL", "nl_NL"), ("nl_BE", "nl_BE"), ("en_NL", "en_US"), ("en_BE", "en_US")]
)
def test_create_asks_for_a_language_that_mollie_speaks(mollie: MollieServer, locale: str, asked: str):
    opened(locale=locale)

    assert mollie.asked("POST")[0]["locale"] == asked


@pytest.mark.parametrize(("amount", "written"), [("0.5", "0.50"), ("1234.5", "1234.50"), ("10", "10.00")])
def test_amounts_have_two_decimals(mollie: MollieServer, amount: str, written: str):
    opened(amount=Decimal(amount))

    assert mollie.asked("POST")[0]["amount"] == {"currency": "EUR", "value": written}


def test_one_way_to_pay_leads_straight_to_it(mollie: MollieServer, settings):
    settings.MOLLIE_METHODS = "bancontact=Bancontact"

    opened()

    assert mollie.asked("POST")[0]["method"] == "bancontact"


@pytest.mark.parametrize("host", ["localhost:8000", "acme.localhost:8000"])
def test_no_webhook_is_asked_for_where_mollie_cannot_come(mollie: MollieServer, host: str):
    opened(return_url=f"http://{host}/orders/TW26-1/return/")

    assert "webhookUrl" not in mollie.asked("POST")[0]


def test_create_with_the_same_key_is_the_same_payment(mollie: MollieServer):
    assert opened() == opened()
    assert opened("TW26-1-2") != opened()
    assert len(mollie.payments) == 2


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("open", RemoteState.OPEN),
        ("pending", RemoteState.OPEN),
        ("authorized", RemoteState.OPEN),
        ("paid", RemoteState.PAID),
        ("failed", RemoteState.FAILED),
        ("canceled", RemoteState.CANCELLED),
        ("expired", RemoteState.EXPIRED),
    ],
)
def test_fetch_says_how_a_payment_stands(mollie: MollieServer, status: str, state: RemoteState):
    provider_id = opened()
    mollie.put(status)

    remote = MollieProvider().fetch(provider_id)

    assert (remote.provider_id, remote.state, remote.amount) == (provider_id, state, AMOUNT)


def test_paid_stays_paid_when_it_is_given_back(mollie: MollieServer):
    provider_id = paid(mollie)
    MollieProvider().refund(provider_id, amount=AMOUNT, key="TW26-1-back")

    assert MollieProvider().fetch(provider_id).state == RemoteState.PAID


def test_pay_url_is_the_page_of_mollie_while_there_is_one(mollie: MollieServer):
    provider_id = opened()
    assert MollieProvider().fetch(provider_id).pay_url == f"{mollie.url}/checkout/{provider_id}"

    mollie.put("pending")
    assert MollieProvider().fetch(provider_id).pay_url == RETURN


@pytest.mark.parametrize("change", [{"status": "new"}, {"amount": {"currency": "USD", "value": "149.00"}}])
def test_what_we_do_not_know_is_not_guessed(mollie: MollieServer, change: dict):
    provider_id = opened()
    mollie.payments[provider_id].update(change)

    with pytest.raises(ProviderUnavailable):
        MollieProvider().fetch(provider_id)


def test_cancel_closes_what_can_be_cancelled(mollie: MollieServer):
    provider_id = opened()

    MollieProvider().cancel(provider_id)

    assert MollieProvider().fetch(provider_id).state == RemoteState.CANCELLED


@pytest.mark.parametrize("status", ["open", "pending", "paid"])
def test_cancel_does_not_ask_for_what_cannot_be_cancelled(mollie: MollieServer, status: str):
    provider_id = opened()
    mollie.put(status)
    mollie.payments[provider_id]["isCancelable"] = False

    MollieProvider().cancel(provider_id)

    assert mollie.asked("DELETE") == []


def test_cancel_leaves_what_is_paid_in_between(mollie: MollieServer):
    provider_id = opened()
    mollie.before_cancel = lambda asked: mollie.put("paid", provider_id=asked)

    MollieProvider().cancel(provider_id)

    assert MollieProvider().fetch(provider_id).state == RemoteState.PAID


def test_refunds_add_up_and_each_key_counts_once(mollie: MollieServer):
    provider_id = paid(mollie)

    for key, amount in (("a", "49.00"), ("a", "49.00"), ("b", "49.00"), ("c", "50.99")):
        MollieProvider().refund(provider_id, amount=Decimal(amount), key=key)

    assert [refund["amount"]["value"] for refund in mollie.refunds[provider_id]] == ["49.00", "49.00", "50.99"]
    assert mollie.payments[provider_id]["amountRemaining"]["value"] == "0.01"


def test_refund_is_made_once_even_when_mollie_has_forgotten_its_key(mollie: MollieServer):
    provider_id = paid(mollie)
    mollie.faults = ["slow", "lost", "lost"]
    with pytest.raises(ProviderUnavailable):
        MollieProvider().refund(provider_id, amount=Decimal("49.00"), key="a")
    mollie.forget_keys()

    MollieProvider().refund(provider_id, amount=Decimal("49.00"), key="a")

    assert [refund["amount"]["value"] for refund in mollie.refunds[provider_id]] == ["49.00"]


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_refund_that_came_to_nothing_is_made_again(mollie: MollieServer, status: str):
    provider_id = paid(mollie)
    MollieProvider().refund(provider_id, amount=Decimal("49.00"), key="a")
    mollie.refunds[provider_id][0]["status"] = status

    MollieProvider().refund(provider_id, amount=Decimal("49.00"), key="a")

    assert [refund["status"] for refund in mollie.refunds[provider_id]] == [status, "pending"]


def test_refund_made_by_hand_is_not_taken_for_ours(mollie: MollieServer):
    provider_id = paid(mollie)
    mollie.refunds[provider_id].append({"id": "re_1", "status": "refunded", "amount": {"value": "1.00"}})

    MollieProvider().refund(provider_id, amount=Decimal("49.00"), key="a")

    assert len(mollie.refunds[provider_id]) == 2


def test_refund_of_more_than_was_paid_is_refused(mollie: MollieServer):
    provider_id = paid(mollie)

    with pytest.raises(ProviderUnavailable, match="higher than the maximum"):
        MollieProvider().refund(provider_id, amount=Decimal("149.01"), key="a")


@pytest.mark.parametrize("fault", PASSING)
def test_passing_fault_is_got_over(mollie: MollieServer, fault: str):
    mollie.faults = [fault]

    opened()

    assert (len(mollie.payments), len(mollie.requests)) == (1, 2)


def test_slow_answer_is_waited_for(mollie: MollieServer):
    mollie.faults = ["slow"]
    began = time.monotonic()

    opened()

    assert (time.monotonic() - began >= SLOW, len(mollie.requests)) == (True, 1)


@pytest.mark.parametrize("fault", [*LASTING, *PASSING])
def test_lasting_fault_is_told_without_the_key(mollie: MollieServer, fault: str):
    provider_id = opened()
    mollie.faults = [fault] * 3

    with structlog.testing.capture_logs() as logs, pytest.raises(ProviderUnavailable) as refusal:
        MollieProvider().fetch(provider_id)

    assert not isinstance(refusal.value, UnknownPayment)
    assert [entry["event"] for entry in logs] == ["mollie_did_not_help"]
    assert KEY not in f"{logs} {format_exception(refusal.value)}"


@pytest.mark.parametrize("answer", [f'{{"consumerName": "{PAYER}"', f'{{"status": "{PAYER}"}}', f'["{PAYER}"]'])
def test_answer_that_cannot_be_read_tells_nobody_who_paid(mollie: MollieServer, answer: str):
    provider_id = opened()
    mollie.faults = [answer]

    with structlog.testing.capture_logs() as logs, pytest.raises(ProviderUnavailable) as refusal:
        MollieProvider().fetch(provider_id)

    assert logs[0]["event"] == "mollie_did_not_help"
    assert PAYER not in f"{logs} {format_exception(refusal.value)}"


def test_answer_that_does_not_come_is_given_up(mollie: MollieServer):
    provider_id = opened()
    mollie.faults = ["hang"] * 2
    began = time.monotonic()

    with pytest.raises(ProviderUnavailable):
        MollieProvider().fetch(provider_id)

    assert time.monotonic() - began < 6


def test_mollie_that_is_not_there_is_unavailable(mollie: MollieServer, settings):
    settings.MOLLIE_ENDPOINT = "http://127.0.0.1:1"

    with pytest.raises(ProviderUnavailable):
        MollieProvider().fetch("tr_test0001")


@pytest.mark.parametrize("fault", ["404", "410"])
@pytest.mark.parametrize("ask", ["fetch", "cancel"])
def test_payment_that_mollie_does_not_know_is_unknown(mollie: MollieServer, ask: str, fault: str):
    mollie.faults = [fault]

    with pytest.raises(UnknownPayment):
        getattr(MollieProvider(), ask)("tr_nothing")


def test_id_of_another_provider_is_unknown_without_asking(mollie: MollieServer):
    with pytest.raises(UnknownPayment):
        MollieProvider().fetch("demo_1")

    assert mollie.requests == []


@pytest.mark.parametrize("key", ["", "secretWithoutPrefix", "live_key with blanks"])
def test_malformed_key_is_never_sent_nor_quoted(mollie: MollieServer, settings, key: str):
    settings.MOLLIE_API_KEY = key

    with pytest.raises(ProviderUnavailable, match=re.escape("MOLLIE_API_KEY is missing or malformed.")) as refusal:
        MollieProvider().fetch("tr_test0001")

    assert (mollie.requests, refusal.value.__cause__, refusal.value.__context__) == ([], None, None)


def test_threads_share_nothing(mollie: MollieServer):
    made: list[str] = []
    mollie.faults = ["slow"] * 8
    threads = [threading.Thread(target=lambda key=key: made.append(opened(f"TW26-1-{key}"))) for key in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == sorted(mollie.payments)
    assert len(set(made)) == 8


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"id": "tr_7UhSN1zuXS"}, "tr_7UhSN1zuXS"),
        ({"id": "tr_a/../refunds"}, ""),
        ({"id": "tr_\0"}, ""),
        ({"id": "tr_" + "x" * 90}, ""),
        ({"id": "demo_1"}, ""),
        ({}, ""),
    ],
)
def test_identify_reads_an_id_of_a_payment_and_nothing_else(told: dict[str, str], read: str):
    assert MollieProvider().identify(told) == read
