"""Pushing a hand-over to its receivers, and taking it back: what actions and milestones share.

Callers hold the project's lock and have asked who may.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from approvals.rules import answering
from cases.actions import assign_part, end_parts, record
from cases.models import Part
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.schema import HandoverRule, Limit
from projects import actions as projects
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project
from service.handing.models import Handing, Receipt, Way
from service.handing.rules import Asked, receivers

CLOCK = "handing:"


def standing(project: Project, code: str) -> Handing | None:
    """The hand-over by this rule that has not been undone."""
    rows = Handing.objects.filter(project=project, rule=code, withdrawn_on__isnull=True)
    return rows.select_related("project__case", "from_unit").first()


def hand_over(
    project: Project, rule: HandoverRule, *, by: User, on: date, way: str = Way.PLATFORM, **letter: object
) -> Handing:
    """One hand-over with its receipts, pushed to all who are known. Raises Refused (conflict) when it was
    made at the same moment."""
    units = answering(rule.from_units, (), project.pk, on)
    if not units:
        raise Refused.because("no_handing_unit", _("制度指定的移交单位不存在"), clause=rule.clause)
    row = Handing(
        project=project, rule=rule.code, name=rule.name, clause=rule.clause,
        policy_version_id=rule.source.id, from_unit=units[0], way=way, on=on, by=by, **letter,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("“%(name)s”刚刚已移交") % {"name": rule.name}) from error
    data = {"name": rule.name, "unit": row.from_unit.name, "clause": rule.clause, "letter": row.letter_no}
    record(case=project.case, kind="handing.made", by=by, on=on, data=data)
    fill(row, rule, by=by, on=on)
    return row


def fill(row: Handing, rule: HandoverRule, *, by: User, on: date) -> list[Receipt]:
    """Push to each receiver who is known by now and was not asked: not again to a unit that gave it back."""
    earlier: dict[str, list[Receipt]] = {}
    for receipt in row.receipts.filter(replaced_by__isnull=True):
        earlier.setdefault(receipt.part, []).append(receipt)
    made = []
    for one in receivers(row.project, rule, on):
        asked = earlier.get(one.rule.part, [])
        if one.unit is None or any(r.declined_on is None or r.unit_id == one.unit.pk for r in asked):
            continue
        fresh = push(row, one, one.unit, by=by, on=on)
        row.receipts.filter(pk__in=[r.pk for r in asked]).update(replaced_by=fresh)
        made.append(fresh)
    return made


def push(row: Handing, one: Asked, unit: Unit, *, by: User, on: date) -> Receipt:
    """One receiver: it plays its part in the case from now on, its clock runs, its people hear of it."""
    project = row.project
    part = rules_of(project).part(one.rule.part)
    given = _give(project, one, unit, by, on)
    receipt = Receipt(handing=row, unit=unit, part=part.code, part_name=part.name, given=given, pushed_on=on)
    receipt.deadline = _clock(receipt, one.limit, by, on)
    receipt.save()
    _tell(receipt)
    return receipt


def _give(project: Project, one: Asked, unit: Unit, by: User, on: date) -> Part | None:
    """The part that the push gives: None where the unit plays it already."""
    held = Part.objects.filter(case=project.case, part=one.rule.part, unit=unit, valid_to__isnull=True)
    if held.exists():
        return None
    exclusive = rules_of(project).part(one.rule.part).exclusive
    return assign_part(
        case=project.case, unit=unit, part=one.rule.part, by=by, on=on, exclusive=exclusive, event=False
    )


def _clock(receipt: Receipt, limit: Limit, by: User, on: date) -> Deadline:
    row = receipt.handing
    with house_language():
        name = _("签收%(name)s") % {"name": row.name}
    return deadlines.open_deadline(
        case=row.project.case, rule=f"{CLOCK}{row.rule}", name=name, clause=row.clause, limit=limit,
        started_on=on, start_event="handing.made", ladder=rules_of(row.project).escalation,
        responsible_unit=receipt.unit,
        policy_version_id=row.policy_version_id, by=by, on=on,
    )  # fmt: skip


def undo(row: Handing, reason: str, *, by: User, on: date) -> None:
    """The hand-over falls away: clocks stop, parts that it gave end, its milestone is withdrawn."""
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason
    row.save()
    receipts = list(row.receipts.select_related("deadline", "given"))
    for receipt in receipts:
        if receipt.deadline.is_open:
            deadlines.cancel(deadline=receipt.deadline, reason=reason, by=by, on=on)
    end_parts(parts=[r.given for r in receipts if r.given and r.given.valid_to is None], on=on, reason=reason)
    data = {"name": row.name, "reason": reason}
    record(case=row.project.case, kind="handing.withdrawn", by=by, on=on, data=data)
    rule = rules_of(row.project).handovers.get(row.rule)
    if rule and rule.reaches and row.completed_on and rule.reaches in reached_codes(row.project):
        projects.withdraw(
            project=row.project, milestone=rule.reaches, by=by, on=on, reason=reason, produced=True
        )
    tell_units(row, f"handing:{row.pk}:withdrawn", _undone(row), [receipt.unit_id for receipt in receipts])


def settle(row: Handing, *, by: User, on: date) -> None:
    """Complete once every receiver of the plan has acknowledged; its milestone is reached."""
    rule = rules_of(row.project).handovers.get(row.rule)
    done = set(row.receipts.filter(acknowledged_on__isnull=False).values_list("part", flat=True))
    if rule is None or row.completed_on or not {one.part for one in rule.receivers} <= done:
        return
    row.completed_on = on
    row.save(update_fields=["completed_on"])
    data = {"name": row.name, "clause": row.clause}
    record(case=row.project.case, kind="handing.completed", by=by, on=on, data=data)
    if rule.reaches and rule.reaches not in reached_codes(row.project):
        projects.reach(project=row.project, milestone=rule.reaches, by=by, on=on, produced=True)
    with house_language():
        text = _("“%(project)s”的%(name)s已全部签收") % {"project": row.project.name, "name": row.name}
    tell_units(row, f"handing:{row.pk}:completed", text, [row.from_unit_id])


@house_language()
def _undone(row: Handing) -> str:
    words = {"project": row.project.name, "name": row.name, "reason": row.withdrawn_reason}
    return _("“%(project)s”的%(name)s已撤销：%(reason)s") % words


@house_language()
def _tell(receipt: Receipt) -> None:
    row = receipt.handing
    words = {"project": row.project.name, "name": row.name, "unit": row.from_unit.name}
    text = _("%(unit)s移交“%(project)s”（%(name)s），请签收") % words
    tell_units(row, f"receipt:{receipt.pk}", text, [receipt.unit_id])


def tell_units(row: Handing, key: str, text: str, units: list[int]) -> None:
    notices.post(
        key=key, topic="service.handing", case=row.project.case, text=text, url=f"/handovers/{row.pk}/",
        units=list(dict.fromkeys(units)),
    )  # fmt: skip
