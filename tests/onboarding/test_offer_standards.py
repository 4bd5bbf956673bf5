"""The documents of an offer pack against PDF/A-3a and PDF/UA-1, by veraPDF."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from billing import documents as pdf
from catalog import pictures
from catalog.models import Product
from onboarding import offer
from onboarding.document_models import ENCLOSED
from tests import verapdf
from tests.onboarding.offers import make_called
from tests.world import NOW, make_category, make_product

pytestmark = pytest.mark.django_db
NAME = "Zij & <b>Zoon</b> 🦊 {budget} " + "x" * 60


def test_every_document_keeps_both_standards_in_both_languages(tmp_path: Path):
    paths = {}
    for language in ("nl", "en"):
        lead = make_called(language=language, company_name=NAME[:120], email=f"{language}@x.example")
        lead.categories.add(_desks())
        for kind in ENCLOSED:
            path = tmp_path / f"{language}-{kind}.pdf"
            path.write_bytes(offer.make(lead, kind, now=NOW).content)
            paths[path] = path.name

    broken = verapdf.findings(paths)

    assert len(broken) == 8
    assert {paths[path]: rules for path, rules in broken.items() if rules} == {}


def _desks():
    """A category with more products than fit in a row, one of them without a picture."""
    Image.new("RGBA", (900, 600), (20, 90, 140, 128)).save(made := BytesIO(), "PNG")
    picture, desks = pictures.keep(ContentFile(made.getvalue()))[0], make_category("Bureaus", "Desks")
    for number in range(6):
        make_product(desks, f"Bureau {number} & co " * 5, "399.00", picture=picture)
    Product.objects.filter(name_nl__startswith="Bureau 5").update(picture="")
    return desks


def test_features_are_asked_of_the_font_and_not_of_every_line():
    features = pdf._fonts().font_features
    features.clear()
    lead = make_called()

    for kind in ENCLOSED:
        offer.make(lead, kind, now=NOW)

    assert features == {}
