"""The boards: projects by phase, or the talks by stage (洽谈看板), where each card says what holds it up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from documents.models import Attachment
from kernel.refusals import Unmet
from projects.facts import rules_of
from projects.gates import Held, unmet, whole
from projects.models import Phase, Project, ReachedMilestone
from projects.queries import LedgerFilter, Viewer, ledger_page
from projects.stages import signing_of


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board: the value of the field by which it is parted."""

    code: str
    rows: list[dict[str, Any]]
    total: int
    capped: bool


def columns_of(user: Viewer, wanted: LedgerFilter, by: str, codes: Sequence[str], cards: int) -> list[Column]:
    """The first cards for each value of a field, newest first, and how many there are (to the cap).

    ``by``: ``phase`` or ``stage``; a filter by the same field leaves its column alone.
    """
    found = []
    for code in [getattr(wanted, by)] if getattr(wanted, by) else codes:
        page = ledger_page(user, wanted.at(by, code), size=cards)
        found.append(Column(code, page.rows, page.total, page.capped))
    return found


@dataclass(frozen=True, slots=True)
class Talks:
    """``since``: when the stage was reached; ``blocked``: what is missing next; ``more``: how much beside."""

    since: date
    blocked: str
    more: int


def cards_of(keys: Sequence[int]) -> dict[int, Talks]:
    """By project: three statements however many cards there are."""
    rows = Project.objects.filter(pk__in=keys).select_related("case")
    days = _days(keys)
    papers = _papers(keys)
    return {row.pk: _card(row, days.get(row.pk, {}), papers.get(row.pk, set())) for row in rows}


def _days(keys: Sequence[int]) -> dict[int, dict[str, date]]:
    """By project the milestones reached whole, each with the day of its last part."""
    rows = ReachedMilestone.objects.filter(project__in=keys, withdrawn_on__isnull=True).order_by("on", "id")
    found: dict[int, list[ReachedMilestone]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return {key: _whole(parts) for key, parts in found.items()}


def _whole(rows: list[ReachedMilestone]) -> dict[str, date]:
    done = whole((row.code, row.part_no, row.parts_total) for row in rows)
    return {row.code: row.on for row in rows if row.code in done}


def _papers(keys: Sequence[int]) -> dict[int, set[str]]:
    rows = Attachment.objects.filter(case__in=keys, withdrawn_on__isnull=True).order_by()
    found: dict[int, set[str]] = {}
    for key, kind in rows.values_list("case_id", "kind").distinct():
        found.setdefault(key, set()).add(kind)
    return found


def _card(project: Project, days: dict[str, date], papers: Iterable[str]) -> Talks:
    missing = _missing(project, Held(frozenset(days), frozenset(papers)))
    since = days.get(project.talk_stage, project.case.opened_on)
    return Talks(since, missing[0].message if missing else _("条件已齐"), max(len(missing) - 1, 0))


def _missing(project: Project, have: Held) -> list[Unmet]:
    """What the gate of the next phase asks for; in the phase of the signing, what the signing does."""
    rules = rules_of(project)
    signing = signing_of(rules)
    if project.phase == Phase.LANDING and signing is not None:
        return (
            []
            if signing.code in have.milestones
            else unmet(project, signing.guard, signing.clause, rules, have)
        )
    target = project.next_phase
    gate = rules.phase(target).gate if target else None
    return unmet(project, gate, gate.clause, rules, have) if gate else []
