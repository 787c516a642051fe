"""What the milestones of an agreement do to it: settled, signed, each commitment handed to who keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import Unit
from approvals.agreement_models import Agreement, AgreementQuerySet, AgreementVersion
from approvals.binding import current_versions
from approvals.models import Opinion
from approvals.revision import conditions
from approvals.rules import answering
from approvals.terms import shown
from assignments import actions as assignments
from assignments.models import Assignment, Kind, State
from deadlines import actions as deadlines
from kernel.language import house_language
from policies.rulebook import Rulebook
from policies.schema import AgreementKind, Limit, Term
from projects.facts import rules_of
from projects.hooks import MilestoneChange

DATED, UNDATED = "commitment-by", "commitment"
"""How the assignments of commitments are marked: with a day of their own, or counted from the signing."""
LONGEST = 3650


@dataclass(frozen=True, slots=True)
class _Owed:
    """One commitment as it is handed over; ``by`` is its day, else ``limit`` counts from the signing."""

    key: str
    what: str
    unit: Unit
    by: date | None
    limit: Limit | None


def follow(change: MilestoneChange) -> None:
    """The handler of ``projects.hooks.on_milestone``; runs inside the action that moved the milestone."""
    for kind in rules_of(change.project).agreements.values():
        if change.milestone == kind.settled_by:
            _settle(change, kind)
        if change.milestone == kind.signed_by:
            _sign(change, kind)


def _settle(change: MilestoneChange, kind: AgreementKind) -> None:
    day = None if change.kind == "withdrawn" else change.on
    if change.kind != "evidenced":
        _living(change, kind).update(settled_on=day)


def _living(change: MilestoneChange, kind: AgreementKind) -> AgreementQuerySet:
    return Agreement.objects.living().filter(case_id=change.project.pk, kind=kind.code)


def _sign(change: MilestoneChange, kind: AgreementKind) -> None:
    if change.kind == "reached":
        version = current_versions(change.project.pk).get(kind.code)
        if version is not None:
            _living(change, kind).update(signed_on=change.on, signed_version=version)
            if not change.past:
                _hand_over(change, kind, version)
    elif change.kind == "withdrawn":
        _living(change, kind).update(signed_on=None, signed_version=None)
        _take_back(change)
    elif change.kind == "corrected":
        _living(change, kind).filter(signed_on__isnull=False).update(signed_on=change.on)
        _restart(change)


def _hand_over(change: MilestoneChange, kind: AgreementKind, version: AgreementVersion) -> None:
    """Open an assignment for each commitment that is not handed over already."""
    rows = Assignment.objects.filter(case_id=change.project.pk, kind=Kind.COMMITMENT)
    known = set(rows.exclude(state=State.REVOKED).values_list("unit_id", "title"))
    for owed in _owed(change, kind, version):
        if (owed.unit.pk, owed.what) in known:
            continue
        known.add((owed.unit.pk, owed.what))
        assignments.open_by_rule(
            case=change.project.case,
            rule=f"{DATED if owed.by else UNDATED}:{owed.key}",
            name=owed.what,
            unit=owed.unit,
            by=change.by,
            on=change.on,
            kind=Kind.COMMITMENT,
            clause=kind.clause,
            limit=_until(owed, change.on),
            policy_version_id=kind.source.id,
        )


def _until(owed: _Owed, on: date) -> Limit | None:
    """A day of its own, the next day where that has passed before the signing; else the plan's limit."""
    if owed.by is None:
        return owed.limit
    last = min(max(owed.by, on + timedelta(days=1)), on + timedelta(days=LONGEST))
    return Limit(count=(last - on).days, unit="natural_day")


def _owed(change: MilestoneChange, kind: AgreementKind, version: AgreementVersion) -> Iterator[_Owed]:
    case_id, on = change.project.pk, change.on
    for place, row in enumerate(version.commitments):
        for unit in answering([row["unit"]], (), case_id, on):
            by = version.commitment_day(place)
            yield _Owed(f"{version.pk}:{place}", row["what"], unit, by, kind.commitment_limit)
    for opinion in conditions(change.project, kind.code):
        for unit in answering((), kind.conditions_to_parts, case_id, on):
            key = f"{version.pk}:condition-{opinion.pk}"
            yield _Owed(key, _condition(opinion), unit, None, kind.commitment_limit)
    for term in _of_government(rules_of(change.project), version):
        value = version.values[term.code]
        by = date.fromisoformat(value) if term.kind == "date" else None
        for unit in answering(term.to_units, term.to_parts, case_id, on):
            key = f"{version.pk}:{term.code}"[:40]
            yield _Owed(key, _title(term, value), unit, by, term.limit or kind.commitment_limit)


def _of_government(rules: Rulebook, version: AgreementVersion) -> list[Term]:
    return [term for term in rules.terms if term.party == "government" and term.code in version.values]


@house_language()
def _condition(row: Opinion) -> str:
    words = {"aspect": row.aspect_name, "unit": row.unit, "words": row.words[:80]}
    return _("落实%(aspect)s条件（%(unit)s）：%(words)s") % words


@house_language()
def _title(term: Term, value: object) -> str:
    return _("%(name)s：%(value)s") % {"name": term.name, "value": shown(term, value)[:80]}


def _undone(change: MilestoneChange, mark: str) -> list[Assignment]:
    rows = Assignment.objects.undone().filter(case_id=change.project.pk, kind=Kind.COMMITMENT)
    return list(rows.filter(rule__startswith=mark).select_related("deadline").order_by("pk"))


def _take_back(change: MilestoneChange) -> None:
    with house_language():
        reason = _("所依据的里程碑已撤销")
    for row in _undone(change, UNDATED):  # the mark of the dated ones begins with it
        assignments.revoke(assignment=row, reason=reason, by=change.by, on=change.on, asked=False)


def _restart(change: MilestoneChange) -> None:
    """Clocks that count from the signing begin on its corrected day."""
    for row in _undone(change, f"{UNDATED}:"):
        if row.deadline is not None and row.deadline.is_open:
            deadlines.restart(deadline=row.deadline, started_on=change.on, by=change.by, on=change.on)
