"""The facts of a project that packs may ask about: code, name for people, kind, and permitted words.

Code and not pack data: each is computed by ``projects`` from its own fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, "str | Promise"]


@dataclass(frozen=True, slots=True)
class Fact:
    """``money`` is compared in 分, ``flag`` is true or false, ``word`` one of ``words`` (any, if none)."""

    code: str
    name: "str | Promise"
    kind: Literal["money", "flag", "word", "text", "number"]
    words: Words = field(default_factory=dict)


_ORIGINS: Words = {"outside_city": _("市外"), "city_outside_district": _("区外市内"), "district": _("区内")}
_SECTORS: Words = {
    "industry": _("工业"),
    "service": _("服务业"),
    "agriculture": _("农业"),
    "other": _("其他"),
}
_ALL = (
    Fact("name", _("项目名称"), "text"),
    Fact("enterprise", _("投资企业"), "text"),
    Fact("content", _("建设内容"), "text"),
    Fact("site", _("选址地块"), "text"),
    Fact("industry_code", _("国民经济行业"), "text"),
    Fact("planning_year", _("谋划年度"), "number"),
    Fact("jobs", _("就业人数"), "number"),
    Fact("land", _("用地面积"), "number"),
    Fact("introducing_unit", _("引进单位"), "text"),
    Fact("landing_unit", _("承接平台"), "text"),
    Fact("total", _("投资总额"), "money"),
    Fact("fixed_asset", _("固定资产投资"), "money"),
    Fact("contract", _("协议资金"), "money"),
    Fact("output", _("年产值"), "money"),
    Fact("tax", _("年税收"), "money"),
    Fact("paid_in", _("到位资金"), "money"),
    Fact("origin", _("资金来源地"), "word", _ORIGINS),
    Fact("sector", _("产业门类"), "word", _SECTORS),
    Fact("industry_section", _("行业门类"), "text"),
    Fact("project_type", _("项目类型"), "word"),
    Fact("agreement_grade", _("协议等级"), "word"),
    Fact("land_mode", _("用地方式"), "word"),
    Fact("lead_channel", _("线索渠道"), "word"),
    Fact("green_channel", _("绿色通道"), "flag"),
    Fact("small_low_risk", _("小型低风险"), "flag"),
    Fact("special_fire", _("特殊消防"), "flag"),
)
FACTS: Mapping[str, Fact] = MappingProxyType({fact.code: fact for fact in _ALL})


def labels() -> dict[str, str]:
    """Names of all facts and of their words, in the active language: what ``explain`` wants."""
    found = {fact.code: str(fact.name) for fact in _ALL}
    for fact in _ALL:
        found.update({code: str(word) for code, word in fact.words.items()})
    return found
