"""On the building sites: the start with its photo, days stated by departments, monthly reports."""

from datetime import date, timedelta

from deadlines.models import Deadline
from lifecycle.demo import building
from lifecycle.demo.papers import paper
from lifecycle.demo.people import People
from lifecycle.demo.walk import Walk
from projects.facts import rules_of
from projects.models import Project
from service.models import MonthlyProgress
from service.progress import clocks
from service.progress.dating import state_day
from service.progress.months import first_of, last_day, months
from service.progress.recognising import Fact, recognise
from service.progress.reporting import Report, report_month

READINGS = (
    ("start_development_reform", "development-reform"),
    ("start_economy_information", "economy-information"),
)
MONTHS_TO_BUILD = 14
SMALL = 10_000 * 1_000_000  # 1 亿元, where nothing is known
FORGETFUL, LATELY = 5, timedelta(days=75)
"""One site in so many has left out what was to be reported lately."""
SAID = (
    "按计划推进。",
    "设备基础完成，管线同步施工。",
    "主体施工加快，夜间作业报备。",
    "受雨天影响，进度略缓。",
)
WANTING = ("", "", "", "临时用电容量不足，已报供电公司。", "", "进场道路待硬化。")


def number_of(row: Project) -> int:
    """The figures of the case's number: the same each time, whatever keys the database gives out."""
    return int("".join(letter for letter in row.case.code if letter.isdigit())[-6:] or 0)


def start(walk: Walk, on: date) -> None:
    """Piling is shown by a photo; two departments state the day by their own definition."""
    photo = paper("开工佐证（桩基施工现场）", walk.row.name, f"{on:%Y-%m-%d}")
    recognise(
        project=walk.row, milestone="construction_started", facts=[Fact("piling", on, upload=photo)],
        by=walk.commissioner, on=on,
    )  # fmt: skip
    building.tick(walk, on, "firm_reports", "firm_design", "firm_builders")
    number = number_of(walk.row)
    for place, (reading, unit) in enumerate(READINGS):
        earlier = timedelta(days=(number * (place + 3)) % 12 + (24 if (number + place) % 5 == 0 else 0))
        if (number + place) % 4:
            state_day(
                project=walk.row, reading=reading, day=on - earlier, by=walk.people.at(unit), on=on,
                source="投资统计入库单" if place == 0 else "工业项目调度表",
            )  # fmt: skip


def report_months(people: People, on: date, today: date) -> None:
    """Early in each month the parks report the month before, that of the production, too; some forget."""
    month = first_of(on - timedelta(days=on.day))
    asked = Deadline.objects.filter(rule__startswith="progress:", started_on__lte=last_day(month)).open()
    rows = Project.objects.running().filter(pk__in=asked.values("case_id"), landing_unit__isnull=False)
    for row in rows.select_related("case", "landing_unit").order_by("pk"):
        rule = rules_of(row).monthly
        forgets = number_of(row) % FORGETFUL == 0 and today - on < LATELY
        started, produced = clocks.building(row, rule) if rule else (None, None)
        if rule is None or started is None or forgets:
            continue
        rows_there = MonthlyProgress.objects.filter(project=row, in_force=True)
        there = set(rows_there.values_list("month", flat=True))
        for one in months(started, min(month, produced or month)):
            if one not in there:
                _report(row, started, one, people, on)


def _report(row: Project, started: date, month: date, people: People, on: date) -> None:
    rule = rules_of(row).monthly
    assert rule is not None and row.landing_unit is not None
    number, age = number_of(row), len(list(months(started, month)))
    done = min(age, MONTHS_TO_BUILD)
    known = [amount for amount in (row.total_fen, row.contract_fen) if amount]
    whole = min(known) if known else SMALL
    wan = whole // MONTHS_TO_BUILD * (80 + number % 20) // 100 // 1_000_000 if age <= MONTHS_TO_BUILD else 0
    stage = rule.stages[min((done - 1) * len(rule.stages) // MONTHS_TO_BUILD, len(rule.stages) - 1)]
    report_month(
        project=row, by=people.at(row.landing_unit.code), on=on,
        report=Report(
            month=month, invested_fen=wan * 1_000_000, stage=stage.code, percent=min(100, done * 7),
            words=SAID[(number + age) % len(SAID)], problems=WANTING[(number + age) % len(WANTING)],
        ),
    )  # fmt: skip
