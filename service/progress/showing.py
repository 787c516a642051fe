"""Start, completion and production as pages show them: days side by side, the months and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policies.rulebook import Rulebook
from policies.schema import Milestone, MonthlyReport, Reading, Recognition
from projects import reading as pages
from projects.facts import rules_of
from projects.gates import whole
from projects.models import Project, ReachedMilestone
from service.models import MonthlyProgress, StatedDay
from service.progress.dating import days_apart
from service.progress.months import earliest_missing, first_of, months
from service.progress.reporting import ceilings, stage_name

SHOWN_MONTHS = 24


@dataclass(slots=True)
class DayLine:
    """One milestone: its own day, each department's beside it, and by how much they differ."""

    rule: Recognition
    milestone: Milestone
    own: date | None
    stated: list[tuple[Reading, StatedDay | None]]
    apart: int

    @property
    def differs(self) -> bool:
        return self.apart > self.rule.tolerance


def day_lines(project: Project, stated: Iterable[StatedDay]) -> list[DayLine]:
    """Each recognition of the plan with what is stated in force; reads no more than the page has read."""
    rules = rules_of(project)
    rows = {row.reading: row for row in stated}
    return [_line(project, rules, rule, rows) for rule in rules.recognitions.values()]


def _line(project: Project, rules: Rulebook, rule: Recognition, rows: dict[str, StatedDay]) -> DayLine:
    own = own_day(pages.of(project).milestones, rule.milestone)
    days = {one.code: rows[one.code].day for one in rule.readings if one.code in rows}
    stated = [(one, rows.get(one.code)) for one in rule.readings]
    return DayLine(rule, rules.milestone(rule.milestone), own, stated, days_apart(rule, days, own))


def own_day(rows: Iterable[ReachedMilestone], milestone: str) -> date | None:
    """The day of a milestone all whose parts are there: that of the last one."""
    found = [row for row in rows if row.code == milestone]
    if not whole((row.code, row.part_no, row.parts_total) for row in found):
        return None
    return max(row.on for row in found)


@dataclass(slots=True)
class Bar:
    """One month of the chart, in the units of its drawing (0–100 high)."""

    month: date
    row: MonthlyProgress | None
    completed: int
    x: int = 0
    height: int = 0

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(slots=True)
class Standing:
    """How far a project is: the months reported, what is missing, the sum against what was agreed (分)."""

    rule: MonthlyReport
    started: date | None
    rows: list[MonthlyProgress]
    missing: list[date]
    completed: int
    ceilings: list[tuple[str, int]]
    bars: list[Bar] = field(default_factory=list)

    @property
    def last(self) -> MonthlyProgress | None:
        return self.rows[-1] if self.rows else None

    @property
    def stage(self) -> str:
        return stage_name(self.rule, self.last.stage) if self.last else ""

    @property
    def most(self) -> int:
        """What the completed investment is drawn against: the greatest figure agreed, else the sum itself."""
        return max([amount for _name, amount in self.ceilings] or [self.completed])

    @property
    def share(self) -> int | None:
        """Percent of what was agreed, rounded down; None where nothing is known of it."""
        known = [amount for _name, amount in self.ceilings if amount]
        return 100 * self.completed // min(known) if known else None

    @property
    def beyond(self) -> list[str]:
        return [name for name, amount in self.ceilings if self.completed > amount]

    @property
    def width(self) -> int:
        return max(len(self.bars), 12) * BAR

    @property
    def line(self) -> int:
        """Where the agreed figure lies in the drawing, from the top."""
        return 100 - _height(self.most, max(self.most, self.completed))


BAR = 24


def standing(project: Project, rows: Sequence[MonthlyProgress], today: date) -> Standing | None:
    """From the reports in force, oldest first; None where the plan asks for none."""
    rule = rules_of(project).monthly
    if rule is None:
        return None
    reached = pages.of(project).milestones
    started = own_day(reached, rule.from_milestone)
    produced = own_day(reached, rule.until_milestone)
    missing = missing_months(project, started, produced, {row.month for row in rows}, today)
    found = Standing(rule, started, list(rows), missing, 0, ceilings(project, rule))
    found.completed = sum(row.invested_fen for row in rows)
    found.bars = _bars(found, today)
    return found


def missing_months(
    project: Project, started: date | None, produced: date | None, reported: set[date], today: date
) -> list[date]:
    """The past months without a report; of an old ledger's project only from its first report on."""
    if started is None or (project.from_ledger and not reported):
        return []
    begin = max(started, min(reported)) if project.from_ledger else started
    last = min(produced, today) if produced else today
    if earliest_missing(begin, last, reported) is None:
        return []
    return [month for month in months(begin, last) if month not in reported and month < first_of(today)]


def _bars(found: Standing, today: date) -> list[Bar]:
    """The last months as a chart of what was completed up to each of them."""
    if not found.rows:
        return []
    by_month, total, bars = {row.month: row for row in found.rows}, 0, []
    begin = min(found.rows[0].month, first_of(found.started or found.rows[0].month))
    for month in months(begin, max(found.rows[-1].month, first_of(today))):
        row = by_month.get(month)
        total += row.invested_fen if row else 0
        bars.append(Bar(month, row, total))
    shown, most = bars[-SHOWN_MONTHS:], max(found.most, *(bar.completed for bar in bars), 1)
    for place, bar in enumerate(shown):
        bar.x, bar.height = place * BAR, _height(bar.completed, most)
    return shown


def _height(amount: int, most: int) -> int:
    return max(0, 100 * amount // most) if most > 0 else 0


def further_days(project: Project) -> list[tuple[Milestone, date | None]]:
    """The other milestones of construction and production that people record: trial, full production …"""
    rules = rules_of(project)
    known = {rule.milestone for rule in rules.recognitions.values()}
    rows: list[Any] = pages.of(project).milestones
    return [
        (rule, own_day(rows, rule.code))
        for rule in rules.milestones.values()
        if rule.phase == "production" and rule.produced_by == "record" and rule.code not in known
    ]
