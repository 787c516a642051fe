"""Claims in conflict with what speaks for each: stamps, contacts with their dates, the first talk."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from projects.models import Claim, ContactRecord, ReachedMilestone
from projects.models.claims import ClaimQuerySet

MOST_CONTACTS = 200
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One claim of a conflict: the claimant's first contacts (oldest first), and the first talk."""

    row: Claim
    contacts: list[ContactRecord]
    milestones: list[ReachedMilestone]


def conflicts(user: User, today: date) -> ClaimQuerySet:
    """What this person may see ruled on, oldest first."""
    rows = Claim.objects.visible_to(user).in_conflict(today)
    return rows.select_related("project__case", "project__enterprise", "unit", "by").order_by("id")


def sides(rows: Sequence[Claim], today: date) -> list[list[Side]]:
    """Each conflict with all its claims, the earliest first; a fixed number of queries however many."""
    rivals = _rivals(rows, today)
    groups = [_group(row, rivals) for row in rows]
    keys = {one.project_id for group in groups for one in group}
    contacts: dict[tuple[int, int], list[ContactRecord]] = defaultdict(list)
    for contact in _contacts(keys):
        contacts[contact.project_id, contact.by_id].append(contact)
    reached: dict[int, list[ReachedMilestone]] = defaultdict(list)
    for milestone in ReachedMilestone.objects.filter(project__in=keys, withdrawn_on__isnull=True):
        reached[milestone.project_id].append(milestone)
    return [
        [
            Side(one, contacts[one.project_id, one.by_id][:SHOWN], _named(one, reached[one.project_id]))
            for one in group
        ]
        for group in groups
    ]


def _rivals(rows: Sequence[Claim], today: date) -> list[Claim]:
    projects = {row.project_id for row in rows}
    firms = {row.enterprise_id for row in rows if row.enterprise_id}
    standing = Claim.objects.standing(today).select_related("project__case", "unit", "by")
    same_firm = standing.filter(enterprise__in=firms) if firms else standing.none()
    found = {row.pk: row for row in [*standing.filter(project__in=projects), *same_firm]}
    return sorted(found.values(), key=lambda row: (row.on, row.pk))


def _group(row: Claim, rivals: Sequence[Claim]) -> list[Claim]:
    firm = row.enterprise_id
    return [one for one in rivals if one.project_id == row.project_id or (firm and one.enterprise_id == firm)]


def _contacts(keys: set[int]) -> QuerySet[ContactRecord]:
    rows = ContactRecord.objects.filter(project__in=keys).select_related("by")
    return rows.order_by("on", "id")[:MOST_CONTACTS]


def _named(row: Claim, reached: Sequence[ReachedMilestone]) -> list[ReachedMilestone]:
    """The registration of the first talk: the milestone that keeps the claim's window."""
    return [one for one in reached if one.code == row.kept_by]


def waiting(user: User, today: date, most: int) -> list[Claim]:
    """The conflicts that wait for this person's ruling."""
    rows = Claim.objects.visible_to(user).in_conflict(today).select_related("project").order_by("id")
    return list(rows[:most])
