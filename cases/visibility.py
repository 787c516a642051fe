"""Who sees what: one filter for every model that hangs on a case, the only way in for every list."""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.access import scopes, units_of
from accounts.models import User
from accounts.roles import Scope

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


def division_prefix(code: str) -> str:
    """A division with its trailing zeros cut: 500102 itself, 5001 of a city, 50 of a province."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees today: whole divisions (or their prefixes), cases of units, cases of a person."""

    divisions: tuple[str, ...] = ()
    units: frozenset[int] = frozenset()
    person: int | None = None


def sight_of(user: User | AnonymousUser) -> Sight:
    """What the roles of a user open; nothing for administrators and strangers."""
    found = scopes(user)
    # a unit of no division opens none: an empty prefix would open every district
    codes = {division_prefix(m.unit.division_code) for m in found.get(Scope.DISTRICT, ())} - {""}
    person = user.pk if Scope.PERSON in found else None
    return Sight(tuple(sorted(codes)), frozenset(units_of(user, Scope.UNIT)), person)


class HangsOnCase(models.QuerySet[M_co]):
    """QuerySet of a model with a path to its case."""

    case_path = "case"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows whose case the user may see today.

        District roles see their division; unit roles the cases in which their unit plays an open
        part; a commissioner those in which the person does; administrators and strangers nothing.
        """
        return self.in_sight(sight_of(user))

    def in_sight(self, sight: "Sight") -> Self:
        """The rows that are seen from there: ``visible_to``, for whoever has asked for the sight already."""
        wide = Q()
        for code in sight.divisions:
            wide |= self._in_division(code)
        narrow = self._by_parts(sight)
        if narrow is not None:
            wide |= Q(narrow)
        return self.filter(wide) if wide else self.none()

    def _in_division(self, code: str) -> Q:
        """Valid cases of a division, or of all whose codes begin so."""
        path = f"{self.case_path}__" if self.case_path else ""
        lookup = f"{path}division" if len(code) == 6 else f"{path}division__startswith"
        return Q(**{lookup: code, f"{path}voided_on__isnull": True})

    def _by_parts(self, sight: "Sight") -> Exists | None:
        from cases.models import Part

        whose = Q()
        if sight.units:
            whose |= Q(unit__in=sorted(sight.units))
        if sight.person:
            whose |= Q(user=sight.person)
        if not whose:
            return None
        case_id = OuterRef(f"{self.case_path}_id" if self.case_path else "pk")
        return Exists(Part.objects.filter(whose, case_id=case_id, valid_to__isnull=True))


class CaseQuerySet(HangsOnCase[models.Model]):
    case_path = ""

    def with_parts(self) -> Self:
        return self.prefetch_related("parts__unit", "parts__user")


def sees(user: User | AnonymousUser, case_id: Any) -> bool:
    """Whether a user sees one case."""
    from cases.models import Case

    return Case.objects.visible_to(user).filter(pk=case_id).exists()
