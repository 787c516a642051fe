"""What stands between a project and its next phase or milestone: each item with clause and link."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from documents.models import Attachment
from kernel.refusals import Unmet
from policies.facts import labels
from policies.rulebook import Rulebook
from policies.schema import Needs
from projects import reading
from projects.facts import facts_of, rules_of
from projects.models import Project, ReachedMilestone

INNER_QUOTES = str.maketrans("“”", "‘’")
"""Quotation marks inside a quotation (GB/T 15834)."""


def reached_codes(project: Project) -> set[str]:
    """Milestones wholly reached: all parts there, none withdrawn."""
    if page := reading.kept(project):
        return whole((row.code, row.part_no, row.parts_total) for row in page.milestones)
    rows = ReachedMilestone.objects.filter(project=project, withdrawn_on__isnull=True)
    return whole(rows.values_list("code", "part_no", "parts_total"))


def whole(parts: Iterable[tuple[str, int, int]]) -> set[str]:
    """Which codes have as many parts as their latest total says."""
    seen: dict[str, set[int]] = {}
    totals: dict[str, int] = {}
    for code, part_no, total in parts:
        seen.setdefault(code, set()).add(part_no)
        totals[code] = max(total, totals.get(code, 0))
    return {code for code, numbers in seen.items() if len(numbers) >= totals[code]}


def present_documents(project: Project) -> set[str]:
    if page := reading.kept(project):
        return set(page.documents)
    rows = Attachment.objects.filter(case_id=project.pk, withdrawn_on__isnull=True)
    return set(rows.values_list("kind", flat=True))


def unmet_for_next_phase(project: Project) -> list[Unmet]:
    """What blocks the next phase, [] when nothing does or there is no next phase."""
    rules = rules_of(project)
    target = project.next_phase
    gate = rules.phase(target).gate if target else None
    return unmet(project, gate, gate.clause, rules) if gate else []


@dataclass(frozen=True, slots=True)
class Held:
    """What a project has, read once where many needs are asked about."""

    milestones: frozenset[str]
    documents: frozenset[str]


def held(project: Project) -> Held:
    return Held(frozenset(reached_codes(project)), frozenset(present_documents(project)))


def unmet(
    project: Project, needs: Needs, clause: str, rules: Rulebook, have: Held | None = None
) -> list[Unmet]:
    """The needs that are not met, as items for people. ``have`` spares reading what the project holds."""
    found: list[Unmet] = []
    if needs.milestones:
        done = have.milestones if have else reached_codes(project)
        found += [_milestone(project, code, rules) for code in needs.milestones if code not in done]
    if needs.fields:
        found += unmet_fields(project, needs.fields, clause)
    if needs.documents:
        there = have.documents if have else present_documents(project)
        found += [_document(project, code, rules) for code in needs.documents if code not in there]
    return found


def _milestone(project: Project, code: str, rules: Rulebook) -> Unmet:
    rule = rules.milestone(code)
    url = reverse("project-milestone", args=[project.pk, code])
    message = _("尚未完成“%(name)s”") % {"name": rule.name.translate(INNER_QUOTES)}
    return Unmet(f"milestone:{code}", message, rule.clause, url)


def unmet_fields(project: Project, names: Iterable[str], clause: str) -> list[Unmet]:
    facts = facts_of(project)
    missing = [name for name in names if facts.get(name) in (None, "")]
    if not missing:
        return []
    words, url = labels(), reverse("project-edit", args=[project.pk])
    return [
        Unmet(
            f"field:{name}",
            _("尚未填写“%(name)s”") % {"name": words.get(name, name)},
            clause,
            _by_procedure(project, name) or f"{url}#id_{name}",
            name,
        )
        for name in missing
    ]


def _by_procedure(project: Project, name: str) -> str:
    """Where a unit is named by a procedure of the plan and not written into a form; "" for other fields."""
    procedure = name == "landing_unit" and rules_of(project).proposing("landing")
    return reverse("proposals-of", args=[project.pk]) if procedure else ""


def _document(project: Project, code: str, rules: Rulebook) -> Unmet:
    rule = rules.document(code)
    url = reverse("project-attach", args=[project.pk]) + f"?kind={code}"
    return Unmet(f"document:{code}", _("缺少材料“%(name)s”") % {"name": rule.name}, rule.clause, url)
