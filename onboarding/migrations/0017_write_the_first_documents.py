"""The first versions of the texts that go to companies, in Dutch and in English, published."""

from pathlib import Path

from django.db import migrations
from django.utils import timezone

FOLDER = Path(__file__).parent / "first_documents"


def write(apps, schema_editor):
    versions = apps.get_model("onboarding", "DocumentVersion").objects
    for file in sorted(FOLDER.glob("*.txt")):
        kind, language, _ending = file.name.split(".")
        title, _newline, body = file.read_text(encoding="utf-8").partition("\n")
        if not versions.filter(kind=kind, language=language).exists():
            versions.create(kind=kind, language=language, number=1, title=title, body=body, published_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0016_keep_offers_and_documents")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
