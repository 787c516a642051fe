"""Reads of proposals: those in sight by unit, state and project, and which parks hold the same trade."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from accounts.models import Unit, User
from approvals.dispatching.models import ProposalQuerySet
from approvals.models import Opinion, Proposal
from kernel.numbers import whole
from projects.models import Project

MOST = 5
"""How many parks are suggested."""


def visible(user: User | AnonymousUser) -> ProposalQuerySet:
    rows: ProposalQuerySet = Proposal.objects.visible_to(user)
    return rows


def filtered(user: User | AnonymousUser, asked: Mapping[str, str]) -> ProposalQuerySet:
    """Those a user sees, by ``project``, ``step`` (keys), ``unit`` (code), ``state`` and ``kind`` (dispatch
    or transfer), the latest first; an unknown state gives none."""
    rows = visible(user).with_state()
    for name, path in (("project", "step__case"), ("step", "step")):
        if asked.get(name):
            rows = rows.filter(**{path: whole(asked[name]) or 0})
    if code := asked.get("unit"):
        rows = rows.filter(unit__code=code)
    if kind := asked.get("kind"):
        rows = rows.filter(step__kind=kind)
    if state := asked.get("state"):
        rows = rows.in_state(state)
    return rows.order_by("-id")


def answer_of(row: Proposal) -> Opinion | None:
    """What the unit was asked in force, given or not; of rows read by ``for_list``."""
    asked = getattr(row.step, "in_force_now", ())
    found = (one for one in asked if one.aspect == row.aspect and one.unit_id == row.unit_id)
    return None if row.withdrawn_on else next(found, None)


def same_trade(project: Project, on: date, kinds: tuple[str, ...]) -> list[tuple[Unit, int]]:
    """The units in force that hold most projects of the same industry: its class's first two digits, else
    its words, else its sector; [] where nothing is known of it. Two queries."""
    same = _same(project)
    if same is None:
        return []
    rows = Project.objects.filter(same, landing_unit__isnull=False, exited_on__isnull=True)
    rows = rows.filter(division=project.division).exclude(pk=project.pk)
    best = dict(
        rows.order_by().values_list("landing_unit").annotate(n=Count("pk")).order_by("-n")[: 4 * MOST]
    )
    units = Unit.objects.in_force(on).filter(pk__in=best)
    found = [(unit, best[unit.pk]) for unit in (units.filter(kind__in=kinds) if kinds else units)]
    return sorted(found, key=lambda pair: -pair[1])[:MOST]


def _same(project: Project) -> Q | None:
    if project.industry_code:
        return Q(industry_code__startswith=project.industry_code[:2])
    if project.industry_text:
        return Q(industry_text=project.industry_text)
    return Q(sector=project.sector) if project.sector else None
