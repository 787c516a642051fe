"""Two versions of an agreement side by side, and the aspects of reviews that each difference touches."""

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
    found = [
        _line(
            "grade", _("协议等级"), grade_name(rules, a.grade), grade_name(rules, b.grade), moved, kind, rules
        )
    ]
    for term in rules.terms:
        if term.code in a.values or term.code in b.values:
            before, after = (shown(term, one.values.get(term.code)) for one in (a, b))
            found.append(_line(term.code, term.name, before, after, moved, kind, rules))
    before, after = ("\n".join(commitment_lines(one.commitments)) or "—" for one in (a, b))
    found.append(_line("commitments", _("部门承诺"), before, after, moved, kind, rules))
    return found


def _line(code: str, name: str, before: str, after: str, moved: set[str], kind: str, rules: Rulebook) -> Line:
    changed = code in moved
    touches = _touches(code, kind, rules) if changed else []
    return Line(code, name, before, after, changed, touches)


def _touches(code: str, kind: str, rules: Rulebook) -> list[str]:
    """The aspects by name, with their step."""
    return [
        f"{step.name}·{aspect.name}"
        for step in rules.steps.values()
        if step.bound_to == kind
        for aspect in step.aspects
        if aspect.every_version or code in aspect.reopened_by
    ]
