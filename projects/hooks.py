"""The one way upward: apps above ``projects`` ask to be told when a milestone is reached or withdrawn.

Who registers (in its ``AppConfig.ready``): ``approvals`` opens the steps that wait for a milestone,
``assignments`` the tasks, ``scoring`` books credit; each previews what a correction would move of its own.
Handlers run inside the action's transaction: what they raise undoes the whole.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from policies.rulebook import Rulebook
from projects.models import ImportBatch, Project


@dataclass(frozen=True, slots=True)
class MilestoneChange:
    """A milestone wholly reached (``reached``), withdrawn, moved to another day (``corrected``), or shown
    by its paper after an old ledger had brought it in (``evidenced``).

    ``past`` marks what an old ledger brought in: no clock starts and nobody is asked for the past.
    """

    project: Project
    milestone: str
    on: date
    by: User
    kind: str
    past: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction not yet made: the project's facts before and after, milestone days that move, and the
    ``figures`` restated: by ``Money`` row, its 分 (None counts nowhere), its day, and whether its evidence is
    outstanding, as they would be."""

    project: Project
    facts_before: dict[str, object]
    facts_after: dict[str, object]
    days: dict[str, date] = field(default_factory=dict)
    figures: dict[int, tuple[int | None, date, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of the plan was given, passed on or ended in a project (``part`` is its code)."""

    project: Project
    part: str
    on: date
    by: User


MilestoneHandler = Callable[[MilestoneChange], None]
PreviewHandler = Callable[[Proposal], list[str]]
VoidHandler = Callable[[Collection[int], User, date], None]
_on_milestone: list[MilestoneHandler] = []
_on_money: list[Callable[[Project, User, date], None]] = []
_on_part: list[Callable[[PartChange], None]] = []
_on_phase: list[Callable[[Project, User, date], None]] = []
_on_void: list[VoidHandler] = []
_previews: list[PreviewHandler] = []
_imports: list[Callable[[ImportBatch, Rulebook], None]] = []
_reopenings: list[PreviewHandler] = []
CONSEQUENCES: set[str] = set()
"""Kinds of events that handlers write of what followed: they do not say that somebody touched the case."""


def on_milestone(handler: MilestoneHandler) -> MilestoneHandler:
    _on_milestone.append(handler)
    return handler


def on_money(handler: Callable[[Project, User, date], None]) -> Callable[[Project, User, date], None]:
    """Told after figures, origin, class or the units that share the credit of a project changed."""
    _on_money.append(handler)
    return handler


def on_part(handler: Callable[[PartChange], None]) -> Callable[[PartChange], None]:
    """Told after a part of a project was given, passed on or ended, by whatever door."""
    _on_part.append(handler)
    return handler


def on_phase(handler: Callable[[Project, User, date], None]) -> Callable[[Project, User, date], None]:
    """Told after a project has moved to another phase."""
    _on_phase.append(handler)
    return handler


def on_void(handler: VoidHandler) -> VoidHandler:
    """Told, set-based, which projects were voided with the import that had made them."""
    _on_void.append(handler)
    return handler


def on_import(handler: Callable[[ImportBatch, Rulebook], None]) -> Callable[[ImportBatch, Rulebook], None]:
    """Told, set-based, within its transaction, that an import brought in the projects its rows now name."""
    _imports.append(handler)
    return handler


def tell_import(batch: ImportBatch, rules: Rulebook) -> None:
    for handler in _imports:
        handler(batch, rules)


def on_preview(handler: PreviewHandler) -> PreviewHandler:
    """Asked, before a correction, which of its own figures would move: sentences for people."""
    _previews.append(handler)
    return handler


def on_reopening(handler: PreviewHandler) -> PreviewHandler:
    """Asked, before facts change by whatever door, which procedures that would reopen: sentences."""
    _reopenings.append(handler)
    return handler


def reopens(proposal: Proposal) -> list[str]:
    return [line for handler in _reopenings for line in handler(proposal)]


def tell(change: MilestoneChange) -> None:
    for handler in _on_milestone:
        handler(change)


def tell_money(project: Project, by: User, on: date) -> None:
    for handler in _on_money:
        handler(project, by, on)


def tell_part(change: PartChange) -> None:
    for handler in _on_part:
        handler(change)


def tell_phase(project: Project, by: User, on: date) -> None:
    for handler in _on_phase:
        handler(project, by, on)


def tell_void(keys: Collection[int], by: User, on: date) -> None:
    for handler in _on_void:
        handler(keys, by, on)


def preview(proposal: Proposal) -> list[str]:
    return [line for handler in _previews for line in handler(proposal)]
