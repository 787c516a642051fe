"""分期验收: the works are divided into stages, each accepted on its own, one after another or in parallel."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import actions as approvals
from approvals.models import Step
from approvals.permissions import require_opener
from cases.actions import record
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import StagingRule
from policies.schema import Step as StepRule
from projects.actions.milestones import MOST_PARTS
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project, ReachedMilestone
from projects.permissions import lock, require_running, require_unmerged
from service.models import AcceptanceStage


@transaction.atomic
def plan_stage(
    *,
    project: Project,
    name: str,
    scope: str,
    by: User,
    on: date,
    area: int | None = None,
    planned_on: date | None = None,
) -> AcceptanceStage:
    """Add a stage: which part of the works it covers (``area`` in ㎡). It gets the next number.

    Raises Refused: forbidden for whom the plan lets not open the acceptance; invalid without name or scope,
    or beyond 99 stages; conflict once everything is accepted, or while it is accepted as a whole.
    """
    project, rules, rule = _begin(project, by)
    for field, text in (("name", name), ("scope", scope)):
        if not text.strip():
            raise Refused.invalid(field, _("请填写名称和验收范围"))
    _require_open_to_stages(project, rules.steps[rule.step])
    rows = AcceptanceStage.objects.filter(project=project, dropped_on__isnull=True)
    number = rows.count() + 1
    if number > MOST_PARTS:
        raise Refused.invalid("name", _("分期最多 %(most)s 期") % {"most": MOST_PARTS})
    stage = AcceptanceStage(
        project=project, part_no=number, name=name.strip()[:40], scope=scope.strip()[:500], area=area,
        planned_on=planned_on, made_on=on, by=by,
    )  # fmt: skip
    _put(stage)
    approvals.restage(project=project, codes=(rule.step, *rule.along_with), parts_total=number)
    data = {"no": number, "name": stage.name, "scope": stage.scope[:120], "clause": rule.clause}
    record(case=project.case, kind="acceptance.stage_planned", by=by, on=on, data=data)
    return stage


def _begin(project: Project, by: User) -> tuple[Project, Rulebook, StagingRule]:
    project = lock(project)
    rules = rules_of(project)
    rule = next(iter(rules.staging), None)
    if rule is None:
        raise Refused.because("not_in_plan", _("所适用的制度没有分期验收的规定"))
    require_unmerged(by, project)
    require_opener(project, rules.steps[rule.step], by)
    require_running(project)
    return project, rules, rule


def _require_open_to_stages(project: Project, step: StepRule) -> None:
    whole = Step.objects.filter(case_id=project.pk, code=step.code, part_no=0).running()
    if whole.exists():
        message = _("“%(name)s”正在整体办理，不能再分期") % {"name": step.name}
        raise Refused.because("runs_as_whole", message, clause=step.clause, status="conflict")
    if step.milestones and step.milestones <= reached_codes(project):
        message = _("“%(name)s”已全部通过") % {"name": step.name}
        raise Refused.because("all_accepted", message, clause=step.clause, status="conflict")


def _put(stage: AcceptanceStage) -> None:
    try:
        with transaction.atomic():
            stage.save()
    except IntegrityError as error:
        raise Refused.conflict(_("刚刚已有人登记了一期，请刷新")) from error


@transaction.atomic
def drop_stage(*, stage: AcceptanceStage, by: User, on: date, reason: str) -> AcceptanceStage:
    """Take back the last stage, for which nothing was applied. Raises Refused: forbidden; invalid without a
    reason; conflict for another than the last, or once it was applied for."""
    project, _rules, rule = _begin(stage.project, by)
    row = AcceptanceStage.objects.select_for_update().get(pk=stage.pk)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写取消原因"))
    rows = AcceptanceStage.objects.filter(project=project, dropped_on__isnull=True)
    if row.dropped_on is not None or rows.filter(part_no__gt=row.part_no).exists():
        raise Refused.conflict(_("只能取消最后一期"), code="not_last")
    codes = (rule.step, *rule.along_with)
    if Step.objects.filter(case_id=project.pk, code__in=codes, part_no=row.part_no).exists():
        raise Refused.conflict(_("该期已申请验收，不能取消"), code="applied")
    row.dropped_on, row.dropped_by, row.dropped_reason = on, by, reason.strip()[:300]
    row.save(update_fields=["dropped_on", "dropped_by", "dropped_reason"])
    approvals.restage(project=project, codes=codes, parts_total=max(row.part_no - 1, 1))
    data = {"no": row.part_no, "name": row.name, "reason": row.dropped_reason}
    record(case=project.case, kind="acceptance.stage_dropped", by=by, on=on, data=data)
    return row


@transaction.atomic
def apply_for(
    *, stage: AcceptanceStage, by: User, on: date, along: bool = True, reason: str = ""
) -> list[Step]:
    """Apply for the acceptance of one stage and, ``along`` with it, for registration: processed in parallel.

    After a verdict that wants mending the same stage is applied for again, with the reason; what runs or was
    granted along with it is left as it is. Raises Refused as ``open_step`` does; conflict for a stage that
    was taken back, or has passed.
    """
    project, rules, rule = _begin(stage.project, by)
    row = AcceptanceStage.objects.select_for_update().get(pk=stage.pk)
    if row.dropped_on is not None:
        raise Refused.conflict(_("该期已于 %(day)s 取消") % {"day": row.dropped_on}, code="dropped")
    if _passed(project, rules.steps[rule.step], row.part_no):
        raise Refused.conflict(_("“%(name)s”已通过验收") % {"name": row.name}, code="already_accepted")
    total = AcceptanceStage.objects.filter(project=project, dropped_on__isnull=True).count()
    of = approvals.OfStage(row.part_no, total, row.name)
    opened = [approvals.open_step(project=project, step=rule.step, by=by, on=on, reason=reason, stage=of)]
    for code in _still_to_apply(project, rules, rule.along_with if along else (), row.part_no):
        opened.append(  # noqa: PERF401  # each opens a procedure
            approvals.open_step(project=project, step=code, by=by, on=on, reason=reason, stage=of)
        )
    return opened


def _still_to_apply(project: Project, rules: Rulebook, codes: Sequence[str], part_no: int) -> list[str]:
    running = Step.objects.filter(case_id=project.pk, code__in=codes, part_no=part_no).running()
    busy = set(running.values_list("code", flat=True))
    return [code for code in codes if code not in busy and not _passed(project, rules.steps[code], part_no)]


def _passed(project: Project, step: StepRule, part_no: int) -> bool:
    """Whether this part of what the step reaches is there."""
    rows = ReachedMilestone.objects.filter(
        project=project, code__in=step.milestones, part_no=part_no, withdrawn_on__isnull=True
    )
    return rows.exists()
