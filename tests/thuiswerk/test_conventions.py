"""What the style guide asks for and a machine can see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.urls import URLPattern, get_resolver

ROOT = settings.BASE_DIR
APPS = ("accounts", "portals", "catalog", "billing", "orders", "onboarding")
PACKAGES = (*APPS, "thuiswerk")
# Django's error views, allauth's limits and the admin look these up; what else we override stands in its own app.
FOUND_BY_NAME = re.compile(r"(400|403|403_csrf|404|429|500)\.html|admin/\w+/\w+/change_list\.html")
REFERENCE = re.compile(r"""["']([\w./-]+\.(?:html|txt))(?:#[\w-]+)?["']""")
FORBIDDEN_NAMES = {"signals.py", "services.py", "utils.py", "helpers.py", "mixins.py"}


def sources() -> list[Path]:
    """Our Python files, migrations left out."""
    return [path for app in PACKAGES for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def templates() -> list[Path]:
    return [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt", ".svg"}]


def name_of(template: Path) -> str:
    return template.relative_to(ROOT / "templates").as_posix()


def our_models() -> Iterator[type[Model]]:
    for label in APPS:
        yield from apps.get_app_config(label).get_models()


def portal_view_files() -> set[Path]:
    """The modules whose views answer on a portal's host."""
    found: set[Path] = set()

    def walk(patterns: list) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                module = pattern.callback.__module__
                if module.partition(".")[0] in PACKAGES:
                    found.add(ROOT / (module.replace(".", "/") + ".py"))
            else:
                walk(pattern.url_patterns)

    walk(get_resolver(settings.PORTAL_URLCONF).url_patterns)
    return found


def managers_used(path: Path) -> list[str]:
    """`Model.objects`, as far as a module asks a model instead of the request."""
    names = {model.__name__ for model in our_models()}
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value.id}.objects"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
        if isinstance(node.value, ast.Name) and node.value.id in names
    ]


def test_csv_is_written_in_one_place():
    writing = [
        path.relative_to(ROOT).as_posix() for path in sources() if re.search(r"csv\.\w*[wW]riter", path.read_text())
    ]

    assert writing == ["thuiswerk/lib/spreadsheet.py"]


def test_portal_views_start_from_the_request():
    files = portal_view_files()

    assert {ROOT / "catalog/views.py", ROOT / "orders/views.py", ROOT / "billing/views.py"} <= files
    assert [use for path in sorted(files) for use in managers_used(path)] == []


def test_managers_used_sees_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "views.py"
    path.write_text("def show(request, pk):\n    return Order.objects.get(pk=pk)\n")

    assert managers_used(path) == ["views.py:2 Order.objects"]


def test_models_of_a_tenant_name_their_portal():
    owned = {"Portal", "Membership"}
    without = set()
    for _ in range(4):  # what belongs to something that belongs to a portal, to that depth
        for model in our_models():
            fields = {field.name: field.related_model for field in model._meta.concrete_fields if field.related_model}
            belongs = any(related.__name__ in owned for name, related in fields.items() if not name.startswith("pgh_"))
            if belongs and not model.__name__.endswith("Event"):
                owned.add(model.__name__)
                if "portal" not in fields and model.__name__ != "Portal":
                    without.add(model.__name__)

    assert {"Order", "OrderLine", "InvoiceLine", "Entry", "Grant", "CartLine", "Payment", "Invoice"} <= owned
    assert without == set()


@pytest.mark.parametrize("name", sorted(FORBIDDEN_NAMES))
def test_no_module_is_a_drawer(name: str):
    assert [path for path in sources() if path.name == name] == []


def test_nobody_listens_to_signals_of_models():
    listeners = re.compile(r"\b(pre|post)_(save|delete|init)\b|\bm2m_changed\b|\bdjango\.dispatch\b")

    assert [str(path) for path in sources() if listeners.search(path.read_text())] == []


def test_weasyprint_is_imported_in_one_place():
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if re.search(r"^\s*(import|from) weasyprint", path.read_text(), re.MULTILINE)
    }

    assert importers == {"billing/documents.py"}


def test_only_the_ledger_writes_grants_and_entries():
    writing = re.compile(r"(?<!class )\b(Grant|Entry)(\(|\.objects\.\w*(create|update)\w*\()")
    writers = {path.relative_to(ROOT).as_posix() for path in sources() if writing.search(path.read_text())}

    assert writers == {"billing/ledger.py", "billing/posting.py"}


def test_pages_have_no_inline_style_or_script():
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    pages = [
        path
        for path in templates()
        if path.suffix == ".html" and "mail" not in path.parts and name_of(path).partition("/")[0] != "admin"
    ]

    assert len(pages) > 40
    assert [f"{name_of(path)}: {found[0]}" for path in pages if (found := inline.search(path.read_text()))] == []


def overridden() -> set[str]:
    """The names of our templates that replace one of an app that is not ours."""
    theirs = [Path(app.path) / "templates" for app in apps.get_app_configs() if app.name not in APPS]
    return {name for name in map(name_of, templates()) if any((folder / name).exists() for folder in theirs)}


def test_every_template_is_used():
    texts = [path.read_text() for path in [*sources(), *templates()]]
    used = {name for text in texts for name in REFERENCE.findall(text)}
    stems = {stem for text in texts for stem in re.findall(r"""["']([\w/-]+/mail/[\w-]+)["']""", text)}
    composed = tuple(folder for text in texts for folder in re.findall(r"""f["']([\w/-]+/)\{\w+\}""", text))
    unused = {
        name
        for name in map(name_of, templates())
        if name not in used | overridden()
        and name.partition(".")[0] not in stems
        and not name.startswith(composed)
        and not FOUND_BY_NAME.fullmatch(name)
    }

    assert unused == set()


def test_files_stay_short():
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in sources()
        if (count := len(path.read_text().splitlines())) > 350
    }

    assert long == {}


def test_functions_stay_short():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 40
    ]

    assert long == []


def test_own_javascript_stays_small():
    lines = sum(len(path.read_text().splitlines()) for path in (ROOT / "static/js").rglob("*.js"))

    assert 0 < lines <= 300
