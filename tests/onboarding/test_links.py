"""Signed links: wrong, old, of another company, ended: refused politely, and no data in the address."""

import base64
import datetime as dt
from typing import Any

import pytest

from onboarding import links, pipeline
from onboarding.links import LinkEnded, LinkExpired, LinkUnknown, find_link, make_link, token_of
from onboarding.models import AccessLink, LostReason, Purpose, Stage
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_staff

pytestmark = pytest.mark.django_db


def make(purpose: Purpose = Purpose.INTAKE, **fields: Any) -> AccessLink:
    lead = fields.pop("lead", None) or make_lead()
    return make_link(lead, purpose, name="Irma", email="irma@initech.example", now=NOW, **fields)


def test_link_opens_what_it_was_made_for_and_notes_when():
    link = make()

    found = find_link(token_of(link), Purpose.INTAKE, now=NOW)

    assert (found, found.opened_at) == (link, NOW)


def test_address_holds_no_data():
    link = make()
    token = token_of(link)

    readable = token + base64.urlsafe_b64decode(token.partition(".")[0] + "==").decode("latin-1")
    assert [word for word in ("initech", "irma", "Initech", str(link.lead_id) + "/") if word in readable] == []


@pytest.mark.parametrize("purpose", [Purpose.BOOKING, Purpose.CHECK])
def test_link_opens_nothing_else(purpose: Purpose):
    with pytest.raises(LinkUnknown):
        find_link(token_of(make()), purpose, now=NOW)


def test_link_with_another_key_is_unknown():
    mine, theirs = make(), make(lead=make_lead(company_name="Globex", email="g@globex.example"))
    signature = token_of(mine).partition(".")[2]

    for token in (f"{theirs.key}.{signature}", mine.key, f"{mine.key}.", "", ".", "\0", f"{mine.key}.{signature}x"):
        with pytest.raises(LinkUnknown):
            find_link(token, Purpose.INTAKE, now=NOW)


def test_key_without_row_is_unknown():
    link = make()
    token = token_of(link)
    link.delete()

    with pytest.raises(LinkUnknown):
        find_link(token, Purpose.INTAKE, now=NOW)


def test_link_expires_to_the_second_and_can_be_renewed():
    link = make()
    last = link.expires_at - dt.timedelta(seconds=1)

    assert find_link(token_of(link), Purpose.INTAKE, now=last) == link
    with pytest.raises(LinkExpired) as refusal:
        find_link(token_of(link), Purpose.INTAKE, now=link.expires_at)
    links.renew(refusal.value.link, now=link.expires_at)
    assert find_link(token_of(link), Purpose.INTAKE, now=link.expires_at) == link


def test_link_of_a_lost_lead_and_a_revoked_one_are_ended():
    lost, revoked = make(), make(lead=make_lead(email="b@b.example"))

    pipeline.lose(lost.lead, reason=LostReason.LATER, now=NOW, actor=make_staff("c@t.example"))
    links.revoke_links(revoked.lead, Purpose.INTAKE, now=NOW)

    for link in (lost, revoked):
        with pytest.raises(LinkEnded):
            find_link(token_of(link), Purpose.INTAKE, now=NOW)


def test_same_person_gets_the_same_link_again_and_another_person_another():
    link = make()

    again = make_link(link.lead, Purpose.INTAKE, name="Irma", email="Irma@initech.example", now=NOW)
    other = make_link(link.lead, Purpose.INTAKE, name="Jan", email="jan@initech.example", now=NOW)

    assert (again, other.key != link.key) == (link, True)


def test_link_that_was_not_revoked_ends_with_its_lead_all_the_same():
    link = make(lead=make_lead(Stage.LOST))

    with pytest.raises(LinkEnded):
        find_link(token_of(link), Purpose.INTAKE, now=NOW)
