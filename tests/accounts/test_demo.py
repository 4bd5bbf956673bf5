"""The mails of a demo on a page, and nothing of it outside a demo."""

import pytest

from accounts import outbox
from accounts.models import Mail
from tests.accounts.conftest import newest_code
from tests.world import NOW
from thuiswerk.lib.mail import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail():
    html = '<h1>Factuur</h1><script>alert(1)</script><p style="color:red">Hallo</p>'
    files = [outbox.Attachment("factuur.pdf", "application/pdf", b"%PDF-1.7")]
    outbox.queue(Message("Je factuur", "Hallo", html), to="facturen@acme.example", key="i", now=NOW, attachments=files)
    return Mail.objects.get(key="i")


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def test_search_for_a_null_character_finds_what_is_left(main_host, mail, demo):
    page = main_host.get("/demo/mail/", {"to": "\0facturen"})

    assert list(page.context["page"]) == [mail]


def paths(mail):
    return ["", f"{mail.pk}/", f"{mail.pk}/html/", f"{mail.pk}/files/{mail.files.get().pk}/"]


def test_pages_open_in_a_demo_only(main_host, mail, settings):
    outside = [main_host.get(f"/demo/mail/{path}").status_code for path in paths(mail)]
    settings.DEMO = True
    inside = [main_host.get(f"/demo/mail/{path}").status_code for path in paths(mail)]

    assert outside == [404] * 4
    assert inside == [200] * 4


def test_pages_do_not_exist_on_a_portal(demo, world, acme, mail):
    assert [acme.get(f"/demo/mail/{path}").status_code for path in paths(mail)] == [404] * 4


def test_list_shows_the_newest_first_and_no_decoys(demo, main_host, mail):
    outbox.queue(Message("Je code", "x", ""), to="bob@acme.example", key="code", now=NOW)
    outbox.queue(Message("Je code", "x", ""), to=outbox.NOBODY, key="decoy", now=NOW)

    everything = main_host.get("/demo/mail/").context["page"].object_list
    of_bob = main_host.get("/demo/mail/", {"to": "BOB@"}).context["page"].object_list

    assert [row.to for row in everything] == ["bob@acme.example", "facturen@acme.example"]
    assert [row.to for row in of_bob] == ["bob@acme.example"]


def test_html_of_a_mail_can_do_nothing(demo, main_host, mail):
    response = main_host.get(f"/demo/mail/{mail.pk}/html/")

    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["sandbox"] == "allow-popups"
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    frame = main_host.get(f"/demo/mail/{mail.pk}/").text
    assert 'sandbox="allow-popups"' in frame
    assert "alert(1)" not in frame


def test_file_of_a_mail_is_a_download(demo, main_host, mail):
    response = main_host.get(f"/demo/mail/{mail.pk}/files/{mail.files.get().pk}/")

    assert response.content == b"%PDF-1.7"
    assert response["Content-Disposition"] == 'attachment; filename="factuur.pdf"'


def test_code_is_on_the_page_after_it_was_sent(demo, world, acme, main_host):
    acme.ask_code("bob@acme.example")
    code = newest_code("bob@acme.example")
    outbox.send_due(now=Mail.objects.get().due_at)

    pages = [main_host.get(path).text for path in ("/demo/mail/", f"/demo/mail/{Mail.objects.get().pk}/")]

    assert "bob@acme.example" in pages[0]
    assert code in pages[1]


def test_code_page_of_a_demo_says_where_the_mails_are(demo, world, acme):
    assert 'href="http://localhost/demo/mail/"' in acme.ask_code("bob@acme.example").text
