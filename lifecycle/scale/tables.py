"""Running the statements: small tables from Python, big ones from SQL, keys by the stretch.

What stands in the way of many rows at once (indexes, foreign and unique keys; primary keys stay) is set aside in the same
transaction and made anew at its end: built once over all rows, and every key checked by the database.
"""  # noqa: E501

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import Model

from kernel.bulk import Sql, fetch, insert_history, insert_select, run, write


def one(sql: str, *params: object) -> Any:
    """The single value that a query answers."""
    return fetch(sql, params)[0][0]


def keep(name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """A table for the length of the transaction, filled from Python; ``columns`` as "name type, …"."""
    run(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    write(name, [column.split()[0].strip('"') for column in columns.split(",")], rows)
    run(f"ANALYZE {name}")


def derive(name: str, query: str, key: str = "n") -> int:
    """A table for the length of the transaction, filled by a query; returns its rows. ``key``: its joins'."""
    count = run(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}")
    run(f"ANALYZE {name} ({key})")
    return count


def insert(model: type[Model], source: str, values: Mapping[str, str]) -> int:
    """INSERT … SELECT of SQL expressions by column; the rest takes the defaults of the model."""
    return insert_select(model, {column: Sql(text) for column, text in values.items()}, source)


def remember(model: type[Model], since: int, by: int) -> int:
    """One history row ("+") for every row with a key above ``since``."""
    key = model._meta.pk.column
    return insert_history(model, kind="+", by=by, reason="", where=f't."{key}" > {since}')


def highest(model: type[Model]) -> int:
    key = model._meta.pk.column
    return int(one(f'SELECT COALESCE(max("{key}"), 0) FROM "{model._meta.db_table}"'))  # noqa: S608


def take(model: type[Model], count: int) -> int:
    """Reserve ``count`` primary keys; returns the number before the first."""
    table, column = model._meta.db_table, model._meta.pk.column
    sequence = one("SELECT pg_get_serial_sequence(%s, %s)", table, column)
    last = one(f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}")  # noqa: S608
    if count:
        run("SELECT setval(%s, %s)", (sequence, last + count))
    return int(last)


@contextmanager
def set_aside(models: Iterable[type[Model]]) -> Iterator[None]:
    """Without indexes, foreign and unique keys of these tables for as long as the block runs."""
    tables = [model._meta.db_table for model in models]
    keys = fetch(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype IN ('f', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY contype DESC, conname",
        [tables],
    )
    indexes = fetch(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1",
        [tables],
    )
    for table, name, _definition in keys:
        run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        run(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        run(definition)
    for table, name, definition in keys:
        run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
