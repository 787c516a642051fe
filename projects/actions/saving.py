"""Saving a project: the version counts up, search words follow, history says why."""

from collections.abc import Sequence

from accounts.models import User
from kernel.names import sound
from kernel.text import normal
from projects.models import Project
from projects.search import words_of


def search_words(project: Project) -> str:
    """What the ledger's search looks in: name and investor by any fragment or by pinyin initials, number."""
    investor = project.enterprise.name if project.enterprise else ""
    return words_of(project.case.code, [project.name, investor])


def save(project: Project, by: User, reason: str = "", fields: Sequence[str] = ()) -> None:
    """Write the row with its history; the caller holds the lock.

    ``fields``: only these have changed, and neither name nor investor, by which it is found, is among them.
    """
    project.version += 1
    if not fields:
        project.search = search_words(project)
        project.normalized_name, project.sound = normal(project.name)[:200], sound(project.name)
    project._history_user = by  # type: ignore[attr-defined]
    project._change_reason = reason  # type: ignore[attr-defined]
    project.save(update_fields=[*fields, "version", "updated_at"] if fields else None)
