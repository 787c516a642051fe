"""进度月报: what a project completed in a month and how far it stands; corrected, never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from cases.actions import record
from kernel.language import house_language
from kernel.money import show_fen
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import MonthlyReport
from projects.facts import rules_of
from projects.models import Measure, Project
from projects.permissions import lock, require_running
from service.models import MonthlyProgress
from service.progress import clocks
from service.progress.months import first_of
from service.progress.permissions import require_reporter

MOST_FEN = 10**15
"""Ten thousand 亿元: beyond it a figure is a slip of the unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said of one month. ``invested_fen``: the month's own completed investment, in 分."""

    month: date
    invested_fen: int
    stage: str
    percent: int
    words: str = ""
    problems: str = ""
    reason: str = ""

    def same_as(self, row: MonthlyProgress) -> bool:
        """Whether the row says just this; a reason alone changes nothing."""
        mine = (self.invested_fen, self.stage, self.percent, self.words.strip(), self.problems.strip())
        return mine == (row.invested_fen, row.stage, row.percent, row.words, row.problems)


@transaction.atomic
def report_month(*, project: Project, report: Report, by: User, on: date) -> MonthlyProgress:
    """Report one month, or correct it; the same again changes nothing. ``on`` is today (Asia/Shanghai).

    Raises Refused: forbidden for whom the plan does not name; unmet before the start; invalid for a month to
    come or before the start, an unknown stage, a percentage or amount out of range; with ``reason`` at fault
    for a correction, progress that falls, investment cut back, or more than the agreement, without one.
    """
    project = lock(project)
    rules = rules_of(project)
    rule = _rule(rules)
    firm = require_reporter(project, rule, by, on)
    require_running(project)
    _require_month(project, rules, rule, report.month, on)
    _require_range(rule, report)
    before = MonthlyProgress.objects.filter(project=project, month=report.month, in_force=True).first()
    if before is not None and report.same_as(before):
        return before
    doubts = doubtful(project, rule, report, before)
    if doubts and not report.reason.strip():
        raise Refused(doubts, "invalid")
    row = _put(project, report, before, by, on, firm=firm)
    _tell(project, rule, row, before)
    clocks.settle(project, rules, by=by, on=on)
    return row


@dataclass(frozen=True, slots=True)
class Objection:
    """Why one of several reports was not taken."""

    place: int
    refused: Refused


def report_many(
    *, reports: Sequence[tuple[Project, Report]], by: User, on: date
) -> tuple[list[MonthlyProgress], list[Objection]]:
    """Several projects at one stroke, all or none, each by ``report_month``: both leave the same rows.

    Returns what was written, and every objection; where there is one, nothing is written.
    """
    written: list[MonthlyProgress] = []
    found: list[Objection] = []
    with transaction.atomic():
        for place, (project, report) in enumerate(reports):
            try:
                written.append(report_month(project=project, report=report, by=by, on=on))
            except Refused as refused:
                found.append(Objection(place, refused))
        if found:
            transaction.set_rollback(True)
    return ([] if found else written), found


def _rule(rules: Rulebook) -> MonthlyReport:
    if rules.monthly is None:
        raise Refused.because("not_in_plan", _("所适用的制度没有进度月报的规定"))
    return rules.monthly


def _require_month(project: Project, rules: Rulebook, rule: MonthlyReport, month: date, on: date) -> None:
    started, _produced = clocks.building(project, rule)
    if started is None:
        name = rules.milestone(rule.from_milestone).name
        url = reverse("project-milestone", args=[project.pk, rule.from_milestone])
        message = _("尚未完成“%(name)s”，还不填报月度进度") % {"name": name}
        raise Refused.because(f"milestone:{rule.from_milestone}", message, clause=rule.clause, url=url)
    if month.day != 1:
        raise Refused.invalid("month", _("月份写作“2026-03”"))
    if month > first_of(on):
        raise Refused.invalid("month", _("月份不能晚于本月（%(month)s）") % {"month": f"{on:%Y-%m}"})
    if month < first_of(started):
        words = {"month": f"{started:%Y-%m}", "name": rules.milestone(rule.from_milestone).name}
        message = _("“%(name)s”在 %(month)s，不能填报更早的月份") % words
        raise Refused.invalid("month", message, code="before_start")


def _require_range(rule: MonthlyReport, report: Report) -> None:
    if rule.place(report.stage) < 0:
        names = "、".join(one.name for one in rule.stages)
        raise Refused.invalid("stage", _("形象进度应为：%(names)s") % {"names": names})
    if not 0 <= report.percent <= 100:
        raise Refused.invalid("percent", _("工程进度应在 0 到 100 之间"))
    if abs(report.invested_fen) > MOST_FEN:
        raise Refused.invalid("invested", _("金额过大，请核对单位（万元）"))
    for field, text in (("words", report.words), ("problems", report.problems)):
        if len(text) > 500:
            raise Refused.invalid(field, _("最多 %(most)s 字") % {"most": 500})
    if len(report.reason) > 300:
        raise Refused.invalid("reason", _("最多 %(most)s 字") % {"most": 300})


def doubtful(
    project: Project, rule: MonthlyReport, report: Report, before: MonthlyProgress | None
) -> list[Unmet]:
    """What only stands with a reason. Raises Refused (invalid) where the sum would fall below nought."""
    rows = MonthlyProgress.objects.filter(project=project, in_force=True).exclude(month=report.month)
    others = list(rows.order_by("month"))
    completed = report.invested_fen + sum(row.invested_fen for row in others)
    upto = report.invested_fen + sum(row.invested_fen for row in others if row.month < report.month)
    if completed < 0 or upto < 0:
        raise Refused.invalid("invested", _("核减后累计完成投资小于零"), code="below_nought")
    found = _falls(rule, report, others)
    if before is not None:
        found.append(
            ("correction", _("%(month)s 已有填报，更正须说明原因") % {"month": f"{report.month:%Y-%m}"})
        )
    found += _beyond(project, rule, completed)
    return [Unmet(code, text, rule.clause, field="reason") for code, text in found]


def _falls(rule: MonthlyReport, report: Report, others: Sequence[MonthlyProgress]) -> list[tuple[str, str]]:
    """Progress that goes back, against the month before or the one after."""
    found = []
    earlier = [row for row in others if row.month < report.month][-1:]
    later = [row for row in others if row.month > report.month][:1]
    place = rule.place(report.stage)
    fell = [row for row in earlier if rule.place(row.stage) > place]
    fell += [row for row in later if 0 <= rule.place(row.stage) < place]
    for row in fell:
        words = {"month": f"{row.month:%Y-%m}", "stage": stage_name(rule, row.stage)}
        found.append(("stage_falls", _("形象进度后退（%(month)s 为“%(stage)s”），须说明原因") % words))
    back = [row for row in earlier if row.percent > report.percent]
    back += [row for row in later if row.percent < report.percent]
    for row in back:
        words = {"month": f"{row.month:%Y-%m}", "n": str(row.percent)}
        found.append(("percent_falls", _("工程进度后退（%(month)s 为 %(n)s%%），须说明原因") % words))
    if report.invested_fen < 0:
        found.append(("investment_falls", _("累计完成投资减少，须说明原因")))
    return found


def _beyond(project: Project, rule: MonthlyReport, completed: int) -> list[tuple[str, str]]:
    return [
        (
            f"beyond:{measure}",
            _("累计完成投资 %(done)s 超过%(name)s %(most)s，须说明原因")
            % {"done": show_fen(completed), "name": Measure(measure).label, "most": show_fen(most)},
        )
        for measure, most in ceilings(project, rule)
        if completed > most
    ]


def ceilings(project: Project, rule: MonthlyReport) -> list[tuple[str, int]]:
    """The figures, in 分, that completed investment should not exceed, as far as they are known."""
    known = [(measure, getattr(project, f"{measure}_fen")) for measure in rule.ceilings]
    return [(measure, amount) for measure, amount in known if amount is not None]


def stage_name(rule: MonthlyReport | None, code: str) -> str:
    """A stage in the plan's words; one that the plan does not have any more by its code."""
    stages = rule.stages if rule else ()
    return next((one.name for one in stages if one.code == code), code)


def _put(
    project: Project, report: Report, before: MonthlyProgress | None, by: User, on: date, *, firm: bool
) -> MonthlyProgress:
    row = MonthlyProgress(
        project=project, month=report.month, invested_fen=report.invested_fen, stage=report.stage,
        percent=report.percent, words=report.words.strip(), problems=report.problems.strip(),
        reason=report.reason.strip(), reported_on=on, by=by, unit=None if firm else acting_unit(by),
        by_enterprise=firm, supersedes=before,
    )  # fmt: skip
    if before is not None:
        MonthlyProgress.objects.filter(pk=before.pk).update(in_force=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("该月刚刚已由他人填报，请刷新")) from error
    return row


@house_language()
def _tell(
    project: Project, rule: MonthlyReport, row: MonthlyProgress, before: MonthlyProgress | None
) -> None:
    data: dict[str, Any] = {
        "month": f"{row.month:%Y-%m}", "invested": show_fen(row.invested_fen),
        "stage": stage_name(rule, row.stage), "percent": row.percent, "reason": row.reason,
        "before": show_fen(before.invested_fen) if before else "—", "clause": rule.clause,
    }  # fmt: skip
    kind = "progress.corrected" if before else "progress.reported"
    record(case=project.case, kind=kind, by=row.by, on=row.reported_on, data=data)
