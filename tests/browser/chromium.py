"""Where Chromium is, and how it is started."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
]


def executable() -> str | None:
    """The Chromium on the PATH; None means Playwright's own."""
    return next(filter(None, map(shutil.which, NAMES)), None)
