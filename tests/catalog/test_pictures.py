"""Product pictures: how they are kept, and how they are served."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from catalog import pictures
from tests.world import World

pytestmark = pytest.mark.django_db


def png(width: int, height: int, color: tuple[int, ...] = (200, 30, 30, 128)) -> ContentFile:
    content = BytesIO()
    Image.new("RGBA", (width, height), color).save(content, "PNG")
    return ContentFile(content.getvalue(), "upload.png")


def read(name: str) -> bytes:
    """The stored file."""
    with default_storage.open(name) as file:
        return file.read()


@pytest.fixture
def name() -> str:
    return pictures.keep(png(1000, 500))[0]


@pytest.fixture
def visitor(world: World) -> Client:
    return Client(headers={"host": "acme.localhost"})


def test_keep_makes_two_webp_sizes_and_the_same_name_for_the_same_picture(name):
    sizes = {path: Image.open(BytesIO(read(path))) for path in (name, pictures.small(name))}

    assert [(image.format, image.size, image.mode) for image in sizes.values()] == [
        ("WEBP", (800, 400), "RGB"),
        ("WEBP", (400, 200), "RGB"),
    ]
    assert pictures.keep(png(1000, 500)) == (name, 800, 400)
    assert pictures.keep(png(1000, 501))[0] != name


def test_a_picture_is_served_for_ever_and_not_twice(visitor: Client, name):
    response = visitor.get(f"/pictures/{name}")
    again = visitor.get(f"/pictures/{name}", headers={"if-none-match": response["ETag"]})

    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.getvalue() == read(name)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "products/absent.webp",
        "../secret.webp",
        "products/../secret.webp",
        "products/%2e%2e/secret.webp",
        "products/..%2fsecret.webp",
        "products//secret.webp",
        "/etc/passwd",
        "products/..\\secret.webp",
        "products/a%00.webp",
        "branding/logo.webp",
        "products/notes.txt",
        "secret.webp",
    ],
)
def test_what_is_no_product_picture_is_not_found(visitor: Client, path):
    for present in ("secret.webp", "branding/logo.webp", "products/notes.txt"):
        default_storage.save(present, ContentFile(b"secret"))

    assert visitor.get(f"/pictures/{path}").status_code == 404
