"""Who sees what: one filter for every model that hangs on a case, the only way in for every list."""

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


class HangsOnCase(models.QuerySet[M_co]):
    """QuerySet of a model with a path to its case."""

    case_path = "case"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows whose case the user may see today.

        District roles see their division; unit roles the cases in which their unit plays an open
        part; a commissioner those in which the person does; administrators and strangers nothing.
        """
        condition = self._visible(user)
        return self.none() if condition is None else self.filter(condition)

    def _visible(self, user: User | AnonymousUser) -> Q | None:
        found = scopes(user)
        wide = Q()
        path = f"{self.case_path}__" if self.case_path else ""
        for membership in found.get(Scope.DISTRICT, ()):
            code = division_prefix(membership.unit.division_code)
            if not code:
                continue  # a unit of no division: an empty prefix would open every district
            lookup = f"{path}division" if len(code) == 6 else f"{path}division__startswith"
            wide |= Q(**{lookup: code, f"{path}voided_on__isnull": True})
        narrow = self._by_parts(user, units_of(user, Scope.UNIT), Scope.PERSON in found)
        if narrow is not None:
            wide |= Q(narrow)
        return wide or None

    def _by_parts(self, user: User | AnonymousUser, units: set[int], person: bool) -> Exists | None:
        from cases.models import Part

        whose = Q()
        if units:
            whose |= Q(unit__in=units)
        if person:
            whose |= Q(user=user.pk)
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
