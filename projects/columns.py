"""The ledger's columns: what each is called and how it reads on the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html import escape
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from deadlines.wording import due_text
from kernel.clock import CHINA
from kernel.money import show_fen
from kernel.prepared import Kept
from policies.models import PolicySet
from policies.rulebook import Rulebook, rulebook
from projects import coded, stillness
from projects.models import AgreementGrade, Batch, Origin, Phase, ProjectType, Sector
from projects.pressing import Clock

Row = Mapping[str, Any]


def enum_words() -> Mapping[str, str]:
    """ "Phase.landing" → "签约落地", for every code that a row carries, in the reader's language."""
    return _enum_words(get_language())


@cache
def _enum_words(language: str | None) -> Mapping[str, str]:
    enums = (Phase, Batch, Origin, ProjectType, AgreementGrade, Sector)
    return {f"{kind.__name__}.{item.value}": str(item.label) for kind in enums for item in kind}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page's cells need beyond their row, looked up once."""

    clocks: Mapping[int, Clock] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    coded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    today: date = date.min
    details: str = ""
    icons: str = ""

    @classmethod
    def of(cls, clocks: Mapping[int, Clock], rules: Rulebook | None, today: date) -> "Shown":
        return cls(
            clocks=clocks,
            classes=class_names(rules),
            words=enum_words(),
            coded={column: coded.names(rules, column) for column in coded.TABLES},
            today=today,
            details=reverse("project-detail", args=[0]),
            icons=static("vendor/icons.svg"),
        )

    def word(self, kind: str, code: str) -> str:
        return self.words.get(f"{kind}.{code}", code)

    def url(self, row: Row) -> str:
        return self.details.replace("/0/", f"/{row['id']}/")


Cell = Callable[[Row, Shown], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """``cell`` draws a row's cell; ``order`` is the ledger's order by this column, where it has one."""

    code: str
    label: str | Promise
    cell: Cell
    css: str = ""
    order: str = ""


def escaped(value: Any) -> str:
    """What Django's templates make of a value, without the detour by which they come to it."""
    return value if isinstance(value, SafeString) else escape(str(value))


def _name(row: Row, shown: Shown) -> SafeString:
    gone = _("已退出") if row["exited_on"] else _("搁置") if row["shelved_on"] else ""
    gone = gone or (_("休眠") if row["dormant_on"] else "")
    tag = f' <span class="tag">{escaped(gone)}</span>' if gone else ""
    return SafeString(
        f'<a class="main" href="{shown.url(row)}">{escaped(row["name"])}</a>{tag}'
        f'<span class="under">{escaped(row["enterprise_name"] or "—")}</span>'
    )


def _phase(row: Row, shown: Shown) -> SafeString:
    word = shown.word("Phase", row["phase"])
    return SafeString(f'<span class="phase phase-{escaped(row["phase"])}">{escaped(word)}</span>')


LIGHTS = {"red": "alert-octagon", "yellow": "alert-triangle", "green": "circle-check"}
LIGHT_WORDS = {"red": gettext_lazy("超期"), "yellow": gettext_lazy("临期"), "green": gettext_lazy("正常")}


def _clock(row: Row, shown: Shown) -> Any:
    clock = shown.clocks.get(row["id"])
    if clock is None:
        return "—"
    words = escaped(LIGHT_WORDS[clock.light])
    return SafeString(
        f'<span class="light light-{clock.light}"><svg class="icon" aria-hidden="true">'
        f'<use href="{shown.icons}#{LIGHTS[clock.light]}"/></svg><span class="visually-hidden">{words}</span>'
        f'<span class="num">{escaped(due_text(clock.due_on, provisional=clock.provisional))}</span></span>'
    )


def _plain(key: str) -> Cell:
    return lambda row, shown: row[key] if row[key] not in (None, "") else "—"


def _word(kind: str, key: str) -> Cell:
    return lambda row, shown: shown.word(kind, row[key]) or "—"


def _day(key: str) -> Cell:
    return lambda row, shown: _date(row[key])


def _date(moment: Any) -> str:
    if moment is None:
        return "—"
    return str(moment if type(moment) is date else timezone.localtime(moment, CHINA).date())


def _class(row: Row, shown: Shown) -> str:
    return shown.classes.get(row["class"], row["class"]) or "—"


def _coded(column: str) -> Cell:
    return lambda row, shown: coded.said(shown.coded.get(column, {}), row[column]) or "—"


def still_state(row: Row, today: date) -> str:
    return stillness.state_of(row["dormant_on"], row["still_warned_on"], row["explained_until"], today)


def _moved(row: Row, shown: Shown) -> SafeString:
    """The last movement, how many days ago, and the badge of a lead that stands still."""
    day, state = row["moved_on"], still_state(row, shown.today)
    ago = _("%(n)s 天") % {"n": max((shown.today - day).days, 0)}
    badge = escaped(stillness.state_names().get(state, ""))
    tag = f' <span class="tag {STILL_TONES[state]}">{badge}</span>' if state else ""
    return SafeString(f'<span class="num">{day}</span> <span class="quiet">{escaped(ago)}</span>{tag}')


STILL_TONES = {"dormant": "tag-bad", "warned": "tag-warn", "explained": "tag-info"}


def _money(code: str, label: Any, key: str, order: str = "") -> Column:
    return Column(code, label, lambda row, shown: show_fen(row[key]), "num", order)


COLUMNS: dict[str, Column] = {
    column.code: column
    for column in (
        Column("code", gettext_lazy("编号"), _plain("code"), css="num-left", order="id"),
        Column("name", gettext_lazy("项目"), _name, css="wide"),
        Column("phase", gettext_lazy("阶段"), _phase),
        Column("batch", gettext_lazy("批次"), _word("Batch", "batch")),
        Column("class", gettext_lazy("等级"), _class),
        _money("total", gettext_lazy("总投资"), "total_fen", "total_fen"),
        _money("contract", gettext_lazy("协议资金"), "contract_fen"),
        _money("paid_in", gettext_lazy("到位资金"), "paid_in_fen"),
        _money("fixed_asset", gettext_lazy("固定资产投资"), "fixed_asset_fen"),
        _money("output", gettext_lazy("年产值"), "output_fen"),
        _money("tax", gettext_lazy("年税收"), "tax_fen"),
        Column("park", gettext_lazy("承接园区"), _plain("park_name")),
        Column("unit", gettext_lazy("引进单位"), _plain("unit_name")),
        Column("clock", gettext_lazy("最近期限"), _clock, css="nowrap"),
        Column("origin", gettext_lazy("来源"), _word("Origin", "origin")),
        Column("type", gettext_lazy("项目类型"), _word("ProjectType", "project_type")),
        Column("grade", gettext_lazy("协议类型"), _word("AgreementGrade", "agreement_grade")),
        Column("sector", gettext_lazy("产业类别"), _word("Sector", "sector")),
        Column("industry", gettext_lazy("行业"), _plain("industry_text")),
        Column("year", gettext_lazy("谋划年度"), _plain("planning_year"), css="num"),
        Column("jobs", gettext_lazy("用工人数"), _plain("jobs"), css="num"),
        Column("site", gettext_lazy("选址"), _plain("site")),
        Column("channel", gettext_lazy("线索渠道"), _coded("lead_channel")),
        Column("source", gettext_lazy("具体来源"), _plain("lead_source")),
        Column("targets", gettext_lazy("重点对象"), _coded("target_classes")),
        Column("tags", gettext_lazy("标签"), _coded("lead_tags")),
        Column("moved", gettext_lazy("最近进展"), _moved, css="nowrap", order="moved_on"),
        Column("opened", gettext_lazy("建档日期"), _day("opened_on"), css="date"),
        Column("updated", gettext_lazy("更新"), _day("updated_at"), css="date", order="updated_at"),
    )
}
DEFAULT = ("name", "phase", "class", "total", "park", "unit", "clock", "updated")


def chosen(codes: Any) -> list[Column]:
    """The columns somebody chose, in the ledger's order; the name is always among them."""
    wanted = {code for code in codes if code in COLUMNS} if isinstance(codes, list | tuple) else set()
    return [column for code, column in COLUMNS.items() if code in (wanted | {"name"} if wanted else DEFAULT)]


def newest_rules() -> Rulebook | None:
    """The rulebook of the latest set, for names of classes and phases in lists; None before any policy."""
    newest = _newest().ask()
    return rulebook(newest[0]) if newest else None


@cache
def _newest() -> Kept[int]:
    return Kept(PolicySet.objects.order_by("-pk").values_list("pk", flat=True)[:1])


def class_names(rules: Rulebook | None) -> dict[str, str]:
    return {row.code: row.name for row in rules.classes} if rules else {}
