"""The search box: suggestions by keyboard, and a typing error, with scripts and without."""

import pytest
from playwright.sync_api import expect

from catalog import vocabulary
from tests.browser import steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1280, 360])
def test_suggestions_come_while_typing_and_go_on_escape(visit, world, width):
    visitor = visit(width=width)
    steps.log_in(visitor, "bob@acme.example")
    box, list_ = visitor.page.locator("#search"), visitor.page.locator(".suggestions")

    box.press_sequentially("bureaust")
    expect(list_).to_contain_text("Bureaustoel Nova")
    visitor.check()
    box.press("Escape")
    expect(list_).to_have_count(0)
    expect(box).to_be_focused()
    expect(box).to_have_value("bureaust")

    box.press("o")
    expect(list_).to_contain_text("Bureaustoel Nova")
    box.press("ArrowDown")
    expect(list_.get_by_role("link").first).to_be_focused()
    visitor.page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    box.press("ArrowDown")
    while visitor.page.locator(":focus").inner_text() != "Bureaustoel Nova":
        visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")
    visitor.arrives_at("Bureaustoel Nova")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_typing_error_finds_what_was_meant(visit, world, scripts):
    vocabulary.forget()
    visitor = visit(scripts=scripts)
    steps.log_in(visitor, "bob@acme.example")

    visitor.page.locator("#search").fill("buraustoel")
    visitor.page.locator("#search").press("Enter")

    expect(visitor.page.locator("main .alert")).to_contain_text("Je ziet wat we vonden voor “bureaustoel”.")
    expect(visitor.page.locator("main").get_by_role("link", name="Bureaustoel Nova")).to_be_visible()
    visitor.check()
