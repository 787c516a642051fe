"""Reads: the posts of the plan for one project, with their holders and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Membership, Unit
from cases.models import Part
from deadlines.models import Deadline
from policies.rulebook import Rulebook
from policies.schema import PartKind, Post
from projects import reading
from projects.facts import rules_of
from projects.gates import present_documents
from projects.models import Project
from service.queries import service_body
from service.scopes import Scopes, Taken

PREFIX = "post:"


@dataclass(frozen=True, slots=True)
class Seat:
    """One post as it stands. ``due``: the plan asks for it by now; ``taken``: whether it asks at all.

    ``strays``: holders who do not belong to the unit that serves the project now.
    """

    rule: Post
    part: PartKind | None
    holders: tuple[Part, ...]
    due: bool
    taken: Taken
    paper: bool = False
    strays: tuple[Part, ...] = ()

    @property
    def filled(self) -> bool:
        return self.paper if self.rule.document else len(self.holders) >= self.rule.least

    @property
    def missing(self) -> bool:
        """Red: asked for by now, and not there."""
        return self.due and self.taken.answer is True and not self.filled

    @property
    def open_to_more(self) -> bool:
        """Whether one more holder may be named beside those there are."""
        return self.part is not None and not (self.part.exclusive and self.holders)


def seats(project: Project) -> list[Seat]:
    """The posts that concern the project, in the plan's order; those of other projects are left out.

    Parts and milestones are read at most once (not at all where the page has them); papers where a post
    wants one.
    """
    rules = rules_of(project)
    if not rules.posts:
        return []
    at = _Ground(
        rules=rules,
        scopes=Scopes(project),
        parts=reading.of(project).parts,
        papers=present_documents(project) if any(rule.document for rule in rules.posts) else set(),
        body=service_body(project),
    )
    found = [_seat(rule, at) for rule in rules.posts]
    return [seat for seat in found if seat.taken.answer is not False]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every post of one project is judged by."""

    rules: Rulebook
    scopes: Scopes
    parts: Sequence[Part]
    papers: set[str]
    body: Unit | None


def _seat(rule: Post, at: _Ground) -> Seat:
    held = tuple(part for part in at.parts if rule.part and part.part == rule.part)
    if rule.units:
        held = tuple(part for part in held if part.unit.code in rule.units) or held
    return Seat(
        rule=rule,
        part=at.rules.parts.get(rule.part or ""),
        holders=held,
        due=rule.from_milestone in at.scopes.reached,
        taken=at.scopes.of(rule.scopes),
        paper=rule.document in at.papers,
        strays=tuple(part for part in held if rule.of_body and _strays(part, at.body)),
    )


def _strays(part: Part, body: Unit | None) -> bool:
    return body is not None and body.pk not in (part.unit_id, part.unit.parent_id)


def groups(rows: Sequence[Seat]) -> list[tuple[str, list[Seat]]]:
    """The posts under their headings, in the plan's order."""
    names = dict.fromkeys(seat.rule.group for seat in rows)
    return [(name, [seat for seat in rows if seat.rule.group == name]) for name in names]


def clocks(project: Project) -> dict[str, Deadline]:
    """The open clocks of posts that are to be filled, by the code of the post; one query."""
    rows = Deadline.objects.filter(case_id=project.pk, rule__startswith=PREFIX).open()
    return {row.rule.removeprefix(PREFIX): row for row in rows}


def gone(rows: Iterable[Seat], on: date) -> set[int]:
    """Of the holders (by key of the part) the persons who work in their unit no more; one query."""
    held = [part for seat in rows for part in seat.holders if part.user_id]
    if not held:
        return set()
    memberships = Membership.objects.in_force(on).filter(user__in={part.user_id for part in held})
    there = set(memberships.values_list("user_id", "unit_id"))
    return {part.pk for part in held if (part.user_id, part.unit_id) not in there}


def former(project: Project) -> list[Part]:
    """Who held a post of the plan before, the latest first; one query."""
    codes = {rule.part for rule in rules_of(project).posts if rule.part}
    rows = Part.objects.filter(case_id=project.pk, part__in=codes, valid_to__isnull=False)
    return list(rows.select_related("unit", "user").order_by("-valid_to", "-id")[:20])
