"""A coordinator with a list of employees: `python -m bench.roster_visit FILE PORTAL` hands it over, looks at the
preview, confirms it, and hands it over once more; it prints the seconds of each, from the request to the page, and the
peak of its memory in MB."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts.models import User


def visit(content: bytes, portal: str) -> None:
    client = Client(HTTP_HOST=settings.BASE_DOMAIN)
    client.force_login(User.objects.get(is_staff=True))
    start = f"/admin/portals/portal/{portal}/employees/import/"
    client.get(start)  # What a process reads once, such as templates, is not of the list.

    def hand_over() -> HttpResponse:
        return client.post(start, {"file": SimpleUploadedFile("lijst.xlsx", content)}, follow=True)

    preview = timed("preview", hand_over)
    address = preview.redirect_chain[-1][0]
    timed("creation", lambda: client.post(address))
    timed("preview again", hand_over)
    print(f"memory {peak():.1f}")


def peak() -> float:
    """Of this process alone: what `getrusage` tells begins with the memory of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def timed(name: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    started = time.monotonic()
    response = work()
    seconds = time.monotonic() - started
    if response.status_code not in (200, 302):
        sys.exit(f"{name}: {response.status_code}")
    print(f"{name} {seconds:.3f}")
    return response


if __name__ == "__main__":
    with override_settings(DEMO=True):  # no second factor, which is not of the list
        visit(Path(sys.argv[1]).read_bytes(), sys.argv[2])
