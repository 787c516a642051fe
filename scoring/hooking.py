"""What makes credit move: signing and its withdrawal, figures, origin, the units that share.

Registered with ``projects.hooks`` when the app is ready.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from kernel.money import show_fen
from projects import hooks
from projects.facts import facts_of, rules_of
from projects.hooks import MilestoneChange, Proposal
from projects.models import Project
from projects.permissions import lock
from scoring import actions, queries
from scoring.models import CreditMeasure
from scoring.reckoning import Line, lines
from scoring.wording import unit_names


def register() -> None:
    hooks.on_milestone(on_milestone)
    hooks.on_money(on_money)
    hooks.on_void(on_void)
    hooks.CONSEQUENCES.update(actions.EVENTS)
    hooks.on_preview(on_preview)


def on_milestone(change: MilestoneChange) -> None:
    """Signing books; its withdrawal and correction rebook. An old ledger's waits for its paper."""
    waits = change.past and change.kind != "evidenced"
    if change.milestone == queries.signing(rules_of(change.project)) and not waits:
        actions.book(project=change.project, by=change.by, on=change.on)


def on_money(project: Project, by: User, on: date) -> None:
    actions.book(project=project, by=by, on=on)


def on_void(keys: Collection[int], by: User, on: date) -> None:
    """What still stands for them is reversed."""
    for pk in queries.credited(keys):
        actions.book(project=lock(Project(pk=pk)), by=by, on=on)


def on_preview(proposal: Proposal) -> list[str]:
    """Which credit a correction would move, from what to what; writes nothing."""
    now = [line for line, _formula in actions.desired(proposal.project)]
    then = _after(proposal)
    return _amounts_moved(now, then) + _days_moved(now, then)


def _after(proposal: Proposal) -> list[Line]:
    project, rules = proposal.project, rules_of(proposal.project)
    signed = queries.signed_on(project, rules)
    if signed is not None:
        signed = proposal.days.get(queries.signing(rules), signed)
    counted = queries.amounts(project, signed, proposal.figures)
    facts = facts_of(project) | proposal.facts_after
    units = queries.credited_units(project)
    return [line for m, sums in counted.items() for line, _formula in lines(m, sums, rules, facts, units)]


def _amounts_moved(now: Iterable[Line], then: Iterable[Line]) -> list[str]:
    before, after = _sums(now), _sums(then)
    keys = [key for key in before | after if before.get(key, 0) != after.get(key, 0)]
    names = unit_names(unit for unit, _measure in keys)
    return [
        _("%(unit)s%(measure)s计分：%(old)s → %(new)s")
        % {
            "unit": names[unit],
            "measure": CreditMeasure(measure).label,
            "old": show_fen(before.get((unit, measure), 0)),
            "new": show_fen(after.get((unit, measure), 0)),
        }
        for unit, measure in keys
    ]


def _sums(rows: Iterable[Line]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = defaultdict(int)
    for line in rows:
        found[line.unit, line.measure] += line.after
    return dict(found)


def _days_moved(now: Iterable[Line], then: Iterable[Line]) -> list[str]:
    """Funds that would count for another day, and so perhaps for another quarter."""
    before, after = _days(now), _days(then)
    return [
        _("%(measure)s计入日期：%(old)s → %(new)s")
        % {"measure": CreditMeasure(measure).label, "old": old, "new": after[measure, source]}
        for (measure, source), old in before.items()
        if after.get((measure, source), old) != old
    ]


def _days(rows: Iterable[Line]) -> dict[tuple[str, int], date]:
    return {(line.measure, line.source): line.on for line in rows}
