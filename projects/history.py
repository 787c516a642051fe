"""What changed in a project's own fields, when, by whom: each stored version against the one before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Field, ForeignKey
from django.utils.translation import gettext as _

from kernel.money import show_fen
from kernel.phones import mask_in_prose
from projects import coded
from projects.facts import rules_of
from projects.models import Project

UNSAID = {"case", "version", "updated_at", "created_at", "shelved_by", "exited_by"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its name, what it was, what it became."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version; ``first`` is the registration, which changes nothing but sets all."""

    at: datetime
    who: str
    reason: str
    lines: list[Line]
    first: bool


@dataclass(frozen=True, slots=True)
class Pages:
    versions: list[Version]
    older: int | None


def versions(project: Project, *, before: int | None, size: int) -> Pages:
    """Newest first, from below the version ``before``; a fixed number of queries."""
    rows = Project.history.filter(case_id=project.pk).select_related("history_user").order_by("-history_id")
    if before:
        rows = rows.filter(history_id__lt=before)
    found = list(rows[: size + 1])
    pairs = list(zip(found[:size], [*found[1:], None], strict=False))
    rules = rules_of(project)
    names = _names(found) | {"project_class": {row.code: row.name for row in rules.classes}}
    names |= {column: coded.names(rules, column) for column in coded.TABLES}
    shown = [_version(new, old, names) for new, old in pairs]
    return Pages(shown, found[size - 1].history_id if len(found) > size else None)


def _version(new: Any, old: Any, names: Mapping[str, Mapping[Any, str]]) -> Version:
    lines = [] if old is None else list(_lines(old, new, names))
    who = str(new.history_user) if new.history_user else "—"
    return Version(new.history_date, who, new.history_change_reason or "", lines, old is None)


def _lines(old: Any, new: Any, names: Mapping[str, Mapping[Any, str]]) -> Iterable[Line]:
    for field in _fields():
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if before != after:
            yield Line(str(field.verbose_name), say(field, before, names), say(field, after, names))


def _fields() -> "list[Field[Any, Any]]":
    own = {field.name for field in Project.history.model._meta.fields}
    return [f for f in Project._meta.concrete_fields if f.name in own and f.name not in UNSAID]


def _names(rows: list[Any]) -> dict[str, Mapping[Any, str]]:
    """Names of the units and enterprises that the versions refer to, one query a kind."""
    found: dict[str, Mapping[Any, str]] = {}
    for field in _fields():
        if not isinstance(field, ForeignKey):
            continue
        wanted = {getattr(row, field.attname) for row in rows} - {None}
        related: Any = field.related_model
        known = found.get(related.__name__, {})
        more = {pk: str(row) for pk, row in related.objects.in_bulk(wanted - set(known)).items()}
        found[related.__name__] = {**known, **more}
    return found


def say(field: "Field[Any, Any]", value: Any, names: Mapping[str, Mapping[Any, str]]) -> str:
    """A stored value as people read it, telephone numbers masked."""
    if value in (None, ""):
        return "—"
    if isinstance(field, ForeignKey):
        related: Any = field.related_model
        return names.get(related.__name__, {}).get(value, str(value))
    if field.name in names:
        return coded.said(names[field.name], str(value))
    if field.name.endswith("_fen"):
        return show_fen(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return mask_in_prose(str(dict(field.flatchoices).get(value, value)))
