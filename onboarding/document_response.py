"""Answers that are a PDF."""

from django.http import FileResponse, HttpResponse

from onboarding.models import OfferDocument
from onboarding.offer import PDF


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to look at, under this name when it is saved. Nobody else keeps it."""
    response = FileResponse([content], content_type=PDF, filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]


def kept_document(document: OfferDocument) -> HttpResponse:
    """A document, byte for byte as it was sent."""
    return pdf_response(bytes(document.content), document.name)
