"""Where static files are served: under names that hold their hash, each looked up once a process."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage. Every page names a few files, and finding a hash takes as long as a small template."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.known: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of the file `name`. In development it is looked up anew, since files change."""
        if name is None or force or settings.DEBUG:
            return str(super().url(name, force))
        if name not in self.known:
            self.known[name] = str(super().url(name))
        return self.known[name]
