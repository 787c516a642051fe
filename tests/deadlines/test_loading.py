"""Loading a year: from the shipped lists, from files good and broken, and what moves with it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from cases.models import Event
from deadlines import calendars
from deadlines.actions import meet
from deadlines.calendar_files import read
from deadlines.loading import load_calendar_year, seed
from deadlines.models import Alarm, CalendarDay, CalendarVersion, Deadline
from deadlines.recomputing import recompute_pending
from deadlines.sweep import sweep
from kernel.refusals import Refused
from tests import factories as make
from tests.deadlines.making import clock, pair, pause
from tests.deadlines.official import CALENDAR, exceptions_2026

pytestmark = pytest.mark.django_db

GOOD = """
year = 2027
version = "1"
source = "国务院办公厅关于2027年部分节假日安排的通知"
published_on = 2026-11-05
rest = ["2027-01-01..2027-01-03", 2027-01-05]
work = ["2027-01-09"]
"""
GOOD_CSV = """year,2027
version,1
source,国务院办公厅关于2027年部分节假日安排的通知
published_on,2026-11-05
rest,2027-01-01,2027-01-03
rest,2027-01-05
work,2027-01-09
"""
TODAY = date(2026, 12, 31)


def load(text: str = GOOD, name: str = "2027.toml") -> CalendarVersion:
    return load_calendar_year(name=name, content=text.encode(), by=None)


def test_the_shipped_lists_agree_with_the_official_notice_of_2026() -> None:
    assert calendars.shipped_years()[2026] == exceptions_2026()


def test_seeding_loads_every_published_year_once_with_its_source() -> None:
    assert seed() == list(range(2004, 2027))
    assert seed() == []
    row = CalendarVersion.objects.get(year=2026)
    assert "国务院办公厅关于2026年部分节假日安排的通知" in row.source
    assert dict(row.days.values_list("date", "working")) == exceptions_2026()
    assert calendars.current().working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_an_unseeded_database_counts_by_the_shipped_years() -> None:
    assert calendars.current().published == frozenset(range(2004, 2027))


def test_the_calendar_is_built_once_per_version() -> None:
    seed()
    first = calendars.current()
    assert calendars.current() is first
    load()
    assert calendars.current() is not first
    assert 2027 in calendars.current().published


def test_toml_and_csv_say_the_same() -> None:
    assert read("a.toml", GOOD.encode()) == read("b.CSV", GOOD_CSV.encode())


def test_a_file_as_excel_saves_it_in_china_is_read() -> None:
    assert read("b.csv", GOOD_CSV.encode("gb18030")).source.startswith("国务院")
    assert read("b.csv", GOOD_CSV.encode("utf-8-sig")).year == 2027


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("year = 2027", ""), "缺少 year"),
        (("year = 2027", 'year = "MMXXVII"'), "MMXXVII"),
        (("year = 2027", "year = 1789"), "year 须在"),
        (('version = "1"', 'version = ""'), "缺少 version"),
        (('version = "1"', f'version = "{"9" * 33}"'), "version"),
        (("source =", "sauce ="), "不认识的键 sauce"),
        (("2026-11-05", '"soon"'), "published_on"),
        (("2027-01-01..2027-01-03", "2027-02-30"), "2027-02-30"),
        (("2027-01-01..2027-01-03", "2027-01-03..2027-01-01"), "2027-01-03..2027-01-01"),
        (("2027-01-01..2027-01-03", "2026-12-31"), "2026-12-31 不在 2027 年"),
        (('"2027-01-09"', '"2027-01-05"'), "2027-01-05 既列为休息又列为上班"),
        (('"2027-01-09"', '"2027-01-06"'), "2027-01-06 本是工作日"),
        (('rest = ["2027-01-01..2027-01-03", 2027-01-05]', "rest = []"), "没有列出"),
        (('rest = ["2027-01-01..2027-01-03", 2027-01-05]', "rest = 5"), "须是日期列表"),
        (("year = 2027", "year = = 2027"), "TOML 格式有误"),
    ],
)
def test_a_broken_file_is_refused_with_its_fault_and_nothing_is_loaded(
    change: tuple[str, str], says: str
) -> None:
    with pytest.raises(Refused, match=says) as told:
        load(GOOD.replace(*change))
    assert told.value.status == "invalid"
    assert not CalendarVersion.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.toml", b"\xff\xfe\x00\x81", "不是文本"),
        ("a.toml", b"#" * (1024 * 1024 + 1), "1 MB"),
        ("a.csv", b'year,"2027', "CSV 格式有误"),
        ("a.csv", b"", "缺少 year"),
        ("a.toml", b"", "缺少 year"),
    ],
)
def test_a_file_that_is_none_is_refused(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read(name, content)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Refused) as told:
        read("a.toml", b"work = 1")
    assert len(told.value.unmet) == 4


def test_the_same_version_again_is_a_conflict_and_a_new_one_takes_over() -> None:
    load()
    with pytest.raises(Refused) as told:
        load()
    assert told.value.status == "conflict"
    load(GOOD.replace('version = "1"', 'version = "2"').replace(", 2027-01-05", ""))
    assert calendars.current().is_working(date(2027, 1, 5))
    assert CalendarVersion.objects.count() == 2
    assert CalendarDay.objects.filter(date=date(2027, 1, 5)).count() == 1


def test_loading_is_audited_and_needs_the_right() -> None:
    admin = make.user("system_admin")
    load_calendar_year(name="a.toml", content=GOOD.encode(), by=admin)
    assert AuditEntry.objects.get(kind="calendar.loaded").user == admin
    with pytest.raises(Refused) as told:
        load_calendar_year(name="a.toml", content=GOOD.encode(), by=make.user("bureau_clerk"))
    assert told.value.status == "forbidden"


def provisional() -> Deadline:
    """Five working days from 2026-12-30; assumed due 2027-01-06, by the file above 2027-01-08."""
    seed()
    row = clock(started_on=date(2026, 12, 30), on=date(2026, 12, 30))
    assert (row.due_on, row.provisional) == (date(2027, 1, 6), True)
    return row


def test_loading_the_year_moves_what_was_provisional_and_clears_the_mark() -> None:
    row = provisional()
    load()
    assert recompute_pending(on=TODAY) == 1
    row.refresh_from_db()
    assert (row.due_on, row.provisional) == (date(2027, 1, 8), False)
    assert row.warn_on == date(2027, 1, 6)
    assert Alarm.objects.get(deadline=row, level="red").on == date(2027, 1, 9)
    event = Event.objects.get(case=row.case, kind="deadline.recomputed")
    assert (event.data["was"], event.data["due"], event.on) == ("2027-01-06（暂定）", "2027-01-08", TODAY)
    assert [past.due_on for past in row.history.order_by("history_id")] == [
        date(2027, 1, 6),
        date(2027, 1, 8),
    ]


def ends_with_the_year() -> Deadline:
    """Due on Thursday 2026-12-31; red assumed for 2027-01-01, which the file above makes a rest day."""
    seed()
    row = clock(started_on=date(2026, 12, 24), on=date(2026, 12, 24))
    assert (row.due_on, row.provisional) == (date(2026, 12, 31), False)
    assert Alarm.objects.get(deadline=row, level="red").on == date(2027, 1, 1)
    return row


def test_loading_the_year_replans_the_alarms_of_a_clock_that_ends_before_it() -> None:
    row = ends_with_the_year()
    load()
    assert recompute_pending(on=TODAY) == 1
    days = dict(Alarm.objects.filter(deadline=row).values_list("level", "on"))
    assert (days["red"], days["black"]) == (date(2027, 1, 4), date(2027, 1, 9))
    assert sweep(date(2027, 1, 3)).raised["red"] == 0
    assert sweep(date(2027, 1, 4)).raised["red"] == 1
    row.refresh_from_db()
    assert (row.due_on, row.history.count()) == (date(2026, 12, 31), 1)
    assert Event.objects.get(case=row.case, kind="deadline.replanned").data["due"] == "2026-12-31"


def test_a_corrected_version_of_a_year_reaches_alarms_too() -> None:
    row = ends_with_the_year()
    load()
    recompute_pending(on=TODAY)
    load(
        GOOD.replace('version = "1"', 'version = "2"').replace(
            '"2027-01-01..2027-01-03"', '"2027-01-01..2027-01-04"'
        )
    )
    assert recompute_pending(on=TODAY) == 1
    assert Alarm.objects.get(deadline=row, level="red").on == date(2027, 1, 6)


def test_a_rung_that_was_raised_keeps_its_day_when_the_year_is_loaded() -> None:
    row = ends_with_the_year()
    sweep(date(2027, 1, 1))
    load()
    recompute_pending(on=date(2027, 1, 2))
    assert Alarm.objects.get(deadline=row, level="red").on == date(2027, 1, 1)


def test_replanning_alarms_costs_the_same_for_one_and_for_many(django_assert_max_num_queries: Any) -> None:
    ends_with_the_year()
    load()
    with CaptureQueriesContext(connection) as one:
        recompute_pending(on=TODAY)
    for _n in range(9):
        clock(started_on=date(2026, 12, 24), on=date(2026, 12, 24))
    Alarm.objects.filter(level="red").update(on=date(2027, 1, 1))
    CalendarVersion.objects.update(recomputed_at=None)
    with django_assert_max_num_queries(len(one)):
        assert recompute_pending(on=TODAY) == 10


def test_recomputing_again_changes_nothing() -> None:
    row = provisional()
    load()
    recompute_pending(on=TODAY)
    CalendarVersion.objects.update(recomputed_at=None)
    assert recompute_pending(on=TODAY) == 0
    assert row.history.count() == 2


def test_the_next_sweep_finishes_a_load_that_was_cut_short() -> None:
    row = provisional()
    load()
    assert sweep(TODAY).recomputed == 1
    row.refresh_from_db()
    assert row.provisional is False


def test_the_next_sweep_puts_right_a_clock_opened_by_an_old_calendar() -> None:
    row = provisional()
    load()
    recompute_pending(on=TODAY)
    Deadline.objects.filter(pk=row.pk).update(due_on=date(2027, 1, 6), provisional=True)
    assert sweep(TODAY).recomputed == 1
    assert not Deadline.objects.filter(provisional=True).exists()


def test_closed_clocks_stay_as_they_were_and_stopped_ones_stay_silent() -> None:
    clerk, head = pair()
    met = meet(deadline=provisional(), on=date(2026, 12, 31), by=None)
    stopped = clock(started_on=date(2026, 12, 30), on=date(2026, 12, 30))
    pause(deadline=stopped, reason="x", approved_by=head, by=clerk, on=date(2026, 12, 31))
    load()
    assert recompute_pending(on=TODAY) == 1
    met.refresh_from_db()
    assert met.due_on == date(2027, 1, 6)
    assert not Alarm.objects.filter(deadline=stopped, on__isnull=False).exists()


def test_a_rung_once_raised_stays_raised_when_the_due_day_moves() -> None:
    row = provisional()
    sweep(date(2027, 1, 7))
    load()
    assert sweep(date(2027, 1, 8)).raised == {}
    assert set(row.alarms.values_list("level", "on")) >= {
        ("yellow", date(2027, 1, 4)),
        ("red", date(2027, 1, 7)),
    }


def test_recomputing_takes_many_clocks_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deadlines.recomputing.CHUNK", 2)
    row = provisional()
    for _n in range(4):
        clock(row.case, started_on=date(2026, 12, 30))
    load()
    assert recompute_pending(on=TODAY) == 5


def test_the_command_loads_a_file_and_tells_what_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    provisional()
    file = tmp_path / "2027.toml"
    file.write_text(GOOD, encoding="utf-8")
    call_command("load_calendar", str(file))
    assert "1 个期限" in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["missing", "folder", "nonsense"])
def test_the_command_refuses_in_one_line(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "2027.toml"
    if broken == "folder":
        file.mkdir()
    elif broken == "nonsense":
        file.write_text("year = = 1")
    with pytest.raises(CommandError) as told:
        call_command("load_calendar", str(file))
    assert len(str(told.value).splitlines()) == 1


def test_the_command_seeds_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_calendar")
    call_command("seed_calendar")
    assert capsys.readouterr().out.splitlines() == ["已载入 2004–2026 年日历", "日历已齐，无需载入"]


def workdays(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    call_command("workdays", *words)
    return capsys.readouterr().out.splitlines()


def test_workdays_prints_the_arithmetic_and_the_date_last(capsys: pytest.CaptureFixture[str]) -> None:
    seed()
    assert workdays(capsys, "2026-02-13", "7") == [
        "起算 2026-02-13，当日不计；期限 7个工作日",
        "计入 7 天：2026-02-14、2026-02-24 至 2026-02-28、2026-03-02",
        "其中调休上班 2 天：2026-02-14、2026-02-28",
        "跳过休息日 10 天：2026-02-15 至 2026-02-23、2026-03-01",
        "截止 2026-03-02",
        "2026-03-02",
    ]


def test_workdays_counts_months_and_rolls_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("2026-09-03", "1", "--unit", "month")
    assert workdays(capsys, *words)[-1] == "2026-10-03"
    rolled = workdays(capsys, *words, "--roll-forward")
    assert (rolled[-1], "顺延" in "".join(rolled)) == ("2026-10-08", True)


def test_workdays_marks_what_rests_on_an_unpublished_year(capsys: pytest.CaptureFixture[str]) -> None:
    told = workdays(capsys, "2026-12-30", "5")
    assert (told[-1], "2027 年放假安排尚未载入" in "".join(told)) == ("2027-01-06", True)
    assert "暂定" in told[-2]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("yesterday", "7"), "不是日期"),
        (("2026-02-30", "7"), "不是日期"),
        (("2026-02-13", "seven"), "不是整数"),
        (("2026-02-13", "1.5"), "不是整数"),
        (("2026-02-13", "0"), "不小于 1"),
        (("2026-02-13", "--", "-7"), "不小于 1"),
        (("1949-10-01", "7"), "1990–2100"),
        (("2026-02-13", "999999999999"), "期限过长"),
    ],
)
def test_workdays_refuses_bad_input_in_one_line(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says) as told:
        call_command("workdays", *words)
    assert len(str(told.value).splitlines()) == 1


def test_the_shipped_calendar_and_the_official_one_agree_on_every_due_date() -> None:
    start = date(2026, 1, 1)
    ours = calendars.current()
    for count in range(1, 248):
        assert ours.add_working(start, count) == CALENDAR.add_working(start, count)


def test_seeding_asks_for_recomputing_only_where_a_calendar_was_in_force_before() -> None:
    load()
    seed()
    assert CalendarVersion.objects.filter(recomputed_at__isnull=True).count() == 24


def test_a_first_seed_has_nothing_to_recompute() -> None:
    seed()
    assert not CalendarVersion.objects.filter(recomputed_at__isnull=True).exists()
