"""Reads of signings: those of a project with their total, the district's by event, unit and period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from approvals.models import Signing
from approvals.signing_models import SigningQuerySet
from kernel.numbers import whole
from projects.models import Project


def visible(user: User | AnonymousUser) -> SigningQuerySet:
    rows: SigningQuerySet = Signing.objects.visible_to(user)
    return rows


def filtered(user: User | AnonymousUser, asked: Mapping[str, str]) -> SigningQuerySet:
    """Standing ones a user sees, by event, code of the unit, period (``from``, ``to``), kind and project, the
    latest first; a day that cannot be read filters nothing."""
    rows = visible(user).standing()
    if event := " ".join(asked.get("event", "").split()):
        rows = rows.filter(event=event)
    if unit := asked.get("unit", ""):
        rows = rows.filter(unit__code=unit)
    if project := asked.get("project", ""):
        rows = rows.filter(case_id=whole(project) or 0)
    if asked.get("kind") in ("first", "increment"):
        rows = rows.filter(first__isnull=asked["kind"] == "first")
    if since := _day(asked.get("from", "")):
        rows = rows.filter(signed_on__gte=since)
    if until := _day(asked.get("to", "")):
        rows = rows.filter(signed_on__lte=until)
    return rows.order_by("-signed_on", "-id")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Total:
    """What the signings of a project come to, in 分: the first, what was added, both."""

    first: int
    added: int

    @property
    def whole(self) -> int:
        return self.first + self.added


def of_project(project: Project) -> tuple[list[Signing], Total]:
    """Every signing of a project, voided ones too, the first one first; two sums of those that stand."""
    rows = list(Signing.objects.filter(case_id=project.pk).for_list().order_by("signed_on", "id")[:200])
    sums = [
        (row.is_first, row.money.fen) for row in rows if not row.voided_on and row.money and row.money.fen
    ]
    first = sum(fen for is_first, fen in sums if is_first and fen)
    return rows, Total(first, sum(fen for is_first, fen in sums if not is_first and fen))
