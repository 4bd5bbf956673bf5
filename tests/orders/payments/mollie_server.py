"""A Mollie of our own: payments and refunds of its API v2 over real HTTP, with books that a test reads and writes.

Faults are set by hand, one for each request that is to go wrong: `mollie.faults = ["500", "hang"]`.
"""

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "test_aGoodKeyOfThirtyCharacters0123"
SLOW = 0.3  # seconds, of a slow answer
NEVER = 10.0  # seconds: longer than the tests let the client wait
PAGE = b"<!doctype html><title>Mollie</title><link rel=icon href=data:,><h1>Mollie</h1>"


class Refused(Exception):
    """Mollie answers with an error of this status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class MollieServer:
    """The provider's side. `payments` are its books, `requests` what it was asked, newest last."""

    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.chargebacks: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        self.faults: list[str] = []
        self.before_cancel: Callable[[str], None] = lambda provider_id: None
        self._kept: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "MollieServer":
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def put(self, status: str, *, provider_id: str = "", **fields: Any) -> None:
        """Let a payment, by default the last, be in `status`; an ended one has no page to pay on."""
        payment = self.payments[provider_id or list(self.payments)[-1]]
        payment.update(status=status, isCancelable=status == "open", **fields)
        if status != "open":
            payment["_links"].pop("checkout", None)

    def charge_back(self, value: str) -> dict[str, Any]:
        """Let the bank of who paid last take `value` back. Returns the chargeback; `reversedAt` may be set in it."""
        amount = {"currency": "EUR", "value": value}
        chargeback = {"resource": "chargeback", "id": f"chb_test{next(self._numbers)}", "amount": amount}
        self.chargebacks[list(self.payments)[-1]].append(chargeback | {"reversedAt": None})
        return self.chargebacks[list(self.payments)[-1]][-1]

    def fail_refund(self, status: str = "failed") -> None:
        """Let the first refund of the last payment come to nothing: its amount can be given back again."""
        payment = self.payments[list(self.payments)[-1]]
        refund = self.refunds[payment["id"]][0]
        refund["status"] = status
        left = Decimal(payment["amountRemaining"]["value"]) + Decimal(refund["amount"]["value"])
        payment["amountRemaining"] = {"currency": "EUR", "value": str(left)}

    def forget_keys(self) -> None:
        """An hour passes, after which Mollie does not know an idempotency key any more."""
        self._kept.clear()

    def asked(self, method: str) -> list[dict[str, Any]]:
        """The bodies of the requests of `method`."""
        return [body for asked, _path, body, _headers in self.requests if asked == method]

    def answer(self, method: str, address: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """What the API says. One idempotency key has one answer, however the books change."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            asked = urlsplit(address)
            embed = parse_qs(asked.query).get("embed", [""])[0].split(",")
            answer = json.loads(json.dumps(self._act(method, asked.path.strip("/").split("/")[1:], body, embed)))
            if method == "POST":
                self._kept[key] = answer
        return answer

    def _act(self, method: str, parts: list[str], body: dict[str, Any], embed: list[str]) -> dict[str, Any]:
        if method == "POST" and parts == ["payments"]:
            return self._create(body)
        if parts[0] != "payments" or parts[1] not in self.payments:
            raise Refused(404, f"No payment exists with token {parts[1]}.")
        payment = self.payments[parts[1]]
        if method == "POST":
            return self._refund(payment, body)
        if method == "DELETE":
            return self._cancel(payment)
        wanted = {"refunds": self.refunds[payment["id"]], "chargebacks": self.chargebacks[payment["id"]]}
        return payment | {"_embedded": {name: wanted[name] for name in embed if name in wanted}}

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        provider_id = f"tr_test{next(self._numbers):04d}"
        self.refunds[provider_id], self.chargebacks[provider_id] = [], []
        self.payments[provider_id] = {
            **body,
            "resource": "payment",
            "id": provider_id,
            "status": "open",
            "isCancelable": True,
            "amountRemaining": body["amount"],
            "_links": {"checkout": {"href": f"{self.url}/checkout/{provider_id}", "type": "text/html"}},
        }
        return self.payments[provider_id]

    def _cancel(self, payment: dict[str, Any]) -> dict[str, Any]:
        self.before_cancel(payment["id"])
        if not payment["isCancelable"]:
            raise Refused(422, "The payment cannot be canceled.")
        self.put("canceled", provider_id=payment["id"])
        return payment

    def _refund(self, payment: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        remaining = Decimal(payment["amountRemaining"]["value"]) - Decimal(body["amount"]["value"])
        if payment["status"] != "paid" or remaining < 0:
            raise Refused(422, "The amount is higher than the maximum.")
        payment["amountRemaining"] = {"currency": "EUR", "value": str(remaining)}
        refund = {**body, "resource": "refund", "id": f"re_test{next(self._numbers):04d}", "status": "pending"}
        self.refunds[payment["id"]].append(refund)
        return refund

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(_Handler):
            mollie = server

        return Handler


class _Handler(BaseHTTPRequestHandler):
    mollie: MollieServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        self.mollie.requests.append((self.command, self.path, body, dict(self.headers)))
        if self.path.startswith("/checkout/"):
            self._say(200, PAGE, "text/html")
        elif self.mollie.faults:
            self._go_wrong(self.mollie.faults.pop(0), self.path, body)
        else:
            self._answer(self.path, body)

    do_POST = do_DELETE = do_GET

    def log_message(self, *words: object) -> None:
        """Nothing on the terminal of the tests."""

    def _answer(self, path: str, body: dict[str, Any]) -> None:
        try:
            if self.headers["Authorization"] != f"Bearer {KEY}":
                raise Refused(401, "Missing authentication, or failed to authenticate")
            answer = self.mollie.answer(self.command, path, body, self.headers.get("Idempotency-Key", ""))
            self._say(201 if self.command == "POST" else 200, json.dumps(answer).encode())
        except Refused as refused:
            self._refuse(refused.status, refused.detail)

    def _go_wrong(self, fault: str, path: str, body: dict[str, Any]) -> None:
        if fault.isdigit():
            self._refuse(int(fault), "Something is wrong.")
        elif fault == "slow":
            time.sleep(SLOW)
            self._answer(path, body)
        elif fault == "hang":
            time.sleep(NEVER)
            self.close_connection = True
        elif fault == "cut":  # before any answer
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif fault == "lost":  # Mollie did it, and its answer does not arrive
            self.mollie.answer(self.command, path, body, self.headers.get("Idempotency-Key", ""))
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif fault == "half":
            self._say(200, b'{"id": "tr_test0001", "sta', length=4000)
            self.close_connection = True
        else:
            self._say(200, fault.encode())

    def _refuse(self, status: int, detail: str) -> None:
        self._say(status, json.dumps({"status": status, "title": "Refused", "detail": detail}).encode())

    def _say(self, status: int, body: bytes, kind: str = "application/hal+json", length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
