"""PDF documents: the only importer of WeasyPrint.

- Every document is PDF/A-3a, to be kept for years, and PDF/UA-1, to be read aloud.
- A document reads the bundled files of `static/pdf/` and `static/fonts/` and nothing else: no network, no other file.
  Pictures that its caller hands over stand at `picture:<name>`.
- `<app>/<name>.html` extends `documents/base.html`, the shared letterhead, and is dressed by `static/pdf/<name>.css`,
  which imports `document.css`.
- Only what the bundled fonts can print is printed (billing.glyphs).
- The same template, context and attachment give the same bytes: dates come from the document, the identifier from
  what is in it.
- Fonts and stylesheets are read once and kept for the process; Pango's font map takes one thread at a time.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from PIL import ImageFile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from billing.glyphs import printable
from billing.tagging import make_accessible

# WeasyPrint makes the whole process content with half a picture; an upload must be whole.
ImageFile.LOAD_TRUNCATED_IMAGES = False

STATIC: Path = settings.BASE_DIR / "static"
BASE_URL = f"{(STATIC / 'pdf').as_uri()}/"
BUNDLED = (STATIC / "pdf", STATIC / "fonts")
PNG = b"\x89PNG"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MIME_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".ttf": "font/ttf"}

_one_at_a_time = Lock()


class DocumentRefused(Exception):
    """The document asks for a file that is not bundled with Thuiswerk."""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF that says the same in another way: the e-invoice. The ending of `name` tells its type."""

    name: str
    description: str
    content: bytes
    made_on: dt.date


class BundledFiles(URLFetcher):
    """Hands WeasyPrint the bundled files, and the pictures of one document; every other address stops it."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols={"file", "picture"}, allow_redirects=False, fail_on_errors=True)
        self._pictures = pictures or {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "picture" and parts.path in self._pictures:
            content = self._pictures[parts.path]
            kind = "image/png" if content.startswith(PNG) else "image/jpeg"
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        path = Path(unquote(parts.path)).resolve()
        bundled = any(path.is_relative_to(folder) for folder in BUNDLED)
        if parts.scheme != "file" or parts.netloc or not bundled or path.suffix not in MIME_TYPES:
            raise DocumentRefused(f"{url} is not a bundled file.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": MIME_TYPES[path.suffix]})


def render_pdf(
    template: str,
    context: dict[str, Any],
    *,
    language: str,
    attachment: Attachment | None = None,
    pictures: Mapping[str, bytes] | None = None,
    tokens: Mapping[str, str] | None = None,
) -> bytes:
    """The PDF of `template` in `language`, which the template also finds in its context.

    `pictures`: JPEG or PNG files, which the template shows as `picture:<name>`. `tokens`: colours (#rrggbb), which its
    stylesheet finds as `var(--name)`. Refuses (DocumentRefused) a document that asks for anything else that is no
    bundled file.
    """
    with translation.override(language):
        html = render_to_string(template, {**context, "language": language})
    stem = PurePosixPath(template).stem
    return pdf_of(html, stylesheet=stem, attachment=attachment, pictures=pictures, tokens=tokens)


def pdf_of(
    html: str,
    *,
    stylesheet: str,
    attachment: Attachment | None = None,
    pictures: Mapping[str, bytes] | None = None,
    tokens: Mapping[str, str] | None = None,
) -> bytes:
    """The PDF of `html`, dressed by `static/pdf/<stylesheet>.css`. Refuses like `render_pdf`."""
    files = BundledFiles(pictures) if pictures else _files()
    with _one_at_a_time:
        try:
            document = weasyprint.HTML(string=printable(html), base_url=BASE_URL, url_fetcher=files)
            content: bytes = document.write_pdf(
                finisher=make_accessible,
                font_config=_fonts(),
                stylesheets=[_stylesheet(stylesheet), *_tokens(tokens)],
                attachments=[_embedded(attachment)] if attachment else None,
                pdf_variant="pdf/a-3a",
            )
        except FatalURLFetchingError as error:
            raise DocumentRefused(str(error.__cause__ or error)) from error
    return content


def _embedded(attachment: Attachment) -> weasyprint.Attachment:
    made_at = dt.datetime.combine(attachment.made_on, dt.time(), dt.UTC)
    return weasyprint.Attachment(
        file_obj=io.BytesIO(attachment.content),
        name=attachment.name,
        description=attachment.description,
        created=made_at,
        modified=made_at,
        url_fetcher=_files(),
        relationship="Alternative",
    )


def warm_up() -> None:
    """Read the fonts and the stylesheet of the invoice, so that the first document costs no more than the next."""
    pdf_of("<!doctype html><html lang='nl'><title>–</title><p>€ 0 <b>1</b></p>", stylesheet="invoice")


def _tokens(colours: Mapping[str, str] | None) -> list[weasyprint.CSS]:
    declared = "".join(f"--{name}: {colour};" for name, colour in (colours or {}).items() if COLOUR.fullmatch(colour))
    return [weasyprint.CSS(string=f":root {{{declared}}}", font_config=_fonts())] if declared else []


@cache
def _files() -> BundledFiles:
    return BundledFiles()


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _stylesheet(name: str) -> weasyprint.CSS:
    return weasyprint.CSS(url=f"{BASE_URL}{name}.css", url_fetcher=_files(), font_config=_fonts())
