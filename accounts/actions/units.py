"""Units: made, corrected, ended, renamed, merged. An ended unit keeps its name and names its successor.

Open parts, deadlines and opinions stay with the old row: whoever works in the successor sees and does them
(``accounts.access.units_of``), so that a merger rewrites no case.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import Membership, Unit, User
from accounts.roles import Can
from kernel.refusals import Refused, Unmet


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFields:
    """What a unit says of itself, beside its code and its life."""

    name: str
    kind: str
    short_name: str = ""
    level: str = "county"
    division_code: str = ""
    parent: Unit | None = None
    note: str = ""


@transaction.atomic
def create_unit(*, code: str, fields: UnitFields, by: User, on: date) -> Unit:
    """Make a unit in force from ``on``. Raises Refused (invalid) naming the field at fault."""
    require(by, Can.MANAGE_UNITS)
    unit = Unit(code=code.strip(), valid_from=on)
    _write(unit, fields)
    audit.record(kind="unit.created", by=by, target=audit.target(unit), detail={"name": unit.name})
    return unit


@transaction.atomic
def correct_unit(*, unit: Unit, fields: UnitFields, reason: str, by: User) -> Unit:
    """Correct what was entered wrongly. A real change of name is ``rename_unit``, which keeps the old one."""
    require(by, Can.MANAGE_UNITS)
    _ask_reason(reason)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    before = {"name": unit.name, "kind": unit.kind, "division_code": unit.division_code}
    _write(unit, fields)
    detail = {"before": before, "reason": reason.strip()}
    audit.record(kind="unit.corrected", by=by, target=audit.target(unit), detail=detail)
    return unit


@transaction.atomic
def end_unit(*, unit: Unit, successor: Unit | None, reason: str, by: User, on: date) -> Unit:
    """End a unit: ``on`` is the first day without it. With a successor (a merger) its people move over.

    Raises Refused: conflict (ended already), unmet (children in force, or people in it without a successor),
    invalid (successor not in force or the unit itself).
    """
    require(by, Can.MANAGE_UNITS)
    _ask_reason(reason)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    _refuse_unending(unit, successor, on)
    unit.valid_to, unit.successor = on - timedelta(days=1), successor
    unit.save(update_fields=["valid_to", "successor"])
    moved = _move_people(unit, successor, on) if successor else 0
    detail = {"successor": successor.code if successor else "", "moved": moved, "reason": reason.strip()}
    audit.record(kind="unit.ended", by=by, target=audit.target(unit), detail=detail)
    return unit


@transaction.atomic
def rename_unit(
    *, unit: Unit, code: str, name: str, short_name: str, reason: str, by: User, on: date
) -> Unit:
    """A new name from ``on``: a new unit with the same place in the tree, which succeeds the old one."""
    fields = UnitFields(
        name=name,
        short_name=short_name,
        kind=unit.kind,
        level=unit.level,
        division_code=unit.division_code,
        parent=unit.parent,
        note=unit.note,
    )
    heir = create_unit(code=code, fields=fields, by=by, on=on)
    for child in Unit.objects.in_force(on).filter(parent=unit):
        child.parent = heir
        child.save(update_fields=["parent"])
    end_unit(unit=unit, successor=heir, reason=reason, by=by, on=on)
    return heir


def _ask_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused.invalid("reason", _("请写明原因"))


def _write(unit: Unit, fields: UnitFields) -> None:
    unit.name, unit.short_name, unit.note = (
        fields.name.strip(),
        fields.short_name.strip(),
        fields.note.strip(),
    )
    unit.kind, unit.level = fields.kind, fields.level
    unit.division_code, unit.parent = fields.division_code.strip(), fields.parent
    if unit.pk and unit.parent and unit.pk in lineage(unit.parent):
        raise Refused.invalid("parent", _("上级单位不能是本单位或其下级"))
    try:
        unit.full_clean()
    except ValidationError as error:
        items = [Unmet("invalid", t, field=f) for f, texts in error.message_dict.items() for t in texts]
        raise Refused(items, "invalid") from error
    unit.save()


def lineage(unit: Unit) -> list[int]:
    """The unit and everything above it."""
    found: list[int] = []
    above: Unit | None = unit
    while above is not None and above.pk not in found:
        found.append(above.pk)
        above = above.parent
    return found


def _refuse_unending(unit: Unit, successor: Unit | None, on: date) -> None:
    if unit.valid_to is not None:
        raise Refused.conflict(_("单位“%(unit)s”已停用") % {"unit": unit})
    if on <= unit.valid_from:
        raise Refused.invalid("on", _("停用日期须晚于启用日期 %(day)s") % {"day": unit.valid_from})
    if successor and (successor.pk == unit.pk or not _in_force(successor, on)):
        raise Refused.invalid("successor", _("承继单位须是另一个当日在用的单位"))
    missing = []
    if Unit.objects.in_force(on).filter(parent=unit).exists():
        missing.append(Unmet("children_in_force", _("还有下级单位在用，请先调整其上级单位")))
    if successor is None and Membership.objects.in_force(on).filter(unit=unit).exists():
        missing.append(Unmet("people_in_it", _("还有人员在此单位任职，请指定承继单位或先终止其角色")))
    if missing:
        raise Refused(missing)


def _in_force(unit: Unit, on: date) -> bool:
    return Unit.objects.in_force(on).filter(pk=unit.pk).exists()


def _move_people(unit: Unit, successor: Unit, on: date) -> int:
    """Every membership in force passes to the successor; who already holds the role there keeps it."""
    rows = list(Membership.objects.in_force(on).filter(unit=unit))
    for row in rows:
        until = row.valid_to
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        there = Membership.objects.in_force(on).filter(user=row.user_id, unit=successor, role=row.role)
        if not there.exists():
            Membership.objects.create(
                user_id=row.user_id, unit=successor, role=row.role, valid_from=on, valid_to=until
            )
    return len(rows)
