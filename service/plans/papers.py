"""The plan as Word: each list and the table on a page of its own, with exactly the fields of the pack's
forms.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from documents import word
from documents.official import Official, day_in_words
from kernel.language import house_language
from kernel.phones import mask
from policies.schema import PlanField, PlanItemRule, PlanList, PlanRule, PlanTable
from service.plans.models import WHOLE, Plan, PlanItem, PlanSeal, PlanTarget, PlanVersion

SQUARE_METRES_A_MU = Decimal(2000) / 3
WAN = 1_000_000  # 分
BLANK_DAY = "   年   月   日"
BLANK = "    "
WIDE_MM = 156
LIST_MM = {"no": 14, "planned": 34, "note": 28, "goal": 34}
HEAD_MM = (40, 116)
TABLE_MM = (34, 44, 40, 38)


@house_language()
def word_of(plan: Plan, version: PlanVersion, rule: PlanRule) -> bytes:
    """Every form of one version as one .docx; telephone numbers with their middle hidden."""
    unit = str(version.frame.get("enterprise") or plan.project.name)
    paper = Official(rule.name, "", "", unit, version.sealed_on or version.drafted_on)
    made = word.begin(paper)
    items = list(version.items.all())
    if rule.table is None:
        word.title(made, rule.name)
        _head(made, plan, version, rule)
    for place, form in enumerate(rule.lists):
        word.title(made, form.name, new_page=place > 0)
        _list(made, form, [item for item in items if item.form == form.code])
    if rule.table is not None:
        word.title(made, rule.table.name, new_page=True)
        _table(made, rule, rule.table, version, items)
    _seals(made, rule, version)
    return word.saved(made)


def _head(made: Any, plan: Plan, version: PlanVersion, rule: PlanRule) -> None:
    """Of whom and of what the lists are, where the pack's forms have no table that says so."""
    frame = version.frame
    whole = next((row for row in version.targets.all() if row.year == WHOLE), None)
    fen = whole.invest_fen if whole and whole.invest_fen is not None else frame.get("total_fen")
    area = whole.floor_area if whole else None
    said = [
        (_("项目名称"), str(frame.get("project") or plan.project.name)),
        (_("企业名称"), str(frame.get("enterprise") or "")),
        *((one.name, _day_text(version.agreed.get(one.code))) for one in rule.anchors),
        (_("总投资（万元）"), BLANK if fen is None else plain(Decimal(fen) / WAN)),
        (_("建筑面积（㎡）"), BLANK if area is None else str(area)),
    ]
    table = word.grid(made, len(said), HEAD_MM)
    for row, (name, text) in zip(table.rows, said, strict=True):
        word.write(row.cells[0], name, centred=True)
        word.write(row.cells[1], text)


def _day_text(day: date | None) -> str:
    return day_in_words(day) if day else BLANK_DAY


def _list(made: Any, form: PlanList, items: Sequence[PlanItem]) -> None:
    table = word.grid(made, 1 + len(items), _widths(form))
    for cell, column in zip(table.rows[0].cells, form.columns, strict=True):
        word.write(cell, column.name, centred=True)
    for row, (number, item) in zip(table.rows[1:], enumerate(items, 1), strict=True):
        said = {
            "no": str(number), "name": item.name, "goal": item.goal, "note": item.note,
            "planned": day_in_words(item.planned_on) if item.planned_on else item.timing,
        }  # fmt: skip
        for cell, column in zip(row.cells, form.columns, strict=True):
            word.write(cell, said[column.shows])


def _widths(form: PlanList) -> list[int]:
    named = [LIST_MM.get(column.shows, 0) for column in form.columns]
    free = (WIDE_MM - sum(named)) // max(named.count(0), 1)
    return [width or free for width in named]


def _table(
    made: Any, rule: PlanRule, form: PlanTable, version: PlanVersion, items: Sequence[PlanItem]
) -> None:
    first, second = form.tracks
    left = [item for item in rule.items if item.track == first.code]
    heads = (len(form.fields) + 1) // 2
    table = word.grid(made, heads + 3 + len(left), TABLE_MM)
    for place, one in enumerate(form.fields):
        cells = table.rows[place // 2].cells[2 * (place % 2) :]
        word.write(cells[0], one.name, centred=True)
        word.write(cells[1], field_text(one, version))
    for place, (figures, row) in enumerate(_figures(form, version)):
        cells = table.rows[heads + place].cells
        word.write(cells[0], figures.name, centred=True)
        word.write(cells[1].merge(cells[3]), sentence(figures.text, row, form))
    cells = table.rows[heads + 2].cells
    word.write(cells[0].merge(cells[1]), first.name, centred=True)
    word.write(cells[2].merge(cells[3]), second.name, centred=True)
    right = [item for item in rule.items if item.track == second.code]
    _tracks(table, heads + 3, left, right, {item.code: item for item in items})


def _figures(form: PlanTable, version: PlanVersion) -> list[tuple[Any, PlanTarget | None]]:
    """The whole plan and the current year: that of the version, else the first one that is planned."""
    rows = {row.year: row for row in version.targets.all()}
    years = sorted(year for year in rows if year != WHOLE)
    this = (version.sealed_on or version.drafted_on).year
    year = this if this in rows else next(iter(years), None)
    return [(form.total, rows.get(WHOLE)), (form.year, rows.get(year) if year else None)]


def _tracks(
    table: Any,
    begin: int,
    left: Sequence[PlanItemRule],
    right: Sequence[PlanItemRule],
    items: Mapping[str, PlanItem],
) -> None:
    """The rows of the first track; the second stands beside them, merged over several where it says so."""
    places = {item.code: begin + place for place, item in enumerate(left)}
    free = set(places.values())
    for item in left:
        cells = table.rows[places[item.code]].cells
        word.write(cells[0], item.name, centred=True)
        word.write(cells[1], node_day(item, items))
    for item in right:
        beside = [places[code] for code in item.beside]
        free -= set(beside)
        for column, text in ((2, item.name), (3, node_day(item, items))):
            top, bottom = table.cell(beside[0], column), table.cell(beside[-1], column)
            word.write(top if top is bottom else top.merge(bottom), text, centred=column == 2)
    for place in free:
        word.write(table.cell(place, 2).merge(table.cell(place, 3)), "/", centred=True)


def node_day(rule: PlanItemRule, items: Mapping[str, PlanItem]) -> str:
    """ "2026年7月1日完成"; "/" for a node that does not concern the project."""
    item = items.get(rule.code)
    if item is None:
        return "/"
    return f"{day_in_words(item.planned_on) if item.planned_on else item.timing or BLANK_DAY}{rule.suffix}"


def sentence(text: str, row: PlanTarget | None, form: PlanTable) -> str:
    """The sentence of figures, blank where nothing is planned; 万元 and ㎡."""
    said = {"invest": BLANK, "area": BLANK} | {kind.code: BLANK for kind in form.buildings}
    if row is not None:
        said |= {kind.code: str(row.buildings.get(kind.code, 0)) for kind in form.buildings}
        said["invest"] = plain(Decimal(row.invest_fen) / WAN) if row.invest_fen is not None else BLANK
        said["area"] = str(row.floor_area) if row.floor_area is not None else BLANK
    return text.format_map(said)


def plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def field_text(one: PlanField, version: PlanVersion) -> str:
    """What stands at a place of the table's head."""
    frame, side = version.frame, one.seal or ""
    if one.shows == "enterprise":
        return str(frame.get("enterprise") or "")
    if one.shows == "unit":
        return str(frame.get("units", {}).get(side, ""))
    if one.shows == "contact":
        known = frame.get("contacts", {}).get(side, {})
        return f"{known.get('name', '')} {mask(known.get('phone', ''))}".strip()
    if one.shows == "land_mu":
        return _("%(n)s亩") % {"n": _mu(frame.get("land"))}
    if one.shows == "months":
        return _("%(n)s月") % {"n": version.months or BLANK}
    day = date.fromisoformat(frame["signed_on"]) if frame.get("signed_on") else None
    day = day if one.shows == "signed_on" else getattr(version, one.shows)
    return day_in_words(day) if day else BLANK_DAY


def _mu(square_metres: int | None) -> str:
    if not square_metres:
        return BLANK
    return plain((square_metres / SQUARE_METRES_A_MU).quantize(Decimal("0.01")))


def _seals(made: Any, rule: PlanRule, version: PlanVersion) -> None:
    """Who has sealed, by name and day; blank for whoever has not."""
    given = {row.side: row for row in version.seals.filter(voided_on__isnull=True).select_related("unit")}
    width = WIDE_MM // len(rule.seals)
    table = word.grid(made, 2, [width] * len(rule.seals))
    for place, side in enumerate(rule.seals):
        word.write(table.cell(0, place), _("%(side)s（签章）") % {"side": side.name}, centred=True)
        word.write(table.cell(1, place), *_signed(side.signer, given.get(side.code), version))


def _signed(signer: str, seal: PlanSeal | None, version: PlanVersion) -> tuple[str, ...]:
    if seal is None:
        return "", _("%(who)s：") % {"who": signer}, "年    月    日"
    name = str(seal.unit or version.frame.get("enterprise", ""))
    return name, _("%(who)s：%(name)s") % {"who": signer, "name": seal.signatory}, day_in_words(seal.on)
