"""What a document needs above the PDF/A-3a of WeasyPrint to be PDF/UA-1 as well, done before its bytes are written.

- The metadata claims PDF/UA, with the extension schema that PDF/A wants for a claim that it does not know.
- Every header cell says whether it heads a column (it stands in `thead`) or a row.
- What repeats on each page in its margin is an artifact: a screen reader passes over it.
- An attached file stands once in the list of associated files.
"""

from typing import Any

CLAIM = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""

# The objects of pydyf are dictionaries and lists that know their number; a reference reads `12 0 R`.
type Pdf = Any


def make_accessible(_document: object, pdf: Pdf) -> None:
    """A finisher of WeasyPrint: `pdf` becomes PDF/UA-1."""
    _claim_accessibility(pdf)
    _give_headers_their_scope(pdf)
    _make_margins_artifacts(pdf)
    if associated := pdf.catalog.get("AF"):
        associated[:] = dict.fromkeys(associated)


def _target(pdf: Pdf, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _claim_accessibility(pdf: Pdf) -> None:
    metadata = _target(pdf, pdf.catalog["Metadata"])
    end = b"</rdf:RDF>"
    metadata.stream[0] = metadata.stream[0].replace(end, CLAIM + end, 1)


def _give_headers_their_scope(pdf: Pdf) -> None:
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            group = _target(pdf, _target(pdf, element["P"])["P"])
            element["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _make_margins_artifacts(pdf: Pdf) -> None:
    """WeasyPrint marks the text of a margin as content of the document, then leaves it out of its tree."""
    root = _target(pdf, pdf.catalog["StructTreeRoot"])
    contents = iter(_target(pdf, root["ParentTree"])["Nums"])
    elements_of = dict(zip(contents, contents, strict=True))
    for page in pdf.objects:
        if isinstance(page, dict) and page.get("Type") == "/Page":
            elements = elements_of[page["StructParents"]]
            loose = {mark for mark, element in enumerate(elements) if _is_loose(pdf, element, root["K"][0])}
            _unmark(_target(pdf, page["Contents"]).stream, loose)
            elements[:] = [b"null" if mark in loose else element for mark, element in enumerate(elements)]


def _is_loose(pdf: Pdf, reference: bytes, document: bytes) -> bool:
    """Whether the element at `reference` hangs under `document` without being known to it."""
    while (parent := _target(pdf, reference)["P"]) != document:
        reference = parent
    return reference not in _target(pdf, document)["K"]


def _unmark(stream: list[Any], marks: set[int]) -> None:
    """Turn those of the marked contents of a page into artifacts: `/Span <</MCID 3>> BDC` begins one."""
    for position, part in enumerate(stream):
        if isinstance(part, dict) and part.get("MCID") in marks:
            stream[position - 1] = "/Artifact"
            part.clear()
            part["Type"] = "/Pagination"
