"""Where the project stands, whom to turn to and which policies concern it, as its enterprise sees it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.models import Part
from kernel.conditions import holds
from policies.schema import Benefit
from projects import reading
from projects.facts import facts_of
from projects.gates import whole
from projects.models.records import said
from service.portal.access import Speaker


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone open to the enterprise; ``on`` when it is reached, ``text`` no more exactly than known."""

    code: str
    name: str
    on: date | None = None
    text: str = ""


def phases(speaker: Speaker) -> list[dict[str, Any]]:
    """The phases that the plan lets the enterprise follow, with the day each was entered."""
    portal = speaker.rules.portal
    shown = portal.phases if portal else ()
    events = [row for row in reading.of(speaker.project).events if row.kind == "project.advanced"]
    entered = {row.data.get("phase"): row.on for row in reversed(events)}
    return [
        {"code": row.code, "name": row.name, "on": entered.get(row.code)}
        for row in speaker.rules.phases
        if row.code in shown
    ]


def marks(speaker: Speaker) -> list[Mark]:
    """The milestones open to the enterprise: reached ones by their day, then the rest in the plan's order."""
    portal = speaker.rules.portal
    if portal is None:
        return []
    rows = reading.of(speaker.project).milestones
    done = whole((row.code, row.part_no, row.parts_total) for row in rows)
    last = {row.code: row for row in sorted(rows, key=lambda row: row.on) if row.code in done}
    found = []
    for code in portal.milestones:
        row, name = last.get(code), speaker.rules.milestone(code).name
        found.append(Mark(code, name, row.on, said(row.on, row.precision)) if row else Mark(code, name))
    return sorted(found, key=lambda mark: (mark.on is None, mark.on or date.max))


def contacts(speaker: Speaker) -> list[tuple[str, Part]]:
    """Whom the enterprise may turn to: the name of the part and who plays it, in the plan's order."""
    portal = speaker.rules.portal
    held = reading.of(speaker.project).parts
    return [
        (speaker.rules.part(code).name, row)
        for code in (portal.contacts if portal else ())
        for row in held
        if row.part == code
    ]


def benefits(speaker: Speaker) -> list[Benefit]:
    """The policies that concern this project now: its phase and its facts; what is unknown leaves one in."""
    facts, phase = facts_of(speaker.project), speaker.project.phase
    return [
        rule
        for rule in speaker.rules.benefits
        if (not rule.phases or phase in rule.phases) and holds(rule.when, facts) is not False
    ]
