"""认定: a milestone is reached by facts that the plan counts, each with its day and its paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import record
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Ground, Recognition
from projects.actions import reach
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project, ReachedMilestone
from projects.permissions import lock, require_running
from service.models import RecognisedBy
from service.progress.permissions import require_recogniser


@dataclass(frozen=True, slots=True)
class Fact:
    """One ground with its day; its paper is on file already or comes along."""

    code: str
    on: date
    evidence: Attachment | None = None
    upload: "File[bytes] | None" = None
    note: str = ""


@transaction.atomic
def recognise(
    *, project: Project, milestone: str, facts: Sequence[Fact], by: User, on: date, note: str = ""
) -> ReachedMilestone:
    """Reach a milestone by the facts that the plan counts (打桩、主体施工 …).

    The day is not typed: with ``needs = any`` that of the earliest fact that counts, with ``all`` that of
    the latest. ``on`` is today (Asia/Shanghai). Raises Refused: forbidden for whom the plan does not name;
    invalid for an unknown or double ground, a day to come, a paper of another case or kind; unmet, with
    clause, for facts that recognise nothing, a paper that is missing, or what must come first; conflict
    when it is reached.
    """
    project = lock(project)
    rules, rule = _rule(project, milestone)
    require_recogniser(project, rules.milestone(milestone), by)
    require_running(project)
    if milestone in reached_codes(project):
        name = rules.milestone(milestone).name
        raise Refused.conflict(_("“%(name)s”已登记") % {"name": name}, code="already_reached")
    grounds = [_ground(rule, fact, on) for fact in facts]
    _require_once(grounds)
    missing = _not_enough(rule, grounds) + _papers(
        project, rule, rules, list(zip(grounds, facts, strict=True))
    )
    if missing:
        raise Refused(missing)
    papers = [_paper(project, ground, fact, by) for ground, fact in zip(grounds, facts, strict=True)]
    counted = [fact.on for ground, fact in zip(grounds, facts, strict=True) if ground.counts]
    row = reach(
        project=project, milestone=milestone, by=by, today=on, note=note[:300], produced=True,
        on=min(counted) if rule.needs == "any" else max(counted),
        evidence=next((one for one in papers if one is not None), None),
    )  # fmt: skip
    _keep(row, list(zip(grounds, facts, papers, strict=True)), by)
    said = "、".join(f"{ground.name} {fact.on}" for ground, fact in zip(grounds, facts, strict=True))
    data = {"name": rules.milestone(milestone).name, "grounds": said, "clause": rule.clause}
    record(case=project.case, kind="progress.recognised", by=by, on=row.on, data=data)
    return row


def _rule(project: Project, milestone: str) -> tuple[Rulebook, Recognition]:
    rules = rules_of(project)
    rule = rules.recognition_of(milestone)
    if rule is None or not rule.counting:
        raise Refused.invalid(
            "milestone", _("制度没有“%(code)s”的认定依据") % {"code": milestone}, code="not_in_plan"
        )
    return rules, rule


def _ground(rule: Recognition, fact: Fact, on: date) -> Ground:
    ground = rule.ground(fact.code)
    if ground is None:
        names = "、".join(one.name for one in rule.grounds)
        message = _("没有认定依据“%(code)s”，可选：%(names)s") % {"code": fact.code[:64], "names": names}
        raise Refused.invalid("grounds", message, code="unknown_ground")
    if fact.on > on:
        message = _("“%(name)s”的日期不能晚于今天（%(today)s）") % {"name": ground.name, "today": on}
        raise Refused.invalid(f"day_{ground.code}", message, code="future")
    return ground


def _require_once(grounds: Sequence[Ground]) -> None:
    codes = [ground.code for ground in grounds]
    twice = next((ground for ground in grounds if codes.count(ground.code) > 1), None)
    if twice is not None:
        raise Refused.invalid("grounds", _("“%(name)s”写了两次") % {"name": twice.name}, code="ground_twice")


def _not_enough(rule: Recognition, grounds: Sequence[Ground]) -> list[Unmet]:
    """What of the facts that count is wanting: one at least, or each that the plan wants."""
    there = {ground.code for ground in grounds if ground.counts}
    if rule.needs == "any":
        if there:
            return []
        names = "、".join(one.name for one in rule.counting)
        message = _("须具备下列之一方可认定：%(names)s") % {"names": names}
        return [Unmet("no_counting_ground", message, rule.clause)]
    return [
        Unmet(
            f"ground:{one.code}",
            _("尚缺认定依据“%(name)s”") % {"name": one.name},
            one.clause or rule.clause,
            field=f"day_{one.code}",
        )
        for one in rule.counting
        if one.code not in there
    ]


def _papers(
    project: Project, rule: Recognition, rules: Rulebook, said: Sequence[tuple[Ground, Fact]]
) -> list[Unmet]:
    """The facts for which the plan wants a paper, or a milestone, that is not there."""
    found = []
    done = reached_codes(project)
    for ground, fact in said:
        clause = ground.clause or rule.clause
        if ground.milestone and ground.milestone not in done:
            name = rules.milestone(ground.milestone).name
            url = reverse("project-milestone", args=[project.pk, ground.milestone])
            found.append(
                Unmet(f"milestone:{ground.milestone}", _("尚未完成“%(name)s”") % {"name": name}, clause, url)
            )
        if ground.documents and fact.evidence is None and not fact.upload:
            names = "、".join(rules.document(code).name for code in ground.documents)
            message = _("“%(ground)s”须附%(names)s") % {"ground": ground.name, "names": names}
            found.append(Unmet(f"paper:{ground.code}", message, clause, field=f"file_{ground.code}"))
    return found


def _paper(project: Project, ground: Ground, fact: Fact, by: User) -> Attachment | None:
    """The paper of a fact, filed. Raises Refused (invalid) for one of another case or kind, or withdrawn."""
    if fact.upload:
        kind = ground.documents[0] if ground.documents else "other"
        return attach(case=project.case, kind=kind, upload=fact.upload, by=by, on=fact.on)
    row = fact.evidence
    if row is None:
        return None
    require_of_case(row, project.pk, "evidence")
    if ground.documents and row.kind not in ground.documents:
        message = _("“%(paper)s”不是“%(ground)s”的佐证材料") % {"paper": row.name, "ground": ground.name}
        raise Refused.invalid("evidence", message, code="wrong_kind")
    return row


def _keep(row: ReachedMilestone, said: Sequence[tuple[Ground, Fact, Attachment | None]], by: User) -> None:
    RecognisedBy.objects.bulk_create(
        [
            RecognisedBy(
                reached=row, code=ground.code, name=ground.name, counts=ground.counts, on=fact.on,
                evidence=paper, note=fact.note.strip()[:300], by=by,
            )
            for ground, fact, paper in said
        ]
    )  # fmt: skip
