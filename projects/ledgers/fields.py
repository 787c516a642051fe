"""The fields a ledger's column can stand for, with the headings offices give them.

Headings are those of the ledgers A, B, C and D and of the service forms; a local heading that is missing here
is mapped by hand once and kept in the saved mapping.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .money_text import parse_unit


class Kind(StrEnum):
    """How a field's cells are read."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    AMOUNT = "amount"
    AREA = "area"
    DATE = "date"
    PLANNED_DATE = "planned_date"


@dataclass(frozen=True, slots=True)
class Field:
    """One target of the import: stable code, label for people, and the headings it is known by."""

    code: str
    label: Promise | str
    kind: Kind
    headings: tuple[str, ...]
    measure: str = ""


def _field(code: str, label: Promise | str, kind: Kind, headings: str, measure: str = "") -> Field:
    return Field(code, label, kind, tuple(headings.split()), measure)


_T, _L, _M, _A, _D, _P = Kind.TEXT, Kind.LONG_TEXT, Kind.AMOUNT, Kind.AREA, Kind.DATE, Kind.PLANNED_DATE

_ALL: Final = (
    _field("seq", _("序号"), _T, "序号 序 编号 No NO 行号"),
    _field("external_id", _("项目编号"), _T, "项目编号 项目编码 项目代码 投资项目代码 项目ID 系统编号"),
    _field("name", _("项目名称"), _T, "项目名称 项目 名称 项目全称 工程名称 项目名"),
    _field(
        "investor",
        _("投资方"),
        _T,
        "投资方 投资企业 投资主体 投资方名称 投资单位 企业名称 投资商 客商名称 项目单位 建设单位 业主单位 "
        "项目业主 公司名称 投资方全称 单位名称 签约企业",
    ),
    _field("investor_profile", _("投资方简介"), _L,
           "投资方简介 企业简介 投资企业简介 公司简介 投资方概况 企业基本情况"),
    _field(
        "investor_origin",
        _("投资方属地"),
        _T,
        "投资方属地 来源地 资金来源地 投资方所在地 企业所在地 投资来源地 企业注册地 投资方来源地 国别地区 "
        "来源省市 属地",
    ),
    _field("origin_kind", _("来源类别"), _T, "来源类别 项目来源 市外区外区内 资金来源 引资来源"),
    _field("capital_kind", _("内外资"), _T, "内外资 内资外资 资金性质 资本类型"),
    _field("credit_code", _("统一社会信用代码"), _T, "统一社会信用代码 社会信用代码 信用代码 组织机构代码"),
    _field("legal_person", _("法定代表人"), _T, "法人代表 法定代表人 法人"),
    _field("company_scale", _("公司规模"), _T, "公司规模 企业规模 企业类型 企业层级"),
    _field("park", _("园区（落户地）"), _T,
           "园区 项目所在园区 所在园区 片区 落户地 落户地名称 落地园区 落户园区 承接园区 落地区域 所属园区 "
           "平台 建设地点 项目选址 落户地点 项目所在地 拟落户园区"),
    _field("enclave_park", _("飞地园区"), _T, "飞地园区"),
    _field("industry", _("产业类别"), _T,
           "产业类别 产业类型 行业 行业类别 所属行业 所属产业 产业 行业分类 国民经济行业"),
    _field("chain", _("产业链"), _T, "产业链 所属产业链 主要产业链 产业链条"),
    _field("chain_secondary", _("次要产业链"), _T, "次要产业链 次产业链"),
    _field("amount_total", _("总投资"), _M,
           "总投资 总投资额 投资总额 计划投资总额 计划总投资 拟投金额 拟投资额 投资额 投资金额 协议投资额 "
           "意向投资额 投资规模 总投资规模 预计总投资 项目总投资 计划投资", "investment"),
    _field("fixed_asset", _("固定资产投资"), _M,
           "固定资产投资 固投金额 固定资产投资额 固投 固投额 固定资产 其中固定资产投资 "
           "投资固定资产", "fixed_asset"),
    _field("contract", _("合同金额"), _M,
           "合同金额 合同投资额 合同额 签约金额 协议金额 协议资金 签约额", "investment"),
    _field("filing_amount", _("备案证金额"), _M, "备案证金额 备案金额 立项金额", "investment"),
    _field("paid_in", _("到位资金"), _M,
           "到位资金 到资额 累计到位资金 实际到位资金 到位金额 累计到资", "paid_in"),
    _field("paid_in_verified", _("到位资金核查"), _M, "到位资金核查 核查到位资金 认定到位资金", "paid_in"),
    _field("paid_in_year", _("当年到位资金"), _M, "当年到位资金 本年到位资金 当年到资", "paid_in"),
    _field("invested", _("累计完成投资"), _M, "累计完成投资 完成投资 已完成投资 累计投资", "paid_in"),
    _field("output", _("年产值"), _M,
           "预计年产值 年产值 达产年产值 产值 预计产值 预期产值 年营业收入 预计年营收 "
           "年销售收入 达产产值", "output"),
    _field("tax", _("年税收"), _M, "预计年税收 年税收 税收 预计税收 达产年税收 年纳税 税金", "tax"),
    _field("output_and_tax", _("预计年产值、税收"), _L, "预计年产值税收 年产值税收 预计产值税收"),
    _field("jobs", _("就业人数"), _T, "就业人数 带动就业 用工人数 就业 新增就业"),
    _field("land_mu", _("用地（亩）"), _A,
           "用地 需用土地 用地面积 占地面积 占地 土地面积 用地需求 用地规模 规划用地 供地面积 拟用地"),
    _field("investment_phases", _("投资期数"), _T, "投资期数 期数 分期"),
    _field("lead_channel", _("线索渠道"), _T, "线索渠道 招商渠道 信息渠道 线索来源 信息来源渠道"),
    _field("lead_source", _("具体来源"), _T, "具体来源 线索提供人 介绍人 引荐人 信息提供人"),
    _field("target_classes", _("重点对象类别"), _T, "重点对象类别 重点对象 目标企业类别 对象类别"),
    _field("lead_tags", _("标签"), _T, "标签 项目标签 线索标签"),
    _field("construction_kind", _("建设性质"), _T, "建设性质 项目性质 建设类型"),
    _field("promotion_kind", _("招商类型"), _T, "招商类型 招商方式 引进方式"),
    _field("existing_enterprise", _("是否存量企业"), _T, "是否存量企业 存量企业"),
    _field("phase", _("项目阶段"), _T, "项目阶段 阶段 项目状态 所处阶段 当前阶段 状态"),
    _field("first_contact", _("对接时间"), _D,
           "对接时间 首次对接时间 首谈时间 首次接洽时间 接洽时间 洽谈时间"),
    _field("signed_on", _("签约时间"), _D,
           "签约时间 签约日期 签订时间 协议签订时间 签约年月 合同签订时间 正式签约时间"),
    _field("agreement_kind", _("协议类型"), _T, "协议类型 协议性质 合同类型 签约类型 协议类别"),
    _field("start_kind", _("开工类型"), _T, "开工类型"),
    _field("started_on", _("开工时间"), _D, "开工时间 开工日期 实际开工时间 开工年月 动工时间"),
    _field("started_on_reform", _("实际开工时间（发改）"), _D, "实际开工时间发改 开工时间发改 实际开工发改"),
    _field("started_on_industry", _("实际开工时间（经信）"), _D,
           "实际开工时间经信 开工时间经信 实际开工经信"),
    _field("planned_start_on", _("拟开工时间"), _P, "拟开工时间 计划开工时间 预计开工时间 计划开工"),
    _field("completed_on", _("竣工时间"), _D, "竣工时间 竣工日期 完工时间 实际竣工时间"),
    _field("planned_completion_on", _("拟竣工时间"), _P, "拟竣工时间 计划竣工时间 预计竣工时间"),
    _field("produced_on", _("投产时间"), _D, "投产时间 投产日期 实际投产时间 竣工投产时间 投产 投产年月"),
    _field("planned_production_on", _("拟投产时间"), _P, "拟投产时间 计划投产时间 预计投产时间"),
    _field("in_statistics_on", _("入统时间"), _D, "入统时间 入统 入库时间 纳统时间"),
    _field("scaled_on", _("进规时间"), _D, "进规时间 进规 上规时间"),
    _field("duration_months", _("计划总工期（月）"), _T, "计划总工期 总工期 建设工期 建设周期"),
    _field("content", _("项目内容"), _L,
           "项目内容 建设内容 项目简介 主要建设内容 建设内容及规模 建设规模及内容 项目概况 项目情况"),
    _field("progress", _("进展情况"), _L,
           "进展情况 进度备注 进度 进展 项目进展 项目进展情况 目前进展 最新进展 工作进展 推进情况 项目进度 "
           "当前进展"),
    _field("problems", _("存在问题"), _L, "存在问题 困难问题 存在的问题 需协调事项 问题 需协调解决的问题"),
    _field("next_steps", _("下一步工作"), _L, "下一步工作 下一步工作计划 下步工作 下步计划 下一步打算"),
    _field("assessment_result", _("研判结果"), _T, "研判结果 研判结论 研判意见 评估结果 预审结果"),
    _field("assessed", _("是否研判"), _T, "是否研判"),
    _field("assigned_level", _("交办层级"), _T, "交办层级"),
    _field("pushed_to_province", _("是否推送至省库"), _T, "是否推送至省库"),
    _field("phone_check", _("电话核实情况"), _T, "电话核实情况"),
    _field("responsible_leader", _("责任领导"), _T,
           "区级责任领导 责任领导 包保领导 县级责任领导 牵头领导 联系领导"),
    _field("responsible_unit", _("责任单位"), _T,
           "责任单位 牵头单位 引进单位 招商单位 引资单位 包保单位 服务单位"),
    _field("responsible_person", _("负责人"), _T, "负责人 责任人 项目负责人"),
    _field("follow_person", _("跟进人"), _T, "跟进人 跟踪负责人 跟踪人 跟踪责任人 服务专员 联络员"),
    _field("first_contact_person", _("首谈联系人"), _T, "首谈联系人 首接责任人 首谈人"),
    _field("contact_person", _("企业联系人"), _T,
           "企业联系人 联系人 企业负责人 投资方联系人 企业联系人姓名 对接人"),
    _field("contact_phone", _("联系电话"), _T,
           "联系方式 联系电话 电话 手机 手机号 企业联系电话 联系人电话 企业联系人电话"),
    _field("circulation_to", _("流转方向"), _T, "流转方向 流转去向"),
    _field("circulated_on", _("流转时间"), _D, "流转时间"),
    _field("circulation_status", _("流转状态"), _T, "流转状态"),
    _field("updated_on", _("更新时间"), _D, "更新时间 更新日期 填报时间"),
    _field("remark", _("备注"), _L, "备注 说明 备注说明 其他"),
)  # fmt: skip

FIELDS: Final = MappingProxyType({field.code: field for field in _ALL})
HEADINGS: Final = MappingProxyType({heading: field.code for field in _ALL for heading in field.headings})
# Fields that several columns may feed; their texts are joined.
REPEATABLE: Final = frozenset({"remark", "progress", "content"})
MAIN_AMOUNTS: Final = ("amount_total", "fixed_asset", "contract")

_AREA_UNITS: Final = ("平方公里", "平方米", "公顷", "平米", "㎡", "亩")
_IN_BRACKETS: Final = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_TAIL_UNIT: Final = re.compile(r"(?:单位:?)?((?:[十百千]?[亿万])?(?:美元|欧元|港元|元)|[亿万])$")
_DROPPED: Final = re.compile(r"[\s()\[\]【】〔〕:,./\\\-_*、。;“”\"'·]+")


@lru_cache(maxsize=2048)
def unit_of_heading(label: str) -> str | None:
    """The unit a heading names: 总投资（亿元） → 亿元, 用地（亩） → 亩; None without one."""
    text = "".join(unicodedata.normalize("NFKC", label).split())
    for inside in reversed(_IN_BRACKETS.findall(text)):
        unit = inside.removeprefix("单位").lstrip(":")
        if parse_unit(unit) or unit in _AREA_UNITS:
            return str(unit)
    tail = _TAIL_UNIT.search(text)
    return tail[1] if tail else None


@lru_cache(maxsize=2048)
def heading_key(label: str) -> str:
    """A heading without white space, punctuation and unit, for comparing."""
    text = "".join(unicodedata.normalize("NFKC", label).split())
    text = _IN_BRACKETS.sub(lambda found: "" if _is_unit(found[1]) else found[0], text)
    tail = _TAIL_UNIT.search(text)
    text = text[: tail.start()] if tail else text
    return _DROPPED.sub("", text)


def _is_unit(text: str) -> bool:
    unit = text.removeprefix("单位").lstrip(":")
    return bool(parse_unit(unit)) or unit in (*_AREA_UNITS, "人", "个", "月")


@lru_cache(maxsize=4096)
def match_heading(path: tuple[str, ...]) -> tuple[str, float] | None:
    """The field a column's heading (from the top row down) stands for, and how sure that is (0–1)."""
    keys = [key for key in map(heading_key, path) if key]
    if not keys:
        return None
    joined, leaf = "".join(keys), keys[-1]
    for key, confidence in ((joined, 1.0), (leaf, 0.95)):
        if key in HEADINGS:
            return HEADINGS[key], confidence
    for key in (joined, leaf):
        found = _longest(key, str.endswith)
        if found:
            return found, 0.7
    found = _longest(leaf, str.startswith)
    return (found, 0.5) if found else None


def _longest(key: str, test: Callable[[str, str], bool]) -> str | None:
    """A noun's head stands last: 投资方联系人 is a contact, no investor. Two letters are too vague."""
    matches = [heading for heading in HEADINGS if len(heading) >= 3 and test(key, heading)]
    return HEADINGS[max(matches, key=len)] if matches else None
