"""Addresses of the API, made from its description."""

from django.urls import URLPattern, path

from orders.api import views
from orders.api.description import BASE, OPERATIONS, Operation


def _patterns() -> list[URLPattern]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    below = BASE.removeprefix("/api/")
    return [
        path(
            below + address,
            views.answer,
            {"operations": operations},
            name=f"api_{next(iter(operations.values())).name}",
        )
        for address, operations in by_path.items()
    ]


urlpatterns = [
    path("", views.page, name="api_page"),
    path("openapi.json", views.openapi, name="api_openapi"),
    *_patterns(),
    path("<path:rest>", views.answer, {"operations": {}}, name="api_nothing"),
]
