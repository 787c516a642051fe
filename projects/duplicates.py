"""Is this lead known already? Candidates from the indexes, graded by ``projects.likeness`` with reasons.

Four ways lead to a candidate, all by index: the investor's credit code, how its name sounds, how the
project's name sounds, and the search words of the ledger for names that are only near. No way reads a whole
table (PostgreSQL; SQLite reads through for the last one).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import see_all
from accounts.models import User
from cases.models import Enterprise
from kernel.names import sound
from kernel.text import normal
from projects.likeness import Grade, Lead, Points, Verdict, compare
from projects.models import Project
from projects.search import near

SHOWN = 10
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that may be the same, and why."""

    project: Project
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Likeness:
    """What may be the same: those in the user's sight, how many lie out of it, and with whom they are."""

    rows: list[Candidate]
    unseen: int
    holders: tuple[str, ...] = ()
    sure: bool = False
    all: tuple[Candidate, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.unseen)


def known_enterprise(name: str, credit_code: str) -> Enterprise | None:
    """The enterprise that registering would find: by credit code, else by normalised name."""
    code = credit_code.strip().upper()
    found = Enterprise.objects.filter(credit_code=code).first() if code else None
    if found is None and normal(name):
        same = Enterprise.objects.filter(normalized_name=normal(name)[:200], credit_code__in=("", code))
        found = same.order_by("id").first()
    return found


def enterprises_of(user: User) -> QuerySet[Enterprise]:
    """The investors whose files a user may read: those behind projects in sight, all for the district."""
    if see_all(user):
        return Enterprise.objects.all()
    mine = Project.objects.visible_to(user).filter(enterprise_id=OuterRef("pk"))
    return Enterprise.objects.filter(Exists(mine))


def lead_of(project: Project) -> Lead:
    """A project as it is compared."""
    firm = project.enterprise
    return Lead(
        name=project.name,
        investor=firm.name if firm else "",
        credit_code=firm.credit_code if firm else "",
        total_fen=project.total_fen,
        site=project.site,
        park=project.landing_unit_id,
    )


def candidates(lead: Lead, points: Points, *, beside: int | None = None) -> list[Candidate]:
    """The projects that may be this lead, the likest first; ``beside`` is the lead's own key, if it has one.

    A fixed number of statements, each by index and to a cap.
    """
    keys = _keys(lead) - {beside}
    if not keys:
        return []
    rows = Project.objects.filter(pk__in=keys).select_related("case", "enterprise", "introducing_unit")
    graded = [Candidate(row, compare(lead, lead_of(row), points)) for row in rows]
    found = [one for one in graded if one.verdict.grade is not None]
    return sorted(found, key=lambda one: (-one.verdict.points, -one.project.pk))


def likenesses(*, user: User, lead: Lead, points: Points) -> Likeness:
    """The candidates as a user may learn of them.

    Of what the user may not see only the number and the unit that has it are told: that somebody else has
    this lead matters, because the first receiver answers for it (方案三(二)4), but its content stays closed.
    """
    found = candidates(lead, points)
    keys = [one.project.pk for one in found]
    seen = (
        set(Project.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else ()
    )
    hidden = [one for one in found if one.project.pk not in seen]
    units = dict.fromkeys(str(one.project.introducing_unit or "") for one in hidden)
    return Likeness(
        rows=[one for one in found if one.project.pk in seen][:SHOWN],
        unseen=len(hidden),
        holders=tuple(filter(None, units)),
        sure=any(one.verdict.grade == Grade.SURE for one in found),
        all=tuple(found),
    )


def _keys(lead: Lead) -> set[int]:
    """Where to look closer: the newest of each way."""
    valid = Project.objects.exclude(division="").order_by("-case_id")
    ways: list[Q] = []
    firms = _firms(lead)
    if firms:
        ways.append(Q(enterprise__in=firms))
    if lead.name and (heard := sound(lead.name)):
        ways.append(Q(sound=heard))
    found: set[int] = set()
    for way in ways:
        found |= set(valid.filter(way).values_list("pk", flat=True)[:LOOKED_AT])
    if lead.core:
        found |= set(near(valid.order_by(), lead.core).values_list("pk", flat=True)[:LOOKED_AT])
    return found


def _firms(lead: Lead) -> list[int]:
    """Investors with the code, or whose names sound alike."""
    found: set[int] = set()
    if lead.credit_code:
        found |= set(_ids(Q(credit_code=lead.credit_code)))
    if lead.investor and (heard := sound(lead.investor)):
        found |= set(_ids(Q(sound=heard)))
    return sorted(found)


def _ids(way: Q) -> Iterable[Any]:
    return Enterprise.objects.filter(way).order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
