"""诉求: the enterprise asks, those who serve it answer, the enterprise says whether that will do.

``on`` is the business date in Asia/Shanghai. The assignment behind a request keeps unit, clock, escalation.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import Unit, User
from assignments import actions as assignments
from assignments.models import Assignment, State
from assignments.permissions import require_answer
from cases.actions import record
from cases.models import Part
from kernel.language import house_language
from kernel.refusals import Refused
from policies.schema import RequestRule
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock
from service.portal import telling
from service.portal.access import take
from service.portal.models import EnterpriseRequest, RequestAnswer, Verdict
from service.portal.uploading import upload_paper

RULE = "request:"
"""How the rule of a duty begins that an enterprise's request opened."""
MOST_OPEN = 20
"""So many requests of a project may wait for an answer at once; more would bury those who answer."""


def offered(project: Project) -> list[RequestRule]:
    """The kinds of request that the plan offers the enterprise in the project's phase."""
    rules = rules_of(project).requests.values()
    return [rule for rule in rules if not rule.phases or project.phase in rule.phases]


@transaction.atomic
def raise_request(
    *,
    project: Project,
    kind: str,
    title: str,
    text: str,
    by: User,
    on: date,
    upload: Any = None,
) -> EnterpriseRequest:
    """The enterprise asks for something; it becomes an assignment of the unit that the plan names.

    Raises Refused: forbidden; invalid for an unknown kind, empty words or a file that is not taken; unmet
    when nobody is there to answer; conflict for a project that ended, one of the kind that waits, too many.
    """
    project = take(by, project, on)
    rule = _rule(project, kind)
    for name, words in (("title", title), ("text", text)):
        if not words.strip():
            raise Refused.invalid(name, _("请填写事项") if name == "title" else _("请写明具体情况"))
    _require_room(project, rule)
    unit, person = _who_answers(project, rule, on)
    paper = upload_paper(project=project, upload=upload, by=by, on=on, note=title) if upload else None
    row = EnterpriseRequest(
        project=project, rule=rule.code, name=rule.name, clause=rule.clause, title=title.strip(),
        text=text.strip(), paper=paper, raised_on=on, raised_by=by,
    )  # fmt: skip
    row.assignment = _hand(row, rule, unit, person)
    row.save()
    _event("portal.request_raised", row, by, on)
    return row


def _rule(project: Project, kind: str) -> RequestRule:
    rule = next((rule for rule in offered(project) if rule.code == kind), None)
    if rule is None:
        raise Refused.invalid("kind", _("本项目现在不受理这类诉求"), code="not_offered")
    return rule


def _require_room(project: Project, rule: RequestRule) -> None:
    waiting = EnterpriseRequest.objects.filter(project=project).open()
    if rule.once and waiting.filter(rule=rule.code).exists():
        message = _("“%(name)s”已在办理，办结后可再提") % {"name": rule.name}
        raise Refused.because("asked_already", message, clause=rule.clause, status="conflict")
    if waiting.count() >= MOST_OPEN:
        message = _("已有 %(n)s 件诉求在办，请待办结后再提，或直接联系服务人员") % {"n": MOST_OPEN}
        raise Refused.because("too_many_open", message, status="conflict")


def _who_answers(project: Project, rule: RequestRule, on: date) -> tuple[Unit, User | None]:
    """Whoever plays the first filled part; else the first unit named that is still there."""
    rows = Part.objects.filter(case_id=project.pk, part__in=rule.to_parts, valid_to__isnull=True)
    held = {row.part: row for row in rows.select_related("unit", "user").order_by("-id")}
    row = next((held[code] for code in rule.to_parts if code in held), None)
    if row is not None:
        return row.unit, row.user
    units = {unit.code: unit for unit in Unit.objects.in_force(on).filter(code__in=rule.to_units)}
    unit = next((units[code] for code in rule.to_units if code in units), None)
    if unit is None:
        message = _("本项目尚未确定服务单位，暂不能在线提交；请联系招商部门")
        raise Refused.because("nobody_answers", message, clause=rule.clause)
    return unit, None


def _hand(row: EnterpriseRequest, rule: RequestRule, unit: Unit, person: User | None) -> Assignment:
    """The duty to answer. Its code counts the project's requests: one more of a kind is no repetition."""
    number = EnterpriseRequest.objects.filter(project=row.project).count() + 1
    made = assignments.open_by_rule(
        case=row.project.case, rule=f"{RULE}{rule.code}:{number}", name=row.title, text=row.text,
        kind=rule.kind, clause=rule.clause, limit=rule.limit, unit=unit, user=person, by=row.raised_by,
        on=row.raised_on, policy_version_id=rule.source.id,
    )  # fmt: skip
    if made is None:
        raise Refused.conflict(_("刚刚已提交同一诉求"), code="asked_already")
    return made


@transaction.atomic
def answer(*, request: EnterpriseRequest, words: str, by: User, on: date) -> RequestAnswer:
    """答复企业: the answerable unit's words to the enterprise; with them the duty counts as reported.

    Raises Refused: forbidden; invalid without words; conflict when it has ended, was given back, or an answer
    waits for the enterprise's judgement.
    """
    row = _lock(request)
    require_answer(by, row.assignment)
    if not words.strip():
        raise Refused.invalid("words", _("请填写给企业的答复"))
    last = row.latest
    if row.assignment.state in (State.CLOSED, State.REVOKED) or (last and not last.verdict):
        message = _("已答复，待企业评价") if row.assignment.is_open else _("该诉求已办结")
        raise Refused.conflict(message, code="answered_already")
    unit = acting_unit(by) or row.assignment.unit
    made = RequestAnswer.objects.create(
        request=row, no=(last.no if last else 0) + 1, words=words.strip(), on=on, by=by, unit=unit
    )
    if row.assignment.state != State.REPORTED:
        assignments.report(assignment=row.assignment, report=made.words, by=by, on=on)
    _event("portal.request_answered", row, by, on, unit=unit.name, words=made.words[:120])
    telling.answered(row, made)
    return made


@transaction.atomic
def judge(
    *, request: EnterpriseRequest, satisfied: bool, by: User, on: date, words: str = ""
) -> RequestAnswer:
    """评价: satisfied, the duty is struck off; not satisfied, it goes back to the unit with the reason.

    Raises Refused: forbidden; invalid when not satisfied without saying why; conflict when no answer waits.
    """
    row = _lock(request)
    take(by, row.project, on)
    last = row.latest
    if last is None or last.verdict:
        raise Refused.conflict(_("还没有待评价的答复"), code="nothing_to_judge")
    if not satisfied and not words.strip():
        raise Refused.invalid("words", _("请写明哪里没有解决，以便退回重办"))
    last.verdict = Verdict.SATISFIED if satisfied else Verdict.UNSATISFIED
    last.judged_on, last.judged_by, last.judged_words = on, by, words.strip()
    last.save(update_fields=["verdict", "judged_on", "judged_by", "judged_words"])
    _settle(row, last, by, on)
    _event("portal.request_judged", row, by, on, verdict=last.verdict, words=last.judged_words)
    return last


def _settle(row: EnterpriseRequest, last: RequestAnswer, by: User, on: date) -> None:
    """What the judgement does to the duty, unless the office has struck it off meanwhile."""
    if row.assignment.state != State.REPORTED:
        return
    with house_language():
        note = _("企业评价：%(verdict)s") % {"verdict": Verdict(last.verdict).label}
    if last.verdict == Verdict.SATISFIED:
        assignments.close(assignment=row.assignment, by=by, on=on, note=note, asked=False)
        return
    assignments.return_(
        assignment=row.assignment, reason=f"{note}。{last.judged_words}"[:300], by=by, on=on, asked=False
    )


def _lock(request: EnterpriseRequest) -> EnterpriseRequest:
    lock(request.project)
    rows = EnterpriseRequest.objects.select_related("project__case", "assignment__unit", "assignment__case")
    return rows.get(pk=request.pk)


@house_language()
def _event(kind: str, row: EnterpriseRequest, by: User, on: date, **more: Any) -> None:
    data = {"title": row.title, "name": row.name, "clause": row.clause, "request": row.pk} | more
    if "verdict" in more:
        data["verdict"] = str(Verdict(more["verdict"]).label)
    record(case=row.project.case, kind=kind, by=by, on=on, data=data)
