"""Queries compiled once and asked again: what every request asks alike need not be put together every time.

Putting a queryset together and into SQL costs Django one to four milliseconds, several times what the
database takes for the answer. A kept query is built by the ORM as ever, once, with stand-ins for the values
that differ; asking it fills these in and reads the rows as the ORM does (converters, ``select_related``,
``values``). What it answers is the same; a test holds both against each other.

Of what is asked with one key or a few PostgreSQL also keeps the plan (``planned``): for a row read with four
others the plan takes twice as long as the answer.
"""

from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

Row = TypeVar("Row")


class Kept(Generic[Row]):
    """One compiled query. ``marks`` names the stand-ins with which the queryset was built.

    ``planned``: one plan is as good for all values.
    """

    def __init__(
        self, rows: "QuerySet[Any, Row]", marks: Mapping[str, Any] | None = None, *, planned: bool = False
    ) -> None:
        self._rows, self._using = rows, rows.db
        self._planned = planned
        self._compiler = rows.query.get_compiler(using=rows.db)
        try:
            self._sql, params = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql, params = "", ()
        self._params = list(params)
        self._places = [self._place(name, mark) for name, mark in (marks or {}).items()] if self._sql else []

    def _place(self, name: str, mark: Any) -> tuple[str, list[int]]:
        plain = _plain(connections[self._using], mark)
        found = [i for i, param in enumerate(self._params) if type(param) is type(plain) and param == plain]
        if not found:
            raise ValueError(f"the stand-in for {name} is nowhere in the query")
        return name, found

    def bound(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The statement with these values in the marked places; "" where nothing can ever be found."""
        params = self._params.copy()
        for name, places in self._places:
            for place in places:
                params[place] = _plain(connections[self._using], values[name])
        return self._sql, params

    def ask(self, **values: Any) -> list[Row]:
        """The rows for these values."""
        sql, params = self.bound(values)
        if not sql:
            return []
        compiler: Any = copy(self._compiler)
        compiler.connection = connections[self._using]
        if self._planned and compiler.connection.vendor == "postgresql":
            sql = _executed(compiler.connection, sql, len(params))
        compiler.as_sql = lambda *args, **kwargs: (sql, params)
        query: Any = copy(self._rows.query)
        query.get_compiler = lambda *args, **kwargs: compiler
        rows = type(self._rows)(self._rows.model, query, self._using)
        for name in ("_iterable_class", "_fields"):
            setattr(rows, name, getattr(self._rows, name))
        return list(rows)

    def fold(self, *what: str, **values: Any) -> tuple[Any, ...]:
        """Aggregates over all rows ("count(*)", "sum(total_fen)"), by the query's column names."""
        sql, params = self.bound(values)
        if not sql:
            return (0,) * len(what)
        with connections[self._using].cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(what)} FROM ({sql}) folded", params)  # noqa: S608 (the ORM's)
            return tuple(cursor.fetchone())


_known: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def _executed(connection: BaseDatabaseWrapper, sql: str, values: int) -> str:
    """The statement as one that this session has planned, else plans now.

    A prepared statement lives as long as its session, whatever becomes of the transaction.
    """
    connection.ensure_connection()
    session: Any = connection.connection
    known = _known.setdefault(session, {})
    if sql not in known:
        name = f"kept_{len(known)}"
        with connection.wrap_database_errors, session.cursor() as cursor:
            cursor.execute(f"PREPARE {name} AS {sql % tuple(f'${n}' for n in range(1, values + 1))}")
        known[sql] = f"EXECUTE {name}({', '.join(['%s'] * values)})" if values else f"EXECUTE {name}"
    return known[sql]


def _plain(connection: BaseDatabaseWrapper, value: Any) -> Any:
    """A value as the ORM would hand it to this database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
