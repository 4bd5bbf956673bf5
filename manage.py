#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL started when no DATABASE_URL is set."""

import os
import sys

from thuiswerk.embedded import ensure_database


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thuiswerk.settings")
    ensure_database()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
