"""Documents on their way: by mail, by a channel that an installation adds, once each, and again where somebody asks."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.models import Mail, User
from billing import channels, delivery, ledger
from billing.channels import Files, Progress
from billing.correcting import correct
from billing.models import Invoice, InvoiceDelivery
from tests.billing.conftest import invoice_of
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
LATER = RUN + dt.timedelta(hours=1)
PATHS = ["billing.channels.ByMail", "tests.billing.test_channels.AccessPoint"]
taken_over: list[tuple[str, str, bytes]] = []


class AccessPoint:
    """A Peppol access point as an installation would add it; it can be told to break."""

    key = "peppol"
    label = "Peppol"
    is_broken = False

    def addresses(self, invoice: Invoice) -> Sequence[str]:
        return [f"{invoice.buyer['scheme']}:{invoice.buyer['identifier']}"]

    def queue(self, delivery: InvoiceDelivery, files: Files) -> None:
        if AccessPoint.is_broken:
            raise OSError("the table of the access point is locked")
        assert files.xml
        taken_over.append((delivery.source, delivery.to, files.xml.content))

    def progress(self, deliveries: Iterable[InvoiceDelivery]) -> Mapping[int, Progress]:
        return {one.pk: Progress("refused", is_trouble=True, why="No such participant.") for one in deliveries}


@pytest.fixture
def peppol(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.INVOICE_CHANNELS = PATHS
    channels.channels.cache_clear()
    taken_over.clear()
    monkeypatch.setattr(AccessPoint, "is_broken", False)
    yield
    channels.channels.cache_clear()


@pytest.fixture
def issued(world: World) -> Invoice:
    make_grant(world.bob, "500.00")
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    return invoice_of(world.acme, Month.of(NOW), now=RUN)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    """The second factor has tests of its own."""
    settings.DEMO = True


@pytest.fixture
def finance(world: World) -> Iterator[Client]:
    with time_machine.travel(LATER, tick=False):
        yield signed_in(make_colleague("view_invoice", "change_invoice"))


def come_back(mail: Mail) -> None:
    mail.sent_at = mail.bounced_at = RUN
    mail.error = "5.1.1 unknown user"
    mail.save()


def test_every_channel_gets_each_document_once(issued: Invoice, peppol):
    for _time in range(2):
        delivery.finish(issued, now=RUN)

    assert sorted(issued.deliveries.values_list("source", "to")) == [
        ("F2026-0001:email:first-1", "facturen@acme.example"),
        ("F2026-0001:peppol:first-1", taken_over[0][1]),
    ]
    participant = f"0106:{issued.portal.company.kvk_number}"
    assert taken_over == [("F2026-0001:peppol:first-1", participant, bytes(issued.e_invoice.content))]
    assert Mail.objects.count() == 1


def test_channel_that_breaks_leaves_nothing_half_sent(issued: Invoice, peppol, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(AccessPoint, "is_broken", True)
    with pytest.raises(OSError, match="locked"):
        delivery.finish(issued, now=RUN)

    assert not Mail.objects.exists()
    assert list(delivery.unfinished()) == [issued]

    monkeypatch.setattr(AccessPoint, "is_broken", False)
    delivery.finish(issued, now=RUN)
    assert (Mail.objects.count(), len(taken_over)) == (1, 1)


def test_channel_that_is_gone_goes_by_its_key(issued: Invoice, peppol, settings):
    delivery.finish(issued, now=RUN)
    settings.INVOICE_CHANNELS = PATHS[:1]
    channels.channels.cache_clear()

    assert [channels.label_of(sent.channel) for sent in issued.deliveries.order_by("channel")] == ["e-mail", "peppol"]
    assert delivery.troubles([issued]) == {}


def test_trouble_is_told_of_the_last_time_that_it_was_sent(issued: Invoice, world: World):
    delivery.finish(issued, now=RUN)
    assert delivery.troubles([issued]) == {}

    come_back(Mail.objects.get())
    ((sent, progress),) = delivery.troubles([issued])[issued.pk]
    assert (sent.to, progress.label, progress.why) == ("facturen@acme.example", "teruggekomen", "5.1.1 unknown user")

    delivery.send_again(issued, now=LATER, actor=world.coordinator)
    assert delivery.troubles([issued]) == {}


def test_sent_again_twice_goes_once(finance: Client, issued: Invoice):
    with time_machine.travel(RUN, tick=False):
        delivery.finish(issued, now=RUN)
    address = reverse("admin:billing_invoice_send", args=[issued.pk])

    pages = [finance.post(address, follow=True).text for _press in range(2)]

    assert "F2026-0001 is onderweg naar facturen@acme.example." in pages[0]
    assert "F2026-0001 is zojuist al verstuurd en gaat daarom niet nog eens." in pages[1]
    assert issued.deliveries.count() == Mail.objects.count() == 2
    assert issued.deliveries.latest("requested_at").requested_by == User.objects.get(email="fin@thuiswerk.example")


def test_sent_again_before_its_pdf_is_there_says_so(finance: Client, issued: Invoice):
    page = finance.post(reverse("admin:billing_invoice_send", args=[issued.pk]), follow=True).text

    assert "De PDF van F2026-0001 wordt nog gemaakt." in page.replace("pdf", "PDF")
    assert not issued.deliveries.exists()


@pytest.mark.parametrize(
    ("asked_on", "back"), [("/admin/billing/invoice/month/2026-11/", True), ("//evil.example/", False)]
)
def test_sent_again_goes_back_to_where_it_was_asked(finance: Client, issued: Invoice, asked_on: str, back: bool):
    response = finance.post(reverse("admin:billing_invoice_send", args=[issued.pk]), {"next": asked_on})

    own_page = reverse("admin:billing_invoice_change", args=[issued.pk])
    assert response.headers["Location"] == (asked_on if back else own_page)


def test_mail_that_came_back_stands_on_the_document_and_in_its_month(finance: Client, issued: Invoice):
    delivery.finish(issued, now=RUN)
    come_back(Mail.objects.get())

    month = finance.get(reverse("admin:billing_month", args=["2026-11"])).text
    document = finance.get(reverse("admin:billing_invoice_change", args=[issued.pk])).text

    assert "de mail aan facturen@acme.example: teruggekomen. 5.1.1 unknown user" in " ".join(month.split())
    assert '<strong class="wrong">teruggekomen</strong> 5.1.1 unknown user' in document


def test_month_asks_the_channel_once_for_all_documents(finance, issued, world, django_assert_num_queries):
    delivery.finish(issued, now=RUN)
    finance.get(reverse("admin:billing_month", args=["2026-11"]))
    with django_assert_num_queries(15):
        finance.get(reverse("admin:billing_month", args=["2026-11"]))

    correction = correct(issued, reason="Anders", source="x", now=RUN, actor=world.coordinator)
    for document in (correction.credit_note, correction.replacement):
        delivery.finish(document, now=RUN)
    with django_assert_num_queries(15):
        finance.get(reverse("admin:billing_month", args=["2026-11"]))


def test_mail_of_a_credit_note_asks_for_no_money(issued: Invoice, world: World):
    delivery.finish(issued, now=RUN)
    correction = correct(issued, reason="Verkeerde referentie", source="x", now=LATER, actor=world.coordinator)
    for document in (correction.credit_note, correction.replacement):
        delivery.finish(document, now=LATER)

    invoice, credit_note, replacement = Mail.objects.order_by("pk")

    assert "IBAN" in invoice.text
    assert credit_note.subject == "Creditfactuur C2026-0001 van Thuiswerk BV: november 2026"
    for words in ("Corrigeert factuur F2026-0001: €\N{NO-BREAK SPACE}40,00", "Reden: Verkeerde referentie"):
        assert words in credit_note.text
    for words in ("IBAN", "Betalen", "Betaal"):
        assert words not in credit_note.text + credit_note.html
    assert "Deze factuur vervangt factuur F2026-0001" in replacement.text
    assert [file.name for file in credit_note.files.order_by("pk")] == [
        "creditfactuur-C2026-0001.pdf",
        "creditfactuur-C2026-0001.xml",
    ]


def test_mail_goes_to_every_address_of_the_document(world: World):
    company = world.acme.company
    company.invoice_copies = "kopie@acme.example archief@acme.example"
    company.save()
    make_grant(world.bob, "500.00")
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    issued = invoice_of(world.acme, Month.of(NOW), now=RUN)

    delivery.finish(issued, now=RUN)
    while outbox.send_due(now=RUN):
        pass

    addresses = ["facturen@acme.example", "kopie@acme.example", "archief@acme.example"]
    assert list(Mail.objects.order_by("pk").values_list("to", flat=True)) == addresses
