"""A company hands its list over and the coordinator makes its portal: `python -m bench.intake_visit FILE LEAD`
prints the seconds from the request to the page of each, and the peak of its memory in MB."""

import datetime as dt
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from bench.roster_visit import peak, timed
from onboarding import links
from onboarding.models import Lead, Purpose, Stage


def visit(content: bytes, lead: Lead) -> None:
    now = timezone.now()
    link = links.make_link(lead, Purpose.INTAKE, name="Irma", email=lead.email, now=now)
    company, coordinator = Client(HTTP_HOST=settings.BASE_DOMAIN), Client(HTTP_HOST=settings.BASE_DOMAIN)
    coordinator.force_login(User.objects.get(is_staff=True))
    page = links.page_of(link, "onboarding:intake_people")
    build = f"/admin/onboarding/lead/{lead.pk}/build/"
    company.get(page)
    coordinator.get(build)

    upload = {"file": SimpleUploadedFile("lijst.xlsx", content)}
    timed("intake preview", lambda: company.post(page, upload, follow=True))
    company.post(page, {"confirm": "1"})
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.DATA_RECEIVED)
    day = timezone.localdate() + dt.timedelta(days=14)
    plan = {"name": "Ander", "slug": "ander", "credit": "250", "live_from": day.isoformat(), "months": "3"}
    timed("make the shop", lambda: coordinator.post(build, plan))
    print(f"intake memory {peak():.1f}")


if __name__ == "__main__":
    with override_settings(DEMO=True):  # no second factor, which is not of the list
        visit(Path(sys.argv[1]).read_bytes(), Lead.objects.get(pk=sys.argv[2]))
