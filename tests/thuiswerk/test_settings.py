"""Production: Django's own deployment checks and ours, on the settings that an operator really runs."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from PIL import Image

PRODUCTION = {
    "DEBUG": "0",
    "DEMO": "0",
    "SECRET_KEY": "Yx2vQ9-bK7wLr4TzN0pHs8DmJc5GfEa1UiOo6BnVt3XqRkWyCd",
    "DATABASE_URL": "postgresql://thuiswerk:secret@db/thuiswerk",
    "REDIS_URL": "redis://redis:6379/0",
    "BASE_DOMAIN": "thuiswerk.example",
    "USE_HTTPS": "1",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://mail:25",
}


def check_deploy(tmp_path, **changes: str) -> subprocess.CompletedProcess[str]:
    return manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **changes)


def manage(tmp_path, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    words = (sys.executable, "manage.py", *words)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **PRODUCTION, **changes}
    return subprocess.run(words, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)


def test_production_passes_every_check(tmp_path):
    (tmp_path / "guarantee").mkdir()
    for language, _name in settings.LANGUAGES:
        Image.new("RGB", (10, 10)).save(tmp_path / "guarantee" / f"{language}.png")

    result = check_deploy(tmp_path)

    assert (result.returncode, result.stdout) == (0, "System check identified no issues (1 silenced).\n"), result.stderr


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"DEBUG": "1"}, "security.W018"),
        ({"DEMO": "1"}, "accounts.E001"),
        ({"EMAIL_URL": ""}, "accounts.E002"),
        ({"PAYMENT_PROVIDER": "demo"}, "orders.E002"),
        ({"TRUSTED_PROXIES": "0"}, "portals.E001"),
        ({"USE_HTTPS": "0"}, "security.W012"),
        ({"SECRET_KEY": "short"}, "security.W009"),
    ],
)
def test_what_may_not_go_live_is_refused(tmp_path, changes: dict[str, str], told: str):
    result = check_deploy(tmp_path, **changes)

    assert result.returncode == 1
    assert told in result.stderr


def test_secret_key_has_no_default_in_production(tmp_path):
    result = check_deploy(tmp_path, SECRET_KEY="")

    assert result.returncode == 1
    assert "SECRET_KEY is not set." in result.stderr


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({"BASE_DOMAIN": "shops.example:8443"}, "service@shops.example"),
        ({"DEMO": "1", "BASE_DOMAIN": "localhost:8000"}, "service@thuiswerk.example"),
        ({"DEMO": "1", "OPERATOR_EMAIL": "help@shops.example"}, "help@shops.example"),
    ],
)
def test_contact_of_the_operator_looks_like_one(tmp_path, changes: dict[str, str], address: str):
    ask = "from django.conf import settings; print(settings.OPERATOR['email'])"

    told = manage(tmp_path, "shell", "--no-imports", "-c", ask, **changes)

    assert told.stdout == f"{address}\n", told.stderr
