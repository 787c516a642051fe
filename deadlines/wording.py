"""The arithmetic of a clock in sentences for people."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from deadlines.calendar import DAY, FIRST_DAY, LAST_DAY, Arithmetic, CalendarError, LimitUnit
from policies.spans import span_text, weekday_text


def lines(sum_: Arithmetic) -> list[str]:
    """What was counted, skipped, taken and stopped, one sentence a line; the due date last."""
    found = [
        _("起算 %(day)s，当日不计；期限 %(limit)s") % {"day": sum_.start, "limit": span_text(sum_.limit)},
        _spans(_("计入 %(count)s 天：%(days)s"), sum_.counted),
        _spans(_("其中调休上班 %(count)s 天：%(days)s"), _taken(sum_)),
        _spans(_("跳过休息日 %(count)s 天：%(days)s"), _skipped(sum_)),
        _spans(_("停表不计 %(count)s 天：%(days)s"), sum_.paused_days),
        _to_weekday(sum_),
        _rolled(sum_),
        _assumed(sum_.unpublished_years),
        _("截止 %(day)s") % {"day": due_text(sum_.due.on, provisional=sum_.due.provisional)},
    ]
    return [line for line in found if line]


def error_text(error: CalendarError) -> str:
    """Why the calendar cannot answer, for people."""
    years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
    return {
        "outside": _("日期须在 %(first)s–%(last)s 年之间") % years,
        "overrun": _("期限过长，超出 %(first)s–%(last)s 年") % years,
        "count": _("期限须为不小于 1 的整数"),
        "unit": _("期限单位须为 working_day、natural_day、hour、week 或 month"),
    }[error.code]


def due_text(on: date, *, provisional: bool) -> str:
    """The due date, with the mark 暂定 where it rests on an unpublished year."""
    return _("%(day)s（暂定）") % {"day": on} if provisional else str(on)


def spans(days: Sequence[date]) -> str:
    """Days in order, neighbours drawn together: "2026-02-15 至 2026-02-23、2026-03-01"."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return _("、").join(_run(run) for run in runs)


def _run(run: list[date]) -> str:
    if len(run) == 1:
        return str(run[0])
    return _("%(first)s 至 %(last)s") % {"first": run[0], "last": run[-1]}


def _spans(template: str, days: Sequence[date]) -> str:
    return template % {"count": len(days), "days": spans(days)} if days else ""


def _taken(sum_: Arithmetic) -> tuple[date, ...]:
    return sum_.makeup_days if sum_.limit.unit == LimitUnit.WORKING_DAY else ()


def _skipped(sum_: Arithmetic) -> tuple[date, ...]:
    return sum_.rest_days if sum_.limit.unit == LimitUnit.WORKING_DAY else ()


def _rolled(sum_: Arithmetic) -> str:
    if sum_.ended == sum_.due.on:
        return ""
    return _("期末 %(day)s 为休息日，顺延至其后首个工作日") % {"day": sum_.ended}


def _to_weekday(sum_: Arithmetic) -> str:
    if sum_.limit.weekday is None or sum_.nominal == sum_.ended:
        return ""
    data = {"day": sum_.nominal, "weekday": weekday_text(sum_.limit.weekday), "end": sum_.ended}
    return _("期末 %(day)s，逢%(weekday)s截止，顺延至 %(end)s") % data


def _assumed(years: Sequence[int]) -> str:
    if not years:
        return ""
    text = _("、").join(str(year) for year in years)
    return _("%(years)s 年放假安排尚未载入，暂按周末休息推算") % {"years": text}
