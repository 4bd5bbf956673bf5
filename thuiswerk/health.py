"""Whether a process lives, and whether it can do its work: asked by what starts and balances processes."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the process can do its work: it reaches its database, which has every migration that the code knows.

    503 where it cannot. A newer database than the code is fine: that is how a release begins.
    """
    try:
        applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    if known_migrations() - applied:
        return JsonResponse({"database": "ok", "migrations": "waiting"}, status=503)
    return JsonResponse({"database": "ok", "migrations": "ok"})


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration of the code; read once in a process, since the code does not change under it."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
