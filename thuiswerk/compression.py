"""Pages go over the wire packed: of a list of products that leaves a sixth.

The token of a form is masked anew in every answer, and each packed answer gets a name of random length, so that its
size tells nothing of what is in it (BREACH).
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackedPagesMiddleware(GZipMiddleware):
    """Packs pages only: pictures and PDF files are packed already, and static files are by WhiteNoise."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
