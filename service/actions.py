"""All writes of service: naming the commissioner of a project, and handing over to the next.

``on`` is the business date in Asia/Shanghai.
"""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit, User
from assignments import actions as assignments
from assignments.handing import hand_over as hand_over_duties
from cases.actions import assign_part, record
from cases.models import Part
from deadlines.reassigning import reassign
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.schema import Milestone
from projects import cadences, hooks
from projects.actions import reach
from projects.facts import rules_of
from projects.gates import reached_codes, unmet
from projects.models import Project
from projects.permissions import lock, require_running
from service.models import COMMISSIONER, HandOver
from service.permissions import require_naming
from service.queries import ACTION, candidates, commissioners, rule_for, service_body

__all__ = ["hand_over", "name_commissioner"]


@transaction.atomic
def name_commissioner(
    *,
    project: Project,
    user: User,
    unit: Unit,
    by: User,
    on: date,
    reason: str = "",
    today: date | None = None,
) -> Part:
    """配备1名项目服务专员 (三(四)8): exactly one person of the service body, once the agreement is signed.

    Reaches the milestone that the plan ties to it, and strikes off the task that asked for it. Raises
    Refused: forbidden; unmet what must come first, with clause and link; invalid person, unit or day;
    conflict when the project has a commissioner, or got one this moment.
    """
    project, rule = _begin(project, by, on, today)
    missing = unmet(project, rule.guard, rule.clause, rules_of(project))
    if missing:
        raise Refused(missing)
    _require_vacant(project, rule)
    _check_person(project, user, unit, rule, on)
    part = _assign(project, user, unit, reason, by=by, on=on)
    data = {"user": user.name, "unit": unit.name, "clause": rule.clause, "reason": part.reason}
    event = record(case=project.case, kind="service.commissioner_named", by=by, on=on, data=data)
    if rule.code not in reached_codes(project):
        reach(project=project, milestone=rule.code, by=by, on=on, today=today, produced=True)
    with house_language():
        words = _("已配备项目服务专员%(user)s") % {"user": user.name}
    assignments.fulfil(case=project.case, rule=ACTION, words=words, by=by, on=on)
    hooks.tell_part(hooks.PartChange(project, COMMISSIONER, on, by))
    cadences.on_part(project, rules_of(project), COMMISSIONER, by=by, on=on)
    _tell(project, f"event:{event.pk}", gettext_lazy("您已担任“%(project)s”的项目服务专员"), [user])
    return part


@transaction.atomic
def hand_over(
    *,
    project: Project,
    to_user: User,
    unit: Unit,
    by: User,
    on: date,
    reason: str,
    today: date | None = None,
) -> HandOver:
    """移交: the old commissioner ends the day before, the new one takes every duty still open. One who was
    named in error passes it on the same day.

    Raises Refused: forbidden; invalid without a reason, to the same person, or for a day before the old one
    began; conflict when nobody is commissioner.
    """
    project, rule = _begin(project, by, on, today)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写移交原因"))
    old = commissioners(project).filter(valid_to__isnull=True).first()
    if old is None or old.user is None:
        raise Refused.because(
            "none_named", _("尚未配备服务专员，无人移交"), clause=rule.clause, status="conflict"
        )
    if old.user_id == to_user.pk:
        raise Refused.invalid("user", _("%(user)s已是服务专员") % {"user": to_user.name})
    if on < old.valid_from:
        raise Refused.invalid("on", _("移交日期不能早于原专员起始日期 %(day)s") % {"day": old.valid_from})
    _check_person(project, to_user, unit, rule, on)
    new = _assign(project, to_user, unit, reason, by=by, on=on)
    row = pass_on(
        old, new, HandOver(project=project, from_part=old, to_part=new, on=on, reason=new.reason, by=by)
    )
    hooks.tell_part(hooks.PartChange(project, COMMISSIONER, on, by))
    cadences.on_part(project, rules_of(project), COMMISSIONER, by=by, on=on)
    _tell(
        project, f"hand_over:{row.pk}", gettext_lazy("“%(project)s”的项目服务专员已移交"), [old.user, to_user]
    )
    return row


def _begin(project: Project, by: User, on: date, today: date | None) -> tuple[Project, Milestone]:
    project = lock(project)
    rule = rule_for(rules_of(project))
    if rule is None:
        raise Refused.because("not_in_plan", _("所适用的制度没有配备服务专员的规定"))
    require_naming(by, project, rule.clause)
    require_running(project)
    if today is not None and on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    return project, rule


def _check_person(project: Project, user: User, unit: Unit, rule: Milestone, on: date) -> None:
    body = service_body(project)
    if body is None:
        url = reverse("project-edit", args=[project.pk])
        raise Refused.because("no_service_body", _("尚未确定服务主体或承接平台"), clause=rule.clause, url=url)
    if body.pk not in (unit.pk, unit.parent_id):
        words = {"unit": unit.name, "body": body.name}
        message = _("服务专员须由服务主体%(body)s配备，%(unit)s不是") % words
        raise Refused.because("not_service_body", message, clause=rule.clause, field="unit", status="invalid")
    if not candidates(body, on).filter(pk=user.pk, memberships__unit=unit).exists():
        words = {"user": user.name, "unit": unit.name}
        raise Refused.invalid(
            "user", _("%(user)s当日不是%(unit)s的项目服务专员") % words, code="no_commissioner"
        )


def _require_vacant(project: Project, rule: Milestone) -> None:
    present = commissioners(project).filter(valid_to__isnull=True).first()
    if present is not None:
        words = {"user": present.user, "day": present.valid_from}
        message = _("已于 %(day)s 配备%(user)s，更换请办理移交") % words
        raise Refused.because("already_named", message, clause=rule.clause, status="conflict")


def _assign(project: Project, user: User, unit: Unit, reason: str, *, by: User, on: date) -> Part:
    """The part itself; that there is one only, the database sees to."""
    return assign_part(
        case=project.case,
        unit=unit,
        user=user,
        part=COMMISSIONER,
        by=by,
        on=on,
        exclusive=True,
        reason=reason.strip(),
        event=False,
    )


def pass_on(old: Part, new: Part, row: HandOver, kind: str = "service.handed_over") -> HandOver:
    """Everything still open passes from one person to another; the counts are kept with the hand-over."""
    if old.user is None or new.user is None:
        raise ValueError("duties of a person pass to a person")
    old.refresh_from_db()
    case, by, on = row.project.case, row.by, row.on
    row.deadlines_moved = reassign(case=case, old=old.user, new=new.user, unit=new.unit, by=by, on=on)
    row.assignments_moved = hand_over_duties(
        case=case, old=old.user, new=new.user, unit=new.unit, by=by, on=on
    )
    row.save()
    data = {"old": old.user.name, "new": new.user.name, "reason": row.reason}
    counts = {"deadlines": row.deadlines_moved, "assignments": row.assignments_moved}
    record(case=case, kind=kind, by=by, on=on, data=data | counts)
    return row


@house_language()
def _tell(project: Project, key: str, text: Promise, users: list[User]) -> None:
    words = str(text) % {"project": project.name}
    url = f"/projects/{project.pk}/"
    notices.post(key=key, topic="service.commissioner", case=project.case, text=words, url=url, users=users)
