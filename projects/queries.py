"""Reading the ledger: one function that serves page, REST and export, in plain dicts.

Rows come from ``values()`` with the joins applied to the page alone; the total is counted to a cap; pages
go by keyset, so that the thousandth costs what the first does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.visibility import Sight, sight_of
from deadlines.models import Deadline
from kernel import keyset
from kernel.clock import today as today_in_china
from kernel.numbers import whole
from kernel.phones import mask_in_prose
from kernel.prepared import Kept
from kernel.refusals import Refused
from projects import coded, stillness
from projects.models import LEADS, Project, ProjectCode, ProjectQuerySet
from projects.models.project import NATIONAL_CODE
from projects.search import found_by
from projects.stages import BOARD

CAP = 10_000
PAGE, MOST = 50, 200
FIRST_YEAR, LAST_YEAR = 1900, 2999
MOST_DAYS = 9999
UNTALKED = "none"
"""The filter for leads that have come to no stage of the talks yet."""
Viewer = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What the ledger is narrowed to; everything empty is everything. Units by code."""

    q: str = ""
    phase: str = ""
    batch: str = ""
    park: str = ""
    unit: str = ""
    project_class: str = ""
    origin: str = ""
    state: str = ""
    light: str = ""
    year: str = ""
    channel: str = ""
    target: str = ""
    tag: str = ""
    stillness: str = ""
    still_days: str = ""
    leads: str = ""
    stage: str = ""
    updated_since: datetime | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "LedgerFilter":
        """From the parameters of an address. Raises Refused (invalid) for what cannot be read."""
        words = {name: query.get(name, "").strip() for name in _WORDS} | {
            "project_class": query.get("class", "")
        }
        if words["year"] and whole(words["year"]) is None:
            raise Refused.invalid("year", _("年度应为四位数字"))
        days = whole(words["still_days"] or "0")
        if days is None or not 0 <= days <= MOST_DAYS:
            raise Refused.invalid("still_days", _("没有进展的天数应为数字"))
        return cls(**words, updated_since=_moment(query.get("updated_since", "")))

    def at(self, by: str, code: str) -> "LedgerFilter":
        """The same, narrowed to one phase or stage of the talks."""
        return replace(self, stage=code) if by == "stage" else replace(self, phase=code)

    def as_query(self) -> dict[str, str]:
        """Back to the parameters of an address, empty ones left out."""
        found = {name: getattr(self, name) for name in _WORDS} | {"class": self.project_class}
        return {name: value for name, value in found.items() if value}


_WORDS = (
    *("q", "phase", "batch", "park", "unit", "origin", "state", "light", "year"),
    *("channel", "target", "tag", "stillness", "still_days", "leads", "stage"),
)
STATES = {
    "running": Q(shelved_on__isnull=True, exited_on__isnull=True),
    "shelved": Q(shelved_on__isnull=False),
    "exited": Q(exited_on__isnull=False),
    "ledger": Q(from_ledger=True),
}


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Refused.invalid("updated_since", _("时间应写作 2026-03-02T09:00:00+08:00"))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page; ``next`` and ``prev`` are cursors, "" at the ends; ``total`` stops at the cap.

    ``sums`` are amounts in 分 over the whole filter, not only over the page.
    """

    rows: list[dict[str, Any]]
    next: str
    prev: str
    total: int = 0
    capped: bool = False
    sums: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_text(self) -> str:
        return f"{CAP:,}+" if self.capped else f"{self.total:,}"


# A null amount sorts below zero: the expression, not the column, is what the index is made of.
AMOUNT = Coalesce("total_fen", Value(-1))
ORDERS: dict[str, tuple[str | Combinable, ...]] = {
    "id": ("case_id",),
    "total_fen": (AMOUNT, "case_id"),
    "updated_at": ("updated_at", "case_id"),
    "moved_on": ("moved_on", "case_id"),
}
DEFAULT_ORDER = "-id"
SUMMED = ("total_fen", "contract_fen", "paid_in_fen")


def _short(unit: str) -> Coalesce:
    return Coalesce(NullIf(f"{unit}__short_name", Value("")), f"{unit}__name")


PLAIN = (
    "name", "phase", "batch", "origin", "project_type", "agreement_grade", "sector", "industry_code",
    "industry_text", "planning_year", "enterprise_id", "jobs", "total_fen", "fixed_asset_fen", "contract_fen",
    "output_fen", "tax_fen", "paid_in_fen", "shelved_on", "exited_on", "from_ledger", "site", "version",
    "updated_at", "lead_channel", "lead_source", "target_classes", "lead_tags", "moved_on",
    "explained_until", "still_warned_on", "dormant_on", "talk_stage",
)  # fmt: skip
NAMED: dict[str, Combinable] = {
    "id": F("case_id"),
    "code": F("case__code"),
    "class": F("project_class"),
    "opened_on": F("case__opened_on"),
    "policy_set": F("case__policy_set_id"),
    "enterprise_name": F("enterprise__name"),
    "park": F("landing_unit__code"),
    "park_name": _short("landing_unit"),
    "unit": F("introducing_unit__code"),
    "unit_name": _short("introducing_unit"),
}


def ledger(user: Viewer, wanted: LedgerFilter, today: date | None = None) -> ProjectQuerySet:
    """The projects a user may see that the filter leaves, unordered. ``today``: Asia/Shanghai."""
    return _left(sight_of(user), wanted, today or today_in_china())


def _left(sight: Sight, wanted: LedgerFilter, today: date) -> ProjectQuerySet:
    rows = Project.objects.in_sight(sight).order_by()
    same = {name: getattr(wanted, name) for name in ("phase", "batch", "project_class", "origin")}
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    for unit, code in (("landing_unit", wanted.park), ("introducing_unit", wanted.unit)):
        if code:
            rows = rows.filter(**{unit: Subquery(Unit.objects.filter(code=code).order_by().values("pk"))})
    if wanted.state:
        rows = rows.filter(STATES[wanted.state]) if wanted.state in STATES else rows.none()
    if wanted.year:
        rows = rows.filter(planning_year=wanted.year[:4])
    if wanted.updated_since:
        rows = rows.filter(updated_at__gte=wanted.updated_since)
    if wanted.light:
        rows = rows.filter(_lit(wanted.light, today))
    rows = _library(rows, wanted, today)
    if re.fullmatch(NATIONAL_CODE, wanted.q, re.ASCII):
        return rows.filter(Exists(ProjectCode.objects.filter(project=OuterRef("pk"), code=wanted.q)))
    return found_by(rows, wanted.q)


def _library(rows: ProjectQuerySet, wanted: LedgerFilter, today: date) -> ProjectQuerySet:
    """What is asked of leads: their channel, classes, tags, and how long they have not moved."""
    if wanted.leads:
        rows = rows.filter(batch__in=LEADS)
    if wanted.stage:
        code = "" if wanted.stage == UNTALKED else wanted.stage
        rows = rows.filter(batch__in=BOARD, talk_stage=code)
    if wanted.channel:
        rows = rows.filter(lead_channel=wanted.channel)
    for column, code in (("target_classes", wanted.target), ("lead_tags", wanted.tag)):
        if code:
            rows = rows.filter(coded.holding(column, code))
    if wanted.still_days:
        rows = rows.filter(moved_on__lte=today - timedelta(days=int(wanted.still_days)))
    if wanted.stillness:
        rows = (
            rows.filter(stillness.STATES[wanted.stillness](today))
            if wanted.stillness in stillness.STATES
            else rows.none()
        )
    return rows


def _lit(light: str, today: date) -> Exists | Q:
    """Projects with an open clock of this colour."""
    if light not in ("red", "yellow", "green"):
        return Q(pk__in=())
    return Exists(Deadline.objects.with_light_of(light, today).filter(case_id=OuterRef("pk")))


def ledger_page(
    user: Viewer,
    wanted: LedgerFilter,
    *,
    order: str = DEFAULT_ORDER,
    cursor: str = "",
    size: int = PAGE,
    summed: bool = False,
) -> Page:
    """One page of the ledger: two statements, whatever the size of the table.

    ``order`` is a key of ``ORDERS``, with ``-`` for downwards; ``cursor`` comes from an earlier page;
    ``summed`` also adds the amounts up, unless the count is capped. Raises Refused (invalid) for an unknown
    order or a cursor that nobody here made.
    """
    back, after = _place(order, cursor)
    query = _query(
        sight_of(user), wanted, today_in_china(), _Turn(order, back, bool(after), size, summed, CAP)
    )
    page = _page(query.rows.ask(**dict(zip(_MARKS, after, strict=False))), order, cursor, size, back=back)
    total, *sums = query.every.fold("count(*)", *(f"sum({name})" for name in SUMMED if summed))
    known = {name: int(amount or 0) for name, amount in zip(SUMMED, sums, strict=False) if total <= CAP}
    return replace(page, total=min(total, CAP), capped=total > CAP, sums=known)


def _page(found: list[dict[str, Any]], order: str, cursor: str, size: int, *, back: bool) -> Page:
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    ahead, behind = (bool(cursor), more) if back else (more, bool(cursor))
    return Page(
        found,
        keyset.pack(order, "", *_values(order, found[-1])) if found and ahead else "",
        keyset.pack(order, "back", *_values(order, found[0])) if found and behind else "",
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """How a page is turned to: which way from a cursor (``after``), or from the start; with sums or not."""

    order: str
    back: bool
    after: bool
    size: int
    summed: bool
    cap: int


@dataclass(frozen=True, slots=True)
class _Query:
    """One page of a filter, and every row of it up to the cap."""

    rows: Kept[dict[str, Any]]
    every: Kept[Any]


_MARKS: dict[str, Any] = {"first": -(2**41) - 1, "second": -(2**41) - 2}
_FIRST_MARKS = {"updated_at": datetime(1900, 1, 1, 12, 34, 56, tzinfo=UTC), "moved_on": date(1900, 1, 2)}


def _query(sight: Sight, wanted: LedgerFilter, today: date, turn: _Turn) -> _Query:
    """Kept for what many ask again and again; what somebody typed or counted to the second is asked once."""
    if wanted.q or wanted.updated_since:
        return _compiled.__wrapped__(sight, wanted, today, turn)
    dated = wanted.light or wanted.still_days or wanted.stillness
    return _compiled(sight, wanted, today if dated else date.min, turn)


@lru_cache(maxsize=500)
def _compiled(sight: Sight, wanted: LedgerFilter, today: date, turn: _Turn) -> _Query:
    rows = _left(sight, wanted, today)
    every = Kept(rows.values(*SUMMED if turn.summed else ("pk",))[: turn.cap + 1])
    falls, keys = _keys(turn.order)
    down = falls != turn.back
    if not turn.after:
        return _Query(Kept(_listed(rows, keys, turn.size + 1, down=down)), every)
    marks = dict(list(_MARKS.items())[: len(keys)])
    marks["first"] = _FIRST_MARKS.get(turn.order.removeprefix("-"), marks["first"])
    beyond = rows.filter(keyset.RowBeyond(keys, list(marks.values()), smaller=down))
    return _Query(Kept(_listed(beyond, keys, turn.size + 1, down=down), marks), every)


def listed(rows: ProjectQuerySet, order: str, most: int) -> Any:
    """What the ledger shows of the first rows, in their order."""
    falls, keys = _keys(order)
    return _listed(rows, keys, most, down=falls)


def _listed(rows: ProjectQuerySet, keys: Sequence[str | Combinable], most: int, *, down: bool) -> Any:
    """The rows are found first, by one table and one index; names and codes are joined to them alone."""
    order = [_towards(key, down) for key in keys]
    found = rows.order_by(*order).values("pk")[:most]
    return Project.objects.filter(pk__in=found).order_by(*order).values(*PLAIN, **NAMED)


def _keys(order: str) -> tuple[bool, tuple[str | Combinable, ...]]:
    keys = ORDERS.get(order.removeprefix("-"))
    if keys is None:
        raise Refused.invalid("order", _("不能按“%(order)s”排序") % {"order": order})
    return order.startswith("-"), keys


def _towards(key: str | Combinable, down: bool) -> Any:
    expression: Any = F(key) if isinstance(key, str) else key
    return expression.desc() if down else expression.asc()


def _values(order: str, row: Mapping[str, Any]) -> list[Any]:
    name = order.removeprefix("-")
    if name == "id":
        return [row["id"]]
    value = row[name]
    return [-1 if value is None else value, row["id"]]


_FIRST_KEYS: dict[str, Callable[[Any], Any]] = {
    "updated_at": datetime.fromisoformat,
    "moved_on": date.fromisoformat,
}


def _place(order: str, cursor: str) -> tuple[bool, list[Any]]:
    """Whether a cursor looks back, and the keys it stands at."""
    _keys(order)
    if not cursor:
        return False, []
    of, way, *after = keyset.unpack(cursor) or [None, None]
    if of != order or way not in ("", "back") or len(after) != len(ORDERS[order.removeprefix("-")]):
        raise Refused.invalid("cursor", _("翻页标记无效，请从第一页重新翻起"))
    try:
        keys = [_key(value) for value in after[1:]]
        first = _FIRST_KEYS.get(order.removeprefix("-"), _key)(after[0])
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused.invalid("cursor", _("翻页标记无效，请从第一页重新翻起")) from error
    return way == "back", [first, *keys]


def _key(value: Any) -> int:
    """A whole number that the database can hold. Raises ValueError."""
    key = int(value)
    if abs(key) >= 2**63:
        raise ValueError(value)
    return key


def rest_page(user: Viewer, query: Mapping[str, str], url: str) -> dict[str, Any]:
    """The list as REST gives it: ``next`` and ``previous`` are whole addresses or None.

    Raises Refused (invalid) for unreadable parameters; unknown ones are ignored.
    """
    size = whole(query.get("page_size"))
    page = ledger_page(
        user,
        LedgerFilter.read(query),
        order=query.get("order") or DEFAULT_ORDER,
        cursor=query.get("cursor", ""),
        size=PAGE if size is None else max(1, min(size, MOST)),
    )
    for row in page.rows:
        row["site"], row["lead_source"] = mask_in_prose(row["site"]), mask_in_prose(row["lead_source"])
        for column in coded.SEVERAL:
            row[column] = coded.codes_of(row[column])
    kept = [(name, value) for name, value in query.items() if name != "cursor"]
    return {
        "next": f"{url}?{urlencode([*kept, ('cursor', page.next)])}" if page.next else None,
        "previous": f"{url}?{urlencode([*kept, ('cursor', page.prev)])}" if page.prev else None,
        "count": page.total,
        "count_capped": page.capped,
        "results": page.rows,
    }
