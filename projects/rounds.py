"""二次招商 (R178): a further investment of an enterprise, linked to its first project."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import User
from projects.models import Project
from projects.permissions import sees

MOST_ROUNDS = 50
"""How many rounds in a row are followed; a longer chain is an error of the data."""


def first_of(project: Project, user: User | AnonymousUser) -> Project | None:
    """The first project, or what it was merged into since, if the user sees it; two queries at most."""
    if project.first_project_id is None:
        return None
    row = Project.objects.select_related("case", "merged_into__case").get(pk=project.first_project_id)
    found = row.merged_into or row
    return found if sees(user, found.pk) else None


def later_rounds(project: Project, user: User | AnonymousUser) -> list[Project]:
    """The projects in sight that name this one, or one merged into it, as their first; no voided ones."""
    named = Q(first_project=project) | Q(first_project__merged_into=project)
    rows = Project.objects.visible_to(user).filter(named).exclude(pk=project.pk)
    return list(rows.select_related("case").order_by("pk")[:MOST_ROUNDS])


def leads_back(first: Project, project: Project) -> bool:
    """Whether the chain of first projects from ``first`` on comes to ``project``."""
    seen: set[int] = set()
    here: int | None = first.pk
    while here is not None and here not in seen and len(seen) < MOST_ROUNDS:
        if here == project.pk:
            return True
        seen.add(here)
        links = Project.objects.filter(pk=here).values_list("first_project", "merged_into").first()
        here = (links[1] or links[0]) if links else None
    return False
