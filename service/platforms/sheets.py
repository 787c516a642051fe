"""A platform's own table: written with its headings to be taken in there, read back with its numbers."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from kernel.refusals import Refused, Unmet
from policies.schema import OutsidePlatform
from projects.models import Phase, Project
from projects.sheets import Columns, count_for_sheet, day, prose, sheet_file, text, wan
from projects.sheets_in import Said, read_lines
from service.models import PlatformEntry
from service.platforms.entering import enter
from service.platforms.queries import with_fields

NO_TITLE = str.maketrans("", "", "[]:*?/\\'")
"""What the name of a sheet may not hold."""
MOST_LINES = 2_000
MOST_TOLD = 20
"""Faulty lines said at a time."""


def _month(value: date | None) -> str | None:
    return f"{value:%Y-%m}" if value else None


def _phase(code: str) -> str:
    return str(Phase(code).label)


FIELDS: Mapping[str, tuple[int, str, Callable[[Any], Any] | None]] = {
    "code": (20, "code_", text), "name": (36, "name", text),
    "enterprise": (30, "enterprise__name", text), "credit_code": (22, "enterprise__credit_code", text),
    "content": (40, "content", prose), "park": (16, "park_", text), "site": (20, "site", text),
    "introducing_unit": (16, "introducing_unit__name", text), "phase": (12, "phase", _phase),
    "industry_code": (12, "industry_code", text), "land": (14, "land_square_metres", None),
    "jobs": (10, "jobs", None), "total": (16, "total_fen", wan), "fixed_asset": (16, "fixed_asset_fen", wan),
    "contract": (16, "contract_fen", wan), "signed_on": (12, "signed_on_", day),
    "month": (10, "last_month", _month), "invested": (16, "last_invested", wan),
    "completed": (16, "completed_fen", wan), "percent": (10, "last_percent", None),
    "words": (40, "last_words", prose), "problems": (40, "last_problems", prose),
    "number": (20, "entered_number", text),
}  # fmt: skip


def platform_file(rows: QuerySet[Project], rule: OutsidePlatform, on: date) -> Path:
    """Rows ``on_platform`` as the platform's table in a temporary file, which the caller removes.

    Amounts in 万元. Raises Refused (unmet) for more rows than a sheet holds.
    """
    columns: Columns = {column.heading: FIELDS[column.field] for column in rule.columns}
    count_for_sheet(rows)
    return sheet_file(rule.name.translate(NO_TITLE)[:31], columns, with_fields(rows, on))


@transaction.atomic
def take_back(
    *, upload: "File[bytes]", rule: OutsidePlatform, by: User, on: date, today: date
) -> list[PlatformEntry]:
    """The platform's table with its numbers: each line's project is entered under its number; all or none.

    Lines that say what is known already are passed over. Raises Refused: invalid for a file that is no such
    table, with each faulty line; and as ``enter``.
    """
    headings: dict[str, str] = {column.field: column.heading for column in rule.columns}
    key = "code" if "code" in headings else "name"
    lines = read_lines(upload, headings, (key, "number"), lambda said: bool(said.get("number")), MOST_LINES)
    meant, faults = _matched(lines, key, by)
    if faults:
        raise Refused(faults[:MOST_TOLD], "invalid")
    meant.sort(key=lambda pair: pair[1].pk)  # locked in one order, whatever the order of the file
    said = {"platform": rule.code, "by": by, "on": on, "today": today}
    rows = [_entered(line, project, said) for line, project in meant]
    return [row for row in rows if row is not None]


def _entered(line: Said, project: Project, said: dict[str, Any]) -> PlatformEntry | None:
    try:
        return enter(project=project, number=line["number"], **said)
    except Refused as refused:
        if refused.codes == ["entered"]:
            return None
        if refused.status == "forbidden":
            raise
        raise Refused([_line(line, item.message) for item in refused.unmet], refused.status) from refused


def _matched(lines: list[Said], key: str, by: User) -> tuple[list[tuple[Said, Project]], list[Unmet]]:
    """Which project each line means; what cannot be told is a fault of its line."""
    path = "case__code" if key == "code" else "name"
    wanted = {said.get(key, "") for said in lines}
    found: dict[str, list[Project]] = {}
    for row in Project.objects.visible_to(by).filter(**{f"{path}__in": wanted}).select_related("case"):
        found.setdefault(row.case.code if key == "code" else row.name, []).append(row)
    meant: list[tuple[Said, Project]] = []
    faults: list[Unmet] = []
    seen: set[str] = set()
    for said in lines:
        name = said.get(key, "")
        fault = said.get("faults", "") or _fault(name, len(found.get(name, ())), name in seen)
        seen.add(name)
        if fault:
            faults.append(_line(said, fault))
        else:
            meant.append((said, found[name][0]))
    return meant, faults


def _fault(name: str, matches: int, again: bool) -> str:
    if not name:
        return _("没有写是哪个项目")
    if again:
        return _("“%(name)s”写了两行") % {"name": name}
    if matches > 1:
        return _("有 %(n)s 个项目叫“%(name)s”，请写项目编号") % {"n": matches, "name": name}
    return "" if matches else _("没有“%(name)s”这个项目，或您看不到它") % {"name": name}


def _line(said: Said, message: str) -> Unmet:
    words = _("第 %(line)s 行：%(message)s") % {"line": said["line"], "message": message}
    return Unmet("line", words, field="file")
