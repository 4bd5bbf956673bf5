"""The categories that a feed names by their path of Dutch names, found or made."""

from collections.abc import Sequence

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.feed_faults import UnreadableFeed
from catalog.models import Category

MOST_NEW = 500
Path = tuple[str, ...]


def find_categories(paths: Sequence[Path]) -> dict[Path, int]:
    """The id of the category of each path, in their order; capitals make no difference.

    Refuses (UnreadableFeed) above `MOST_NEW` new ones, which a mistaken column makes.
    """
    known = _known()
    missing = {_folded(path[:depth]) for path in paths for depth in range(1, len(path) + 1)} - known.keys()
    if len(missing) > MOST_NEW:
        text = _("This feed would make %(count)d categories; at most %(most)d are made at once. Look at product_type.")
        raise UnreadableFeed(text % {"count": len(missing), "most": MOST_NEW})
    slugs = set(Category.objects.values_list("slug", flat=True))
    return {path: _find(path, known, slugs) for path in paths}


def _known() -> dict[Path, int]:
    nodes = {node.pk: node for node in Category.objects.all()}
    paths = {node.pk: [nodes[int(pk)].name_nl for pk in node.path.split("/")[:-1]] for node in nodes.values()}
    return {_folded(tuple(names)): pk for pk, names in paths.items()}


def _find(path: Path, known: dict[Path, int], slugs: set[str]) -> int:
    key = _folded(path)
    if key not in known:
        above = _find(path[:-1], known, slugs) if path[1:] else None
        known[key] = Category.objects.create(name_nl=path[-1], slug=_free(slugify(path[-1]), slugs), parent_id=above).pk
    return known[key]


def _free(slug: str, slugs: set[str]) -> str:
    """`slug`, with the first number behind it that makes it unique."""
    base, number = slug[:70] or "category", 1
    free = base
    while free in slugs:
        number += 1
        free = f"{base}-{number}"
    slugs.add(free)
    return free


def _folded(path: Path) -> Path:
    return tuple(name.casefold() for name in path)
