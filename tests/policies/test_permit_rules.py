"""Permits, green channel and slips as pack data: what a pack may say, what is refused, how it reads."""

import pytest

from policies.bites import read
from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.schema import Pack
from policies.wording import Names, rule_lines
from tests.law import PACKS

FULING = (PACKS / "fuling-lifecycle-2024.toml").read_text()
OPTIMISATION = (PACKS / "elsewhere" / "optimisation-2022.toml").read_text()
TIANMEN = (PACKS / "elsewhere" / "tianmen-construction-2024.toml").read_text()


def pack(text: str, old: str = "", new: str = "") -> Pack:
    assert old in text
    return parse_pack(text.replace(old, new, 1), file="x.toml")


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (FULING, 'code = "correction", name = "申请人整改"', 'code = "higher", name = "整改"',
         "停表情形的代码重复"),
        (FULING, '{ name = "完税凭证" }', '{ name = "不动产测绘成果" }', "同一份材料写了两次"),
        (FULING, 'kind = "acceptance"', 'kind = "acceptance"\npermit = { early_help = true }', "只有 kind"),
        (FULING, "commitment = { when", 'commitment = { waives = ["护照"], when', "guide.materials 中的名称"),
        (FULING, 'accepts = "approvals_applied"', 'accepts = "nothing"', "没有里程碑“nothing”"),
        (FULING, 'part = "landing", units = ["gaoxin-park"]', 'part = "nobody"', "没有参与角色“nobody”"),
        (FULING, 'told_once = "四(二)"', 'told_once = "九"', "没有条款“九”"),
        (FULING, 'when = { field = "sector", is = "industry" }, clause',
         'when = { field = "x", is = "y" }, clause', "没有项目字段“x”"),
        (OPTIMISATION,
         'kept_by_parts = ["landing", "project_secretary"]\nkept_by_roles = ["bureau_clerk", '
         '"commissioner"]\n',
         "", "未写回执单由谁填"),
        (OPTIMISATION, 'to_parts = ["leader_in_charge"]\nto_roles = ["leader"]\nthen', "then",
         "未写回执单报送给谁"),
        (OPTIMISATION, 'kept_by_parts = ["landing", ', 'kept_by_parts = ["nobody", ', "没有参与角色“nobody”"),
        (OPTIMISATION, 'approved_by_roles = ["bureau_head", "leader"]', "approved_by_roles = []",
         "至少要有 1 项"),
    ],
)  # fmt: skip
def test_what_does_not_hang_together_is_refused_in_words(text: str, old: str, new: str, words: str) -> None:
    with pytest.raises(PackRefused) as refused:
        pack(text, old, new)
    assert words in "；".join(str(error) for error in refused.value.errors)


def test_two_permits_may_wait_for_each_other_and_end_together() -> None:
    """R177: a cycle of two is legal in the graph."""
    steps = {step.code: step for step in pack(OPTIMISATION).steps}
    assert steps["land_use"].prerequisites == ("works_planning",)
    assert steps["works_planning"].prerequisites == ("land_use",)


def test_what_both_of_them_wait_for_must_still_come_about() -> None:
    wanting = 'prerequisites = ["works_planning"]\nneeds = { milestones = ["signed", "land_approved"] }'
    text = OPTIMISATION.replace(
        'needs = { milestones = ["signed"] }\nprerequisites = ["works_planning"]', wanting
    )
    assert text != OPTIMISATION
    with pytest.raises(PackRefused, match="永远无法办结"):
        pack(text)


def test_permits_read_as_sentences() -> None:
    found = pack(FULING)
    names = Names.of([found], {"gaoxin-park": "高新区"})
    by_code = {step.code: "；".join(rule_lines(step, names)) for step in found.steps}
    assert "自材料齐备之日起算" in by_code["planning_permit"]
    assert "法定时限：20个工作日内" in by_code["planning_permit"]
    assert "可以告知承诺方式申请；适用：产业门类 = 工业" in by_code["planning_permit"]
    assert "受理即达成：审批申请受理" in by_code["planning_permit"]
    assert "赋权事项：由承接平台办理（限高新区）" in by_code["project_filing"]
    other = pack(OPTIMISATION)
    (step,) = (step for step in other.steps if step.code == "land_use")
    lines = "；".join(rule_lines(step, Names.of([other], {})))
    assert "特殊情况：10个工作日内，说明理由，经招商局负责人、区领导批准" in lines
    assert "可以停表的情形：上报有关部门审批、申请人补正" in lines


def test_the_green_channel_and_the_slip_read_as_sentences() -> None:
    found = pack(OPTIMISATION)
    names = Names.of([found], {})
    green = "；".join(rule_lines(found.green_channels[0], names))
    assert "实行：统一受理、信息共享、项目代办、快速转办、并联审批、办结告知" in green
    slip = "；".join(rule_lines(found.receipts[0], names))
    assert "由承接园区、项目秘书、招商经办、项目服务专员填写" in slip
    assert "报送：分管县级领导、区领导" in slip and "必要时报告" in slip


def test_clauses_cited_within_a_permit_bite() -> None:
    found = {clause.no: clause for clause in read(pack(FULING), Names.of([pack(FULING)], {}))}
    assert any(bite.code == "project_filing.permit.told_once" for bite in found["四(二)"].bites)
    assert any(bite.table == "green_channels" for bite in found["三(四)8"].bites)


def test_tianmen_has_the_six_procedures_before_the_start_and_the_nine_of_form_3() -> None:
    """R213, R259, R260; 竣工验收 is a milestone of its own."""
    found = pack(TIANMEN)
    permits = {step.name: step for step in found.steps if step.kind == "permit"}
    assert {"企业开办", "核准备案", "环评批复", "建设用地规划许可", "建设工程规划许可", "施工许可"} <= set(
        permits
    )
    nine = {
        "企业开办",
        "核准备案",
        "建设用地规划许可",
        "消防设计审查",
        "不动产证（净地）",
        "建设工程规划许可",
        "施工许可",
        "工程竣工备案",
    }
    assert nine <= set(permits) and "accepted" in found.codes("milestones")
    assert permits["消防设计审查"].when.fields() == {"special_fire"}


def test_the_optimisation_plan_gives_three_days_and_ten_in_special_cases() -> None:
    """R169, R170."""
    for step in pack(OPTIMISATION).steps:
        if step.kind == "permit":
            assert step.limit and (step.limit.count, step.limit.unit) == (3, "working_day")
            assert step.permit and step.permit.special and step.permit.special.limit.count == 10
            assert step.permit.counts_from == "complete"


def test_fuling_opens_companies_and_lets_nothing_wait_for_it() -> None:
    """R062: 集群注册, an address apart from the place of production, 证照分离, 简易注销; it is no gate."""
    found = pack(FULING)
    opening = next(step for step in found.steps if step.code == "company_opening")
    assert (opening.phase, opening.clause, opening.led_by_units) == (
        "landing", "三(五)13", ("market-regulation",),
    )  # fmt: skip
    lines = "；".join(rule_lines(opening, Names.of([found], {})))
    assert "1个工作日内" in lines and "法定时限：3个工作日内" in lines
    assert opening.guide
    for words in ("标准地址库", "住所与生产经营场所可以分离登记", "集群注册", "“证照分离”"):
        assert words in opening.guide.standard
    optional = {item.name for item in opening.guide.materials if item.needed == "if_any"}
    assert optional == {"生产经营场所备案信息（与住所不在一处的）", "集群注册托管协议（选择集群注册的）"}
    asked = [row.guard for row in found.milestones] + [row.gate for row in found.phases if row.gate]
    asked += [row.needs for row in found.steps]
    assert not any("company_opened" in needs.milestones for needs in asked)
    assert any("简易注销" in row.name and row.clause == "三(五)13" for row in found.benefits)
