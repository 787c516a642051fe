"""Milestones: the only words between apps. Reached on a day, whole or in parts; withdrawn with a reason."""

from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import require, units_with
from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Part
from documents.models import Attachment
from kernel.language import house_language
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects import clocks, hooks, stages, stillness
from projects.actions import saving
from projects.actions.days import require_since_opening
from projects.facts import batch_of, rules_of
from projects.gates import reached_codes, unmet, unmet_fields
from projects.models import Project, ReachedMilestone
from projects.permissions import lock, require_on, require_running, require_sight, roles_on
from projects.planning import unmet_year

MOST_PARTS = 99


@transaction.atomic
def reach(
    *,
    project: Project,
    milestone: str,
    by: User,
    on: date,
    today: date | None = None,
    part_no: int = 1,
    parts_total: int = 1,
    evidence: Attachment | None = None,
    note: str = "",
    produced: bool = False,
) -> ReachedMilestone:
    """Record that a milestone was reached on a business day (Asia/Shanghai).

    ``produced``: a step or another action reaches it, which has checked its own rights; otherwise the
    recorder must be one whom the pack names. Raises Refused: unmet guard, document or field with clause
    and link; invalid for a day in the future (``today``), parts out of order; conflict when it is there.
    """
    project = lock(project)
    rules = rules_of(project)
    rule = _rule(rules, milestone)
    if not produced:
        require_recorder(project, rule, by)
    require_running(project)
    _check_day_and_parts(rule, on, today, part_no, parts_total)
    missing = missing_for(project, rule, rules, evidence) + unmet_year(project, rule, on)
    if missing:
        raise Refused(missing)
    row = ReachedMilestone(
        project=project, code=milestone, on=on, part_no=part_no, parts_total=parts_total, evidence=evidence
    )
    row.note, row.recorded_by = note, by
    _insert(row, rule, by)
    data = {
        "name": rule.name,
        "milestone": milestone,
        "on": str(on),
        "clause": rule.clause,
        "part": _part(row),
    }
    cases.record(case=project.case, kind="milestone.reached", by=by, on=on, data=data)
    _settle(project, rules, milestone, by, on)
    return row


def _rule(rules: Rulebook, milestone: str) -> Milestone:
    if milestone not in rules.milestones:
        raise Refused.invalid("milestone", _("制度中没有里程碑“%(code)s”") % {"code": milestone})
    return rules.milestone(milestone)


def require_recorder(project: Project, rule: Milestone, by: User) -> None:
    """Raises Refused unless people record this milestone, and the plan names this one among them."""
    require(by, Can.RECORD_MILESTONE)
    require_sight(by, project)
    if rule.produced_by != "record":
        message = _("“%(name)s”由相应程序办结后自动形成，不能直接登记") % {"name": rule.name}
        raise Refused.because("not_recorded_by_hand", message, clause=rule.clause)
    require_named(project, rule, by)


def require_named(project: Project, rule: Milestone, by: User) -> None:
    """Raises Refused (forbidden) unless the plan names this one, by part or role, for the milestone."""
    if not (rule.recorded_by_parts or rule.recorded_by_roles):
        require_on(by, Can.RECORD_MILESTONE, project)
        return
    if roles_on(by, project) & set(rule.recorded_by_roles):
        return
    mine = units_with(by, Can.RECORD_MILESTONE)
    parts = Part.objects.filter(case_id=project.pk, part__in=rule.recorded_by_parts, valid_to__isnull=True)
    held = parts.values_list("unit_id", "user_id")
    if any(user == by.pk or unit in mine for unit, user in held):
        return
    raise Refused.forbidden(
        _("“%(name)s”须由制度指定的单位登记（%(clause)s）") % {"name": rule.name, "clause": rule.clause}
    )


def _check_day_and_parts(
    rule: Milestone, on: date, today: date | None, part_no: int, parts_total: int
) -> None:
    if today is not None and on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    if parts_total > 1 and not rule.staged:
        raise Refused.invalid("parts_total", _("“%(name)s”不能分期") % {"name": rule.name})
    if parts_total > MOST_PARTS:
        raise Refused.invalid("parts_total", _("分期最多 %(most)s 期") % {"most": MOST_PARTS})
    if not 1 <= part_no <= parts_total:
        raise Refused.invalid("part_no", _("期次应在 1 到 %(total)s 之间") % {"total": parts_total})


def missing_for(
    project: Project, rule: Milestone, rules: Rulebook, evidence: Attachment | None = None
) -> list[Unmet]:
    """What must still be there before the milestone may be recorded: guard, fields, papers."""
    found = unmet(project, rule.guard, rule.clause, rules)
    found += unmet_fields(project, rule.fields, rule.clause)
    if rule.documents and evidence is None:
        url = reverse("project-attach", args=[project.pk])
        there = Attachment.objects.filter(
            case_id=project.pk, kind__in=rule.documents, withdrawn_on__isnull=True
        )
        kinds = set(there.values_list("kind", flat=True))
        found += [
            Unmet(
                f"document:{kind}",
                _("缺少材料“%(name)s”") % {"name": rules.document(kind).name},
                rule.clause,
                f"{url}?kind={kind}",
            )
            for kind in rule.documents
            if kind not in kinds
        ]
    return found


def _insert(row: ReachedMilestone, rule: Milestone, by: User) -> None:
    row._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("“%(name)s”已登记") % {"name": rule.name}, code="already_reached") from error


@house_language()
def _part(row: ReachedMilestone) -> str:
    return (
        _("（第%(n)s期，共%(total)s期）") % {"n": row.part_no, "total": row.parts_total}
        if row.parts_total > 1
        else ""
    )


def _settle(project: Project, rules: Rulebook, milestone: str, by: User, on: date) -> None:
    """When the whole milestone is there: the batch follows, clocks stop and start, other apps hear of it."""
    done = reached_codes(project)
    if milestone not in done:
        stillness.moved(project, "milestone", by=by, on=on)
        return
    _follow_batch(project, rules, done, by)
    stillness.moved(project, "milestone", by=by, on=on)
    clocks.on_reached(project, milestone, rules, by, on)
    hooks.tell(hooks.MilestoneChange(project, milestone, on, by, "reached"))


def _follow_batch(project: Project, rules: Rulebook, done: set[str], by: User) -> None:
    stages.follow(project, rules, done)
    batch = batch_of(done, rules)
    if batch != project.batch:
        project.batch = batch
        saving.save(project, by)


@transaction.atomic
def withdraw(
    *,
    project: Project,
    milestone: str,
    by: User,
    on: date,
    reason: str,
    part_no: int | None = None,
    produced: bool = False,
) -> None:
    """Withdraw a milestone with a reason. What rested on it shows as unmet; the phase never moves back.

    ``produced``: a step's verdict withdraws it, which has checked its own rights. Raises Refused:
    forbidden; invalid without a reason; conflict when it is not reached.
    """
    project = lock(project)
    if not produced:
        require_on(by, Can.WITHDRAW_MILESTONE, project)
    rules = rules_of(project)
    rule = _rule(rules, milestone)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤销原因"))
    require_since_opening(project, on)
    rows = list(ReachedMilestone.objects.filter(project=project, code=milestone, withdrawn_on__isnull=True))
    rows = [row for row in rows if part_no in (None, row.part_no)]
    if not rows:
        raise Refused.conflict(_("“%(name)s”尚未登记或已撤销") % {"name": rule.name})
    for row in rows:
        row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason.strip()
        row._history_user = by  # type: ignore[attr-defined]
        row.save()
    data = {"name": rule.name, "milestone": milestone, "reason": reason.strip()}
    cases.record(case=project.case, kind="milestone.withdrawn", by=by, on=on, data=data)
    _follow_batch(project, rules, reached_codes(project), by)
    clocks.on_withdrawn(project, milestone, reason.strip(), by, on)
    hooks.tell(hooks.MilestoneChange(project, milestone, on, by, "withdrawn"))
