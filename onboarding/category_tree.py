"""The categories as a tree of checkboxes with how many products each holds; works without scripts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Count, Q

from catalog.models import Category


@dataclass
class Node:
    """A category in the tree. `products` counts what is for sale in it and below it."""

    category: Category
    is_chosen: bool
    products: int
    children: list["Node"] = field(default_factory=list)


def build_tree(chosen: Iterable[str]) -> list[Node]:
    """The whole tree, in one query, with the keys in `chosen` ticked."""
    ticked = {str(key) for key in chosen}
    counted = Category.objects.annotate(own=Count("products", filter=Q(products__is_active=True)))
    counted = counted.order_by("position", "name_nl", "pk")
    nodes = {category.pk: Node(category, str(category.pk) in ticked, category.own) for category in counted}
    roots: list[Node] = []
    # Deepest first, so that a count has everything below it when it is added to the one above.
    for node in sorted(nodes.values(), key=lambda n: -n.category.path.count("/")):
        parent = nodes.get(node.category.parent_id or 0)
        if parent is None:
            continue
        parent.products += node.products
    for node in nodes.values():
        parent = nodes.get(node.category.parent_id or 0)
        (parent.children if parent else roots).append(node)
    return roots


class CategoryTreeWidget(forms.SelectMultiple):
    """Checkboxes in nested lists."""

    template_name = "onboarding/category_tree.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {"name": name, "nodes": build_tree(value or [])}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""


class CategoryTreeField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Chosen categories; a category stands for all below it."""

    widget = CategoryTreeWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Category.objects.all(), required=False, **kwargs)
