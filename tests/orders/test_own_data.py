"""What an employee downloads: all of their own, nothing of anybody else."""

import csv
import io
import json
import uuid
import zipfile

import pytest
from django.test import Client

from catalog.wishes import add_wish
from orders.giving_back import give_back
from orders.own_data import LEFT_OUT, TABLES, as_json
from orders.questions import ask
from portals.models import Membership
from tests.orders.conftest import NOW, order_of, put, started
from tests.world import World, make_grant


@pytest.fixture
def full(world: World, today) -> World:
    """Bob has a row in every table; so have Alice, his colleague, and Charlie of globex."""
    for member in (world.alice, world.charlie):
        make_grant(member)
        order_of(member, world.chair)
        put(member, world.desk)
        save(member)
    started(world)
    put(world.bob, world.chair)
    add_wish(world.bob, product_id=world.desk.pk, now=NOW)
    save(world.bob)
    for member in (world.alice, world.bob, world.charlie):
        text = f"Thuis bij {member.user.name}"
        ask(member, order=None, subject="Kapot", text=text, form_token=uuid.uuid4(), now=NOW)
    return world


def save(member: Membership) -> None:
    member.addresses.create(portal=member.portal, name=f"Thuis bij {member.user.name}", used_at=NOW)


def downloaded(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response["Content-Disposition"].startswith("attachment")
    return response.content


def rows_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    text = io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def test_every_model_that_names_a_membership_is_exported_or_left_out_with_a_reason():
    related = {relation.related_model._meta.label for relation in Membership._meta.related_objects}
    exported = {table.model._meta.label for table in TABLES.values() if table.owner == "membership"}

    assert related == exported | LEFT_OUT.keys()
    assert exported.isdisjoint(LEFT_OUT)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


def test_json_has_every_row_of_the_employee(full: World, bob: Client):
    data = json.loads(downloaded(bob, "/help/data.json"))

    order, line = full.bob.orders.get(), full.bob.orders.get().lines.get()
    assert data["person"][0]["user_email"] == "bob@acme.example"
    assert [(row["amount"], row["remaining"]) for row in data["grants"]] == [("250.00", "0.00")]
    assert [(row["kind"], row["amount"]) for row in data["entries"]] == [("grant", "250.00"), ("reserve", "-250.00")]
    assert [(row["number"], row["street"], row["own_money"]) for row in data["orders"]] == [
        (order.number, "Lindelaan", "149.00")
    ]
    assert [(row["order_number"], row["sku"], row["total"]) for row in data["order_lines"]] == [
        (order.number, line.sku, "399.00")
    ]
    assert [(row["order_number"], row["amount"], row["state"]) for row in data["payments"]] == [
        (order.number, "149.00", "open")
    ]
    assert [(row["product_sku"], row["quantity"]) for row in data["cart_lines"]] == [(full.chair.sku, 1)]
    assert [row["kind"] for row in data["order_events"]] == ["placed"]
    assert [(row["question_id"], row["text"]) for row in data["messages"]] == [
        (data["questions"][0]["id"], "Thuis bij Bob de Vries")
    ]
    assert [row["name"] for row in data["addresses"]] == ["Thuis bij Bob de Vries"]


def test_what_was_given_back_is_in_it(full: World, bob: Client):
    make_grant(full.bob, "249.00")
    full.bob.cart_lines.all().delete()
    order = order_of(full.bob, full.chair)
    give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)

    data = json.loads(downloaded(bob, "/help/data.json"))

    assert [(row["order_number"], row["kind"], row["credit"]) for row in data["give_backs"]] == [
        (order.number, "cancellation", "249.00")
    ]
    assert [(row["line_sku"], row["quantity"], row["vat"]) for row in data["give_back_lines"]] == [
        (full.chair.sku, 1, "43.21")
    ]


def test_nothing_of_a_colleague_or_of_another_portal_is_in_it(full: World):
    texts = {member: as_json(member, now=NOW).decode() for member in (full.alice, full.bob, full.charlie)}

    for owner, text in texts.items():
        for other in texts.keys() - {owner}:
            theirs = [other.user.email, f"Thuis bij {other.user.name}", *other.orders.values_list("number", flat=True)]
            assert [word for word in theirs if word in text] == []


def test_csv_holds_the_same_rows_as_json(full: World, bob: Client):
    data = json.loads(downloaded(bob, "/help/data.json"))
    with zipfile.ZipFile(io.BytesIO(downloaded(bob, "/help/data.zip"))) as archive:
        files = {name: rows_of(archive, name) for name in archive.namelist()}

    assert files.keys() == {f"{name}.csv" for name in TABLES}
    assert {name: len(rows) for name, rows in files.items()} == {f"{name}.csv": len(data[name]) for name in TABLES}
    assert [name for name, rows in files.items() if not rows] == [
        "chargebacks.csv",
        "give_backs.csv",
        "give_back_lines.csv",
    ]
    assert files["orders.csv"][0]["total"] == "399,00"


def test_csv_cannot_be_read_as_a_formula(full: World, bob: Client):
    full.bob.user.name = "=HYPERLINK(1)"
    full.bob.user.save()

    with zipfile.ZipFile(io.BytesIO(downloaded(bob, "/help/data.zip"))) as archive:
        (person,) = rows_of(archive, "person.csv")

    assert person["user_name"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("path", ["/help/data.json", "/help/data.zip"])
def test_download_is_for_members(world: World, path):
    assert Client(HTTP_HOST="acme.localhost").get(path)["Location"].startswith("/account/login/")
