"""The Word export opened again and held against the three forms as the source prints them."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from projects.models import Project
from service.models import PlanItem
from service.plans import actions
from service.plans.actions import Contact, Figures
from service.plans.papers import word_of
from tests.law import TODAY
from tests.service.plans.site import DAYS, Site, open_site

pytestmark = pytest.mark.django_db
WAN = Decimal(10_000)

FORCE_HEADS = ["序号", "工作任务", "工作目标", "时间节点", "备注"]
FORCE = [
    "会同企业共同制定项目审批进度计划及年度建设计划，严格按计划进行推进",
    "全程跟踪项目建设进度，协调督促相关职能部门加快审批进度，及时兑现优惠政策",
    "每周调度跟进，及时掌握项目审批和建设过程中存在的问题、困难，列出清单，协调相关部门予以解决落实",
    "督促协调落户地及相关单位做好土地征迁、用水、用电、用气、用工、融资等要素保障服务",
]
FIRM_HEADS = ["序号", "任务内容", "计划完成时间", "备注"]
FIRM = [
    "会同项目建设服务专班共同制定项目审批进度计划及年度建设计划，严格按计划进行推进",
    "聘请环评、安评中介机构，编制环评、安评报告，按要求购买主要污染物排放总量指标",
    "聘请资质符合要求的地质勘察中介机构，进行项目地勘，编制地勘报告",
    "聘请资质符合要求的图纸设计中介机构，进行施工图设计",
    "按照图纸审查要求，在数字化图审平台中填报相关信息，并督促勘察、设计中介机构在数字化图审平台中按要求填报资料",
    "签订土地成交确认书，缴纳土地出让金尾款，签订国有建设用地使用权出让合同，缴纳相关税费",
    "按规定缴纳人防易地建设费",
    "聘请资质符合要求的监理单位、施工单位",
    "水电气网报装",
    "严格按照规划及法律法规要求，开展项目建设，确保项目建设质量及安全",
    "开工进行基础施工时，组织地勘单位、设计单位、监理单位、施工单位到现场进行基坑验槽，并邀请市住建局质量安全监督机构进行现场监督",
    "项目竣工后，组织勘察单位、设计单位、监理单位、施工单位开展质量验收，并邀请市住建局质量安全监督机构对验收工程进行监督",
]
HEAD = [
    ("企业名称", "企业负责人及联系电话"),
    ("落户地名称", "落户地安商专班联络员及联系电话"),
    ("包保单位名称", "包保专班联络员及联系电话"),
    ("签约时间", "拟开工时间"),
    ("占地面积", "计划总工期"),
]
NODES = [
    ("企业开办", "用地资料报市自规局"),
    ("核准备案", "平整土地"),
    ("建设用地规划许可", "围墙建设"),
    ("消防设计审查（仅特殊建设工程需办理）", "/"),
    ("不动产证（净地）", "/"),
    ("建设工程规划许可", "/"),
    ("施工许可", "开挖基础（打桩）正式施工"),
    ("竣工验收", "设备进场、调试、试生产"),
    ("工程竣工备案", "设备进场、调试、试生产"),
]


@pytest.fixture
def site(db: None) -> Site:
    site = open_site()
    Project.objects.filter(pk=site.project.pk).update(land_square_metres=80_000)
    return site


def opened(site: Site, plan: Any) -> Any:
    plan.refresh_from_db()
    version = plan.versions.first()
    return Document(BytesIO(word_of(plan, version, site.district.rules.plans[0])))


def cells(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def test_the_two_lists_have_the_columns_and_tasks_of_the_source(site: Site) -> None:
    plan = site.make()
    made = opened(site, plan)
    titles = [line.text for line in made.paragraphs if line.text]
    assert titles == ["项目建设服务专班任务清单", "项目主体任务清单", "项目审批进度计划及建设计划表"]
    force, firm = cells(made.tables[0]), cells(made.tables[1])
    assert force[0] == FORCE_HEADS
    assert [row[1] for row in force[1:]] == FORCE
    assert [row[3] for row in force[2:]] == ["全程", "每周", "全程"]
    assert firm[0] == FIRM_HEADS
    assert [row[1] for row in firm[1:]] == FIRM
    assert [row[0] for row in firm[1:]] == [str(number) for number in range(1, 13)]
    due = PlanItem.objects.get(version=plan.current, code="firm_utilities").planned_on
    assert due and firm[9][2] == in_words(due)


def test_the_table_has_the_fields_of_the_source_filled(site: Site) -> None:
    figures = [
        Figures(0, 60_000 * WAN, 42_000, {"workshop": 4, "office": 1, "dormitory": 1}),
        Figures(2026, Decimal("20000.5") * WAN, 12_000, {"workshop": 2}),
    ]
    contacts = {
        "enterprise": Contact("赵总", "13900001111"),
        "landing": Contact("李四", "13812345678"),
        "guarantee": Contact("钱科长", "023-72231234"),
    }
    plan = site.make(figures=figures, contacts=contacts)
    table = cells(opened(site, plan).tables[2])
    assert [(row[0], row[2]) for row in table[:5]] == HEAD
    assert [row[1] for row in table[:5]] == [
        "年产5万吨新材料项目投资公司", str(site.park), str(site.guarantee), "2026年2月10日", "120亩",
    ]  # fmt: skip
    assert [row[3] for row in table[:5]] == [
        "赵总 139****1111", "李四 138****5678", "钱科长 023-****1234", "2026年10月20日", "15月",
    ]  # fmt: skip
    assert (table[5][0], table[6][0]) == ("总建设计划", "当年建设计划")
    assert table[5][1] == (
        "计划总投资60000万元，计划建设4栋厂房，1栋办公楼，1栋宿舍，0栋研发楼，0栋综合楼等，总建筑面积42000㎡。"
    )
    assert table[6][1] == (
        "当年计划完成投资20000.5万元，当年计划建设完成2栋厂房，0栋办公楼，0栋宿舍，0栋研发楼，0栋综合楼等，"
        "建筑面积共12000㎡。"
    )
    assert (table[7][0], table[7][2]) == ("审批进度计划", "建设进度计划")
    assert [(row[0], row[2]) for row in table[8:]] == NODES


def test_nodes_carry_their_days_and_what_does_not_apply_is_struck(site: Site) -> None:
    plan = site.make()
    table = cells(opened(site, plan).tables[2])
    days = dict(PlanItem.objects.filter(version=plan.current).values_list("code", "planned_on"))
    approvals = [row[1] for row in table[8:]]
    assert approvals[0] == f"{in_words(days['company_opened'])}完成"
    assert approvals[3] == "/"  # no special fire works
    assert approvals[7] == f"{in_words(DAYS['finish'])}完成"
    works = [row[3] for row in table[8:]]
    assert works[6] == in_words(DAYS["start"])
    assert works[7] == works[8] == in_words(DAYS["production"])


def test_special_fire_works_have_their_day() -> None:
    site = open_site(special_fire=True)
    table = cells(opened(site, site.make()).tables[2])
    assert table[11][0] == "消防设计审查（仅特殊建设工程需办理）"
    assert table[11][1].endswith("日完成")


def test_an_empty_plan_prints_the_blank_form(site: Site) -> None:
    table = cells(opened(site, site.make()).tables[2])
    assert table[5][1] == (
        "计划总投资    万元，计划建设    栋厂房，    栋办公楼，    栋宿舍，    栋研发楼，    栋综合楼等，"
        "总建筑面积    ㎡。"
    )


def test_three_seals_with_names_and_days(site: Site) -> None:
    plan = site.make()
    blank = cells(opened(site, plan).tables[3])
    assert blank[0] == ["企业（签章）", "落户地（签章）", "包保单位（签章）"]
    assert blank[1] == [f"\n{who}：\n年    月    日" for who in ("企业负责人", "主要负责人", "主要负责人")]
    actions.seal_plan(plan=plan, side="landing", by=site.planner, on=TODAY, signatory="孙主任", today=TODAY)
    assert cells(opened(site, plan).tables[3])[1][1] == f"{site.park}\n主要负责人：孙主任\n2026年3月2日"
    actions.seal_plan(plan=plan, side="enterprise", by=site.firm, on=TODAY, signatory="赵总", today=TODAY)
    actions.seal_plan(plan=plan, side="guarantee", by=site.guarantor, on=TODAY, signatory="周局", today=TODAY)
    plan.refresh_from_db()
    assert plan.current and plan.current.filed
    with plan.current.filed.file.open() as stream:
        filed = Document(BytesIO(stream.read()))
    assert "孙主任" in cells(filed.tables[3])[1][1]
    assert "赵总" in cells(filed.tables[3])[1][0]


def test_lists_without_a_table_have_a_head_that_says_whose_they_are() -> None:
    site = open_site([])
    Project.objects.filter(pk=site.project.pk).update(total_fen=60_000_000_000)
    fresh = Project.objects.select_related("case", "enterprise").get(pk=site.project.pk)
    plan = site.make(project=fresh)
    head = dict(cells(opened(site, plan).tables[0]))
    assert (head["项目名称"], head["开工日期"]) == (fresh.name, "2026年10月20日")
    assert head["企业名称"] == (fresh.enterprise.name if fresh.enterprise else "")
    assert (head["总投资（万元）"], head["建筑面积（㎡）"].strip()) == ("60000", "")
    actions.set_particulars(plan=plan, by=site.planner, on=TODAY, figures=[Figures(0, 55_000 * WAN, 42_000)])
    head = dict(cells(opened(site, plan).tables[0]))
    assert (head["总投资（万元）"], head["建筑面积（㎡）"]) == ("55000", "42000")


def test_the_head_of_a_sealed_version_stands_whatever_the_project_is_called_later() -> None:
    site = open_site([])
    plan = site.seal_all(site.make())
    name = site.project.name
    Project.objects.filter(pk=site.project.pk).update(name="改名后的项目", total_fen=1)
    assert dict(cells(opened(site, plan).tables[0]))["项目名称"] == name
