"""Two versions of an agreement side by side, and the aspects of reviews that each difference touches."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.agreement_models import AgreementVersion
from approvals.revision import Wording, changes
from approvals.terms import commitment_lines, grade_name, shown
from policies.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Line:
    """One term in both versions; ``touches`` names the aspects that ask again when it changes."""

    code: str
    name: str
    before: str
    after: str
    changed: bool
    touches: list[str]


def compare(a: AgreementVersion, b: AgreementVersion, kind: str, rules: Rulebook) -> list[Line]:
    """Every term that stands in one of the two, what differs marked; grade first, commitments last."""
    moved = {one.code for one in changes(Wording.of(a), Wording.of(b), rules)}
    return [
        Line(code, name, *sides, code in moved, _touches(code, kind, rules) if code in moved else [])
        for code, name, sides in _sides(a, b, rules)
    ]


def _sides(
    a: AgreementVersion, b: AgreementVersion, rules: Rulebook
) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Code, name, and the words of both versions."""
    yield "grade", _("协议等级"), (grade_name(rules, a.grade), grade_name(rules, b.grade))
    for term in rules.terms:
        if term.code in a.values or term.code in b.values:
            old, new = a.values.get(term.code), b.values.get(term.code)
            yield term.code, term.name, (shown(term, old), shown(term, new))
    old, new = ("\n".join(commitment_lines(one.commitments)) or "—" for one in (a, b))
    yield "commitments", _("部门承诺"), (old, new)


def _touches(code: str, kind: str, rules: Rulebook) -> list[str]:
    """The aspects by name, with their step."""
    return [
        f"{step.name}·{aspect.name}"
        for step in rules.steps.values()
        if step.bound_to == kind
        for aspect in step.aspects
        if aspect.every_version or code in aspect.reopened_by
    ]
