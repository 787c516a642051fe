"""All writes of scoring: bringing the entries of a project up to its facts. ``on`` is the
business day of the act that moves them, for the event; what an entry counts for is the entry's own day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Can
from cases.actions import record
from kernel.joined import joined
from kernel.language import house_language
from notices import actions as notices
from projects.facts import facts_of, rules_of
from projects.models import Project
from projects.permissions import lock, require_on
from scoring import queries, wording
from scoring.models import Credit
from scoring.reckoning import Line, lines

__all__ = ["EVENTS", "book", "desired", "rebook"]
EVENTS = ("credit.booked", "credit.rebooked")


@joined
def book(*, project: Project, by: User | None, on: date) -> list[Credit]:
    """Reverse what no longer holds and book what does; returns the entries written, [] when all holds.

    For handlers that run inside another action on the locked project: it asks no rights.
    """
    wanted = dict(desired(project))
    standing = {_line(row): row for row in Credit.objects.filter(case_id=project.pk).standing()}
    gone = [row for line, row in standing.items() if line not in wanted]
    fresh = [(line, formula) for line, formula in wanted.items() if line not in standing]
    if not gone and not fresh:
        return []
    rows = [_reversal(row, by) for row in gone] + [
        _entry(project, line, formula, by) for line, formula in fresh
    ]
    written = Credit.objects.bulk_create(rows)
    _tell(project, written, bool(gone), by, on)
    return written


@transaction.atomic
def rebook(*, project: Project, by: User, on: date) -> list[Credit]:
    """重新核算: the same on request. Raises Refused (forbidden)."""
    project = lock(project)
    require_on(by, Can.BOOK_CREDIT, project)
    return book(project=project, by=by, on=on)


def desired(project: Project, facts: dict[str, Any] | None = None) -> list[tuple[Line, dict[str, Any]]]:
    """Every line that should stand for a project, with its formula; five queries. A voided one earns none."""
    rules = rules_of(project)
    if not rules.credit or project.case.voided_on is not None:
        return []
    counted = queries.amounts(project, queries.signed_on(project, rules))
    units = queries.credited_units(project) if any(counted.values()) else []
    facts = facts or facts_of(project)
    return [found for measure, sums in counted.items() for found in lines(measure, sums, rules, facts, units)]


def _line(row: Credit) -> Line:
    return Line(
        unit=row.unit_id,
        measure=row.measure,
        on=row.on,
        before=row.before_fen,
        factor=row.factor,
        role=row.role,
        share=row.share,
        after=row.after_fen,
        source=row.source_id,
        clause=row.clause,
        policy_version=row.policy_version_id,
    )


def _entry(project: Project, line: Line, formula: dict[str, Any], by: User | None) -> Credit:
    return Credit(
        unit_id=line.unit,
        case_id=project.pk,
        measure=line.measure,
        on=line.on,
        before_fen=line.before,
        factor=line.factor,
        role=line.role,
        share=line.share,
        after_fen=line.after,
        formula=formula,
        clause=line.clause,
        policy_version_id=line.policy_version,
        source_id=line.source,
        by=by,
    )


def _reversal(row: Credit, by: User | None) -> Credit:
    """The opposite sign for the same day: the period it counted for is put right, too."""
    names = ("unit_id", "case_id", "measure", "on", "factor", "role", "share", "clause", "source_id")
    same = {name: getattr(row, name) for name in names}
    return Credit(
        **same,
        before_fen=-row.before_fen,
        after_fen=-row.after_fen,
        formula=row.formula,
        policy_version_id=row.policy_version_id,
        reverses=row,
        by=by,
    )


def _tell(project: Project, rows: Iterable[Credit], corrected: bool, by: User | None, on: date) -> None:
    """One event; and, where published figures move, word of it to the units whose they are."""
    rows = list(rows)
    with house_language():
        text = wording.summary(rows)
    kind = EVENTS[corrected]
    data = {"lines": text, "credits": [row.pk for row in rows]}
    event = record(case=project.case, kind=kind, by=by, on=on, data=data)
    if corrected:
        notices.post(
            key=f"event:{event.pk}",
            topic=kind,
            case=project.case,
            text=f"“{project.name}”{text}",
            url=f"/scoring/?project={project.pk}",
            units=sorted({row.unit_id for row in rows}),
        )
