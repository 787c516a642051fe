"""Saving a project: the version counts up, search words follow, history says why."""

from accounts.models import User
from kernel.text import bigrams, initials
from projects.models import Project


def search_words(project: Project) -> str:
    """What the ledger's search looks in: name and investor as bigrams, pinyin initials, code."""
    investor = project.enterprise.name if project.enterprise else ""
    names = [project.name, *([investor] if investor else [])]
    words = [
        *(pair for name in names for pair in bigrams(name)),
        *(initials(name) for name in names),
        project.case.code.lower(),
    ]
    return " ".join(dict.fromkeys(words))


def save(project: Project, by: User, reason: str = "") -> None:
    """Write the row with its history; the caller holds the lock."""
    project.version += 1
    project.search = search_words(project)
    project._history_user = by  # type: ignore[attr-defined]
    project._change_reason = reason  # type: ignore[attr-defined]
    project.save()
