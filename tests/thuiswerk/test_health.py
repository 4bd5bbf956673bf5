"""What is asked by what starts and balances processes: alive, and ready for work."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from thuiswerk.health import known_migrations


@pytest.fixture
def probe():
    """Asks with the address of the machine as host, as a balancer does."""
    return Client(headers={"host": "10.0.0.7:8000"})


def test_healthz_answers_without_a_database(probe):
    response = probe.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_of_a_migrated_database_takes_one_statement(probe, db, django_assert_num_queries):
    probe.get("/readyz")

    with django_assert_num_queries(1):
        response = probe.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "migrations": "ok"})


def test_readyz_waits_for_a_migration(probe, db):
    MigrationRecorder(connection).record_unapplied("orders", "0001_initial")

    response = probe.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "ok", "migrations": "waiting"})


def test_readyz_while_newer_code_has_migrated_is_ready(probe, db):
    MigrationRecorder(connection).record_applied("orders", "9999_of_the_next_release")

    assert probe.get("/readyz").status_code == 200


def test_readyz_without_a_database_says_so(probe, db, monkeypatch):
    def refuse():
        raise OperationalError("connection to server at 10.0.0.5 failed: password of thuiswerk")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        response = probe.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "unreachable"})


def test_known_migrations_are_those_of_all_apps():
    apps = {app for app, _ in known_migrations()}

    assert {"accounts", "portals", "catalog", "billing", "orders", "onboarding", "auth", "sessions"} <= apps
