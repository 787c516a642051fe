"""All writes of element needs: registered (several at once), under way, met, dropped.

``on`` is the business date in Asia/Shanghai. Each locks the project, asks who may, changes, writes one event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.roles import Can
from assignments import actions as assignments
from assignments.models import Assignment
from assignments.models import State as DutyState
from assignments.permissions import may_answer
from cases.actions import record
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import Element, Limit
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_on, require_running
from service.elements.models import OPEN, STANDING, THOUSAND, ElementNeed, State
from service.elements.owners import owner_of

__all__ = ["TASK", "Want", "begin", "drop", "meet", "register"]

TASK = "element_matching"
"""The plan's task that is done once every element is answered (三(四)10)."""
MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What is said of one element: a need with amount or words, or (``needed`` False) that there is none.

    ``amount`` in the element's measure; ``unit`` sees to it instead of the one the plan names.
    """

    element: str
    needed: bool = True
    amount: Decimal | None = None
    words: str = ""
    needed_by: date | None = None
    unit: Unit | None = None
    platform: str = ""
    platform_url: str = ""
    platform_ref: str = ""


@transaction.atomic
def register(
    *, project: Project, wants: Sequence[Want], by: User, on: date, today: date
) -> list[ElementNeed]:
    """登记要素需求 (R056, R225, R241): each need becomes a duty of its owner; "none" is an answer, too.

    Where an element was said not to be needed, a need takes its place. Once every element of the plan is
    answered, the task that asked for it is struck off. Raises Refused: forbidden; invalid for an unknown
    element, a need without amount or words, an amount not above 0, a day that is not to come, a day in the
    future, or nobody to see to it; conflict where a need of the element is open already.
    """
    project = lock(project)
    require_on(by, Can.MATCH_ELEMENTS, project)
    require_running(project)
    _require_day(on, today)
    if not wants:
        raise Refused.invalid("wants", _("请至少登记一项要素"))
    rules = rules_of(project)
    rows = [_registered(project, rules, want, by, on) for want in wants]
    names = "、".join(_said(rules, row) for row in rows)
    record(case=project.case, kind="elements.registered", by=by, on=on, data={"what": names})
    _strike_task_off(project, rules, by, on)
    return rows


def _require_day(on: date, today: date) -> None:
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})


def _registered(project: Project, rules: Rulebook, want: Want, by: User, on: date) -> ElementNeed:
    rule = rules.elements.get(want.element)
    if rule is None:
        raise Refused.invalid("element", _("制度中没有“%(code)s”这一要素") % {"code": want.element})
    _check(rule, want, on)
    _make_room(project, rule, want, by, on)
    row = ElementNeed(
        project=project,
        element=rule.code,
        state=State.REGISTERED if want.needed else State.NOT_NEEDED,
        words=want.words.strip(),
        registered_on=on,
        registered_by=by,
        moved_on=on,
        moved_by=by,
    )
    if want.needed:
        _detail(row, rule, want)
        row.assignment = _duty(row, rule, want, by, on)
    row.save()
    return row


def _check(rule: Element, want: Want, on: date) -> None:
    words = {"name": rule.name}
    if not want.needed:
        return
    if want.platform_url and not want.platform_url.strip().startswith(("https://", "http://")):
        raise Refused.invalid("platform_url", _("平台链接应以 http:// 或 https:// 开头"))
    if want.amount is None and not want.words.strip():
        raise Refused.invalid(f"words_{rule.code}", _("“%(name)s”请填写数量或需求说明") % words)
    if want.amount is not None and not 0 < want.amount < MOST:
        raise Refused.invalid(f"amount_{rule.code}", _("“%(name)s”的数量应大于0") % words)
    if want.amount is not None and want.amount * THOUSAND % 1:
        raise Refused.invalid(f"amount_{rule.code}", _("“%(name)s”的数量最多三位小数") % words)
    if want.needed_by is not None and want.needed_by <= on:
        message = _("“%(name)s”的需要日期应晚于登记日期 %(day)s")
        raise Refused.invalid(f"by_{rule.code}", message % {"name": rule.name, "day": on})


def _make_room(project: Project, rule: Element, want: Want, by: User, on: date) -> None:
    """What stands gives way only where it said that nothing was needed."""
    standing = ElementNeed.objects.filter(project=project, element=rule.code, state__in=STANDING).first()
    if standing is None:
        return
    if standing.is_open or not want.needed:
        words = {"name": rule.name, "state": standing.get_state_display(), "day": standing.registered_on}
        message = _("“%(name)s”已于 %(day)s 登记（%(state)s），请在该项需求上办理")
        raise Refused.because(
            "element_registered", message % words, clause=rule.clause, field="element", status="conflict"
        )
    with house_language():
        note = _("改为有需求")
    _save(standing, State.DROPPED, note, by, on)


def _detail(row: ElementNeed, rule: Element, want: Want) -> None:
    row.thousandths = None if want.amount is None else int(want.amount * THOUSAND)
    row.measure = rule.measure
    row.needed_by = want.needed_by
    row.platform, row.platform_url = want.platform.strip(), want.platform_url.strip()
    row.platform_ref = want.platform_ref.strip()


def _duty(row: ElementNeed, rule: Element, want: Want, by: User, on: date) -> Assignment:
    """The owner's assignment, with its clock: until the day named, else within the plan's limit."""
    unit, user = (want.unit, None) if want.unit else owner_of(row.project, rule, on)
    own_day = want.needed_by and Limit(count=(want.needed_by - on).days, unit="natural_day")
    with house_language():
        title = _("%(name)s保障 %(amount)s") % {"name": rule.name, "amount": row.amount_text}
    duty = assignments.open_by_rule(
        case=row.project.case,
        rule=rule_name(rule.code),
        name=title.strip()[:120],
        unit=unit,
        user=user,
        by=by,
        on=on,
        clause=rule.clause,
        limit=own_day or rule.limit,
        policy_version_id=rule.source.id,
    )
    if duty is None:
        raise Refused.conflict(_("“%(name)s”刚刚已由他人登记") % {"name": rule.name})
    return duty


def rule_name(element: str) -> str:
    """The rule of an element's duty; ``task:element:water`` is that of its clock."""
    return f"element:{element}"


def _said(rules: Rulebook, row: ElementNeed) -> str:
    name = rules.elements[row.element].name
    if row.state == State.NOT_NEEDED:
        with house_language():
            return _("%(name)s无需求") % {"name": name}
    return f"{name} {row.amount_text or row.words[:40]}"


def _strike_task_off(project: Project, rules: Rulebook, by: User, on: date) -> None:
    """The task is done once every element of the plan has been answered, whatever became of it since."""
    answered = set(ElementNeed.objects.filter(project=project).values_list("element", flat=True))
    if set(rules.elements) <= answered:
        with house_language():
            words = _("已逐项登记要素需求")
        assignments.fulfil(case=project.case, rule=TASK, words=words, by=by, on=on)


@transaction.atomic
def begin(*, need: ElementNeed, by: User, on: date, today: date, note: str = "") -> ElementNeed:
    """对接中: the owner, or who serves the project, says that it is being seen to.

    Raises Refused: forbidden; invalid for a day in the future; conflict when it is not just registered.
    """
    row = _locked(need)
    if not (row.assignment and may_answer(by, row.assignment)):
        require_on(by, Can.MATCH_ELEMENTS, row.project)
    return _moved(row, State.UNDER_WAY, note.strip(), sources=(State.REGISTERED,), by=by, on=on, today=today)


@transaction.atomic
def meet(*, need: ElementNeed, result: str, by: User, on: date, today: date) -> ElementNeed:
    """已落实: said by who serves the project, with the result; the owner's duty and its clock end with it.

    Raises Refused: forbidden; invalid without a result or for a day in the future; conflict when it ended.
    """
    row = _locked(need)
    require_on(by, Can.MATCH_ELEMENTS, row.project)
    result = _needed("result", result, _("请填写落实情况"))
    row = _moved(row, State.MET, result, sources=OPEN, by=by, on=on, today=today)
    _end_duty(row, result, by, on)
    return row


@transaction.atomic
def drop(*, need: ElementNeed, reason: str, by: User, on: date, today: date) -> ElementNeed:
    """取消: the need falls away, the owner's duty with it.

    Raises Refused: forbidden; invalid without a reason or for a day in the future; conflict when it ended.
    """
    row = _locked(need)
    require_on(by, Can.MATCH_ELEMENTS, row.project)
    reason = _needed("reason", reason, _("请填写取消原因"))
    row = _moved(row, State.DROPPED, reason, sources=OPEN, by=by, on=on, today=today)
    if row.assignment and row.assignment.is_open:
        assignments.revoke(assignment=row.assignment, reason=reason, by=by, on=on, asked=False)
    return row


def _locked(need: ElementNeed) -> ElementNeed:
    """The row as it is now; its project is locked first, as everywhere."""
    project = lock(need.project)
    row = ElementNeed.objects.select_for_update(of=("self",)).get(pk=need.pk)
    row.project = project
    return row


def _needed(field: str, text: str, message: str) -> str:
    if not text.strip():
        raise Refused.invalid(field, message)
    return text.strip()


def _moved(
    row: ElementNeed, target: State, note: str, *, sources: Sequence[State], by: User, on: date, today: date
) -> ElementNeed:
    rule = rules_of(row.project).elements.get(row.element)
    name = rule.name if rule else row.element
    _require_day(on, today)
    if row.state not in sources:
        words = {"name": name, "state": row.get_state_display()}
        raise Refused.conflict(_("“%(name)s”当前为“%(state)s”，不能这样办理") % words, code="wrong_state")
    if on < row.moved_on:
        message = _("日期不能早于上一次变更 %(day)s") % {"day": row.moved_on}
        raise Refused.invalid("on", message)
    _save(row, target, note, by, on)
    data = {"name": name, "note": note[:200]}
    record(case=row.project.case, kind=f"elements.{target.value}", by=by, on=on, data=data)
    return row


def _save(row: ElementNeed, state: State, note: str, by: User, on: date) -> None:
    row.state, row.note, row.moved_on, row.moved_by = state, note, on, by
    row.save(update_fields=["state", "note", "moved_on", "moved_by"])


def _end_duty(row: ElementNeed, words: str, by: User, on: date) -> None:
    """Reported and struck off; one that was given back and lies idle is taken back instead."""
    duty = row.assignment
    if duty is None or not duty.is_open:
        return
    if duty.state in (DutyState.ISSUED, DutyState.ACCEPTED):
        assignments.fulfil(case=duty.case, rule=duty.rule, words=words, by=by, on=on)
    elif duty.state == DutyState.REPORTED:
        assignments.strike_off(assignment=duty, met_on=on, by=by, on=on)
    else:
        assignments.revoke(assignment=duty, reason=words[:300], by=by, on=on, asked=False)
