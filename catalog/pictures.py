"""Product pictures: WebP in two sizes, under names made of their content so that a browser may keep them for ever."""

from django.core.files.storage import default_storage

FOLDER = "products/"
SIDE = 800
SMALL_SIDE = 400


def small(name: str) -> str:
    """The name of the small size of the picture `name`."""
    return name.removesuffix(".webp") + ".small.webp" if name else ""


def exists(name: str) -> bool:
    """Whether `name` is a stored product picture; false for whatever points outside their folder."""
    parts = name.split("/")
    inside = name.startswith(FOLDER) and name.endswith(".webp") and not {"", ".", ".."} & set(parts)
    return inside and "\\" not in name and "\0" not in name and default_storage.exists(name)
