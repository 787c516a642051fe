"""The way upward for chains: projects lie above, and say here how they show in a chain's pages.

``projects`` registers in its ``AppConfig.ready``. Without it a chain simply shows no projects.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from chains.models import Chain

Counts = dict[int, list[tuple[str, int]]]
"""By chain: pairs of label and number, in the order in which to show them."""


@dataclass(frozen=True, slots=True)
class ProjectSlot:
    """``counts`` takes the user and chain ids and costs one query; ``context`` fills ``template``."""

    counts: Callable[[User, Sequence[int]], Counts]
    template: str
    context: Callable[[HttpRequest, Chain], dict[str, Any]]


_slot: ProjectSlot | None = None


def register(slot: ProjectSlot) -> None:
    global _slot  # noqa: PLW0603 - one registry a process
    if _slot is not None and _slot != slot:
        raise ValueError("the projects of a chain are registered already")
    _slot = slot


def counts(user: User, chains: Sequence[int]) -> Counts:
    return _slot.counts(user, chains) if _slot and chains else {}


def section(request: HttpRequest, chain: Chain) -> dict[str, Any]:
    """What the page of a chain includes for its projects: the template's name, and what fills it."""
    return {"project_template": _slot.template, **_slot.context(request, chain)} if _slot else {}
