"""材料: handed in later, withdrawn, told to be missing (一次告知), taken for complete. The clock follows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from approvals.models import Material, Permit, ShortfallNotice
from approvals.permits import clocks, recording
from approvals.permits.actions.base import (
    check_day,
    hold,
    joined_names,
    named,
    note,
    require_applied,
    require_open,
)
from approvals.permits.closing import concerned, touch
from approvals.permits.owed import owed, waits
from approvals.permits.permissions import require_agent, require_authority
from approvals.permits.rules import lacking, permit_of
from approvals.rules import rule_of
from kernel.language import house_language
from kernel.refusals import Refused
from notices.actions import post
from projects.models import Project


@transaction.atomic
def supplement(
    *, permit: Permit, materials: Iterable[str], by: User, on: date, today: date, expected: int | None = None
) -> Permit:
    """Hand in material later, by its names; once nothing needed is missing, the clock counts from that day.

    A step that the plan opened by itself is applied for by this. Raises Refused: forbidden but for its agent;
    invalid for a day to come or before the application, or material that is not on the list; unmet for what
    only another permit gives; conflict for what was handed in already, or once the permit has ended.
    """
    project, row = hold(permit, expected)
    require_agent(project, row, by)
    require_open(project, row)
    check_day(on, today, row.applied_on or row.step.opened_on, _("申请日期"))
    rows = named(row, materials)
    _require_missing(rows)
    _require_not_owed(project, row, rows)
    if row.applied_on is None:
        row.applied_on, row.applied_by, row.agent_unit = on, by, acting_unit(by)
    _hand_in(row, rows, by, on)
    note(row, "permit.supplemented", by, on, what=joined_names(rows))
    _accept_if_whole(project, row, by, on)
    touch(row)
    return row


def _require_missing(rows: Sequence[Material]) -> None:
    there = [row for row in rows if row.there]
    if there:
        message = _("这些材料已经提交或档案中已有：%(what)s") % {"what": joined_names(there)}
        raise Refused.conflict(message, code="already_handed_in")


def _require_not_owed(project: Project, permit: Permit, rows: Sequence[Material]) -> None:
    """Raises Refused (unmet) for what is there only once another permit has ended with it."""
    rule = rule_of(permit.step)
    due = owed(rule, project)
    if early := [due[row.name] for row in rows if row.name in due]:
        raise Refused(waits(early, rule, project))


def _hand_in(permit: Permit, rows: Sequence[Material], by: User, on: date) -> None:
    told = permit.notices.count()
    for row in rows:
        row.handed_on, row.handed_by, row.since = on, by, told
    Material.objects.bulk_update(rows, ["handed_on", "handed_by", "since"])


def _accept_if_whole(project: Project, permit: Permit, by: User, on: date) -> None:
    """Complete is the material on the day on which the last needed line came."""
    if permit.complete_on is None:
        rows = list(permit.materials.all())
        recording.go_on(permit, rule_of(permit.step), project, rows, by=by, on=on)


@transaction.atomic
def complete(*, permit: Permit, by: User, on: date, today: date, expected: int | None = None) -> Permit:
    """The authority takes the material for complete on a day: what was still missing came over the counter.

    Raises Refused: forbidden but for the authority; invalid day; unmet while another permit has not given
    what it gives; conflict before the application, or when it is complete already.
    """
    project, row = hold(permit, expected)
    require_authority(row, by)
    require_open(project, row)
    check_day(on, today, require_applied(row), _("申请日期"))
    if row.complete_on is not None:
        message = _("材料已于 %(day)s 齐备") % {"day": row.complete_on}
        raise Refused.conflict(message, code="already_complete")
    missing = lacking(row.materials.all())
    _require_not_owed(project, row, missing)
    _hand_in(row, missing, by, on)
    note(row, "permit.completed", by, on, what=joined_names(missing) or "—")
    _accept_if_whole(project, row, by, on)
    touch(row)
    return row


@transaction.atomic
def withdraw(
    *,
    permit: Permit,
    materials: Iterable[str],
    reason: str,
    by: User,
    on: date,
    today: date,
    expected: int | None = None,
) -> Permit:
    """Take material back, by its names; where it was needed the clock is taken back until it is there again;
    one that stands still stays stopped.

    Raises Refused: forbidden but for its agent; invalid without a reason, for a day to come or before it was
    handed in; unmet when the limit has passed; conflict for what is not handed in, or once it has ended.
    """
    project, row = hold(permit, expected)
    require_agent(project, row, by)
    require_open(project, row)
    rows = named(row, materials)
    absent = [one for one in rows if one.handed_on is None]
    if absent:
        message = _("这些材料没有提交，不能撤回：%(what)s") % {"what": joined_names(absent)}
        raise Refused.conflict(message, code="not_handed_in")
    check_day(on, today, max(one.handed_on for one in rows if one.handed_on), _("提交日期"))
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤回原因"))
    _require_in_time(row, today)
    _hand_back(row, rows)
    for one in rows:
        one.withdrawn_on, one.withdrawn_reason = on, reason.strip()[:300]
    Material.objects.bulk_update(rows, ["withdrawn_on", "withdrawn_reason"])
    note(row, "permit.withdrawn", by, on, what=joined_names(rows), reason=reason.strip()[:300])
    if any(one.needed for one in rows):
        _no_longer_complete(row, by, on, _reason(_("申请人撤回材料：%(what)s"), rows))
    touch(row)
    return row


def _require_in_time(permit: Permit, today: date) -> None:
    text = _("审批期限已于 %(due)s 届满，不能再收回计时；请抓紧办结")
    clocks.require_not_overdue(permit.step.open_clock(), today, text)


def _hand_back(permit: Permit, rows: Sequence[Material], *, told: int | None = None) -> None:
    since = permit.notices.count() if told is None else told
    for row in rows:
        row.handed_on, row.handed_by, row.since = None, None, since
    Material.objects.bulk_update(rows, ["handed_on", "handed_by", "since"])


def _no_longer_complete(permit: Permit, by: User, on: date, reason: str) -> None:
    """The clock goes back, unless it stands still: a stop ends through its own door alone."""
    if permit.complete_on is None:
        return
    permit.complete_on = None
    clock = permit.step.open_clock()
    if clock is not None and clock.paused_from:
        return
    if permit_of(rule_of(permit.step)).counts_from == "complete":
        clocks.take_back(permit, reason, by, on)


@house_language()
def _reason(text: str, rows: Sequence[Material]) -> str:
    return (text % {"what": joined_names(rows)})[:300]


@transaction.atomic
def notify(
    *,
    permit: Permit,
    faults: Mapping[str, str],
    by: User,
    on: date,
    today: date,
    expected: int | None = None,
) -> ShortfallNotice:
    """一次告知: tell at one stroke what is missing and what will not do, by name and with words.

    What is missing goes into the notice by itself, save what another permit of the plan gives. The clock is
    taken back until everything is there; one that stands still stays stopped. Where the plan has everything
    told at once, a further notice may only name what was handed in or withdrawn since the last one. Raises
    Refused: forbidden but for the authority; invalid day, or a fault without words;
    unmet ``told_once`` with the clause, or when the limit has passed; conflict where nothing is missing.
    """
    project, row = hold(permit, expected)
    require_authority(row, by)
    require_open(project, row)
    check_day(on, today, require_applied(row), _("申请日期"))
    rows = _told(project, row, faults)
    _require_in_time(row, today)
    lines = [{"name": one.name, "words": faults.get(one.name, "").strip()[:300]} for one in rows]
    made = ShortfallNotice.objects.create(permit=row, on=on, by=by, lines=lines)
    # Told now: what is not changed from here on could have been told, and was.
    _hand_back(row, [one for one in rows if not one.in_case], told=0)
    Material.objects.filter(pk__in=[one.pk for one in rows]).update(in_case=False)
    note(row, "permit.notified", by, on, what=joined_names(rows))
    _no_longer_complete(row, by, on, _reason(_("一次告知材料不齐：%(what)s"), rows))
    touch(row)
    _tell(row, made)
    return made


def _told(project: Project, permit: Permit, faults: Mapping[str, str]) -> list[Material]:
    """What the notice names: the faults found, and whatever needed is missing. Raises Refused."""
    due = owed(rule_of(permit.step), project)
    rule = permit_of(rule_of(permit.step))
    given = list(permit.notices.all()) if rule.told_once else []
    found = named(permit, faults, "faults") if faults else []
    _require_words(found, faults)
    missing = [row for row in lacking(permit.materials.all()) if row.name not in due]
    fresh = [row for row in missing if row.since >= len(given)]
    rows = {row.pk: row for row in [*found, *fresh]}
    late = [row for row in rows.values() if row.since < len(given)] or (missing if not rows else [])
    if late and given:
        data = {"day": given[-1].on, "what": joined_names(late)}
        message = _("已于 %(day)s 一次告知，未变动的材料不能再次告知：%(what)s") % data
        url = reverse("permit", args=[permit.pk])
        raise Refused.because("told_once", message, clause=rule.told_once, url=url)
    if not rows:
        message = _("“%(name)s”材料已经齐备，没有可告知的问题") % {"name": permit.step.name}
        raise Refused.conflict(message, code="nothing_missing")
    return sorted(rows.values(), key=lambda row: row.place)


def _require_words(found: Sequence[Material], faults: Mapping[str, str]) -> None:
    silent = [row for row in found if row.there and not faults[row.name].strip()]
    if silent:
        message = _("请写明这些材料有什么问题：%(what)s") % {"what": joined_names(silent)}
        raise Refused.invalid("faults", message)


@house_language()
def _tell(permit: Permit, made: ShortfallNotice) -> None:
    lines = "；".join("：".join(filter(None, (row["name"], row["words"]))) for row in made.lines)
    data = {"title": permit.step.case.title, "name": permit.step.name, "lines": lines}
    text = _("【一次告知】“%(title)s”%(name)s尚须补齐：%(lines)s") % data
    post(
        key=f"permit:{permit.pk}:told:{made.pk}", topic="permit.notified", case=permit.step.case, text=text,
        url=f"/permits/{permit.pk}/", users=concerned(permit),
        units=[permit.agent_unit_id] if permit.agent_unit_id else [],
    )  # fmt: skip
