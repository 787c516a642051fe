"""Which project a ledger row is: known, known under another investor, or new. In chunks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from kernel.text import normal
from projects.importing.comparing import FIELDS, Days, InForce, compared
from projects.importing.entries import DAYS, Entry
from projects.importing.resembling import COMPARED, Alike, Resembling
from projects.likeness import Points
from projects.models import Money, Outcome, Project, ReachedMilestone
from projects.permissions import among

_KNOWN = (
    *("pk", "name", "normalized_name", "phase", "version", "case__code", "landing_unit_id"),
    *("enterprise__normalized_name", "enterprise__credit_code", *FIELDS),
    *COMPARED,
)
_CODE = re.compile(r"\d{6}-\d{4}-\d{5,}")
Known = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What will happen with a row, and why; ``changes`` are field → [before, after] for people."""

    outcome: Outcome
    project: int | None = None
    version: int | None = None
    messages: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    alike: Alike | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What the database holds about the rows of one chunk."""

    by_name: dict[str, list[Known]]
    by_code: dict[str, Known]
    visible: set[int]
    workable: set[int]
    days: Days
    money: InForce
    near: Resembling


class Matcher:
    """Matches chunk after chunk of one file; remembers the file's own rows to see a row twice."""

    def __init__(self, user: User, points: Points) -> None:
        self.user, self.points = user, points
        self._file = Resembling(points)
        self._rows: dict[str, list[tuple[str, int]]] = {}
        self._taken: dict[int, int] = {}

    def match(self, rows: Sequence[tuple[int, Entry]]) -> list[Found]:
        """The outcome of each (excel row, entry), in the same order."""
        read = self._read([entry for _number, entry in rows])
        return [self._one(number, entry, read) for number, entry in rows]

    def _read(self, entries: list[Entry]) -> Read:
        names = {normal(entry["name"])[:200] for entry in entries}
        codes = {code for entry in entries if (code := _code(entry))}
        rows = Project.objects.filter(case__voided_on__isnull=True)
        near = Resembling.read(entries, self.points, _KNOWN)
        found = [row for row in near.rows if row["normalized_name"] in names]
        coded = list(rows.filter(case__code__in=codes).values(*_KNOWN)) if codes else []
        by_name: dict[str, list[Known]] = {}
        for row in found:
            by_name.setdefault(row["normalized_name"], []).append(row)
        ids = {row["pk"] for row in (*found, *coded)}
        visible = self._visible(ids)
        by_code = {row["case__code"]: row for row in coded}
        workable = among(self.user, Can.EDIT_PROJECT, visible)
        return Read(by_name, by_code, visible, workable, _days_of(ids), _money_of(ids), near)

    def _visible(self, ids: set[int]) -> set[int]:
        if not ids:
            return set()
        return set(Project.objects.visible_to(self.user).filter(pk__in=ids).values_list("pk", flat=True))

    def _one(self, number: int, entry: Entry, read: Read) -> Found:
        name, investor = normal(entry["name"])[:200], normal(entry.get("investor", ""))[:200]
        earlier = self._earlier(number, name, investor)
        if earlier:
            return _suspect(_("与第%(row)s行的项目名称和投资方相同") % {"row": earlier})
        candidates = read.by_name.get(name, [])
        coded = read.by_code.get(_code(entry))
        if coded is None and not candidates:
            return self._new(number, entry, read)
        same = [coded] if coded else _same(candidates, entry, investor)
        if len(same) != 1:
            other = candidates[0]["pk"]
            seen = other if other in read.visible else None
            return _suspect(_("已有同名项目，但投资方不同或不止一个，请核对"), seen)
        return self._known(number, entry, same[0], read)

    def _new(self, number: int, entry: Entry, read: Read) -> Found:
        """Nobody has the name; what resembles it so much that a person must look makes it a suspect."""
        above = self._file.likest(entry)
        self._file.add(entry, number)
        if above is not None:
            words = {"row": above.key, "why": above.verdict.text}
            return _suspect(_("与第%(row)s行可能是同一项目：%(why)s") % words)
        alike = read.near.likest(entry)
        if alike is None:
            return Found(Outcome.NEW)
        if not self._visible({alike.key}):
            words = {"unit": alike.unit or _("其他单位"), "why": alike.verdict.text}
            return _suspect(_("%(unit)s可能已有同一项目（%(why)s），请先与其核对") % words, alike=alike)
        words = {"code": alike.code, "name": alike.name, "why": alike.verdict.text}
        return _suspect(_("与 %(code)s“%(name)s”可能是同一项目：%(why)s") % words, alike.key, alike)

    def _known(self, number: int, entry: Entry, row: Known, read: Read) -> Found:
        key = row["pk"]
        if key not in read.visible:
            return _suspect(_("其他单位已有同名同投资方的项目，请先与其核对"))
        earlier = self._taken.setdefault(key, number)
        if earlier != number:
            return _suspect(_("与第%(row)s行是同一个项目") % {"row": earlier}, key)
        changes, messages = compared(row, entry, read.days, read.money)
        if changes and key not in read.workable:
            message = _("您的单位在该项目中不承担办理角色，不能更新；请承办单位或招商局导入")
            return _suspect(message, key)
        outcome = Outcome.CHANGED if changes else Outcome.SAME
        return Found(outcome, key, row["version"], messages, changes)

    def _earlier(self, number: int, name: str, investor: str) -> int:
        """The row above that names the same project; a row without investor may be any of its name."""
        rows = self._rows.setdefault(name, [])
        found = next((row for known, row in rows if not known or not investor or known == investor), 0)
        rows.append((investor, number))
        return found


def _code(entry: Entry) -> str:
    """The project's own number, where the ledger came out of this system."""
    code = entry.get("external_id", "")
    return code if _CODE.fullmatch(code) else ""


def _suspect(message: str, project: int | None = None, alike: Alike | None = None) -> Found:
    return Found(Outcome.SUSPECT, project, messages=[("name", message)], alike=alike)


def _same(candidates: list[Known], entry: Entry, investor: str) -> list[Known]:
    """Those with the same investor; failing that, those of which one side names none."""
    code = entry.get("credit_code", "")
    exact = [
        row
        for row in candidates
        if (row["enterprise__normalized_name"] or "") == investor
        or (code and row["enterprise__credit_code"] == code)
    ]
    return exact or [row for row in candidates if not investor or not row["enterprise__normalized_name"]]


def _days_of(ids: Iterable[int]) -> Days:
    rows = ReachedMilestone.objects.filter(
        project_id__in=list(ids), code__in=DAYS.values(), withdrawn_on__isnull=True
    )
    found = rows.values_list("project_id", "code", "on", "precision")
    return {(project, code): (on, precision) for project, code, on, precision in found}


def _money_of(ids: Iterable[int]) -> InForce:
    """The figures in force of these projects, by project and measure, oldest first."""
    rows = Money.objects.filter(project_id__in=list(ids), superseded_by__isnull=True).order_by("pk")
    found: InForce = {}
    columns = (
        "pk",
        "project_id",
        "measure",
        "currency",
        "original",
        "fen",
        "evidence_id",
        "evidence_outstanding",
    )
    for row in rows.values(*columns):
        found.setdefault((row["project_id"], row["measure"]), []).append(dict(row))
    return found
