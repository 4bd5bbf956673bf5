"""The kit with which a company announces its shop: texts for intranet and mail, and a poster with a QR code.

Everything is in Dutch and in English, and says nothing of a person: any colleague may see it.
"""

import io
import zipfile
from dataclasses import dataclass

import segno
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image

from billing.documents import render_pdf
from portals.models import Portal
from thuiswerk.lib.colour import text_on

LANGUAGES = ("nl", "en")
LOGO_SIDE = 1200  # pixels: sharp at the width of an A4
LENGTHS = {"short": 28, "long": 45}  # characters: a headline that is longer is set smaller
MADE_AT = (1980, 1, 1, 0, 0, 0)  # the same kit is the same file


@dataclass(frozen=True)
class Announcement:
    """A text to send on: its subject or heading, in plain words and as a fragment of HTML."""

    subject: str
    text: str
    html: str


def intranet_text(portal: Portal, *, language: str) -> Announcement:
    """What to put on the company's intranet."""
    return _announcement(portal, "intranet", language)


def mail_text(portal: Portal, *, language: str) -> Announcement:
    """What the company may mail to its people before the invitation comes."""
    return _announcement(portal, "mail", language)


def poster_pdf(portal: Portal, *, language: str, with_period: bool = True, with_credit: bool = True) -> bytes:
    """A poster of one A4 in the colour of the company, as PDF/UA-1, with the address of the portal in words and as a QR
    code."""
    logo = _logo(portal)
    with translation.override(language):
        context = _facts(portal) | {
            "with_period": with_period and portal.live_from is not None,
            "with_credit": with_credit and portal.credit_per_employee > 0,
            "qr": _qr(portal.url, _("QR code of %(address)s") % {"address": portal.host}),
            "logo": "picture:logo.png" if logo else "",
            "length": next((name for name, most in LENGTHS.items() if len(portal.name) <= most), "longest"),
        }
    return render_pdf(
        "onboarding/poster.html",
        context,
        language=language,
        pictures={"logo.png": logo} if logo else {},
        tokens={"brand": portal.brand_color, "on-brand": text_on(portal.brand_color)},
    )


def poster_name(portal: Portal, *, language: str) -> str:
    """`poster-acme-nl.pdf`."""
    return f"poster-{portal.slug}-{language}.pdf"


def kit_zip(portal: Portal, language: str) -> bytes:
    """All of it in one language as a ZIP: the poster, and each text as `.txt` and `.html`."""
    files = {poster_name(portal, language=language): poster_pdf(portal, language=language)}
    for name, text in (
        ("intranet", intranet_text(portal, language=language)),
        ("mail", mail_text(portal, language=language)),
    ):
        files[f"{name}-{language}.txt"] = f"{text.subject}\n\n{text.text}".encode()
        files[f"{name}-{language}.html"] = text.html.encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE_AT), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _announcement(portal: Portal, name: str, language: str) -> Announcement:
    with translation.override(language):
        facts = _facts(portal)
        text = render_to_string(f"onboarding/announcement/{name}.txt", facts)
        html = render_to_string(f"onboarding/announcement/{name}.html", facts)
        subject = _("%(portal)s: your own shop for working at home") % {"portal": portal.name}
    return Announcement(subject, f"{text.strip()}\n", f"{html.strip()}\n")


def _facts(portal: Portal) -> dict[str, object]:
    """What the texts say of the shop."""
    return {
        "portal": portal,
        "company": portal.company.name,
        "credit": portal.credit_per_employee,
        "address": portal.host.removesuffix(":443"),
        "operator": settings.OPERATOR,
        "seller": settings.OPERATOR,
    }


def _qr(url: str, alt: str) -> str:
    """`url` as inline SVG without its quiet zone, which the poster keeps white around it; `alt` is read aloud."""
    code = segno.make_qr(url, error="q")
    return str(code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None, title=alt))


def _logo(portal: Portal) -> bytes | None:
    """The logo as PNG; None without one, or where its file is lost."""
    try:
        with portal.logo.open() as file, Image.open(file) as picture:
            picture.thumbnail((LOGO_SIDE, LOGO_SIDE))
            target = io.BytesIO()
            picture.convert("RGBA").save(target, "PNG")
            return target.getvalue()
    except (OSError, ValueError, SuspiciousFileOperation):
        return None
