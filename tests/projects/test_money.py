"""Figures are kept as stated; the caches equal the rows; class and corrections follow."""

from datetime import date

import pytest

from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import actions
from projects.actions import Change
from projects.actions.money import cached_amounts
from projects.models import Measure, Money, Project
from tests.factories import TODAY
from tests.law import District, before


def state(district: District, project: Project, measure: str, raw: str, **more: object) -> Money:
    return actions.set_money(project=project, measure=measure, raw=raw, by=district.clerk, on=TODAY, **more)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("20亿元", "major"),
        ("19.99亿元", "larger"),
        ("10亿元", "larger"),
        ("1亿元", "key"),
        ("9999万元", "general"),
        ("2000万元", "general"),
        ("1999万元", ""),
    ],
)
def test_the_class_follows_the_investment_at_its_bounds(district: District, raw: str, code: str) -> None:
    project = district.project(sector="industry")
    state(district, project, "total", raw)
    project = Project.objects.get(pk=project.pk)
    assert project.project_class == code


def test_output_alone_makes_a_project_major(district: District) -> None:
    project = district.project()
    state(district, project, "total", "1亿元")
    state(district, project, "output", "50亿元")
    assert Project.objects.get(pk=project.pk).project_class == "major"


def test_a_new_figure_supersedes_and_both_stay(district: District) -> None:
    project = district.project()
    first = state(district, project, "total", "26亿元")
    second = state(district, project, "total", "20亿元", reason="分期建设")
    assert second.supersedes == first
    assert list(Money.objects.filter(project=project).values_list("raw", flat=True)) == ["20亿元", "26亿元"]
    assert Project.objects.get(pk=project.pk).total_fen == 20 * 10**10


def test_paid_in_funds_add_up(district: District) -> None:
    project = district.project()
    state(district, project, "paid_in", "3000万元")
    state(district, project, "paid_in", "1200.55万元")
    assert Project.objects.get(pk=project.pk).paid_in_fen == 420055000 * 10


def test_foreign_money_without_a_rate_is_kept_but_counts_nowhere(district: District) -> None:
    project = district.project()
    row = state(district, project, "total", "3000万", currency="USD")
    assert (row.fen, row.original) == (None, "30000000")
    assert Project.objects.get(pk=project.pk).total_fen is None
    row = state(district, project, "total", "3000万", currency="USD", rate="7.1", rate_on=date(2026, 2, 27))
    assert row.fen == 213_000_000 * 100


@pytest.mark.parametrize("raw", ["-5亿元", "约多少", "", "2万亿元", "200000亿元", "0.001元"])
def test_absurd_or_unreadable_amounts_are_refused(district: District, raw: str) -> None:
    project = district.project()
    with pytest.raises(Refused) as refused:
        state(district, project, "total", raw)
    assert refused.value.unmet[0].field == "raw"
    assert not Money.objects.exists()


@pytest.mark.parametrize("rate", ["x", "0", "-7", "NaN", "Infinity"])
def test_a_malformed_rate_is_refused(district: District, rate: str) -> None:
    with pytest.raises(Refused):
        state(district, district.project(), "total", "1万", currency="USD", rate=rate, rate_on=TODAY)


def test_the_caches_equal_the_rows(district: District) -> None:
    project = district.project()
    for measure in Measure.values:
        state(district, project, measure, "1.5亿元")
    project = Project.objects.get(pk=project.pk)
    assert cached_amounts(project) == {m: getattr(project, f"{m}_fen") for m in Measure.values}


def test_a_correction_shows_beforehand_what_moves_and_then_moves_it(district: District) -> None:
    project = district.project(sector="industry")
    state(district, project, "total", "20亿元")
    change = Change(measure="total", raw="2亿元")
    project = Project.objects.get(pk=project.pk)
    shown = actions.preview_correction(project=project, change=change, by=district.clerk)
    assert any("重大" in line and "重点" in line for line in shown)
    assert Project.objects.get(pk=project.pk).project_class == "major"
    done = actions.correct(project=project, change=change, by=district.clerk, on=TODAY, reason="多写一个零")
    assert done == shown
    assert Project.objects.get(pk=project.pk).project_class == "key"


def test_correcting_a_day_moves_the_clock_that_started_on_it(district: District) -> None:
    project = district.project()
    limit = district.rules.limits[0]
    for code in [*before(district.rules, limit.starts_on), limit.starts_on]:
        actions.reach(project=project, milestone=code, by=district.head, on=TODAY, produced=True)
    clock = Deadline.objects.get(case=project.case, rule=f"limit:{limit.code}")
    change = Change(milestone=limit.starts_on, day=date(2026, 2, 27))
    shown = actions.preview_correction(project=project, change=change, by=district.clerk)
    assert any(str(clock.due_on) in line for line in shown)
    actions.correct(project=project, change=change, by=district.clerk, on=TODAY, reason="按登记表更正")
    moved = Deadline.objects.get(pk=clock.pk)
    assert moved.started_on == date(2026, 2, 27)
    assert moved.due_on < clock.due_on


def test_a_correction_needs_a_reason_and_the_right(district: District) -> None:
    project = district.project()
    state(district, project, "total", "20亿元")
    change = Change(measure="total", raw="2亿元")
    with pytest.raises(Refused, match="更正原因"):
        actions.correct(project=project, change=change, by=district.clerk, on=TODAY, reason="")
    park = district.person("park_clerk", district.park.code)
    with pytest.raises(Refused) as refused:
        actions.correct(project=project, change=change, by=park, on=TODAY, reason="x")
    assert refused.value.status == "forbidden"
