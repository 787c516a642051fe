"""In which phase a project is, from dates, words and the ledger's own kind."""

import pytest

from projects.ledgers.dates import ParsedDate
from projects.ledgers.phases import NOT_SIGNED, PHASE_UNCLEAR, derive_phase, ledger_phase

DONE = ParsedDate("2024-01-02", "2024-01-02", "day")
PLANNED = ParsedDate("预计2027年", flag="planned_not_actual", planned="2027")


@pytest.mark.parametrize(
    ("progress", "phase"),
    [
        ("在谈", "negotiation"), ("推进签约", "negotiation"), ("协议起草阶段", "negotiation"),
        ("拟近期签约", "negotiation"),
        ("尚未签约", "negotiation"), ("正在洽谈签约事宜", "negotiation"), ("已签约", "landing"),
        ("已签订投资协议", "landing"),
        ("已签约，未开工", "landing"), ("已签约，正在办理开工手续", "landing"), ("签约，预计6月开工",
        "landing"),
        ("具备开工条件", "negotiation"), ("已开工", "construction"), ("在建", "construction"),
        ("设备调试安装（2023年1月）", "construction"), ("主体封顶，力争年底投产", "construction"),
        ("一期厂房竣工", "construction"), ("加快建设中", "construction"), ("已竣工", "production"),
        ("一期一阶段投产", "production"), ("2023年开工，2024年投产", "production"), ("尚未投产",
        "negotiation"),
    ],
)  # fmt: skip
def test_only_what_has_happened_moves_a_project_on(progress, phase):
    assert derive_phase({"progress": progress}, "negotiation") == (phase, ())


@pytest.mark.parametrize(
    ("values", "phase"),
    [
        ({"signed_on": DONE}, "landing"), ({"signed_on": PLANNED}, "negotiation"),
        ({"signed_on": DONE, "started_on": DONE}, "construction"), ({"started_on_reform": DONE},
        "construction"),
        ({"started_on_industry": DONE}, "construction"), ({"started_on": DONE, "produced_on": PLANNED},
        "construction"),
        ({"produced_on": DONE}, "production"), ({"completed_on": DONE}, "production"),
        ({"phase": "已开工项目"}, "construction"), ({"phase": "签约未开工"}, "landing"), ({"phase": "储备"},
        "negotiation"),
    ],
)  # fmt: skip
def test_actual_dates_and_the_stated_phase_count_and_planned_dates_do_not(values, phase):
    assert derive_phase(values, "negotiation")[0] == phase


@pytest.mark.parametrize(
    "progress",
    [
        "三方签署投资合作意向协议书，不是正式投资合同", "2023年5月18日签战略合作协议（框架，非正式合同）",
        "4月28日签投资框架协议", "意向签约", "已签署合作备忘录",
    ],
)  # fmt: skip
@pytest.mark.parametrize("floor", ["negotiation", "landing"])
def test_a_framework_or_intention_never_makes_a_signed_project(progress, floor):
    assert derive_phase({"progress": progress, "signed_on": DONE}, floor) == ("negotiation", (NOT_SIGNED,))


@pytest.mark.parametrize("kind", ["框架协议", "意向协议", "战略合作协议"])
def test_the_kind_of_agreement_counts_like_the_words(kind):
    values = {"agreement_kind": kind, "signed_on": DONE}
    assert derive_phase(values, "landing") == ("negotiation", (NOT_SIGNED,))
    assert derive_phase(values | {"started_on": DONE}, "landing")[0] == "construction"


def test_a_formal_contract_after_a_framework_is_signed():
    values = {"progress": "2022年签框架协议，2023年签订正式投资合同"}
    assert derive_phase(values, "negotiation") == ("landing", ())


@pytest.mark.parametrize(
    "progress",
    ["集中开工、投产活动项目（原文未分清开工或投产）", "开竣工项目之一（原文未分清）", "集中开竣工"],
)
def test_what_the_text_does_not_tell_is_not_guessed(progress):
    assert derive_phase({"progress": progress}, "landing") == (None, (PHASE_UNCLEAR,))
    assert derive_phase({"progress": progress, "started_on": DONE}, "landing") == ("construction", ())


def test_without_any_sign_the_phase_is_left_to_a_person():
    assert derive_phase({}, None) == (None, (PHASE_UNCLEAR,))


@pytest.mark.parametrize(
    ("texts", "phase"),
    [
        (("签约项目台账", "签约（开工、投产）招商项目台账"), "landing"), (("Sheet1", "在谈项目信息表"),
        "negotiation"),
        (("Sheet1", "2025年项目表", "共上报在谈项目29个"), "negotiation"), (("开工、竣工项目",),
        "construction"),
        (("投产项目",), "production"), (("谋划储备项目库",), "planning"), (("Sheet1", "项目台账"), None),
    ],
)  # fmt: skip
def test_the_ledgers_own_name_is_the_floor(texts, phase):
    assert ledger_phase(*texts) == phase
