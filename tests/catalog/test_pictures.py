"""Product pictures: how they are kept, and how they are served."""

from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from PIL import Image

from catalog import pictures
from tests.world import World

pytestmark = pytest.mark.django_db


def png(width: int, height: int, color: tuple[int, ...] = (200, 30, 30, 128)) -> ContentFile:
    content = BytesIO()
    Image.new("RGBA", (width, height), color).save(content, "PNG")
    return ContentFile(content.getvalue(), "upload.png")


class Tags(HTMLParser):
    """The `<img>` of product pictures and the `<source>` of a page, by their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.sources: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {"img": self.images, "source": self.sources}.get(tag)
        if found is not None and "/pictures/" in (dict(attributes).get("srcset") or ""):
            found.append(dict(attributes))


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


@pytest.mark.parametrize(("width", "widths"), [(2000, (320, 640, 1280)), (500, (320, 500, 500))])
def test_keep_makes_three_widths_in_two_kinds_and_never_a_larger_one(width, widths):
    name, *size = pictures.keep(png(width, width // 2))

    made = [
        (image.format, image.size, image.mode)
        for kind in ("avif", "webp")
        for image in (Image.open(BytesIO(read(pictures.sized(name, side, kind)))) for side in pictures.WIDTHS)
    ]
    assert made == [(kind, (side, side // 2), "RGB") for kind in ("AVIF", "WEBP") for side in widths]
    assert size == [widths[-1], widths[-1] // 2]


def test_the_name_is_made_of_the_picture():
    name = pictures.keep(png(100, 50))[0]

    assert pictures.keep(png(100, 50))[0] == name
    assert pictures.keep(png(50, 100))[0] != name


def test_srcset_names_each_width_once_and_tells_the_true_one():
    assert pictures.srcset("/p/a.webp", "avif", 500) == "/p/a.320.avif 320w, /p/a.640.avif 500w"
    assert pictures.srcset("/p/a.webp", "webp") == "/p/a.320.webp 320w, /p/a.640.webp 640w, /p/a.webp 1280w"


def test_the_command_completes_what_is_missing(world: World, name, capsys):
    product = world.chair
    product.pictures.create(file=name, width=1000, height=500)
    product.pictures.create(file="products/gone.webp", width=1, height=1)
    default_storage.delete(pictures.sized(name, 320, "avif"))

    call_command("complete_pictures")

    assert pictures.is_whole(name)
    assert capsys.readouterr().out == "1 completed, 1 without any file\n"


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


def test_a_page_offers_the_widths_and_keeps_room_for_the_picture(world: World, name):
    first, second = (world.chair.pictures.create(file=name, width=1000, height=500, alt=alt) for alt in ("Voor", "Op"))
    world.chair.set_first_picture()
    bob = Client(headers={"host": "acme.localhost"})
    bob.force_login(world.bob.user)

    page = Tags(bob.get(f"/products/{world.chair.pk}/{world.chair.slug}/").content.decode())

    assert [(tag["alt"], tag["width"], tag["height"]) for tag in page.images] == [
        (first.alt, "1000", "500"),
        (second.alt, "1000", "500"),
    ]
    assert [(tag.get("fetchpriority"), tag.get("loading")) for tag in page.images] == [("high", None), (None, "lazy")]
    assert page.images[0]["srcset"].endswith(f"/pictures/{name} 1000w")
    assert page.sources[0]["srcset"].endswith(f"/pictures/{pictures.sized(name, 1280, 'avif')} 1000w")
