"""Tables as lines of JSON: the same bytes from SQLite and PostgreSQL, so that either restores the other.

One line is one row: a JSON list in the order of the manifest's columns. Rows go in by plain INSERT, so that
automatic dates, histories and append-only triggers see nothing but new rows.
"""

import base64
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

import orjson
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Field, JSONField, Model
from django.utils.duration import duration_iso_string

# Made by `migrate` itself, or of the moment: sessions end with the old machine, lock-outs with the hour.
LEFT_OUT = {"auth", "axes", "contenttypes", "sessions"}
_CHUNK = 2_000
_MOST_ROWS = 500
_MOST_PARAMETERS = 30_000


def kept_models() -> list[type[Model]]:
    """Every table of ours with its histories and many-to-many rows, by label."""
    found = apps.get_models(include_auto_created=True)
    kept = [m for m in found if m._meta.managed and not m._meta.proxy and m._meta.app_label not in LEFT_OUT]
    return sorted(kept, key=lambda model: model._meta.label_lower)


def columns_of(model: type[Model]) -> list[str]:
    return [field.attname for field in _fields(model)]


def _fields(model: type[Model]) -> "list[Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if not field.generated]


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent view of all tables for as long as the block lasts, without stopping writers."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Django's atomic() is IMMEDIATE here and would hold the one writer's place.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")


def lines(model: type[Model]) -> Iterator[bytes]:
    """The table's rows in order of their keys, one line each."""
    rows = model._base_manager.order_by("pk").values_list(*columns_of(model))
    for row in rows.iterator(chunk_size=_CHUNK):
        yield orjson.dumps(row, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    return str(value)


class Summed:
    """Lines that are counted and summed up while somebody reads them.

    Their order does not count in the sum: databases sort text differently.
    """

    def __init__(self, rows: Iterable[bytes]) -> None:
        self.rows, self.count, self.total = rows, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for row in self.rows:
            self.count += 1
            self.total = (self.total + int.from_bytes(sha256(row).digest())) % 2**256
            yield row

    def read(self) -> "Summed":
        deque(self, maxlen=0)
        return self


def load(model: type[Model], rows: Iterable[bytes]) -> None:
    """Insert the rows as they were written, keys and dates included."""
    fields = _fields(model)
    most = max(1, min(_MOST_ROWS, (connection.features.max_query_params or _MOST_PARAMETERS) // len(fields)))
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while batch := [_for_database(fields, orjson.loads(row)) for row in islice(waiting, most)]:
            cursor.execute(_insert(model, fields, len(batch)), [value for row in batch for value in row])


def _insert(model: type[Model], fields: "list[Field[Any, Any]]", count: int) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = "(" + ", ".join(["%s"] * len(fields)) + ")"
    # Names come from the models alone; every value is a parameter.
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {', '.join([places] * count)}"  # noqa: S608


def _for_database(fields: "list[Field[Any, Any]]", row: list[Any]) -> list[Any]:
    return [_value(field, value) for field, value in zip(fields, row, strict=True)]


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, JSONField) and value is None and not field.null:
        return connection.ops.adapt_json_value(None, field.encoder)  # JSON's null, which is a value
    return field.get_db_prep_save(field.to_python(value), connection)


def go_on_counting(models: Iterable[type[Model]]) -> None:
    """Let each table's next key follow the highest that was restored (SQLite sees to it by itself)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
