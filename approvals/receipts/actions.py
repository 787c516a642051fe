"""All writes to running slips: an entry, one struck out, the slip sent up (002 三(三)4)."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.roles import Role
from approvals.models import ReceiptEntry, ReceiptSending
from approvals.receipts.models import Level
from approvals.receipts.permissions import require_keeper, rule_for
from approvals.receipts.rows import lines_of
from approvals.rules import answering
from cases import actions as cases
from cases.models import Part
from kernel.language import house_language
from kernel.refusals import Refused
from notices.actions import post
from policies.schema import ReceiptRule
from projects.actions.claims import needed
from projects.actions.days import require_since_opening
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_running

__all__ = ["add_entry", "send_receipt", "strike_entry"]


@transaction.atomic
def add_entry(
    *,
    project: Project,
    unit: Unit,
    matter: str,
    service: str,
    by: User,
    on: date,
    today: date,
    outcome: str = "",
) -> ReceiptEntry:
    """Enter what a department did for the enterprise on a day (Asia/Shanghai), and how far it got.

    Raises Refused: unmet where the plan has no slip; forbidden but for its keepers; invalid without matter or
    service, or for a day to come or before the case was opened; conflict for a project given up.
    """
    project = lock(project)
    rule = rule_for(project)
    require_keeper(project, rule, by)
    require_running(project)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    require_since_opening(project, on)
    for field, text in (("matter", matter), ("service", service)):
        if not text.strip():
            raise Refused.invalid(field, _("请填写事项和服务情况"))
    row = ReceiptEntry.objects.create(
        case=project.case, on=on, unit=unit, matter=matter.strip()[:100], service=service.strip()[:500],
        outcome=outcome.strip()[:300], by=by,
    )  # fmt: skip
    data = {"unit": str(unit), "matter": row.matter, "service": row.service, "clause": rule.clause}
    cases.record(case=project.case, kind="receipt.entered", by=by, on=on, data=data)
    return row


@transaction.atomic
def strike_entry(*, entry: ReceiptEntry, by: User, on: date, reason: str) -> ReceiptEntry:
    """Strike a wrong entry out with a reason; it stays on record, and in what was sent before.

    Raises Refused: forbidden but for the keepers; invalid without a reason; conflict when it is struck out.
    """
    project = lock(Project(pk=entry.case_id))
    require_keeper(project, rule_for(project), by)
    row = ReceiptEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.struck_on is not None:
        raise Refused.conflict(_("该记录已于 %(day)s 作废") % {"day": row.struck_on}, code="entry_struck")
    row.struck_on, row.struck_by, row.struck_reason = on, by, needed(reason)
    row.save()
    data = {"matter": row.matter, "reason": row.struck_reason}
    cases.record(case=project.case, kind="receipt.struck", by=by, on=on, data=data)
    return row


@transaction.atomic
def send_receipt(
    *, project: Project, by: User, on: date, level: str = Level.LEADER, reason: str = ""
) -> ReceiptSending:
    """Send the slip as it stands today to the leader in charge, or, when needed, on to the top leaders.

    The second step says why (``reason``) and follows the first. Raises Refused: unmet where the plan has no
    slip or second step, nobody plays the parts it goes to, or the first step is missing; forbidden but for
    its keepers; invalid for an unknown level or without a reason; conflict for an empty slip.
    """
    project = lock(project)
    rule = rule_for(project)
    require_keeper(project, rule, by)
    require_running(project)
    if level not in Level.values:
        raise Refused.invalid("level", _("请选择报送层级"))
    if level == Level.TOP:
        _require_second(project, rule)
        reason = needed(reason)
    lines = lines_of(project)
    if not lines:
        raise Refused.conflict(_("回执单还没有内容"), code="empty_receipt")
    told = _Told(project, rule, level, on)
    if told.nobody:
        message = _("无人可报送：请先确定%(parts)s") % {"parts": told.missing}
        raise Refused.because(
            "nobody_to_send_to", message, clause=rule.clause, url=f"/projects/{project.pk}/parts/"
        )
    row = ReceiptSending.objects.create(
        case=project.case, level=level, on=on, by=by, reason=reason.strip()[:500], to=told.names,
        clause=rule.clause, rows=[line.as_dict() for line in lines],
    )  # fmt: skip
    data = {
        "name": rule.name,
        "to": "、".join(told.names),
        "clause": rule.clause,
        "reason": row.reason or "—",
    }
    cases.record(case=project.case, kind="receipt.sent", by=by, on=on, data=data)
    told.post(row)
    return row


def _require_second(project: Project, rule: ReceiptRule) -> None:
    if not rule.goes_further:
        message = _("制度没有规定%(name)s再向上报告") % {"name": rule.name}
        raise Refused.because("no_second_step", message, clause=rule.clause)
    if not ReceiptSending.objects.filter(case_id=project.pk, level=Level.LEADER).exists():
        message = _("须先报送分管领导，必要时再向主要领导报告")
        raise Refused.because("first_step_first", message, clause=rule.clause)


class _Told:
    """Who is told of a sending: people by part, units, and holders of roles."""

    def __init__(self, project: Project, rule: ReceiptRule, level: str, on: date) -> None:
        self.project, self.rule = project, rule
        first = level == Level.LEADER
        self.roles: Sequence[str] = rule.to_roles if first else rule.then_roles
        codes, parts = (rule.to_units, rule.to_parts) if first else (rule.then_units, ())
        self.parts = parts
        self.units = answering(codes, (), project.pk, on)
        held = Part.objects.filter(case_id=project.pk, part__in=parts, valid_to__isnull=True)
        self.held = list(held.select_related("unit", "user").order_by("id"))

    @property
    def nobody(self) -> bool:
        return not (self.roles or self.units or self.held)

    @property
    def missing(self) -> str:
        known = rules_of(self.project).parts
        return "、".join(known[code].name for code in self.parts if code in known)

    @property
    def names(self) -> list[str]:
        people = [row.user.name if row.user else str(row.unit) for row in self.held]
        found = [*people, *(str(unit) for unit in self.units)]
        return list(dict.fromkeys([*found, *(str(Role(role).label) for role in self.roles)]))

    @house_language()
    def post(self, row: ReceiptSending) -> None:
        data = {"name": self.rule.name, "title": self.project.name, "reason": row.reason}
        text = _("【%(name)s】“%(title)s”手续办理情况已报送，请阅") % data
        if row.reason:
            text = _("【%(name)s】“%(title)s”须提请研究：%(reason)s") % data
        units = [unit.pk for unit in self.units] + [one.unit_id for one in self.held if one.user_id is None]
        post(
            key=f"receipt:{row.pk}", topic="receipt.sent", case=row.case, text=text,
            url=f"/projects/{self.project.pk}/receipt/", roles=self.roles, units=units,
            users=[one.user_id for one in self.held if one.user_id],
        )  # fmt: skip
