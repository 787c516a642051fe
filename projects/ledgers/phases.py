"""In which phase a project of a ledger is: the last thing that has actually happened.

Planned dates do not count. A framework or intention agreement never makes a signed project. What the ledger
as a whole says of itself (在谈项目, 签约项目台账) is the floor. When the text itself says that it does not
tell, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from .dates import ParsedDate
from .texts import compact

# The codes of the product's phases, in order; the field's words beside them.
PHASES: Final = ("planning", "negotiation", "landing", "construction", "production")
WORDS: Final = {
    "planning": "谋划",
    "negotiation": "在谈",
    "landing": "签约",
    "construction": "开工",
    "production": "投产",
}
PHASE_UNCLEAR: Final = "phase_unclear"
NOT_SIGNED: Final = "agreement_is_framework_or_intent_not_signed"

_KINDS: Final = (
    ("planning", re.compile(r"谋划|储备|包装策划")),
    ("negotiation", re.compile(r"在谈|洽谈|对接|意向|首谈|线索")),
    ("landing", re.compile(r"签约|落地|履约")),
    ("construction", re.compile(r"开工|在建")),
    ("production", re.compile(r"投产|竣工|达产")),
)
_DATES: Final = (
    ("production", ("produced_on", "completed_on")),
    ("construction", ("started_on", "started_on_reform", "started_on_industry")),
    ("landing", ("signed_on",)),
)
_CLAUSE: Final = re.compile(r"[,;。;、\n()!]|但|目前")
_PRODUCED: Final = re.compile(r"投产|投运|达产|竣工|完工|建成|试生产|投入使用|正式生产|量产|投入运营|开业")
_PARTLY: Final = re.compile(r"厂房|主体|土建|基础|宿舍|楼|围墙|道路|管网|桩基|场平|车间|生产线|产线")
_STARTED: Final = re.compile(r"开工|动工|奠基|破土")
_BUILDING: Final = re.compile(
    r"在建|建设中|施工|封顶|产线建设|厂房建设|主体建设|土建|桩基|打桩|装修|正在建设|开始建设"
    r"|设备(?:进场|安装|调试)|安装调试|试运行"
)
_SIGNED: Final = re.compile(r"签约|签订|签署|签定|已落地|已引进|已摘牌|取得土地")
_PLANNED: Final = re.compile(
    r"拟|预计|计划|力争|争取|准备|筹备|即将|将于|将在|将|有望|目标|未|尚|待|没有|前期|不具备"
)
_PUSHED: Final = re.compile(r"推进|推动|加快|促进|催促|洽谈|起草|商谈|办理|力促")
_AFTER: Final = re.compile(r"^(?:手续|条件|准备|事宜|时间|前|工作方案|方案|待定|未定|计划|仪式筹备)")
_UNTOLD: Final = re.compile(r"未分清|未区分|分不清|未明确|不明确|原文未写清")
_MIXED: Final = re.compile(r"开竣工|开工(?:、|/|或|和|及)(?:投产|竣工)|集中开(?:工)?竣工")
_FRAMEWORK: Final = re.compile(
    r"(?:意向|框架)[^,;。]{0,6}(?:协议|合同|签约|书)|意向签约|战略(?:合作)?(?:框架)?协议|备忘录"
)
_FRAMEWORK_KIND: Final = re.compile(r"意向|框架|战略合作|备忘")
_NOT_FORMAL: Final = re.compile(r"(?:非|不是|未签|尚未签|无)[^,;。]{0,2}正式[^,;。]{0,6}(?:合同|协议)")
_FORMAL: Final = re.compile(
    r"正式[^,;。]{0,6}(?:合同|协议|签约)|(?:签订|签署|签)[^,;。意框战备]{0,6}(?:投资|入园|项目)(?:合同|协议)"
)


def ledger_phase(*texts: str) -> str | None:
    """The floor a sheet's name, title or section heading gives; the first text that tells decides.

    A text that names several (签约（开工、投产）项目) only promises the earliest.
    """
    for text in texts:
        for code, pattern in _KINDS:
            if pattern.search(text):
                return code
    return None


def stated_phase(text: str) -> str | None:
    """The phase that a column 项目阶段 names."""
    return _happened(text) or ledger_phase(text)


def derive_phase(values: Mapping[str, Any], floor: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Phase and flags of one row from its parsed values and the ledger's floor.

    Flags: phase_unclear (the phase is None: a person decides), agreement_is_framework_or_intent_not_signed.
    """
    framework, untold, happened = _told(values.get("progress") or "", values.get("agreement_kind") or "")
    flags: tuple[str, ...] = (NOT_SIGNED,) if framework else ()
    dated = _dated(values)
    if untold:
        if dated in (None, "landing"):
            return None, (*flags, PHASE_UNCLEAR)
        happened = None
    stated = values.get("phase")
    found = [dated, happened, stated_phase(compact(stated)) if stated else None, floor]
    if framework:
        found = ["negotiation" if code == "landing" else code for code in found]
    reached = [PHASES.index(code) for code in found if code]
    if not reached:
        return None, (*flags, PHASE_UNCLEAR)
    return PHASES[max(reached)], flags


@lru_cache(maxsize=16384)
def _told(progress: str, kind: str) -> tuple[bool, bool, str | None]:
    """What the texts of a row tell: only a framework, that the phase is untold, the furthest event done."""
    text = compact(progress)
    framework = is_framework(text) or bool(_FRAMEWORK_KIND.search(compact(kind)))
    return framework, bool(_UNTOLD.search(text) or _MIXED.search(text)), _happened(text)


def is_framework(text: str) -> bool:
    """Whether a compact text tells of a framework or intention agreement and of no formal one."""
    if not _FRAMEWORK.search(text):
        return False
    return bool(_NOT_FORMAL.search(text)) or not _FORMAL.search(text)


def _dated(values: Mapping[str, object]) -> str | None:
    for code, fields in _DATES:
        for name in fields:
            value = values.get(name)
            if isinstance(value, ParsedDate) and value.iso:
                return code
    return None


def _happened(text: str) -> str | None:
    """The furthest event that the text reports as done."""
    best = -1
    for clause in _CLAUSE.split(text):
        if not clause:
            continue
        if _done(_PRODUCED, clause, pushed=True):
            best = max(best, 3 if _PARTLY.search(clause) and "投产" not in clause else 4)
        elif _done(_STARTED, clause, pushed=True) or _done(_BUILDING, clause, pushed=False):
            best = max(best, 3)
        elif _done(_SIGNED, clause, pushed=True) and not _FRAMEWORK.search(clause):
            best = max(best, 2)
    return PHASES[best] if best >= 0 else None


def _done(event: re.Pattern[str], clause: str, *, pushed: bool) -> bool:
    """Whether the clause reports the event itself, not a plan for it, a push towards it, or its paperwork."""
    for match in event.finditer(clause):
        before, after = clause[: match.start()], clause[match.end() :]
        if _PLANNED.search(before) or _AFTER.match(after) or (pushed and _PUSHED.search(before)):
            continue
        return True
    return False
