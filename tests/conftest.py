"""Fixtures of all tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from tests.world import World, build_world

QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
PLAIN_STORAGES = django_settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


@pytest.fixture
def world(db: None) -> World:
    """The named world on an empty database."""
    return build_world()


@pytest.fixture(scope="session")
def demo_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the pictures of the demo's catalogue are drawn once."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def demo(settings: Any, demo_pictures: Path) -> None:
    """The installation is a demo, whose operator has a bank account."""
    settings.DEMO = True
    settings.MEDIA_ROOT = demo_pictures
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164300"}


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
    settings.STORAGES = PLAIN_STORAGES
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The cast of every test has passwords; hashing them as slowly as in production takes half of the run."""
    settings.PASSWORD_HASHERS = [QUICK_HASHER]
