"""The ledger: which projects …? As a table, as a board by phase, as a spreadsheet."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import TextChoices
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import can, scopes
from accounts.models import Unit, User
from accounts.roles import Can, Scope
from kernel.clock import today
from kernel.money import WAN, about_yi, show_fen
from kernel.prepared import Kept
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from projects import coded, queries, stillness
from projects.boards import Talks, cards_of, columns_of
from projects.columns import (
    COLUMNS,
    STILL_TONES,
    Column,
    Shown,
    chosen,
    class_names,
    escaped,
    newest_rules,
    still_state,
)
from projects.exports import ledger_file
from projects.models import Batch, Origin, Phase, SavedView
from projects.pressing import clocks_of
from projects.queries import DEFAULT_ORDER, UNTALKED, LedgerFilter, Page
from projects.stages import stages
from projects.views.base import user_of

SESSION_COLUMNS = "ledger_columns"
CARDS = 12
_SELECTS = (
    *("phase", "batch", "class", "park", "light", "unit", "origin", "state"),
    *("channel", "target", "tag", "stillness"),
)
_CODED = {"channel": "lead_channel", "target": "target_classes", "tag": "lead_tags"}
_MILLION_YUAN = 100 * WAN


@dataclass(frozen=True, slots=True)
class Select:
    """One select of the filter bar."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]

    @property
    def word(self) -> str:
        return dict(self.options).get(self.value, self.value)

    @property
    def drawn(self) -> SafeString:
        """The options as HTML; there are some two hundred on the page, too many for the template."""
        lines = (
            f'<option value="{escaped(value)}"{" selected" * (value == self.value)}>{escaped(label)}</option>'
            for value, label in self.options
        )
        return SafeString("".join(lines))


@login_required
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    user = business(request)
    wanted, order = LedgerFilter.read(request.GET), request.GET.get("order") or DEFAULT_ORDER
    cursor = request.GET.get("cursor", "")
    page = queries.ledger_page(user, wanted, order=order, cursor=cursor, summed=True)
    views = _views().ask(user=user.pk)
    here = next((view for view in views if str(view.pk) == request.GET.get("view")), None)
    columns = chosen(here.columns if here else request.session.get(SESSION_COLUMNS))
    rules, clocks = newest_rules(), clocks_of([row["id"] for row in page.rows], today())
    context = _frame(request, wanted, rules) | {
        "rows": page.rows,
        "body": _body(page.rows, columns, Shown.of(clocks, rules, today())),
        "heads": _heads(request, columns, order),
        "columns": [(column, column in columns) for column in COLUMNS.values()],
        "sums": _sums(page),
        "page": page,
        "next_url": with_query(request, cursor=page.next) if page.next else "",
        "previous_url": with_query(request, cursor=page.prev) if page.prev else "",
        "views": views,
        "here": here,
    }
    return render(request, "projects/ledger.html", context)


@cache
def _views() -> Kept[SavedView]:
    nobody = -1
    return Kept(SavedView.objects.filter(user=nobody), {"user": nobody}, planned=True)


def business(request: HttpRequest) -> User:
    """Administrators keep the system and see no projects."""
    user = user_of(request)
    if not any(scope is not Scope.NONE for scope in scopes(user)):
        raise Refused.forbidden(_("管理员不查看项目内容"))
    return user


def filters(
    request: HttpRequest, wanted: LedgerFilter, rules: Rulebook | None, asked: tuple[str, ...]
) -> dict[str, Any]:
    """The filter bar: the selects asked for, and what the address says beside."""
    query = wanted.as_query()
    return {
        "wanted": wanted,
        "selects": _selects(wanted, rules, asked),
        "active": len(query.keys() - {"leads"}),
        "query": urlencode(query),
        "hidden": [(name, request.GET[name]) for name in ("order", "view", "by") if request.GET.get(name)],
    }


def _frame(request: HttpRequest, wanted: LedgerFilter, rules: Rulebook | None) -> dict[str, Any]:
    """What table and board share: filters, the way from one to the other, what the user may do here."""
    user = user_of(request)
    return filters(request, wanted, rules, _SELECTS) | {
        "may_register": can(user, Can.REGISTER_PROJECT),
        "may_export": can(user, Can.EXPORT_LEDGER),
    }


def labelled(words: type[TextChoices]) -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in words.choices]


@cache
def _units() -> Kept[tuple[str, str, str, str]]:
    someday = date(1900, 1, 1)
    rows = Unit.objects.in_force(someday).order_by("kind", "name")
    return Kept(rows.values_list("code", "kind", "short_name", "name"), {"on": someday})


@cache
def _fixed(language: str | None) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """The selects that are the same for everybody who reads this language: name → label, options."""
    lights = [("red", _("有超期")), ("yellow", _("有临期")), ("green", _("计时中"))]
    states = [
        *(("running", _("推进中")), ("shelved", _("搁置"))),
        *(("exited", _("已退出")), ("ledger", _("存量补录"))),
    ]
    return {
        "phase": (_("阶段"), labelled(Phase)),
        "batch": (_("批次"), labelled(Batch)),
        "light": (_("期限"), lights),
        "origin": (_("来源"), labelled(Origin)),
        "state": (_("状态"), states),
        "stillness": (_("停滞"), list(stillness.state_names().items())),
        "still_days": (
            _("无进展"),
            [(str(n), _("%(n)s 天以上") % {"n": n}) for n in (15, 30, 60, 90, 180)],
        ),
    }


def _selects(wanted: LedgerFilter, rules: Rulebook | None, asked: tuple[str, ...]) -> list[Select]:
    named = [(code, kind, short or name) for code, kind, short, name in _units().ask(on=today())]
    parks = sorted((row for row in named if row[1] in ("park", "township")), key=lambda row: row[1])
    options = dict(_fixed(get_language()))
    options["class"] = _("等级"), list(class_names(rules).items())
    labels = {"channel": _("线索渠道"), "target": _("重点对象"), "tag": _("标签")}
    for name, column in _CODED.items():
        options[name] = labels[name], list(coded.names(rules, column).items())
    options["park"] = _("承接园区"), [(code, name) for code, _kind, name in parks]
    options["unit"] = _("引进单位"), [(code, name) for code, _kind, name in named]
    chosen = wanted.as_query()
    return [Select(name, options[name][0], chosen.get(name, ""), options[name][1]) for name in asked]


def _body(rows: list[dict[str, Any]], columns: list[Column], shown: Shown) -> SafeString:
    """The table's rows as HTML: four hundred cells, on which a template would spend longer than SQL."""
    frames = [(f'<td class="{c.css}" data-label="{escaped(c.label)}">', c.cell) for c in columns]
    lines = []
    for row in rows:
        cells = "".join(f"{frame}{escaped(cell(row, shown))}</td>" for frame, cell in frames)
        lines.append(f'<tr data-href="{shown.url(row)}">{cells}</tr>')
    return SafeString("\n".join(lines))


def _heads(request: HttpRequest, columns: list[Column], order: str) -> list[dict[str, Any]]:
    """Column heads; one that the ledger can be ordered by leads to that order, and back the other way."""
    heads = []
    for column in columns:
        way = (
            ""
            if order.lstrip("-") != column.order or not column.order
            else "down"
            if order[0] == "-"
            else "up"
        )
        turned = column.order if way == "down" else f"-{column.order}"
        url = with_query(request, order=turned, cursor="") if column.order else ""
        heads.append({"label": column.label, "css": column.css, "way": way, "url": url})
    return heads


def _sums(page: Page) -> list[tuple[str, str, str]]:
    """What the filter's projects amount to: name, at a glance, and exactly where that differs."""
    names = {"total_fen": _("总投资"), "contract_fen": _("协议资金"), "paid_in_fen": _("到位资金")}
    found = [(words, page.sums.get(name)) for name, words in names.items()]
    return [_glance(words, fen) for words, fen in found if fen]


def _glance(words: str, fen: int) -> tuple[str, str, str]:
    """A sum of many figures has more digits than anybody reads; of a few it is as they wrote it."""
    exact = show_fen(fen)
    return (words, exact, "") if fen % _MILLION_YUAN == 0 else (words, about_yi(fen), exact)


def with_query(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """By phase, or (``by=stage``) the talks by how far they have come, each card with what holds it up."""
    user, wanted, rules = business(request), LedgerFilter.read(request.GET), newest_rules()
    by = "stage" if request.GET.get("by") == "stage" else "phase"
    names = _stage_names(rules) if by == "stage" else {code: str(word) for code, word in Phase.choices}
    if by == "stage" and not wanted.state:
        wanted = replace(wanted, state="running")
    found = columns_of(user, wanted, by, list(names), CARDS)
    keys = [row["id"] for column in found for row in column.rows]
    shown = Shown.of(clocks_of(keys, today()), rules, today())
    talks = cards_of(keys) if by == "stage" else {}
    columns = [
        {
            "name": names.get(column.code, column.code),
            "code": column.code,
            "total": f"{column.total:,}+" if column.capped else f"{column.total:,}",
            "cards": [_card(row, shown, talks.get(row["id"])) for row in column.rows],
            "rest": column.total - len(column.rows),
            "url": f"{reverse('project-list')}?{urlencode(wanted.at(by, column.code).as_query())}",
        }
        for column in found
    ]
    context = _frame(request, wanted, rules) | {"board": columns, "by": by}
    return render(request, "projects/board.html", context)


def _stage_names(rules: Rulebook | None) -> dict[str, str]:
    """The columns of the talks: before the first stage, then the plan's stages to the signing."""
    if rules is None:
        return {}
    return {UNTALKED: _("线索")} | {row.code: row.name for row in stages(rules)}


def _card(row: dict[str, Any], shown: Shown, talks: Talks | None) -> dict[str, Any]:
    clock = shown.clocks.get(row["id"])
    cell = COLUMNS["clock"].cell(row, shown) if clock else SafeString("")
    days = max((shown.today - talks.since).days, 0) if talks else 0
    state = still_state(row, shown.today) if talks else ""
    return {
        "row": row,
        "url": shown.url(row),
        "class": shown.classes.get(row["class"], ""),
        "clock": cell,
        "talks": talks,
        "days": days,
        "still": stillness.state_names().get(state, ""),
        "tone": STILL_TONES.get(state, ""),
    }


@login_required
@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The filtered ledger as .xlsx; the temporary file goes as soon as it is open."""
    path = ledger_file(by=business(request), wanted=LedgerFilter.read(request.GET), request=request)
    with_name = _("项目台账") + f"-{today():%Y%m%d}.xlsx"
    try:
        return FileResponse(path.open("rb"), as_attachment=True, filename=with_name)
    finally:
        path.unlink(missing_ok=True)


@login_required
@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Remember the columns for this session; a saved view keeps them for good."""
    codes = [code for code in request.POST.getlist("columns") if code in COLUMNS]
    request.session[SESSION_COLUMNS] = codes
    order = request.POST.get("order", "")
    query = LedgerFilter.read(request.POST).as_query() | ({"order": order} if order else {})
    return redirect(f"{reverse('project-list')}?{urlencode(query)}")
