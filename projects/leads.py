"""线索库: the leads of a page with who received them and what comes next; which channel yields what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from cases.models import Part
from cases.visibility import sight_of
from policies.rulebook import Rulebook
from projects import coded
from projects.models import LEADS, Batch, ContactRecord, Project
from projects.queries import Viewer


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the latest contact left to do, and by when if it says so."""

    text: str
    on: date | None


def next_steps(keys: Sequence[int]) -> dict[int, NextStep]:
    """By project, from its latest contact that names one: one statement."""
    told = ContactRecord.objects.exclude(next_step="")
    latest = told.filter(project=OuterRef("project")).order_by("-on", "-id").values("pk")[:1]
    rows = told.filter(project__in=keys, pk=Subquery(latest)).order_by()
    return {
        key: NextStep(text, on) for key, text, on in rows.values_list("project_id", "next_step", "next_on")
    }


def receivers(keys: Sequence[int], rules: Rulebook | None) -> dict[int, str]:
    """By project, the name of who received it first, where the plan has such a part: one statement."""
    rule = rules.claim_rule if rules else None
    if rule is None:
        return {}
    rows = Part.objects.filter(case__in=keys, part=rule.part, valid_to__isnull=True, user__isnull=False)
    return dict(rows.order_by("id").values_list("case_id", "user__name"))


@dataclass(frozen=True, slots=True)
class Yield:
    """What a channel has brought: by how far it came; ``code`` is the channel's, ``total`` all of it."""

    code: str
    name: str
    reserve: int
    negotiating: int
    signed: int

    @property
    def total(self) -> int:
        return self.reserve + self.negotiating + self.signed

    @property
    def share(self) -> str:
        """How many of a hundred were signed, to one place."""
        return f"{self.signed * 100 / self.total:.1f}%" if self.total else "—"


def yields(user: Viewer, rules: Rulebook | None) -> list[Yield]:
    """Every channel of the plan, and those no longer in it that projects carry; of what is visible.

    ``signed`` counts whatever got so far, whether it is being built or produces by now.
    """
    rows = Project.objects.in_sight(sight_of(user)).exclude(lead_channel="").order_by()
    found: dict[str, dict[str, int]] = {code: {} for code in coded.names(rules, "lead_channel")}
    for code, batch, count in rows.values_list("lead_channel", "batch").annotate(n=Count("pk")):
        found.setdefault(code, {})[batch] = count
    names = coded.names(rules, "lead_channel")
    return [_yield(code, names.get(code, code), counts) for code, counts in found.items()]


def _yield(code: str, name: str, counts: Mapping[str, int]) -> Yield:
    signed = sum(count for batch, count in counts.items() if batch not in LEADS)
    return Yield(code, name, counts.get(Batch.RESERVE, 0), counts.get(Batch.NEGOTIATING, 0), signed)


def as_rest(rows: Sequence[Yield]) -> list[dict[str, Any]]:
    names = ("code", "name", "reserve", "negotiating", "signed", "total")
    return [{name: getattr(row, name) for name in names} for row in rows]
