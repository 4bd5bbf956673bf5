"""The shape of the category tree: a path per category, so that all below a category is one prefix.

Invariant: `path` is the parent's path with the category's own id and a slash behind it. It is kept on every save, and
a category that moves takes all below it along. Writers wait for each other on the rows of the tree.
"""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from catalog.models import Category


def refuse_loop(category: "Category") -> None:
    """Refuses (ValidationError) a parent that is the category itself or lies below it."""
    if category.pk is None or category.parent_id is None:
        return
    nodes = type(category).objects
    parents = dict(nodes.values_list("pk", "parent_id"))
    above: int | None = category.parent_id
    while above is not None:
        if above == category.pk:
            raise ValidationError({"parent": ValidationError(_("A category cannot lie below itself."), code="loop")})
        above = parents.get(above)


def settle(category: "Category") -> None:
    """Put the path of a saved category, and of all below it, where its parent says."""
    nodes = type(category).objects
    known = dict(nodes.select_for_update().order_by("pk").values_list("pk", "path"))
    before = known[category.pk]
    above = known[category.parent_id] if category.parent_id else ""
    category.path = f"{above}{category.pk}/"
    if before == category.path:
        return
    nodes.filter(pk=category.pk).update(path=category.path)
    if before:
        below = nodes.filter(path__startswith=before).exclude(pk=category.pk)
        below.update(path=Concat(Value(category.path), Substr("path", len(before) + 1)))
