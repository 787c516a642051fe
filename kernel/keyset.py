"""Pages by keyset: "the rows after this one", not "skip ten thousand"; the same cost at any depth."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db.models import BooleanField, DateTimeField, Expression, F, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler


class RowBeyond(Func):
    """``(a, b) < (x, y)``: one comparison of whole rows, which one index serves on every page."""

    output_field = BooleanField()

    def __init__(self, left: Sequence[Combinable | str], right: Sequence[Any], *, smaller: bool) -> None:
        self.width, self.sign = len(left), "<" if smaller else ">"
        super().__init__(*(F(x) if isinstance(x, str) else x for x in left), *(_value(x) for x in right))

    def as_sql(self, compiler: SQLCompiler, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        sides = parts[: self.width], parts[self.width :]
        left, right = (", ".join(sql for sql, _params in side) for side in sides)
        return f"({left}) {self.sign} ({right})", [x for _sql, params in parts for x in params]


def _value(value: Any) -> Expression:
    return Value(value, output_field=DateTimeField()) if isinstance(value, datetime) else Value(value)


def pack(*parts: Any) -> str:
    """A cursor: opaque to whoever carries it, safe in an address."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def unpack(cursor: str) -> list[Any]:
    """The parts of a cursor; [] for one that nobody here made."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return []
    return found if isinstance(found, list) else []
