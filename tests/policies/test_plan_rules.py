"""Plan presets in a pack: read, checked, put into words; what cannot be counted back is an error."""

from pathlib import Path

import pytest

from policies.bites import read
from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.schema import Pack
from policies.wording import Names, rule_lines
from service.plans.network import network_of
from tests.law import PACKS

TIANMEN = (PACKS / "elsewhere" / "tianmen-construction-2024.toml").read_text()
EVERY = [*PACKS.glob("fuling-*.toml"), *(PACKS / "elsewhere").glob("*.toml")]


def pack(old: str = "", new: str = "") -> Pack:
    assert old in TIANMEN
    return parse_pack(TIANMEN.replace(old, new, 1), file="x.toml")


def faults(old: str, new: str) -> str:
    with pytest.raises(PackRefused) as refused:
        pack(old, new)
    return "；".join(str(error) for error in refused.value.errors)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('after = ["firm_land"]', 'after = ["firm_sea"]', "没有事项“firm_sea”"),
        ('after = ["land_papers"]', 'after = ["land_papers", "land_permit"]', "事项互相等待"),
        ('code = "filed"\nform = "progress_table"', 'code = "filed"\nform = "other"', "没有清单或表“other”"),
        ('finish"\nmilestone = "accepted"', 'finish"\nmilestone = "celebrated"', "没有里程碑“celebrated”"),
        ('timing = "全程"', 'lasts = { count = 1, unit = "week" }', "既不通向约定日期，也不在约定日期之后"),
        ('timing = "全程"', 'timing = "全程"\nends_on = "finish"', "不再写 lasts、after、ends_on"),
        ('track = "approval"\nname = "企业开办"', 'name = "企业开办"', "表内的事项要写 track"),
        ('"主要负责人", part = "guarantee"', '"主要负责人", part = "mayor"', "没有参与角色“mayor”"),
        ("{complex}栋综合楼等，总建筑面积", "{castle}栋综合楼等，总建筑面积", "不认识“castle”"),
        ('shows = "unit", seal = "landing"', 'shows = "unit"', "要写是哪一方"),
        ('document = "construction_plan"', 'document = "poster"', "没有材料种类“poster”"),
        ('{ code = "production", name = "拟投产时间" },', "", "没有约定日期“production”"),
    ],
)  # fmt: skip
def test_what_does_not_hang_together_is_an_error_with_its_place(old: str, new: str, said: str) -> None:
    found = faults(old, new)
    assert said in found
    assert "[plans]" in found


def test_a_rule_says_who_makes_seals_and_files_it_and_its_forms_what_is_in_them() -> None:
    found = pack()
    names = Names.of([found], {})
    lines = "；".join(rule_lines(found.plans[0], names))
    for words in (
        "倒排依据：拟开工时间、拟竣工时间、拟投产时间",
        "由企业、落户地、包保单位签章后生效",
        "报落户地、督导单位存档",
    ):
        assert words in lines
    third = next(clause for clause in read(found, names) if clause.no == "附件3")
    said = "；".join(line for bite in third.bites for line in bite.lines)
    assert "竣工验收（在“项目竣工后" in said and "随里程碑“竣工验收”自动完成" in said


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_preset_of_every_locality_can_be_counted_back(path: Path) -> None:
    for plan in parse_pack(path.read_text(), file=path.name).plans:
        network = network_of(plan, {item.code for item in plan.items})
        dated = {item.code for item in plan.items if not item.timing}
        assert {task.code for task in network.tasks} == dated
        assert {task.ends_on for task in network.tasks if task.ends_on} == {one.code for one in plan.anchors}


def test_one_left_out_passes_on_what_it_waits_for() -> None:
    plan = pack().plans[0]
    codes = {item.code for item in plan.items} - {"works_permit"}
    network = network_of(plan, codes)
    permit = next(task for task in network.tasks if task.code == "construction_permit")
    assert {"land_certificate", "firm_drawings"} <= set(permit.after)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_permit_is_planned_with_no_less_than_the_limit_that_the_pack_promises(path: Path) -> None:
    found = parse_pack(path)
    promised = {
        milestone: step.limit
        for step in found.steps
        if step.limit is not None
        for verdict in step.verdicts
        for milestone in verdict.reaches
    }
    for plan in found.plans:
        for item in plan.items:
            limit = promised.get(item.milestone or "")
            if limit is not None and item.lasts is not None and item.lasts.unit == limit.unit:
                assert item.lasts.count >= limit.count, (plan.code, item.code)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_production_is_planned_after_the_acceptance_that_gates_it(path: Path) -> None:
    found = parse_pack(path)
    guarded = {row.code: row.guard.milestones for row in found.milestones if row.guard}
    for plan in found.plans:
        items = {item.code: item for item in plan.items}
        gates = [item for item in plan.items if item.milestone in guarded.get("in_production", ())]
        for last in (item for item in plan.items if item.ends_on == "production"):
            before, waiting = set(), list(last.after)
            while waiting:
                code = waiting.pop()
                before.add(code)
                waiting += [one for one in items[code].after if one not in before]
            assert {item.code for item in gates} <= before, plan.code


def test_trial_production_is_what_the_node_of_that_name_follows() -> None:
    (plan,) = pack().plans
    node = plan.item("equipment")
    assert node and (node.name, node.milestone) == ("设备进场、调试、试生产", "trial_production")
