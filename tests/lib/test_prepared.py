from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, connections, transaction
from django.db.models import BigIntegerField, CharField, Count
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from portals.models import Portal
from tests.world import World, make_portal
from thuiswerk.lib.prepared import Given, Prepared, ids_of

by_slug = Prepared(lambda: Portal.objects.select_related("company").filter(slug=Given("slug", CharField())))
ids_among = Prepared(
    lambda: (
        Portal.objects.filter(pk__any=Given("ids", ArrayField(BigIntegerField())))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
)


def test_prepared_finds_by_the_values_of_each_call(world: World):
    slugs = ["acme", "globex", "nobody", "acme"]

    found = [by_slug.first(slug=slug) for slug in slugs]

    assert found == [world.acme, world.globex, None, world.acme]


def test_prepared_gives_what_the_query_set_gives(world: World):
    numbered = Prepared(
        lambda: Portal.objects.filter(slug=Given("slug", CharField())).annotate(people=Count("memberships"))
    )

    with CaptureQueriesContext(connection) as captured:
        portal = by_slug.first(slug="acme")
        company = portal.company.name

    assert (company, len(captured)) == ("Acme", 1)
    assert numbered.first(slug="acme").people == world.acme.memberships.count() == 2


def test_prepared_asks_the_database_at_each_call(world: World):
    before = by_slug.first(slug="acme").name
    Portal.objects.filter(slug="acme").update(name="Renamed")

    after = by_slug.first(slug="acme").name

    assert (before, after) == ("Acme Thuiswerkwinkel", "Renamed")


def test_prepared_composes_its_statement_once(world: World, monkeypatch: pytest.MonkeyPatch):
    composed = []
    as_sql = SQLCompiler.as_sql
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda self, *args: composed.append(self) or as_sql(self, *args))
    by_name = Prepared(lambda: Portal.objects.filter(name=Given("name", CharField())))

    found = [by_name.first(name=name) for name in (world.acme.name, world.globex.name)]

    assert (found, len(composed)) == ([world.acme, world.globex], 1)


def test_prepared_takes_a_list_of_any_length(world: World):
    both = [world.acme.pk, world.globex.pk]

    found = [ids_among.all(ids=ids) for ids in ([], both[:1], both, [*both, 0])]

    assert found == [[], both[:1], both, both]


def test_prepared_takes_a_value_as_a_value(world: World):
    assert by_slug.first(slug="acme' OR 'a'='a") is None


def test_prepared_get_refuses_what_is_not_there(world: World):
    found = by_slug.get(slug="acme")

    assert found == world.acme
    with pytest.raises(Portal.DoesNotExist):
        by_slug.get(slug="nobody")


@pytest.mark.django_db(transaction=True)
def test_prepared_locks_within_a_transaction_only():
    locked = Prepared(lambda: Portal.objects.select_for_update().filter(slug=Given("slug", CharField())))
    with transaction.atomic():
        locked.first(slug="acme")

    with pytest.raises(TransactionManagementError):
        locked.first(slug="acme")


@pytest.mark.django_db(transaction=True)
def test_prepared_keeps_threads_apart():
    portals = {slug: make_portal(slug, slug.title()).pk for slug in ("acme", "globex")}

    def find_often(slug: str) -> set[int]:
        try:
            return {by_slug.first(slug=slug).pk for _ in range(50)}
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(find_often, ["acme", "globex"] * 4))

    assert found == [{portals["acme"]}, {portals["globex"]}] * 4


def test_prepared_follows_the_connection_of_its_thread(world: World):
    before = by_slug.first(slug="acme")
    old, new = connections["default"], connections.create_connection("default")
    connections["default"] = new
    try:
        compiler = by_slug._composed().query.compiler
    finally:
        connections["default"] = old

    assert compiler.connection is new
    assert by_slug.first(slug="acme") == before


def test_ids_of_is_one_value_however_many_they_are(world: World):
    among = Portal.objects.filter(pk__any=ids_of([world.acme.pk, 2**62]))

    assert list(among) == [world.acme]
    assert len(among.query.sql_with_params()[1]) == 1
    assert not Portal.objects.filter(pk__any=ids_of([])).exists()
