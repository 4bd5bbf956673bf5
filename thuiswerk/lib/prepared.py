"""Query sets that are composed once: for the few statements that every page needs.

Composing a statement costs the ORM more than sending it. A `Prepared` keeps the SQL that its query set makes, and each
call only fills in the values. Every call still asks the database.
"""

from collections.abc import Callable, Iterable
from threading import local
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import BigIntegerField, Expression, Field, Lookup, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError


class Given(Expression):
    """The place in a query set of a value that each call of its `Prepared` gives, as the database takes it."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def ids_of(keys: Iterable[int]) -> Cast:
    """Ids as one value of a statement, however many they are: as text, since the driver takes lists apart."""
    return Cast(Value(f"{{{','.join(map(str, keys))}}}"), ArrayField(BigIntegerField()))


@Field.register_lookup
class AnyOf(Lookup):
    """`filter(pk__any=…)`: one of a list, `Given` or `ids_of`, which unlike `__in` is one value however long it is."""

    lookup_name = "any"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_params, *right_params]


class Prepared[Row: Model]:
    """The query set that `build` makes, to be asked again and again with other values of its `Given` places."""

    def __init__(self, build: "Callable[[], QuerySet[Row, Any]]") -> None:
        self.build = build
        self.thread = local()

    def all(self, **values: Any) -> list[Any]:
        """What the query set yields with `values`, by the names of its places."""
        composed = self._composed()
        composed.query.compiler.values = values
        return list(composed._iterable_class(composed))

    def first(self, **values: Any) -> Any | None:
        """The first row with `values`, or None."""
        return next(iter(self.all(**values)), None)

    def get(self, **values: Any) -> Any:
        """The first row with `values`. Refuses (DoesNotExist of the model) where there is none."""
        row = self.first(**values)
        if row is None:
            raise self._composed().model.DoesNotExist
        return row

    def _composed(self) -> Any:
        """The query set of this thread; composed anew where the thread has another connection than before."""
        rows: Any = getattr(self.thread, "rows", None)
        if rows is None or rows.query.compiler.connection is not connections[rows.db]:
            rows = self.build()
            compiler = _OnceCompiler(rows.query, connections[rows.db], rows.db)
            rows.query.compiler = compiler
            rows.query.get_compiler = lambda *args, **kwargs: compiler
            self.thread.rows = rows
        return rows


class _OnceCompiler(SQLCompiler):
    """Keeps the SQL of its first call."""

    composed: tuple[str, tuple[Any, ...]] | None = None
    values: dict[str, Any]

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        if self.composed is None:
            sql, params = super().as_sql(*args, **kwargs)
            self.composed = sql, tuple(params)
        elif self.query.select_for_update and self.connection.get_autocommit():
            raise TransactionManagementError("A row is locked within a transaction only.")
        sql, params = self.composed
        return sql, tuple(self.values[given.name] if isinstance(given, Given) else given for given in params)
