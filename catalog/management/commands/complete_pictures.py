"""Makes what is missing of the product pictures: their widths and kinds."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog import pictures
from catalog.models import ProductPicture


class Command(BaseCommand):
    help = "Make the widths and kinds of the product pictures that are missing, as after an update from 0.1."

    def handle(self, *args: Any, **options: Any) -> None:
        names = ProductPicture.objects.order_by("file").values_list("file", flat=True).distinct()
        broken = [name for name in names.iterator() if not pictures.is_whole(name)]
        found = [name for name in broken if pictures.exists(name)]
        for name in found:
            pictures.mend(name)
        self.stdout.write(f"{len(found)} completed, {len(broken) - len(found)} without any file")
