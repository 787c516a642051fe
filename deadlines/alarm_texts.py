"""How an alarm reads. The same five places in each, filled by SQL and by Python alike:
rung, case, deadline, due day, clause."""

from datetime import date

from deadlines.models import Alarm

# Stored once and read by many, whatever their language: the office's own, not translated.
BEFORE = "【%s】%s：“%s”将于 %s 到期%s"
ON_THE_DAY = "【%s】%s：“%s”今日（%s）到期%s"
AFTER = "【%s】%s：“%s”已于 %s 到期，尚未办结%s"
CLAUSE = "（依据：%s）"
PROVISIONAL = "%s（暂定）"
TOPIC = "deadline.alarm"
EVENT = "deadline.alarm"
BUREAU = ("bureau_head", "bureau_clerk")
PAGES = {"project": "projects", "chain": "chains"}
LEAD_PARTS = ("lead", "introducing")


def key(alarm: Alarm) -> str:
    """The message's key: one for each deadline and level, for ever."""
    return f"deadline:{alarm.deadline_id}:{alarm.level}"


def due(alarm: Alarm) -> str:
    day = str(alarm.deadline.due_on)
    return PROVISIONAL % day if alarm.deadline.provisional else day


def text(alarm: Alarm, today: date) -> str:
    """The sentence as of the day it is raised."""
    row = alarm.deadline
    template = BEFORE if row.due_on > today else ON_THE_DAY if row.due_on == today else AFTER
    clause = CLAUSE % row.clause if row.clause else ""
    return template % (alarm.name, row.case.title, row.name, due(alarm), clause)


def url(alarm: Alarm) -> str:
    """Where the case is read: the page of its kind."""
    case = alarm.deadline.case
    return case_page(case.kind, case.pk)


def case_page(kind: str, pk: int) -> str:
    return f"/{PAGES.get(kind, 'cases')}/{pk}/"
