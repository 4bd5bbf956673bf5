"""Product pictures: WebP in two sizes, under names made of their content so that a browser may keep them for ever."""

from hashlib import sha256
from io import BytesIO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from PIL import Image

FOLDER = "products/"
SIDE = 800
SMALL_SIDE = 400
QUALITY = 84


def small(name: str) -> str:
    """The name of the small size of the picture `name`."""
    return name.removesuffix(".webp") + ".small.webp" if name else ""


def keep(upload: "File[bytes]") -> tuple[str, int, int]:
    """Keep a picture that was checked before; returns its name, width and height in px."""
    upload.seek(0)
    picture = Image.open(upload)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    name = f"{FOLDER}{sha256(ground.tobytes()).hexdigest()[:20]}.webp"
    store(name, ground)
    return name, *ground.size


def exists(name: str) -> bool:
    """Whether `name` is a stored product picture; false for whatever points outside their folder."""
    parts = name.split("/")
    inside = name.startswith(FOLDER) and name.endswith(".webp") and not {"", ".", ".."} & set(parts)
    return inside and "\\" not in name and "\0" not in name and default_storage.exists(name)


def store(name: str, picture: Image.Image) -> None:
    """Keep `picture` under `name`, and its small size beside it. The same name always means the same picture."""
    small_one = picture.copy()
    small_one.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    for path, image in ((small(name), small_one), (name, picture)):
        if not default_storage.exists(path):
            encoded = BytesIO()
            image.save(encoded, "WEBP", quality=QUALITY, method=2)
            default_storage.save(path, ContentFile(encoded.getvalue()))
