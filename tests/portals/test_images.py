"""What is taken as a picture, and what is kept of it."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from portals.images import clean_image


def upload(content, name="picture.png"):
    return SimpleUploadedFile(name, content)


def encoded(picture, kind, **options):
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def bomb(side):
    """A PNG of a few kilobytes that would unpack to hundreds of megabytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(bytes((side // 8 + 1) * side), 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_encoded_anew_whatever_its_name(kind):
    kept = clean_image(upload(encoded(Image.new("RGB", (60, 40), "teal"), kind), "evil.exe"))

    with Image.open(kept) as picture:
        assert (picture.format, picture.size) == ("WEBP", (60, 40))
    assert kept.name.endswith(".webp")


def test_see_through_picture_stays_so_without_its_colour_profile():
    logo = encoded(Image.new("RGBA", (8, 8), (1, 2, 3, 0)), "PNG", icc_profile=b"made at home")

    kept = clean_image(upload(logo))

    with Image.open(kept) as picture:
        assert (picture.format, picture.getpixel((0, 0))[3]) == ("PNG", 0)
        assert "icc_profile" not in picture.info


def test_metadata_is_dropped_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    photo = encoded(Image.new("RGB", (60, 40), "teal"), "JPEG", exif=exif, icc_profile=b"taken at home")

    kept = clean_image(upload(photo))

    content = kept.read()
    with Image.open(BytesIO(content)) as picture:
        assert picture.size == (40, 60)
        assert not picture.getexif()
    assert photo.count(b"taken at home") == 2
    assert b"taken at home" not in content


def test_picture_is_kept_no_larger_than_the_page_needs():
    kept = clean_image(upload(encoded(Image.new("RGB", (60, 40), "teal"), "PNG")), keep_side=30)

    with Image.open(kept) as picture:
        assert picture.size == (30, 20)


@pytest.mark.parametrize("side", [5_000, 12_000, 20_000])
def test_bomb_is_refused_by_its_header_without_decoding(monkeypatch, side):
    content = bomb(side)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))

    with pytest.raises(ValidationError) as refusal:
        clean_image(upload(content))

    assert len(content) < 50_000
    assert refusal.value.code == "too_many_pixels"


@pytest.mark.parametrize("too_large", [(4097, 1), (1, 4097)])
def test_side_of_4096_is_taken_and_one_more_is_not(too_large):
    assert clean_image(upload(encoded(Image.new("1", (4096, 1)), "PNG"))).size

    with pytest.raises(ValidationError) as refusal:
        clean_image(upload(encoded(Image.new("1", too_large), "PNG")))

    assert refusal.value.code == "too_many_pixels"


def test_file_of_five_megabytes_is_taken():
    picture = encoded(Image.new("RGB", (60, 40), "teal"), "PNG")

    assert clean_image(upload(picture.ljust(5 * 1024 * 1024, b"x"))).size


def test_file_above_five_megabytes_is_refused_unread():
    file = upload(b"x" * (5 * 1024 * 1024 + 1))

    with pytest.raises(ValidationError) as refusal:
        clean_image(file)

    assert refusal.value.code == "too_many_bytes"
    assert file.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(40),
        b"%PDF-1.7",
        encoded(Image.effect_noise((64, 64), 90), "GIF"),
        encoded(Image.effect_noise((64, 64), 90), "BMP"),
        encoded(Image.effect_noise((64, 64), 90), "PNG")[:30],
        encoded(Image.effect_noise((64, 64), 90), "PNG")[:-100],
        encoded(Image.effect_noise((64, 64), 90), "JPEG")[:300],
        encoded(Image.effect_noise((64, 64), 90), "JPEG")[:-100],
    ],
)
def test_what_is_no_whole_picture_is_refused(content):
    with pytest.raises(ValidationError) as refusal:
        clean_image(upload(content))

    assert refusal.value.code == "not_a_picture"
