"""Which row of a pack points at which other: the raw material of checking."""

from collections.abc import Iterator
from typing import NamedTuple

from policies.schema import (
    AgreementKind,
    ClauseTemplate,
    HandoverRule,
    Milestone,
    Needs,
    OverallLimit,
    Pack,
    PermitRule,
    PlanRule,
    Post,
    ReceiptRule,
    ReportRule,
    Step,
    TaskRule,
    Term,
)
from policies.schema.agreements import OWN_PLACES

OWN_CHANGES = frozenset({"grade", "commitments"})
"""What of an agreement may change beside its terms."""


class Ref(NamedTuple):
    """``key`` of a row in ``table`` names ``code``, which should stand in table ``target``."""

    table: str
    key: str
    target: str
    code: str


def references(pack: Pack) -> Iterator[Ref]:
    """Every reference in the pack; target ``units`` lies in the organisation, ``facts`` in the program."""
    yield from _clauses(pack)
    yield from _life(pack)
    for milestone in pack.milestones:
        yield from _milestone(milestone)
    for step in pack.steps:
        yield from _step(step)
    for limit in pack.limits:
        yield from _overall_limit(limit)
    for task in pack.assignments:
        yield from _task(task)
    yield from _first_contact(pack)
    yield from _elements(pack)
    yield from _progress(pack)
    yield from (Ref("series", f"{one.code}.document", "documents", one.document) for one in pack.series)
    for report in pack.reports:
        yield from _report(report)
    yield from _enterprise(pack)
    for kind in pack.agreements:
        yield from _agreement(kind)
    for term in pack.terms:
        yield from _term(term)
    for template in pack.clause_templates:
        yield from _template(template)
    for channel in pack.green_channels:
        yield from _many("green_channels", f"{channel.code}.classes", "classes", channel.classes)
    for receipt in pack.receipts:
        yield from _receipt(receipt)
    for plan in pack.plans:
        yield from _plan(plan)
    yield from _service(pack)


def _many(table: str, key: str, target: str, codes: tuple[str, ...]) -> Iterator[Ref]:
    return (Ref(table, key, target, code) for code in codes)


def _needs(table: str, key: str, needs: Needs) -> Iterator[Ref]:
    yield from _many(table, f"{key}.milestones", "milestones", needs.milestones)
    yield from _many(table, f"{key}.fields", "facts", needs.fields)
    yield from _many(table, f"{key}.documents", "documents", needs.documents)


def _clauses(pack: Pack) -> Iterator[Ref]:
    if pack.policy.clause:
        yield Ref("policy", "clause", "clauses", pack.policy.clause)
    for table, rule in pack.rules():
        yield Ref(table, f"{rule.key}.clause", "clauses", rule.clause)
    for phase in pack.phases:
        if phase.gate:
            yield Ref("phases", f"{phase.code}.gate.clause", "clauses", phase.gate.clause)
    for step in pack.steps:
        cited = [(a.code, a.clause) for a in step.aspects] + [(c.code, c.clause) for c in step.checks]
        cited += [("guide", step.guide.clause)] if step.guide else []
        cited += [(f"permit.{key}", no) for key, no, _name in step.permit.clauses()] if step.permit else []
        yield from (Ref("steps", f"{step.code}.{code}.clause", "clauses", no) for code, no in cited if no)
    for credit in pack.credit:
        for place, weight in enumerate(credit.weights, 1):
            yield Ref("credit", f"{credit.code}.weights[{place}].clause", "clauses", weight.clause)
        if credit.joint:
            yield Ref("credit", f"{credit.code}.joint.clause", "clauses", credit.joint.clause)
    for recognition in pack.recognitions:
        inner = [(one.code, one.clause) for one in recognition.grounds]
        inner += [(one.code, one.clause) for one in recognition.readings]
        key = recognition.code
        yield from (Ref("recognitions", f"{key}.{code}.clause", "clauses", no) for code, no in inner if no)
    for choice in pack.choices:
        if choice.clause:
            yield Ref("choices", f"{choice.rule}.clause", "clauses", choice.clause)


def _life(pack: Pack) -> Iterator[Ref]:
    for phase in pack.phases:
        if phase.gate:
            yield from _needs("phases", f"{phase.code}.gate", phase.gate)
    for state in pack.portfolio:
        if state.from_milestone:
            yield Ref("portfolio", f"{state.code}.from_milestone", "milestones", state.from_milestone)
    for duty in pack.duties:
        yield from _many("duties", f"{duty.code}.lead", "units", duty.lead)
        yield from _many("duties", f"{duty.code}.responsible", "units", duty.responsible)
        if duty.phase:
            yield Ref("duties", f"{duty.code}.phase", "phases", duty.phase)
    for clause in pack.clauses:
        if clause.phase:
            yield Ref("clauses", f"{clause.no}.phase", "phases", clause.phase)


def _milestone(item: Milestone) -> Iterator[Ref]:
    table, code = "milestones", item.code
    yield Ref(table, f"{code}.phase", "phases", item.phase)
    yield from _many(table, f"{code}.recorded_by_parts", "parts", item.recorded_by_parts)
    yield from _many(table, f"{code}.documents", "documents", item.documents)
    yield from _many(table, f"{code}.fields", "facts", item.fields)
    yield from _needs(table, f"{code}.guard", item.guard)


def _step(step: Step) -> Iterator[Ref]:
    table, code = "steps", step.code
    yield Ref(table, f"{code}.phase", "phases", step.phase)
    if step.opens_on.milestone:
        yield Ref(table, f"{code}.opens_on.milestone", "milestones", step.opens_on.milestone)
    if step.names_part:
        yield Ref(table, f"{code}.names_part", "parts", step.names_part)
    if step.bound_to:
        yield Ref(table, f"{code}.bound_to", "agreements", step.bound_to)
    yield from _many(table, f"{code}.opened_by_parts", "parts", step.opened_by_parts)
    yield from _many(table, f"{code}.led_by_units", "units", step.led_by_units)
    yield from _many(table, f"{code}.led_by_parts", "parts", step.led_by_parts)
    yield from _many(table, f"{code}.prerequisites", "steps", step.prerequisites)
    yield from _many(table, f"{code}.together_with", "steps", step.together_with)
    yield from _many(table, f"{code}.apart_from", "steps", step.apart_from)
    if step.proposing:
        parts = (step.proposing.part, *step.proposing.carries)
        yield from _many(table, f"{code}.proposing", "parts", parts)
    if step.permit:
        yield from _permit(f"{code}.permit", step.permit)
    yield from _needs(table, f"{code}.needs", step.needs)
    if step.guide:
        papers = tuple(item.document for item in step.guide.materials if item.document)
        facts = tuple(item.milestone for item in step.guide.materials if item.milestone)
        yield from _many(table, f"{code}.guide.materials", "documents", papers)
        yield from _many(table, f"{code}.guide.materials", "milestones", facts)
        yield from _many(table, f"{code}.guide.fields", "facts", step.guide.fields)
    for aspect in step.aspects:
        yield from _many(table, f"{code}.{aspect.code}.asks_units", "units", aspect.asks_units)
        yield from _many(table, f"{code}.{aspect.code}.asks_parts", "parts", aspect.asks_parts)
        terms = tuple(term for term in aspect.reopened_by if term not in OWN_CHANGES)
        yield from _many(table, f"{code}.{aspect.code}.reopened_by", "terms", terms)
        yield from _many(table, f"{code}.{aspect.code}.papers", "documents", aspect.papers)
        minutes = (aspect.minutes,) if aspect.minutes else ()
        yield from _many(table, f"{code}.{aspect.code}.minutes", "series", minutes)
    for verdict in step.verdicts:
        yield from _many(table, f"{code}.{verdict.code}.reaches", "milestones", verdict.reaches)
        yield from _many(table, f"{code}.{verdict.code}.withdraws", "milestones", verdict.withdraws)


def _permit(key: str, rule: PermitRule) -> Iterator[Ref]:
    if rule.accepts:
        yield Ref("steps", f"{key}.accepts", "milestones", rule.accepts)
    if rule.delegated:
        yield Ref("steps", f"{key}.delegated.part", "parts", rule.delegated.part)
        yield from _many("steps", f"{key}.delegated.units", "units", rule.delegated.units)


def _receipt(rule: ReceiptRule) -> Iterator[Ref]:
    parts, units = (*rule.kept_by_parts, *rule.to_parts), (*rule.to_units, *rule.then_units)
    yield from _many("receipts", f"{rule.code}.parts", "parts", parts)
    yield from _many("receipts", f"{rule.code}.units", "units", units)


def _overall_limit(limit: OverallLimit) -> Iterator[Ref]:
    yield Ref("limits", f"{limit.code}.starts_on", "milestones", limit.starts_on)
    yield Ref("limits", f"{limit.code}.meets_on", "milestones", limit.meets_on)
    yield from _many("limits", f"{limit.code}.responsible_parts", "parts", limit.responsible_parts)
    yield from _many("limits", f"{limit.code}.responsible_units", "units", limit.responsible_units)


def _task(task: TaskRule) -> Iterator[Ref]:
    yield Ref("assignments", f"{task.code}.on_milestone", "milestones", task.on_milestone)
    yield from _many("assignments", f"{task.code}.to_parts", "parts", task.to_parts)
    yield from _many("assignments", f"{task.code}.to_units", "units", task.to_units)


def _first_contact(pack: Pack) -> Iterator[Ref]:
    for rule in pack.claiming:
        yield from _many("claiming", f"{rule.code}.part", "parts", (rule.part, rule.offered_part))
        yield from _many("claiming", f"{rule.code}.phases", "phases", rule.phases)
        ends = tuple(code for code in (rule.kept_by, rule.until) if code)
        yield from _many("claiming", f"{rule.code}.until", "milestones", ends)
    for cadence in pack.cadences:
        yield Ref("cadences", f"{cadence.code}.part", "parts", cadence.part)
        yield from _many("cadences", f"{cadence.code}.phases", "phases", cadence.phases)
    for topic in pack.topics:
        yield from _many("topics", f"{topic.code}.phases", "phases", topic.phases)
    for rest in pack.dormancy:
        yield from _many("dormancy", f"{rest.code}.states", "portfolio", rest.states)


def _elements(pack: Pack) -> Iterator[Ref]:
    for rule in pack.elements:
        yield from _many("elements", f"{rule.code}.asks_units", "units", rule.asks_units)
        yield from _many("elements", f"{rule.code}.asks_parts", "parts", rule.asks_parts)


def _progress(pack: Pack) -> Iterator[Ref]:
    """Start to production: recognitions, the monthly report, guidance before acceptance."""
    for rule in pack.recognitions:
        yield Ref("recognitions", f"{rule.code}.milestone", "milestones", rule.milestone)
        for ground in rule.grounds:
            key = f"{rule.code}.{ground.code}"
            yield from _many("recognitions", f"{key}.documents", "documents", ground.documents)
            shown = (ground.milestone,) if ground.milestone else ()
            yield from _many("recognitions", f"{key}.milestone", "milestones", shown)
        for reading in rule.readings:
            key = f"{rule.code}.{reading.code}"
            yield from _many("recognitions", f"{key}.units", "units", reading.units)
            yield from _many("recognitions", f"{key}.parts", "parts", reading.parts)
    for report in pack.progress:
        ends = (report.from_milestone, report.until_milestone)
        yield from _many("progress", f"{report.code}.from_milestone", "milestones", ends)
        yield from _many("progress", f"{report.code}.parts", "parts", report.parts)
    for staging in pack.staging:
        codes = (staging.step, *staging.along_with)
        yield from _many("staging", f"{staging.code}.step", "steps", codes)
    for help_ in pack.guidance:
        yield from _many("guidance", f"{help_.code}.units", "units", help_.units)
        yield from _many("guidance", f"{help_.code}.parts", "parts", help_.parts)
        after = (help_.from_milestone,) if help_.from_milestone else ()
        yield from _many("guidance", f"{help_.code}.from_milestone", "milestones", after)


def _report(report: ReportRule) -> Iterator[Ref]:
    table, code = "reports", report.code
    yield Ref(table, f"{code}.series", "series", report.series)
    yield Ref(table, f"{code}.reaches", "milestones", report.reaches)
    yield Ref(table, f"{code}.signed_by", "units", report.signed_by)
    yield from _many(table, f"{code}.tells_units", "units", report.tells_units)
    for section in report.sections:
        key = f"{code}.sections.{section.code}"
        yield from _many(table, f"{key}.facts", "facts", section.facts)
        if section.step:
            yield Ref(table, f"{key}.step", "steps", section.step)


def _enterprise(pack: Pack) -> Iterator[Ref]:
    for rule in pack.portal:
        yield from _many("portal", f"{rule.code}.phases", "phases", rule.phases)
        yield from _many("portal", f"{rule.code}.milestones", "milestones", rule.milestones)
        yield from _many("portal", f"{rule.code}.documents", "documents", rule.documents)
        yield from _many("portal", f"{rule.code}.uploads", "documents", rule.uploads)
        yield from _many("portal", f"{rule.code}.contacts", "parts", rule.contacts)
    for asked in pack.enterprise_requests:
        yield from _many("enterprise_requests", f"{asked.code}.to_parts", "parts", asked.to_parts)
        yield from _many("enterprise_requests", f"{asked.code}.to_units", "units", asked.to_units)
        yield from _many("enterprise_requests", f"{asked.code}.phases", "phases", asked.phases)
    for benefit in pack.benefits:
        yield from _many("benefits", f"{benefit.code}.phases", "phases", benefit.phases)
    for platform in pack.platforms:
        yield from _many("platforms", f"{platform.code}.phases", "phases", platform.phases)


def _agreement(kind: AgreementKind) -> Iterator[Ref]:
    yield Ref("agreements", f"{kind.code}.settled_by", "milestones", kind.settled_by)
    yield Ref("agreements", f"{kind.code}.signed_by", "milestones", kind.signed_by)
    yield from _many("agreements", f"{kind.code}.documents", "documents", kind.documents)
    yield from _many("agreements", f"{kind.code}.conditions_to_parts", "parts", kind.conditions_to_parts)


def _term(term: Term) -> Iterator[Ref]:
    yield from _many("terms", f"{term.code}.required_for", "grades", term.required_for)
    yield from _many("terms", f"{term.code}.to_units", "units", term.to_units)
    yield from _many("terms", f"{term.code}.to_parts", "parts", term.to_parts)
    if term.fact:
        yield Ref("terms", f"{term.code}.fact", "facts", term.fact)


def _template(template: ClauseTemplate) -> Iterator[Ref]:
    yield from _many("clause_templates", f"{template.code}.grades", "grades", template.grades)
    named = tuple(code for code in template.places if code not in OWN_PLACES)
    yield from _many("clause_templates", f"{template.code}.text", "terms", named)


def _plan(plan: PlanRule) -> Iterator[Ref]:
    table, code = "plans", plan.code
    yield from _many(table, f"{code}.needs", "milestones", plan.needs)
    parts = (*plan.made_by_parts, *plan.filed_with_parts, *(s.part for s in plan.seals if s.part))
    yield from _many(table, f"{code}.parts", "parts", parts)
    yield Ref(table, f"{code}.document", "documents", plan.document)
    for anchor in plan.anchors:
        if anchor.term:
            yield Ref(table, f"{code}.anchors.{anchor.code}.term", "terms", anchor.term)
    cited = [(form.code, form.clause) for form in plan.forms.values()]
    cited += [(item.code, item.clause) for item in plan.items if item.clause]
    yield from (Ref(table, f"{code}.{key}.clause", "clauses", no) for key, no in cited)
    for item in plan.items:
        if item.milestone:
            yield Ref(table, f"{code}.items.{item.code}.milestone", "milestones", item.milestone)


def _service(pack: Pack) -> Iterator[Ref]:
    for scope in pack.scopes:
        yield from _many("scopes", f"{scope.code}.milestone", "milestones", _present(scope.milestone))
    for post in pack.posts:
        yield from _post(post)
    for rule in pack.handovers:
        yield from _handover(rule)
    for table, rows in (("problem_levels", pack.problem_levels), ("matters", pack.matters)):
        for row in rows:
            yield from _many(table, f"{row.code}.to_parts", "parts", row.to_parts)
            yield from _many(table, f"{row.code}.to_units", "units", row.to_units)


def _post(post: Post) -> Iterator[Ref]:
    table, code = "posts", post.code
    yield Ref(table, f"{code}.from_milestone", "milestones", post.from_milestone)
    yield from _many(table, f"{code}.part", "parts", _present(post.part))
    yield from _many(table, f"{code}.document", "documents", _present(post.document))
    yield from _many(table, f"{code}.scopes", "scopes", post.scopes)
    yield from _many(table, f"{code}.to_parts", "parts", post.to_parts)
    yield from _many(table, f"{code}.to_units", "units", (*post.units, *post.to_units))


def _handover(rule: HandoverRule) -> Iterator[Ref]:
    table, code = "handovers", rule.code
    for trigger in rule.triggers:
        yield from _many(table, f"{code}.triggers", "milestones", trigger.milestones)
    yield from _many(table, f"{code}.scopes", "scopes", rule.scopes)
    yield from _many(table, f"{code}.receivers", "parts", tuple(one.part for one in rule.receivers))
    named = tuple(one.unit for one in rule.receivers if one.unit)
    yield from _many(table, f"{code}.from_units", "units", (*rule.from_units, *named))
    yield from _many(table, f"{code}.reaches", "milestones", _present(rule.reaches))
    yield from _many(table, f"{code}.letter", "documents", _present(rule.letter))


def _present(code: str | None) -> tuple[str, ...]:
    return (code,) if code else ()
