"""The company looks at its portal and answers: round after round, each kept."""

import datetime as dt
import io
import uuid
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.models import Mail
from onboarding import company_check, golive, links, pipeline
from onboarding.lead_models import LostReason
from onboarding.models import AccessLink, Build, Outcome, Purpose, Remark, Stage
from portals.preview import preview_url
from tests.onboarding.way import HOST, approved, built, link_of
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(world: World) -> Build:
    """The portal of Initech, which Irma is asked to check."""
    build = built(world)
    company_check.ask_to_check(build, now=NOW, actor=world.coordinator)
    return build


def say(build: Build, text: str = "De stoel ontbreekt", **changes: Any) -> Remark:
    values = {"page": "/", "text": text, "token": uuid.uuid4(), "link": link_of(build.lead, Purpose.CHECK), "now": NOW}
    return company_check.remark(build, **(values | changes))


def test_contact_is_mailed_the_way_once_a_round(asked: Build, world: World):
    company_check.ask_to_check(asked, now=NOW, actor=world.coordinator)

    mail = Mail.objects.get(key__startswith="check:")
    assert links.url_of(link_of(asked.lead, Purpose.CHECK)) in mail.text
    assert (asked.lead.stage, asked.rounds.count()) == (Stage.COMPANY_CHECK, 1)


def test_remarks_send_the_portal_back_into_build_and_a_new_round_follows(asked: Build, world: World):
    remark = say(asked)
    company_check.send_remarks(asked, link=link_of(asked.lead, Purpose.CHECK), now=NOW)
    asked.lead.refresh_from_db()
    back = asked.lead.stage
    company_check.close_remark(remark, now=NOW, actor=world.coordinator)
    company_check.ask_to_check(asked, now=NOW, actor=world.coordinator)
    company_check.approve(asked, name="Irma", role="HR", link=link_of(asked.lead, Purpose.CHECK), now=NOW)

    asked.lead.refresh_from_db()
    assert (back, asked.lead.stage) == (Stage.IN_BUILD, Stage.APPROVED)
    assert list(asked.rounds.values_list("number", "outcome", "by_name")) == [
        (1, Outcome.REMARKS, "Irma"),
        (2, Outcome.APPROVED, "Irma"),
    ]
    assert (remark.check_round.number, Remark.objects.get().closed_by) == (1, world.coordinator)


def test_who_has_remarks_does_not_approve(asked: Build):
    say(asked)

    with pytest.raises(company_check.HasRemarks):
        company_check.approve(asked, name="Irma", role="HR", link=link_of(asked.lead, Purpose.CHECK), now=NOW)

    assert asked.approval is None


def test_nothing_goes_back_into_build_without_a_remark(asked: Build):
    with pytest.raises(company_check.NoRemarks):
        company_check.send_remarks(asked, link=link_of(asked.lead, Purpose.CHECK), now=NOW)

    assert asked.rounds.get().outcome == Outcome.OPEN


def test_remark_is_dealt_with_once(asked: Build, world: World):
    remark = say(asked)

    for minutes in (0, 5):
        company_check.close_remark(remark, now=NOW + dt.timedelta(minutes=minutes), actor=world.coordinator)

    remark.refresh_from_db()
    assert (remark.closed_at, remark.closed_by) == (NOW, world.coordinator)


def test_remark_sent_twice_is_kept_once(asked: Build):
    token = uuid.uuid4()

    assert say(asked, token=token) == say(asked, token=token)


def test_without_open_round_nothing_is_taken(world: World):
    build = built(world)
    link = link_of(build.lead, Purpose.CHECK)

    for deed in (
        lambda: say(build),
        lambda: company_check.send_remarks(build, link=link, now=NOW),
        lambda: company_check.approve(build, name="I", role="HR", link=link, now=NOW),
    ):
        with pytest.raises(company_check.NoOpenRound):
            deed()


def test_approval_counts_until_somebody_builds_on(world: World):
    build = approved(world)
    build.planned_on, build.planned_by = NOW.date(), world.coordinator
    build.save()
    link = link_of(build.lead, Purpose.CHECK)

    company_check.build_on(build, now=NOW, actor=world.coordinator)

    build.lead.refresh_from_db()
    assert (build.approval, build.planned_on, build.lead.stage) == (None, None, Stage.IN_BUILD)
    assert build.rounds.get().by_name == "Irma de Graaf"
    with pytest.raises(links.LinkEnded):
        links.find_link(links.token_of(link), Purpose.CHECK, now=NOW)


def test_approval_cannot_be_given_by_a_step(world: World):
    build = built(world)
    company_check.ask_to_check(build, now=NOW, actor=world.coordinator)

    with pytest.raises(pipeline.NotYet):
        pipeline.move(build.lead, Stage.APPROVED, now=NOW, actor=world.coordinator)


def test_company_sees_the_real_portal_read_only_and_marked(asked: Build, client: Client):
    link = link_of(asked.lead, Purpose.CHECK)
    host = {"HTTP_HOST": asked.portal.host}

    way_in = client.get(links.page_of(link, "onboarding:check_open"), **HOST)["Location"]
    arrived = client.get(way_in.partition(asked.portal.host)[2], **host)
    home = client.get("/", **host).content.decode()
    write = client.post("/cart/", {}, **host)

    assert (arrived.status_code, write.status_code) == (302, 403)
    assert ("Voorbeeldweergave" in home or "Preview" in home or "alleen kijken" in home) is True
    assert f"{links.url_of(link)}?page=/" in home
    assert client.get(way_in.partition(asked.portal.host)[2], **host).status_code == 403


def looking(build: Build, client: Client) -> dict[str, str]:
    """Irma looks at the portal in this browser. Returns the host to go on with."""
    link, host = link_of(build.lead, Purpose.CHECK), {"HTTP_HOST": build.portal.host}
    way_in = client.get(links.page_of(link, "onboarding:check_open"), **HOST)["Location"]
    assert client.get(way_in.partition(build.portal.host)[2], **host).status_code == 302
    return host


@pytest.mark.parametrize(
    "end", ["link revoked", "link expired", "remarks sent", "approved", "lead lost", "build taken up"]
)
def test_look_at_the_portal_ends_with_what_it_was_for(asked: Build, client: Client, world: World, end: str):
    host, link = looking(asked, client), link_of(asked.lead, Purpose.CHECK)
    before = client.get("/cart/", **host)
    if end == "link revoked":
        links.revoke_links(asked.lead, Purpose.CHECK, now=NOW)
    elif end == "link expired":
        AccessLink.objects.filter(pk=link.pk).update(expires_at=NOW - dt.timedelta(seconds=1))
    elif end == "remarks sent":
        say(asked)
        company_check.send_remarks(asked, link=link, now=NOW)
    elif end == "approved":
        company_check.approve(asked, name="Irma", role="HR", link=link, now=NOW)
    elif end == "lead lost":
        pipeline.lose(asked.lead, reason=LostReason.OTHER, now=NOW, actor=world.coordinator)
    else:
        company_check.build_on(asked, now=NOW, actor=world.coordinator)

    told, after = client.get("/cart/", **host), client.get("/cart/", **host)

    assert (before.status_code, told.status_code) == (200, 403)
    assert "Deze voorbeeldlink werkt niet meer" in told.content.decode()
    assert (after.status_code, "Deze voorbeeldlink" in after.content.decode()) == (403, False)


def test_look_goes_on_while_the_round_and_the_link_do(asked: Build, client: Client):
    host = looking(asked, client)
    say(asked)

    assert [client.get(path, **host).status_code for path in ("/", "/cart/", "/")] == [200, 200, 200]


def test_look_of_a_colleague_asks_for_no_round(world: World, client: Client):
    build = built(world)
    way_in = preview_url(build.portal, world.coordinator)
    host = {"HTTP_HOST": build.portal.host}
    client.get(way_in.partition(build.portal.host)[2], **host)

    assert client.get("/", **host).status_code == 200


def test_pages_of_the_check_answer_to_its_own_link_only(asked: Build, client: Client):
    link, other = link_of(asked.lead, Purpose.CHECK), link_of(asked.lead, Purpose.INTAKE)
    names = ("check", "check_send", "check_approve")

    codes = [client.post(links.page_of(other, f"onboarding:{name}"), **HOST).status_code for name in names]
    codes.append(client.get(links.page_of(other, "onboarding:check_open"), **HOST).status_code)

    assert codes == [404] * 4
    assert client.get(links.page_of(link, "onboarding:check"), **HOST).status_code == 200


def test_company_approves_on_its_page(asked: Build, client: Client):
    link = link_of(asked.lead, Purpose.CHECK)
    data = {"name": "Irma", "role": "HR-manager", "agreed": "on"}

    without = client.post(links.page_of(link, "onboarding:check_approve"), data | {"agreed": ""}, **HOST)
    for _ in range(2):
        client.post(links.page_of(link, "onboarding:check_approve"), data, **HOST)

    approval = asked.approval
    assert without.context["approval_form"].errors == {"agreed": ["Dit veld is verplicht."]}
    assert approval is not None
    assert (approval.by_name, approval.by_role, approval.by_email) == ("Irma", "HR-manager", "irma@initech.example")


def kit_of(build: Build) -> list[str]:
    """The addresses of the kit and the poster behind the contact's link."""
    link = link_of(build.lead, Purpose.CHECK)
    return [links.page_of(link, f"onboarding:check_{page}", language="nl") for page in ("kit", "poster")]


def test_company_takes_the_announcement_kit_once_the_day_is_set(world: World, client: Client):
    build = approved(world)
    golive.plan(build, NOW.date() + dt.timedelta(days=7), now=NOW, actor=world.coordinator)

    page = client.get(links.page_of(link_of(build.lead, Purpose.CHECK), "onboarding:check"), **HOST).content.decode()
    kit, poster = (client.get(path, **HOST) for path in kit_of(build))

    names = zipfile.ZipFile(io.BytesIO(kit.content)).namelist()
    assert [path in page for path in kit_of(build)] == [True, True]
    assert [name.rpartition(".")[2] for name in names] == ["pdf", "txt", "html", "txt", "html"]
    assert poster.content[:5] == b"%PDF-"


@pytest.mark.parametrize("undo", ["no day", "built on", "other language"])
def test_there_is_no_kit_without_a_day_and_an_approval(world: World, client: Client, undo: str):
    build = approved(world)
    paths = kit_of(build)
    if undo != "no day":
        golive.plan(build, NOW.date() + dt.timedelta(days=7), now=NOW, actor=world.coordinator)
    if undo == "built on":
        company_check.build_on(build, now=NOW, actor=world.coordinator)
    if undo == "other language":
        paths = [path.replace("/nl/", "/xx/") for path in paths]

    page = client.get(links.page_of(link_of(build.lead, Purpose.CHECK), "onboarding:check"), **HOST).content.decode()

    assert [client.get(path, **HOST).status_code for path in paths] == [404, 404]
    assert ("/kit/" in page) is (undo == "other language")


def test_without_open_round_there_is_no_way_into_the_portal(asked: Build, client: Client, world: World):
    link = link_of(asked.lead, Purpose.CHECK)
    say(asked)
    company_check.send_remarks(asked, link=link, now=NOW)

    way = client.get(links.page_of(link, "onboarding:check_open"), **HOST)

    assert (way.status_code, way["Location"]) == (302, links.page_of(link, "onboarding:check"))
