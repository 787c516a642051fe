"""挂图作战: all running projects of a park by the planned days of their key nodes, the latest behind
first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from accounts.models import Unit, User
from service.plans.bars import Scale, scale_of
from service.plans.models import Plan, PlanItem, PlanQuerySet, PlanTick
from service.plans.standing import SOON_DAYS, state_of

SIZE = 500
BEHIND, AHEAD = timedelta(days=365), timedelta(days=1100)
STATES = ("late", "soon", "drafting", "sealed")


def plans_on_wall(user: User, park: str, state: str, today: date) -> PlanQuerySet:
    """The plans of running projects in sight, by park (code) and state; unknown states give none."""
    rows: PlanQuerySet = Plan.objects.visible_to(user).filter(
        project__shelved_on__isnull=True, project__exited_on__isnull=True, project__merged_on__isnull=True
    )
    if park:
        rows = rows.filter(project__landing_unit__code=park)
    if state:
        rows = rows.filter(_in_state(state, today)) if state in STATES else rows.none()
    return rows


def _in_state(state: str, today: date) -> Q:
    return {
        "late": Q(next_on__lt=today),
        "soon": Q(next_on__gte=today, next_on__lte=today + timedelta(days=SOON_DAYS)),
        "drafting": Q(first_sealed__isnull=True),
        "sealed": Q(first_sealed__isnull=False),
    }[state]


def late_first(rows: PlanQuerySet) -> QuerySet[Plan]:
    """The one whose next day lies furthest back comes first; what has nothing left to do, last."""
    related = ("project__case", "project__landing_unit")
    ordered = rows.select_related(*related).order_by(F("next_on").asc(nulls_last=True), "id")
    # The phase is never left out: a state machine asks for it row by row.
    return ordered.only(
        *("code", "current_id", "first_sealed_id", "next_on", "items_total", "items_done"),
        *("project__name", "project__phase", "project__case__code"),
        *("project__landing_unit__name", "project__landing_unit__short_name"),
    )


def parks(user: User) -> QuerySet[Unit]:
    """The parks of the projects with a plan in sight."""
    seen = Plan.objects.visible_to(user).filter(project__landing_unit__isnull=False)
    return Unit.objects.filter(pk__in=seen.values("project__landing_unit")).order_by("code")


@dataclass(frozen=True, slots=True)
class Row:
    """One project: what comes next, by how much it is late in words ("" for not), and its bar."""

    plan: Plan
    next_name: str
    late: str
    bar: SafeString


@dataclass(frozen=True, slots=True)
class Wall:
    """``shows_today``: whether today lies within the stretch of days."""

    scale: Scale | None
    shows_today: bool
    rows: tuple[Row, ...]


def wall(plans: Sequence[Plan], today: date) -> Wall:
    """The chart of these plans: two queries, for their nodes and for what is done of them."""
    nodes: dict[int, list[tuple[str, date, str, bool]]] = defaultdict(list)
    items = PlanItem.objects.filter(version__in=[row.current_id for row in plans], planned_on__isnull=False)
    for version, code, day, name, key in items.order_by("planned_on", "order").values_list(
        "version_id", "code", "planned_on", "name", "is_key"
    ):
        if day:
            nodes[version].append((code, day, name, key))
    ticks = PlanTick.objects.filter(plan__in=[row.pk for row in plans], withdrawn_on__isnull=True)
    done = set(ticks.values_list("plan_id", "code"))
    scale = _scale(nodes, today)
    if scale is None:
        return Wall(None, shows_today=False, rows=tuple(Row(row, "", "", SafeString()) for row in plans))
    rows = tuple(_row(row, nodes[row.current_id or 0], done, scale, today) for row in plans)
    return Wall(scale, scale.first <= today <= scale.last, rows)


def _scale(nodes: dict[int, list[tuple[str, date, str, bool]]], today: date) -> Scale | None:
    """One far-off day does not squeeze all others: what lies beyond the window stands at its edge."""
    days = [day for found in nodes.values() for _code, day, _name, _key in found]
    return scale_of(min(max(day, today - BEHIND), today + AHEAD) for day in days)


def _row(
    plan: Plan,
    nodes: Sequence[tuple[str, date, str, bool]],
    done: set[tuple[int, str]],
    scale: Scale,
    today: date,
) -> Row:
    paths: dict[str, list[str]] = defaultdict(list)
    following = ""
    for code, day, name, key in nodes:
        ticked = (plan.pk, code) in done
        if not ticked and not following:
            following = name
        if key:
            paths[state_of(day, ticked, today)].append(f"M{scale.x(day)} 2v8")
    late = plan.days_late(today)
    words = ngettext("晚 %(n)s 天", "晚 %(n)s 天", late) % {"n": late} if late else ""
    return Row(plan, following, words, _bar(nodes, paths, scale, today))


def _bar(
    nodes: Sequence[tuple[str, date, str, bool]],
    paths: Mapping[str, Sequence[str]],
    scale: Scale,
    today: date,
) -> SafeString:
    """The span of a plan and its nodes as one drawing, a path for each state: a page has five hundred of
    them.

    All that goes into it are numbers and our own words.
    """
    begin, end = (scale.x(nodes[0][1]), scale.x(nodes[-1][1])) if nodes else (0, 0)
    shapes = [f'<rect x="{begin}" y="5" width="{end - begin}" height="2"/>']
    shapes += [f'<path class="{state}" d="{"".join(found)}"/>' for state, found in paths.items()]
    if scale.first <= today <= scale.last:
        shapes.append(f'<path class="now" d="M{scale.x(today)} 0v12"/>')
    drawing = "".join(shapes)
    size = f'viewBox="0 0 {scale.width} 12" preserveAspectRatio="none" aria-hidden="true"'
    return mark_safe(f'<svg class="plan-bar" {size}>{drawing}</svg>')  # noqa: S308  # numbers, our own words
