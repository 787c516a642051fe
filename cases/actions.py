"""All writes to cases: opening one, giving and ending parts, recording what happened."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from accounts.access import acting_unit
from accounts.models import Unit, User
from cases.models import Case, Counter, Event, Part
from kernel.language import settled
from kernel.refusals import Refused
from policies.models import PolicySet

__all__ = [
    "assign_part",
    "assign_part_to_many",
    "end_part",
    "end_parts",
    "open_case",
    "record",
    "reopen_parts",
    "take_numbers",
]


def record(
    *,
    case: Case,
    kind: str,
    by: User | None,
    on: date,
    data: dict[str, Any] | None = None,
    unit: Unit | None = None,
) -> Event:
    """Append the one event row of an action. ``on`` is the business date in Asia/Shanghai.

    Labels in ``data`` are stored in the deployment's language: give them as they are, not as text.
    """
    unit = unit or (acting_unit(by) if by else None)
    return Event.objects.create(case=case, kind=kind, by=by, on=on, unit=unit, data=settled(data or {}))


def take_numbers(series: str, count: int = 1) -> range:
    """Take the next numbers of a series, from 1; two takers at once never get the same."""
    row, _created = Counter.objects.select_for_update().get_or_create(name=series)
    first, row.value = row.value + 1, row.value + count
    row.save(update_fields=["value"])
    return range(first, row.value + 1)


def open_case(*, kind: str, code: str, title: str, division: str, policy_set: PolicySet, on: date) -> Case:
    """Open the anchor; the owner of the kind (project, chain) records the event."""
    return Case.objects.create(
        kind=kind,
        code=code,
        title=title,
        division=division,
        policy_set=policy_set,
        policy_date=on,
        opened_on=on,
    )


def assign_part(
    *,
    case: Case,
    unit: Unit,
    part: str,
    by: User | None,
    on: date,
    user: User | None = None,
    exclusive: bool = False,
    reason: str = "",
    event: bool = True,
) -> Part:
    """Give a unit (and person) a part from a day on; giving the same part again changes nothing.

    An exclusive part passes: whoever held it ends the day before, or the same day at the earliest.
    Raises Refused (conflict) when somebody else filled an exclusive part at the same moment.
    """
    same = Part.objects.filter(case=case, unit=unit, user=user, part=part, valid_to__isnull=True).first()
    if same:
        return same
    if exclusive:
        for held in Part.objects.filter(case=case, part=part, valid_to__isnull=True):
            _end(held, max(held.valid_from, on - timedelta(days=1)), reason)
    try:
        with transaction.atomic():
            row = Part.objects.create(
                case=case, unit=unit, user=user, part=part, valid_from=on, exclusive=exclusive, reason=reason
            )
    except IntegrityError as error:
        raise Refused.conflict(_("“%(part)s”刚刚已由他人指定，请刷新后再办") % {"part": part}) from error
    if event:
        data = {"part": part, "unit": unit.name, "user": user.name if user else "", "reason": reason}
        record(case=case, kind="part.assigned", by=by, on=on, data=data)
    return row


def assign_part_to_many(*, case: Case, units: Iterable[Unit], part: str, by: User, on: date) -> list[Part]:
    """Give several units the same part with a fixed number of statements; who has it already keeps it.

    Records no event: the action that asks them does. The caller holds the lock of the case's owner.
    """
    held = Part.objects.filter(case=case, part=part, user__isnull=True, valid_to__isnull=True)
    have = set(held.values_list("unit_id", flat=True))
    fresh = {unit.pk: Part(case=case, unit=unit, part=part, valid_from=on) for unit in units}
    rows = [row for pk, row in fresh.items() if pk not in have]
    return bulk_create_with_history(rows, Part, default_user=by) if rows else []


def end_parts(*, parts: Iterable[Part], on: date, reason: str) -> None:
    """End several parts; like ``assign_part_to_many`` the calling action records the event."""
    for part in parts:
        _end(part, max(part.valid_from, on), reason)


def reopen_parts(*, parts: Iterable[tuple[Part, str]]) -> None:
    """Give parts back that an action had ended and now takes back, each with the words it had before."""
    for part, reason in parts:
        part.valid_to, part.reason = None, reason
        part.save(update_fields=["valid_to", "reason"])


def end_part(*, part: Part, by: User | None, on: date, reason: str) -> Part:
    """End a part on a day. Raises Refused when it has ended already or the day lies before its start."""
    if part.valid_to is not None:
        raise Refused.conflict(_("该单位已不再承担此角色"))
    if on < part.valid_from:
        raise Refused.invalid("on", _("结束日期不能早于开始日期 %(day)s") % {"day": part.valid_from})
    _end(part, on, reason)
    data = {
        "part": part.part,
        "unit": part.unit.name,
        "user": part.user.name if part.user else "",
        "reason": reason,
    }
    record(case=part.case, kind="part.ended", by=by, on=on, data=data)
    return part


def _end(part: Part, on: date, reason: str) -> None:
    part.valid_to, part.reason = on, reason or part.reason
    part.save(update_fields=["valid_to", "reason"])
