"""Every word over a column or beside a field of our own back office can be translated."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise

OURS = ("accounts", "billing", "catalog", "onboarding", "orders", "portals")


def shown_names(model_admin: BaseModelAdmin) -> Iterator[str]:
    """What stands in the list and on the page of one row."""
    yield from getattr(model_admin, "list_display", ())
    sections = model_admin.fieldsets or [(None, {"fields": model_admin.fields or ()})]
    for _title, options in sections:
        for name in options["fields"]:
            yield from [name] if isinstance(name, str) else name


def plain_words(model: type[Model], model_admin: BaseModelAdmin) -> Iterator[str]:
    """The names of what is shown under a word, or explained by a text, of one language only."""
    for name in shown_names(model_admin):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            shown = getattr(model_admin, name, None) or getattr(model, name)
            texts = [shown.short_description]
        else:
            texts = [field._verbose_name, *filter(None, [field.help_text])]
        yield from [name for text in texts if not isinstance(text, Promise)]


@pytest.mark.parametrize("model", [model for model in admin.site._registry if model._meta.app_label in OURS])
def test_labels_of_the_back_office_are_translatable(model: type[Model]):
    model_admin = admin.site._registry[model]
    inlines = [(inline.model, inline(model, admin.site)) for inline in model_admin.inlines]

    plain = [
        f"{shown.__name__}.{name}"
        for shown, its_admin in [(model, model_admin), *inlines]
        for name in plain_words(shown, its_admin)
    ]

    assert plain == []
    assert all(isinstance(shown._meta.verbose_name_plural, Promise) for shown, _its_admin in [(model, None), *inlines])
