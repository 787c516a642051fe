"""岗位缺位: the running projects in which a post that the plan asks for by now is not filled.

Found by the database, post by post of each plan in use; what ``roster.seats`` says of a project one by one,
so that the count of a long list is honest and no project is read for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value, When

from accounts.models import Unit, User
from cases.models import Part
from deadlines.models import Deadline
from documents.models import Attachment
from policies.models import PolicySet
from policies.rulebook import Rulebook, rulebook
from policies.schema import Post
from projects import reading
from projects.models import Project, ReachedMilestone
from projects.where import NEVER, where
from service.team import roster
from service.team.roster import PREFIX, Seat


def plans() -> list[tuple[int, Rulebook]]:
    """Every set of plans that cases live under, the newest first; one query, the rules are kept."""
    keys = PolicySet.objects.order_by("-pk").values_list("pk", flat=True)
    return [(pk, rules) for pk in keys if (rules := rulebook(pk)).posts]


def posts(known: Iterable[tuple[int, Rulebook]]) -> dict[str, str]:
    """The posts of these plans: code and name, that of the newest plan."""
    found: dict[str, str] = {}
    for _pk, rules in known:
        for rule in rules.posts:
            found.setdefault(rule.code, rule.name)
    return found


def vacant(user: User, asked: Mapping[str, str], known: Sequence[tuple[int, Rulebook]]) -> QuerySet[Project]:
    """The projects in sight with a post vacant, newest first, by ``park`` (unit code), ``post`` and
    ``class``; unknown words filter nothing, an unknown post finds nothing."""
    rows = Project.objects.visible_to(user).running().filter(merged_on__isnull=True)
    if park := asked.get("park", ""):
        rows = rows.filter(landing_unit__code=park)
    if project_class := asked.get("class", ""):
        rows = rows.filter(project_class=project_class)
    found: QuerySet[Project] = rows.filter(_vacancy(known, asked.get("post", ""))).order_by("-pk")
    return found


def _vacancy(known: Iterable[tuple[int, Rulebook]], code: str = "") -> Q:
    """Whether a post (any, or that of the code) is asked for and not filled."""
    return reduce(
        or_,
        (
            Q(case__policy_set=pk) & reduce(or_, asked)
            for pk, rules in known
            if (asked := [_of(rule, rules) for rule in rules.posts if code in ("", rule.code)])
        ),
        NEVER,
    )


def _of(rule: Post, rules: Rulebook) -> Q:
    return Q(_reached(rule.from_milestone)) & _taken_in(rule, rules) & ~_filled(rule)


def _reached(code: str) -> Exists:
    """As ``projects.gates.whole``: as many parts as the latest total says."""
    rows = ReachedMilestone.objects.filter(project=OuterRef("pk"), code=code, withdrawn_on__isnull=True)
    parts = (
        rows.order_by().values("project").annotate(n=Count("part_no", distinct=True), of=Max("parts_total"))
    )
    return Exists(parts.filter(n__gte=F("of")))


def _taken_in(rule: Post, rules: Rulebook) -> Q:
    """As ``service.scopes.taken_in`` says for certain."""
    if not rule.scopes:
        return Q()
    scopes = [rules.scopes[code] for code in rule.scopes if code in rules.scopes]
    tests = (Q(_reached(one.milestone or "")) if one.when is None else where(one.when) for one in scopes)
    return reduce(or_, tests, NEVER)


def _filled(rule: Post) -> Q:
    """As ``Seat.filled``: by its paper, by enough holders; holders beside the units named count where there
    is none of these."""
    if rule.document:
        papers = Attachment.objects.filter(case=OuterRef("pk"), kind=rule.document, withdrawn_on__isnull=True)
        return Q(Exists(papers))
    held = Part.objects.filter(case=OuterRef("pk"), part=rule.part, valid_to__isnull=True)
    if rule.least == 1:
        return Q(Exists(held))
    if not rule.units:
        return Q(_enough(held, rule.least))
    own = held.filter(unit__code__in=rule.units)
    return Q(_enough(own, rule.least)) | (~Q(Exists(own)) & Q(_enough(held, rule.least)))


def _enough(rows: QuerySet[Part], least: int) -> Exists:
    return Exists(rows.order_by().values("case").annotate(n=Count("pk")).filter(n__gte=least))


def with_each(rows: QuerySet[Project], known: Sequence[tuple[int, Rulebook]]) -> QuerySet[Project]:
    """Annotated with ``vacant_0``, ``vacant_1`` …: for each of ``posts`` in order, whether it is vacant."""
    marks: dict[str, Any] = {
        f"vacant_{place}": Case(When(_vacancy(known, code), then=Value(1)), default=Value(0))
        for place, code in enumerate(posts(known))
    }
    return rows.annotate(**marks)


# ---- the rows of a page


@dataclass(frozen=True, slots=True)
class Line:
    """A project with its vacant posts, each with its clock where one runs."""

    project: Project
    vacant: list[tuple[Seat, Deadline | None]]


def lines(rows: Sequence[Project]) -> list[Line]:
    """What is vacant in each project of a page: four queries however many."""
    keys = [row.pk for row in rows]
    _read_together(rows, keys)
    running = Deadline.objects.filter(case_id__in=keys, rule__startswith=PREFIX).open()
    clocks = {(row.case_id, row.rule.removeprefix(PREFIX)): row for row in running}
    return [
        Line(
            row,
            [(seat, clocks.get((row.pk, seat.rule.code))) for seat in roster.seats(row) if seat.missing],
        )
        for row in rows
    ]


def _read_together(rows: Sequence[Project], keys: Sequence[int]) -> None:
    """What ``roster`` asks of each project, read for all of them at once."""
    kept = {row.pk: reading.keep(row) for row in rows}
    parts: dict[int, list[Part]] = {key: [] for key in keys}
    held = Part.objects.filter(case_id__in=keys, valid_to__isnull=True)
    for part in held.select_related("unit", "user").order_by("id"):
        parts[part.case_id].append(part)
    reached: dict[int, list[ReachedMilestone]] = {key: [] for key in keys}
    for mark in ReachedMilestone.objects.filter(project_id__in=keys, withdrawn_on__isnull=True):
        reached[mark.project_id].append(mark)
    papers: dict[int, set[str]] = {key: set() for key in keys}
    there = Attachment.objects.filter(case_id__in=keys, withdrawn_on__isnull=True)
    for key, kind in there.order_by().values_list("case_id", "kind").distinct():
        papers[key].add(kind)
    for key, page in kept.items():
        page.parts, page.milestones, page.documents = parts[key], reached[key], frozenset(papers[key])


def parks(on: date) -> list[Unit]:
    """The units that take projects, to choose from."""
    return list(
        Unit.objects.in_force(on).filter(kind__in=("park", "township")).order_by("kind", "code")[:100]
    )
