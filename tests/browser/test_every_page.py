"""axe finds nothing on any page, in any state, in both languages, light and dark, under two brand colours.

The walk goes over the address resolver: a page that `tests.browser.states` does not list fails the first test. Each
state is opened once; then the page changes its clothes.
"""

import itertools

import pytest
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from onboarding import example
from portals.branding import stylesheet
from portals.models import Membership, Portal, PortalState
from portals.preview import preview_url
from tests.browser import scenes, states, steps
from tests.browser.scenes import Names
from tests.browser.states import State
from tests.browser.visitor import NARROWEST, Visitor
from tests.portals.test_isolation import portal_addresses
from tests.world import NOW, PASSWORD, make_membership

pytestmark = pytest.mark.django_db(transaction=True)

# Addresses that show no page of their own: forms that only lead on, files, answers for machines.
NO_PAGE = {
    "healthz",
    "readyz",
    "portals:brand_css",
    "portals:brand_file",
    "portals:language_set",
    "portals:preview_close",
    "portals:example_enter",  # of the example alone: see test_pages_of_an_example
    "catalog:picture",
    "catalog:wish_remove",
    "catalog:comparison_remove",
    "orders:address_prefer",
    "orders:address_remove",
    "orders:receipt_download",
    "orders:payment_start",
    "orders:payment_return",
    "orders:payment_webhook",
    "orders:own_data_json",
    "orders:own_data_csv",
}
# Steps of logging in, which are open only on the way.
ON_THE_WAY_IN = {"account_choose_password", "mfa_authenticate"}
PORTAL_SCENES = (states.FULL, states.EMPTY, states.CHECKOUT, states.STRANGER, states.CLOSED)

LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])
# What a change of colours can break; the other rules look at what stays.
QUICKLY = {"resultTypes": ["violations"], "selectors": False, "iframes": False}
COLOUR_RULES = QUICKLY | {"runOnly": ["color-contrast", "link-in-text-block"]}
ALL_RULES = QUICKLY | {"rules": {"target-size": {"enabled": True}}}
# White text is written on the one brand, black on the other.
WHITE_ON, BLACK_ON = "#1f5f8b", "#ffcc00"
CLOTHES = {
    (WHITE_ON, "dark"): COLOUR_RULES,
    (BLACK_ON, "dark"): COLOUR_RULES,
    (BLACK_ON, "light"): COLOUR_RULES,
    (WHITE_ON, "light"): ALL_RULES,
}


def test_every_page_of_a_portal_is_listed():
    listed = {name for scene in PORTAL_SCENES for name in scene} - {"nowhere"}

    assert listed | NO_PAGE | ON_THE_WAY_IN == set(portal_addresses())


@LANGUAGES
def test_pages_of_who_did_everything(visit, world, language):
    walk(enter(visit, world.bob, language), states.FULL, scenes.make_full(world))


@LANGUAGES
def test_pages_of_who_came_today(visit, world, language):
    names = scenes.make_empty(world)

    walk(enter(visit, world.acme.memberships.get(user__email="dana@acme.example"), language), states.EMPTY, names)


@LANGUAGES
def test_checkout_with_addresses_to_choose_from(visit, world, language):
    walk(enter(visit, world.alice, language), states.CHECKOUT, scenes.make_checkout(world))


@LANGUAGES
def test_pages_before_logging_in(visit, world, language):
    walk(Walker(visit(language=language), "acme"), states.STRANGER, {})


@LANGUAGES
@pytest.mark.parametrize("state", [PortalState.BUILD, PortalState.PAUSED, PortalState.CLOSED])
def test_pages_of_a_shop_that_is_not_open(visit, world, language, state):
    names = scenes.make_delivered(world)
    Portal.objects.filter(pk=world.acme.pk).update(state=state)

    walk(enter(visit, world.bob, language), states.CLOSED, names)


@LANGUAGES
def test_pages_of_the_main_host(visit, world, settings, language):
    settings.DEMO = True

    walk(Walker(visit(language=language), None), states.MAIN, scenes.make_mail(world))


@LANGUAGES
def test_pages_of_an_example(visit, world, language):
    shop = example.ensure_example(now=NOW)
    walker = Walker(visit(language=language), shop.slug)

    walk(walker, {"door": [State("/look-around/")]}, {})
    walker.send("main form", {})
    walk(walker, {"inside": [State("/"), State("/cart/"), State("/help/"), State("/nowhere/", status=404)]}, {})

    assert walker.page.locator("header .example-banner").count() == 1


@LANGUAGES
def test_steps_of_logging_in(visit, world, language):
    make_membership(world.acme, "dana@acme.example", password=None)
    TOTP.activate(world.alice.user, totp.generate_totp_secret())
    newcomer, careful = (Walker(visit(language=language), "acme") for _visitor in range(2))

    newcomer.visitor.open(f"{newcomer.host}/account/login/code/")
    newcomer.send("main form", {"email": "dana@acme.example"})
    newcomer.send("main form", {"code": steps.code_in_mail("dana@acme.example")})
    newcomer.note("password")
    newcomer.send("main form", {"password1": "a", "password2": "b"})
    newcomer.note("wrong password")
    careful.visitor.open(f"{careful.host}/account/login/")
    careful.send("main form", {"email": "alice@acme.example", "password": PASSWORD})
    careful.note("second factor")
    careful.send("main form", {"code": "000000"})
    careful.note("wrong second factor")

    assert newcomer.page.url.endswith(reverse("account_choose_password"))
    assert careful.page.url.endswith(reverse("mfa_authenticate"))
    assert newcomer.found + careful.found == []


@LANGUAGES
def test_preview_of_a_shop(visit, world, language):
    walker = Walker(visit(language=language), "acme")

    walker.visitor.open(preview_url(world.acme, world.coordinator))
    walker.note("preview")

    assert walker.page.locator("form[action='/preview/close/']").count() == 1
    assert walker.found == []


@LANGUAGES
def test_shop_that_stays_open_after_its_end(visit, world, clock, language):
    returned = scenes.make_returned(world)
    clock.move_to(returned)
    walker = enter(visit, world.bob, language)

    walk(walker, {"portals:home": [State("/"), State("/cart/")]}, {})

    assert walker.page.locator("header .alert").count() == 1


class Walker:
    """Somebody who looks at pages on one host, and notes what axe finds and what reaches out of a narrow window."""

    def __init__(self, visitor: Visitor, portal: str | None) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.host = visitor.site.portal(portal) if portal else visitor.site.main
        self.found: list[str] = []

    def look_at(self, state: State, names: Names) -> None:
        path = state.path.format(**names)
        assert self.visitor.open(self.host + path).status == state.status, path
        if state.status != 200:
            self.visitor.problems.clear()
        if state.sends is not None:
            self.send(state.form, {field: value.format(**names) for field, value in state.sends.items()})
        self.note(path)

    def send(self, form: str, values: dict[str, str]) -> None:
        """Past what the browser itself checks, and past the scripts that would send it in place."""
        with self.page.expect_navigation():
            self.page.evaluate(SEND, [form, values])

    def note(self, path: str) -> None:
        self.page.evaluate(Axe().axe_script)
        for clothes, rules in CLOTHES.items():
            brand, scheme = clothes
            self.page.evaluate(WEAR, stylesheet(brand))
            self.page.emulate_media(color_scheme=scheme)
            self.found += [f"{path} {brand} {scheme} {fault}" for fault in self._faults(rules)]
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        self.found += [f"{path} reaches {reach} px out" for reach in [self.page.evaluate(REACH)] if reach]
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def _faults(self, options: dict) -> list[str]:
        violations = self.page.evaluate(AXE, options)
        return [
            f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in violations for node in rule["nodes"]
        ]


def enter(visit, member: Membership, language: str) -> Walker:
    """`member`, logged in on the portal acme."""
    visitor = visit(language=language)
    client = Client()
    client.force_login(member.user)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key}
    visitor.context.add_cookies([session | {"url": visitor.site.portal("acme")}])
    return Walker(visitor, "acme")


def walk(walker: Walker, scene: dict[str, list[State]], names: Names) -> None:
    """Look at every page of `scene`, and then tell of all that was found."""
    for state in itertools.chain.from_iterable(scene.values()):
        walker.look_at(state, names)

    assert walker.found == []


# Sends a form with other values than its fields have.
SEND = """([selector, values]) => {
    const form = document.querySelector(selector);
    for (const [name, value] of Object.entries(values)) {
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
    }
    form.submit();
}"""
# What axe finds once the change of colours is over.
AXE = """async (options) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.all(document.getAnimations().map((animation) => animation.finished));
    return (await axe.run(options)).violations;
}"""
# Puts a brand's stylesheet on over the portal's own.
WEAR = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""
REACH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
