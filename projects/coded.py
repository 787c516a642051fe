"""What a lead carries by code, of the plan's own lists: its channel, its target classes, its tags.

A project keeps the codes alone; several stand in one column, comma-separated, in the order of the plan.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, Func, Q, Value
from django.utils.translation import gettext as _

from kernel.refusals import Refused, Unmet
from kernel.text import normal
from policies.rulebook import Rulebook
from policies.schema import Rule
from projects.models import Project

TABLES = {"lead_channel": "lead_channels", "target_classes": "target_classes", "lead_tags": "lead_tags"}
"""Column of the project → table of the pack."""
SEVERAL = ("target_classes", "lead_tags")


def listed(rules: Rulebook, column: str) -> tuple[Rule, ...]:
    """The plan's list for a column, in its order."""
    return tuple(getattr(rules, TABLES[column]))


def names(rules: Rulebook | None, column: str) -> dict[str, str]:
    return {row.key: row.name for row in listed(rules, column)} if rules else {}


def codes_of(text: str) -> list[str]:
    return [code for code in text.split(",") if code]


def said(known: Mapping[str, str], text: str) -> str:
    """Codes as words; one that no plan knows any more shows itself."""
    return "、".join(known.get(code, code) for code in codes_of(text))


def settled(rules: Rulebook, values: Mapping[str, Any], kept: Project | None = None) -> dict[str, Any]:
    """The fields of a project with those by code joined as they are stored.

    Raises Refused (invalid) for a code that the plan does not list, naming those that it does; what the
    project ``kept`` carries already may stay.
    """
    found, problems = dict(values), list[Unmet]()
    for column in TABLES.keys() & values.keys():
        wanted = _wanted(values[column])
        have = set(codes_of(getattr(kept, column))) if kept else set()
        problems += _objections(rules, column, [code for code in wanted if code not in have])
        found[column] = _joined(rules, column, wanted)
    if problems:
        raise Refused(problems, "invalid")
    return found


def _wanted(value: Any) -> list[str]:
    return codes_of(value) if isinstance(value, str) else [str(code) for code in value or ()]


def _objections(rules: Rulebook, column: str, codes: Iterable[str]) -> list[Unmet]:
    known = names(rules, column)
    strange = [code for code in codes if code not in known]
    if not strange:
        return []
    label = Project._meta.get_field(column).verbose_name
    words = {"label": label, "code": "、".join(strange), "known": permitted(known)}
    text = _("%(label)s没有“%(code)s”，可用：%(known)s") % words
    clause = next((row.clause for row in listed(rules, column)), "")
    return [Unmet("unknown_code", text, clause, field=column)]


_BETWEEN = re.compile(r"[、，,；;/|\s]+")


def read(rules: Rulebook | None, column: str, text: str) -> tuple[str, str]:
    """A ledger's names (or codes) as they are stored, and what to say of those that the plan does not list.

    Several are parted by a comma or the like; of the one channel the whole cell is the name.
    """
    known = names(rules, column)
    by_name = {_plain(name): code for code, name in known.items()} | {code: code for code in known}
    cells = _BETWEEN.split(text.strip()) if column in SEVERAL else [text]
    said_ = [cell for cell in cells if cell.strip()]
    strange = [cell for cell in said_ if _plain(cell) not in by_name]
    if strange:
        words = {"said": "、".join(strange), "known": permitted(known)}
        return "", _("“%(said)s”不在制度所列之内，可填：%(known)s") % words
    found = {by_name[_plain(cell)] for cell in said_}
    return ",".join(code for code in known if code in found), ""


def _plain(name: str) -> str:
    """Without quotation marks and the sign's width: “基金＋产业” is 基金+产业."""
    return normal(name) or name


def permitted(known: Mapping[str, str]) -> str:
    """What may be said, for people; the plan may list nothing."""
    return "、".join(known.values()) or _("（制度未列）")


def _joined(rules: Rulebook, column: str, codes: Iterable[str]) -> str:
    order = list(names(rules, column))
    places = {code: place for place, code in enumerate(order)}
    return ",".join(sorted(dict.fromkeys(codes), key=lambda code: places.get(code, len(order))))


class HasCode(Func):
    """Whether a column of codes holds one; PostgreSQL asks its index (``projects/migrations``)."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        (column, _none), (code, params) = (compiler.compile(x) for x in self.get_source_expressions())
        if connection.vendor == "postgresql":
            return f"string_to_array({column}, ',') @> ARRAY[{code}]", params
        return f"(',' || {column} || ',') LIKE ('%%,' || {code} || ',%%')", params


def holding(column: str, code: str) -> Q:
    """Projects that carry a code in one of the columns of several."""
    # Said apart, so that an index of those that carry any answers.
    return ~Q(**{column: ""}) & Q(HasCode(column, Value(code)))
