"""惠企政策精准推送 (三(四)8): what concerns a project reaches its enterprise, each policy once.

One door, ``push_matching``: called when an account is opened, the phase or the facts change, and day by day
for whatever none of these had told of. ``on`` is the business date in Asia/Shanghai.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import record
from cases.models import Part
from kernel.clock import now
from kernel.conditions import holds
from kernel.language import house_language
from policies.schema import Benefit
from projects.facts import facts_of, rules_of
from projects.models import Project
from projects.models.project import LEADS
from projects.permissions import lock
from service.portal import telling
from service.portal.access import Speaker
from service.portal.models import EnterpriseAccount
from service.portal.policies.models import PolicyNotice, PolicyPush

log = logging.getLogger(__name__)
PUSHED = "portal.policies_pushed"
CHUNK = 500
"""So many projects are looked through at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A policy that concerns a project: words as the enterprise is to read them, and where it comes from."""

    name: str
    text: str
    office: str
    link: str
    clause: str = ""
    code: str = ""
    version_id: int | None = None
    notice_id: int | None = None

    @property
    def key(self) -> tuple[str, int | None]:
        return self.code, self.notice_id or self.version_id

    @property
    def words(self) -> tuple[str, ...]:
        return self.name, self.text, self.office, self.link, self.clause


@transaction.atomic
def push_matching(project: Project, on: date) -> list[PolicyPush]:
    """Tell the project's enterprise every policy that concerns it and that it was not told yet.

    A policy concerns it when the plan's phases and facts say so for certain: what is not known yet is pushed
    once it is. Nothing happens without an account in force, or for a project that no longer runs. Safe to
    run again: what was pushed is left alone, but a newer wording takes its place.
    """
    users = telling.speaking(project, on)
    if not users or not project.is_running:
        return []
    project = lock(project)
    # read before the pushes: what was published by now has its pushes there by now
    published = list(PolicyNotice.objects.in_force(on).select_related("unit"))
    standing = list(PolicyPush.objects.filter(project=project).standing())
    fresh = _missing(project, standing, published, _units_of(project, published))
    if not fresh:
        return []
    _replace(fresh, standing, on)
    rows = PolicyPush.objects.bulk_create(row_of(project, one, on) for one in fresh)
    data = {"n": len(rows), "names": "、".join(row.name for row in rows)}
    record(case=project.case, kind=PUSHED, by=None, on=on, data=data)
    telling.policies(project, rows, users)
    return rows


def row_of(project: Project, one: Wanted, on: date, by: User | None = None) -> PolicyPush:
    """The push, not yet saved."""
    return PolicyPush(
        project=project, code=one.code, version_id=one.version_id, notice_id=one.notice_id, name=one.name,
        text=one.text, office=one.office, link=one.link, clause=one.clause, pushed_on=on, pushed_by=by,
    )  # fmt: skip


def matching(project: Project, published: Iterable[PolicyNotice], units: Collection[int]) -> list[Wanted]:
    """What concerns the project now: the plan's own, then what offices published (``units`` play a part)."""
    facts = facts_of(project)
    own = [
        _of_plan(rule)
        for rule in rules_of(project).benefits
        if _in_phase(rule, project) and holds(rule.when, facts) is True
    ]
    return own + [of_office(row) for row in published if row.concerns(project, units)]


def _in_phase(rule: Benefit, project: Project) -> bool:
    return not rule.phases or project.phase in rule.phases


def _of_plan(rule: Benefit) -> Wanted:
    return Wanted(
        rule.name, rule.text, rule.office, rule.link, rule.clause, code=rule.code, version_id=rule.source.id
    )


def of_office(row: PolicyNotice) -> Wanted:
    return Wanted(row.title, row.text, row.office or row.unit.name, row.link, notice_id=row.pk)


def _missing(
    project: Project,
    standing: Sequence[PolicyPush],
    published: Iterable[PolicyNotice],
    units: Collection[int],
) -> list[Wanted]:
    """A newer version of the plan that says the same is no news."""
    keys = {row.key for row in standing}
    said = {(row.code, row.name, row.text, row.office, row.link, row.clause) for row in standing if row.code}
    return [
        one
        for one in matching(project, published, units)
        if one.key not in keys and (not one.code or (one.code, *one.words) not in said)
    ]


def _replace(fresh: Iterable[Wanted], standing: Iterable[PolicyPush], on: date) -> None:
    """An older wording of the plan's own gives way to the newer one."""
    codes = {one.code for one in fresh if one.code}
    old = [row.pk for row in standing if row.code in codes]
    if old:
        with house_language():
            reason = _("已由新版本取代")
        PolicyPush.objects.filter(pk__in=old).update(withdrawn_on=on, withdrawn_reason=reason)


def _units_of(project: Project, published: Iterable[PolicyNotice]) -> set[int]:
    """Who plays a part, asked only where a policy is for the projects of its own unit."""
    if all(row.division for row in published):
        return set()
    rows = Part.objects.filter(case_id=project.pk, valid_to__isnull=True)
    return set(rows.order_by().values_list("unit_id", flat=True))


# ---- whatever no change had told of: a pack or a policy that begins today, a project that runs again


def reachable(on: date) -> QuerySet[Project]:
    """The running projects whose enterprise has an account in force; one statement."""
    accounts = EnterpriseAccount.objects.in_force(on).filter(project=OuterRef("pk"))
    rows = Project.objects.running().filter(Exists(accounts), merged_on__isnull=True)
    return rows.filter(case__voided_on__isnull=True).order_by("pk")


def sweep(on: date) -> int:
    """Push what is missing anywhere; returns how many. Safe to run twice, late or in parallel.

    A constant number of questions for every ``CHUNK`` projects that miss nothing; one that fails does not
    keep the others waiting.
    """
    published, last, told = list(PolicyNotice.objects.in_force(on).select_related("unit")), 0, 0
    while rows := _chunk(on, last, published):
        for project in rows:
            told += _push_if_missing(project, published, on)
        last = rows[-1].pk
    return told


def _chunk(on: date, last: int, published: Iterable[PolicyNotice]) -> list[Project]:
    pushes = Prefetch("policy_pushes", PolicyPush.objects.standing(), to_attr="standing_pushes")
    rows = reachable(on).filter(pk__gt=last).select_related("case", "landing_unit").prefetch_related(pushes)
    if not all(row.division for row in published):
        rows = rows.prefetch_related(
            Prefetch("case__parts", Part.objects.filter(valid_to__isnull=True), to_attr="open_parts")
        )
    return list(rows[:CHUNK])


def _push_if_missing(project: Project, published: list[PolicyNotice], on: date) -> int:
    units = {part.unit_id for part in getattr(project.case, "open_parts", ())}
    standing: list[PolicyPush] = project.standing_pushes  # type: ignore[attr-defined]
    try:
        return len(push_matching(project, on)) if _missing(project, standing, published, units) else 0
    except Exception:
        log.exception("policies of project %s", project.pk)
        return 0


# ---- the enterprise reads


def read(*, push: PolicyPush, speaker: Speaker) -> bool:
    """Somebody of the enterprise has opened it; whether that was the first time. Once, whoever else does."""
    rows = PolicyPush.objects.filter(pk=push.pk, project=speaker.project, read_at__isnull=True)
    return bool(rows.update(read_at=now(), read_by=speaker.user))


# ---- what the project tells of itself (``projects.hooks``)


def on_change(project: Project, by: User, on: date) -> None:
    """Figures, class, origin or phase changed: something else may concern its enterprise now.

    An unsigned lead seldom has an account: asking would cost each of its changes a statement, and the
    morning's round reaches those that have one.
    """
    if project.batch not in LEADS:
        push_matching(project, on)
