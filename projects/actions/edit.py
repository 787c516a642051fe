"""Editing the plain fields of a project, and giving its units their parts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Part
from kernel.language import house_language
from kernel.phones import masked
from kernel.refusals import Refused
from policies.schema import PartKind
from projects import cadences, claiming, clocks, coded, hooks
from projects.actions import saving
from projects.actions.days import require_since_opening
from projects.actions.parts import CACHED, CREDITED, require_no_successor, require_setter
from projects.facts import derive, facts_of, rules_of
from projects.models import Project
from projects.permissions import lock, require_fresh, require_on
from projects.planning import require_year
from projects.reserved import check_fields


@transaction.atomic
def edit(
    *,
    project: Project,
    by: User,
    on: date,
    changes: dict[str, Any],
    reason: str = "",
    expected_version: int | None = None,
) -> Project:
    """Change plain fields; saving the same values again changes and records nothing.

    Nor does a text that comes back as it was shown, its telephone numbers masked. What exchanges a running
    limit (34 working days for 11 days, 三(四)9) is a correction and takes a ``reason``.

    Raises Refused: conflict with what changed since ``expected_version``; invalid per field, or without the
    reason; forbidden for who may not correct.
    """
    project = lock(project)
    require_on(by, Can.EDIT_PROJECT, project)
    require_fresh(project, expected_version)
    rules = rules_of(project)
    clean = check_fields(coded.settled(rules, changes, project))
    moved = {name: told for name, value in clean.items() if (told := _change(getattr(project, name), value))}
    if not moved:
        return project
    if "planning_year" in moved and not project.from_ledger:
        require_year(rules, clean["planning_year"], on, project.case.opened_on)
    for name in moved:
        setattr(project, name, clean[name])
    if not project.name:
        raise Refused.invalid("name", _("请填写项目名称"))
    derive(project, rules)
    clocks.require_reason(project, facts_of(project), reason, by)
    saving.save(project, by, reason.strip()[:100])
    if "name" in moved:
        project.case.title = project.name
        project.case.save(update_fields=["title"])
    cases.record(
        case=project.case,
        kind="project.edited",
        by=by,
        on=on,
        data={"fields": _names(moved), "changes": moved} | ({"reason": reason} if reason.strip() else {}),
    )
    if "enterprise" in moved:
        claiming.follow_enterprise(project, on)
    hooks.tell_money(project, by, on)
    return project


@house_language()
def _names(fields: Iterable[str]) -> str:
    return "、".join(str(Project._meta.get_field(name).verbose_name) for name in fields)


def _change(stored: Any, sent: Any) -> list[Any]:
    """Before and after; [] where nothing changes: the same, or a text sent back as it was shown."""
    return [] if sent in (stored, masked(stored)) else [_say(stored), _say(sent)]


def _say(value: Any) -> Any:
    return value if isinstance(value, bool | int | None.__class__) else str(value)


@transaction.atomic
def set_parts(
    *,
    project: Project,
    part: str,
    unit: Unit,
    by: User,
    on: date,
    user: User | None = None,
    reason: str = "",
    produced: bool = False,
) -> Part:
    """Give a unit (and person) one of the parts that the pack lists; caches on the project follow.

    ``produced``: the verdict of a step names it, which has checked its own rights. Raises Refused (invalid)
    for a part the pack does not know or a unit of the wrong kind; forbidden where others give it.
    """
    project = lock(project)
    if not produced:
        require_on(by, Can.ASSIGN_PARTS, project)
    require_since_opening(project, on)
    rules = rules_of(project)
    if part not in rules.parts:
        raise Refused.invalid("part", _("制度中没有“%(part)s”这一角色") % {"part": part})
    rule = rules.part(part)
    if not produced:
        require_setter(project, rule, by)
    _check_part(rule, unit, user)
    if not produced:
        require_no_successor(project, rule, unit, user)
    claiming.require_free(project, rules, part, user, on, produced=produced)
    row = cases.assign_part(
        case=project.case,
        unit=unit,
        user=user,
        part=part,
        by=by,
        on=on,
        exclusive=rule.exclusive,
        reason=reason,
    )
    cached = CACHED.get(part)
    if cached and getattr(project, f"{cached}_id") != unit.pk:
        setattr(project, cached, unit)
        saving.save(project, by, reason)
    if part in CREDITED:
        hooks.tell_money(project, by, on)
    claiming.follow_part(project, rules, row, by, on)
    cadences.on_part(project, rules, part, by=by, on=on)
    hooks.tell_part(hooks.PartChange(project, part, on, by))
    return row


def _check_part(rule: PartKind, unit: Unit, user: User | None) -> None:
    if rule.kinds and unit.kind not in rule.kinds:
        message = _("%(unit)s不能担任“%(part)s”") % {"unit": unit.name, "part": rule.name}
        raise Refused.because("wrong_kind", message, clause=rule.clause, field="unit", status="invalid")
    if rule.person and user is None:
        raise Refused.invalid("user", _("“%(part)s”须落实到人") % {"part": rule.name})
