"""Fixtures of all tests."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    """The named world on an empty database."""
    return build_world()


@pytest.fixture(autouse=True)
def _language_of_the_shop() -> Iterator[None]:
    """Each test begins in Dutch, whatever language the last request of the test before it asked for."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    """Uploads of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _plain_static_files(settings, tmp_path):
    """Static files by their own names, so that no test needs `collectstatic` first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The cast of every test has passwords; hashing them as slowly as in production takes half of the run."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
