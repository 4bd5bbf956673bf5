"""Billing in the back office: what finance finds, and what nobody can do."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Mail, User
from billing import consumption, delivery, ledger
from billing.correcting import correct
from billing.models import Invoice, InvoiceDelivery
from tests.billing.conftest import invoice_of
from tests.world import NOW, World, make_user
from thuiswerk.lib.periods import AMSTERDAM, Month

RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
LIST = "/admin/billing/invoice/"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    """The second factor has tests of its own."""
    settings.DEMO = True


def make_colleague(*permissions: str) -> User:
    user = make_user("fin@thuiswerk.example", "Fenna Financiën", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def signed_in(user: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


@pytest.fixture
def finance(db: None) -> Client:
    """Somebody of finance, signed in on the main host."""
    return signed_in(make_colleague("view_invoice", "view_invoicedelivery", "change_invoice"))


@pytest.fixture
def invoices(world: World) -> list[Invoice]:
    """Acme's invoice of EUR 40 and globex's of EUR 70, both of November, with their PDFs."""
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-2", now=NOW)
    issued = [invoice_of(portal, Month.of(NOW), now=RUN) for portal in (world.acme, world.globex)]
    for invoice in issued:
        delivery.store_document(invoice, now=RUN)
    return issued


def test_list_shows_number_company_total_and_the_sum(finance: Client, invoices: list[Invoice]):
    page = finance.get(LIST).content.decode()

    for text in (
        "F2026-0001",
        "F2026-0002",
        "Acme Nederland B.V.",
        "€\N{NO-BREAK SPACE}70,00",
        "€\N{NO-BREAK SPACE}110,00",
    ):
        assert text in page


def test_sum_takes_credit_notes_off(finance: Client, invoices: list[Invoice], world: World):
    correct(invoices[0], reason="Referentie", source="x", now=RUN, actor=world.coordinator)

    page = finance.get(LIST, {"kind__exact": "invoice"}), finance.get(LIST), finance.get(LIST, {"kind": "credit_note"})

    assert [one.context["total"] for one in page] == [Decimal("150.00"), Decimal("110.00"), Decimal("-40.00")]


def test_draft_is_not_among_the_documents_of_a_zip(finance: Client, invoices: list[Invoice], world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 10
    ledger.spend(world.bob, amount=Decimal("5.00"), order_number="TW26-3", now=RUN)
    invoice_of(world.acme, Month.of(RUN), now=dt.datetime(2027, 1, 12, tzinfo=AMSTERDAM))

    page = finance.get(LIST)

    assert [month["period"] for month in page.context["months"]] == [Month.of(NOW).first_day]


def test_list_of_a_month_sums_that_month_only(finance: Client, invoices: list[Invoice], world: World):
    ledger.spend(world.bob, amount=Decimal("5.00"), order_number="TW26-3", now=RUN)
    invoice_of(world.acme, Month(2026, 12), now=dt.datetime(2027, 1, 8, tzinfo=AMSTERDAM))

    page = finance.get(LIST, {"month": "2026-12"}).content.decode()

    assert "€\N{NO-BREAK SPACE}5,00</strong>" in page
    assert "F2026-0001" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_whatever_its_length(finance, world, count, django_assert_num_queries):
    for number in range(count):
        month = Month(2026, 10 + number) if number < 3 else Month(2027, 1)
        spent_at = dt.datetime(month.year, month.number, 20, tzinfo=AMSTERDAM)
        ledger.spend(world.bob, amount=Decimal("10.00"), order_number=f"TW26-{number}", now=spent_at)
        invoice_of(world.acme, month, now=consumption.billable_from(month))

    with django_assert_num_queries(13):
        finance.get(LIST)


def test_pdf_is_downloaded_as_it_was_issued(finance: Client, invoices: list[Invoice]):
    response = finance.get(reverse("admin:billing_invoice_pdf", args=[invoices[0].pk]))

    assert b"".join(response) == bytes(invoices[0].document.content)
    assert response["Content-Disposition"] == 'attachment; filename="factuur-F2026-0001.pdf"'


@pytest.fixture
def damaged(invoices: list[Invoice]) -> Invoice:
    """Acme's invoice, whose PDF somebody changed behind the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        sql = "UPDATE billing_invoicedocument SET content = content || 'x'::bytea WHERE invoice_id = %s"
        cursor.execute(sql, [invoices[0].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return invoices[0]


@pytest.fixture
def unmade(invoices: list[Invoice], world: World) -> Invoice:
    """A second invoice of acme, of December, whose PDF is still to be made."""
    ledger.spend(world.bob, amount=Decimal("5.00"), order_number="TW26-3", now=RUN)
    return invoice_of(world.acme, Month(2026, 12), now=dt.datetime(2027, 1, 8, tzinfo=AMSTERDAM))


def ways_to_get(invoice: Invoice) -> dict[str, tuple[str, dict]]:
    """Every way to the PDF of `invoice`: an address, and what is sent there."""
    month, chosen = f"{invoice.period:%Y-%m}", {"_selected_action": [invoice.pk]}
    return {
        "pdf": (reverse("admin:billing_invoice_pdf", args=[invoice.pk]), {}),
        "month": (reverse("admin:billing_invoice_zip", args=[month]), {}),
        "zip": (LIST, chosen | {"action": "download_zip"}),
        "send again": (LIST, chosen | {"action": "send_again"}),
    }


@pytest.mark.parametrize("way", ["pdf", "month", "zip", "send again"])
def test_pdf_that_is_not_the_issued_one_is_not_handed_out(finance: Client, damaged: Invoice, way: str):
    address, sent = ways_to_get(damaged)[way]

    response = finance.post(address, sent, follow=True) if sent else finance.get(address, follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert "De opgeslagen PDF van F2026-0001 is anders dan toen de factuur gemaakt werd." in response.text
    assert not InvoiceDelivery.objects.exists()


@pytest.mark.parametrize("way", ["month", "zip"])
def test_zip_never_lacks_a_pdf_that_is_still_being_made(finance: Client, unmade: Invoice, way: str):
    address, sent = ways_to_get(unmade)[way]

    response = finance.post(address, sent, follow=True) if sent else finance.get(address, follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert "De PDF van F2027-0001 wordt nog gemaakt." in response.text


def test_zip_of_a_month_holds_every_document_of_it(finance: Client, invoices: list[Invoice]):
    response = finance.get(reverse("admin:billing_invoice_zip", args=["2026-11"]))

    assert response["Content-Disposition"] == 'attachment; filename="facturen-2026-11.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(response))) as archive:
        names = [f"factuur-F2026-000{number}.{ending}" for number in (1, 2) for ending in ("pdf", "xml")]
        assert archive.namelist() == [*names, "index-2026-11.csv"]
        assert archive.read("factuur-F2026-0001.pdf") == bytes(invoices[0].document.content)


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-10"])
def test_zip_of_an_unknown_month_is_not_found(finance: Client, month: str):
    assert finance.get(f"{LIST}zip/{month}/").status_code == 404


def test_invoice_reads_as_words_with_each_line_once(finance: Client, invoices: list[Invoice]):
    page = finance.get(reverse("admin:billing_invoice_change", args=[invoices[0].pk])).text

    assert "Acme Nederland B.V.<br>Crediteuren<br>Stationsplein 1<br>3511 ED" in page
    assert "{&quot;" not in page
    assert page.count("TW26-1<") == 1
    assert page.count("€\xa040,00") == 3  # its total, what is open, and the line


def test_send_again_mails_the_company_at_its_present_address(finance: Client, invoices: list[Invoice], world: World):
    world.acme.company.invoice_email = "nieuw@acme.example"
    world.acme.company.save()

    finance.post(LIST, {"action": "send_again", "_selected_action": [invoices[0].pk]})

    sent = InvoiceDelivery.objects.get()
    assert (sent.invoice, sent.to, sent.requested_by.email) == (
        invoices[0],
        "nieuw@acme.example",
        "fin@thuiswerk.example",
    )
    names = Mail.objects.get().files.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["factuur-F2026-0001.pdf", "factuur-F2026-0001.xml"]


def test_whoever_may_only_look_cannot_send_again(invoices: list[Invoice]):
    client = signed_in(make_colleague("view_invoice"))

    client.post(LIST, {"action": "send_again", "_selected_action": [invoices[0].pk]})

    assert not InvoiceDelivery.objects.exists()


@pytest.mark.parametrize("address", ["", "1/change/", "1/pdf/", "zip/2026-11/"])
def test_colleague_without_the_permission_sees_no_invoice(invoices: list[Invoice], address: str):
    client = signed_in(make_colleague("view_order"))

    response = client.get(LIST + address.replace("1/", f"{invoices[0].pk}/"))

    assert response.status_code == 403
    assert b"F2026" not in response.content


@pytest.mark.parametrize("model", ["invoice", "grant", "entry"])
@pytest.mark.parametrize("way", ["add/", "{pk}/delete/"])
def test_administrator_cannot_add_or_delete(world: World, invoices: list[Invoice], model: str, way: str):
    client = signed_in(world.coordinator)
    pk = {"invoice": invoices[0].pk, "grant": world.bob.grants.get().pk, "entry": world.bob.entries.first().pk}[model]

    assert client.get(f"/admin/billing/{model}/{way.format(pk=pk)}").status_code == 403


@pytest.mark.parametrize("model", ["invoice", "grant", "entry"])
def test_administrator_sees_every_page_and_can_edit_nothing(world: World, invoices: list[Invoice], model: str):
    client = signed_in(world.coordinator)
    pk = {"invoice": invoices[0].pk, "grant": world.bob.grants.get().pk, "entry": world.bob.entries.first().pk}[model]

    listed = client.get(f"/admin/billing/{model}/")
    shown = client.get(f"/admin/billing/{model}/{pk}/change/")
    changed = client.post(f"/admin/billing/{model}/{pk}/change/", {"amount": "1.00", "total": "1.00"})

    assert (listed.status_code, shown.status_code, changed.status_code) == (200, 200, 403)
    assert b'name="_save"' not in shown.content


def test_company_that_lacks_data_is_named_with_what_is_missing(finance: Client, world: World):
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    world.acme.company.city = ""
    world.acme.company.save()

    with time_machine.travel(RUN, tick=False):
        finance.force_login(User.objects.get(email="fin@thuiswerk.example"))
        page = finance.get(LIST).content.decode()

    assert "Acme: nog geen factuur, want dit ontbreekt: plaats." in page


def test_account_that_is_none_is_told_above_the_list(finance: Client, world: World, settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164301"}
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)

    with time_machine.travel(RUN, tick=False):
        finance.force_login(User.objects.get(email="fin@thuiswerk.example"))
        page = finance.get(LIST).content.decode()

    assert "Er kan geen factuur gemaakt worden: controleer de instelling van OPERATOR_IBAN." in page
