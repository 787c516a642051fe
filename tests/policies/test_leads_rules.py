"""Channels, classes, tags and dormancy in a pack: read, checked, put into words; other localities."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine

from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.schema import Pack
from policies.wording import Names, rule_lines
from projects import actions, dormancy
from projects.models import Project
from tests.law import PACKS, TODAY, open_district

FULING = (PACKS / "fuling-lifecycle-2024.toml").read_text()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False):
        yield


def pack(old: str = "", new: str = "") -> Pack:
    assert old in FULING
    return parse_pack(FULING.replace(old, new, 1), file="x.toml")


def faults(old: str, new: str) -> list[str]:
    with pytest.raises(PackRefused) as refused:
        pack(old, new)
    return [str(error) for error in refused.value.errors]


def test_a_state_that_the_plan_does_not_have_is_an_error() -> None:
    (fault,) = faults('states = ["reserve"]', 'states = ["sleeping"]')
    assert "dormancy" in fault and "没有项目状态“sleeping”" in fault


def test_a_state_with_two_limits_is_an_error() -> None:
    (fault,) = faults('states = ["reserve"]', 'states = ["reserve", "negotiating"]')
    assert "“negotiating”已有另一个期限" in fault


def test_a_rule_says_what_it_demands() -> None:
    found = pack()
    lines = "；".join(rule_lines(found.dormancy[0], Names.of([found], {})))
    assert "在谈项目1个月没有进展的" in lines
    assert "此前5个工作日提醒" in lines
    assert "对接联系、程序启动或办结" in lines


@pytest.mark.parametrize(
    "path", sorted((Path(PACKS) / "elsewhere").glob("*.toml")), ids=lambda path: path.stem
)
def test_other_localities_have_other_values_or_none(path: Path) -> None:
    found = parse_pack(path.read_text(), file=path.name)
    ours = {rule.after for rule in pack().dormancy}
    assert all(rule.after not in ours for rule in found.dormancy)


@pytest.mark.django_db
def test_under_another_plan_other_things_count_and_other_days() -> None:
    district = open_district(packs=["elsewhere/guizhou-landing-2021"])
    row = district.project(lead_channel="provincial_event", target_classes=["strong"])
    actions.reach(project=row, milestone="talks_begun", by=district.clerk, on=TODAY, produced=True)
    actions.set_money(project=row, measure="total", raw="2亿元", by=district.clerk, on=date(2026, 4, 10))
    assert Project.objects.get().moved_on == TODAY  # figures are no movement there
    assert dormancy.sweep(date(2026, 4, 16)) == dormancy.Swept()
    assert dormancy.sweep(date(2026, 4, 17)) == dormancy.Swept(dormant=1)


@pytest.mark.django_db
def test_a_plan_without_the_table_lets_leads_rest() -> None:
    district = open_district(packs=["elsewhere/optimisation-2022"])
    district.project()
    assert dormancy.sweep(date(2030, 1, 1)) == dormancy.Swept()
