"""Is this lead known already? The same name written another way, the same investor, the same credit code."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import see_all
from accounts.models import User
from cases.models import Enterprise
from kernel.text import normal
from projects.models import Project

SHOWN = 10
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Likeness:
    """Projects that may be the same: those in the user's sight, and how many lie out of it."""

    rows: list[Project]
    unseen: int

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


def likenesses(*, user: User, name: str, enterprise: str, credit_code: str) -> Likeness:
    """Projects of the same normalised name or the same investor.

    Of what the user may not see only the number is told: that somebody else has this lead matters, because
    the first receiver answers for it (方案三(二)4), but its content stays closed.
    """
    ids = _same_name(name) | _same_investor(enterprise, credit_code)
    seen = (
        Project.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("case", "enterprise", "introducing_unit")
    )
    rows = list(seen.order_by("-case_id")[:SHOWN])
    hidden = len(ids) - Project.objects.visible_to(user).filter(pk__in=ids).count() if ids else 0
    return Likeness(rows, hidden)


def _same_name(name: str) -> set[int]:
    plain = normal(name)[:200]
    alike = (
        Project.objects.filter(normalized_name=plain, case__voided_on__isnull=True).order_by("-case_id")
        if plain
        else Project.objects.none()
    )
    return set(alike.values_list("pk", flat=True)[:LOOKED_AT])


def _same_investor(name: str, credit_code: str) -> set[int]:
    by = Q(enterprise__normalized_name=normal(name)[:200]) if normal(name) else Q(pk__in=())
    if credit_code.strip():
        by |= Q(enterprise__credit_code=credit_code.strip().upper())
    alike = Project.objects.filter(by, case__voided_on__isnull=True).order_by("-case_id")
    return set(alike.values_list("pk", flat=True)[:LOOKED_AT])
