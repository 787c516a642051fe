"""惠企政策 published by an office: drafted, published to whom it concerns, withdrawn.

``on`` is the business date in Asia/Shanghai. Whoever publishes says how many enterprises the preview counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import acting_unit, memberships, require, units_with
from accounts.models import Membership, Unit, UnitKind, User
from accounts.roles import ROLES, Can, Role, Scope
from cases.models import Event
from cases.visibility import division_prefix
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.rulebook import current
from projects.gates import INNER_QUOTES
from projects.models import Phase, Project, ProjectType, Sector
from service.portal import pushing, telling
from service.portal.models import EnterpriseAccount
from service.portal.policies import queries
from service.portal.policies.models import HTTPS, PolicyNotice, PolicyPush

__all__ = ["draft", "publish", "revise", "withdraw"]

WORDS = {"title": 100, "text": 2000, "office": 100, "link": 300}
LISTS = ("phases", "sectors", "project_types", "classes", "parks")
CHUNK = 500
WITHDRAWN = "portal.policy_withdrawn"


@transaction.atomic
def draft(*, said: Mapping[str, Any], by: User, on: date) -> PolicyNotice:
    """A policy, not yet published. ``said``: title, text, office, link, valid_from, valid_to, and the lists
    of codes of whom it concerns.

    Raises Refused: forbidden; invalid without title, text or first day, for an address that is not https, a
    last day before the first, a code that is none.
    """
    require(by, Can.PUSH_POLICIES)
    desk = _desk(by)
    wide = ROLES[Role(desk.role)].scope is Scope.DISTRICT
    row = PolicyNotice(
        unit=desk.unit,
        division=division_prefix(desk.unit.division_code) if wide else "",
        made_on=on,
        made_by=by,
    )
    _say(row, said, on)
    row.save()
    return row


@transaction.atomic
def revise(*, notice: PolicyNotice, said: Mapping[str, Any], by: User, on: date) -> PolicyNotice:
    """Change a draft. Raises Refused as ``draft``; conflict once it is published or withdrawn."""
    row = _lock(notice)
    _require_own(by, row)
    _require_draft(row)
    _say(row, said, on)
    row.save()
    return row


@transaction.atomic
def publish(*, notice: PolicyNotice, expected: int, by: User, on: date) -> PolicyNotice:
    """Publish, and push to every enterprise that it concerns and that has an account; later ones follow.

    ``expected``: how many enterprises the caller was shown. Raises Refused: forbidden; conflict when it is no
    draft, its time is over, or by now it concerns another number.
    """
    row = _lock(notice)
    _require_own(by, row)
    _require_draft(row)
    if row.valid_to and row.valid_to < on:
        raise Refused.because("over", _("有效期已过，请先修改有效期"), status="conflict")
    told = queries.told(row, on)
    if (found := told.count()) != expected:
        message = _("匹配的企业已由 %(before)s 家变为 %(now)s 家，请核对后再发布")
        words = {"before": expected, "now": found}
        raise Refused.because("number_changed", message % words, status="conflict")
    row.published_on, row.published_by = on, by
    row.save(update_fields=["published_on", "published_by"])
    if row.valid_from <= on:
        for projects in _chunks(list(told.select_related("case"))):
            _push(row, projects, by, on)
    return row


@transaction.atomic
def withdraw(*, notice: PolicyNotice, reason: str, by: User, on: date) -> PolicyNotice:
    """Take back a policy, for the office itself or that of the whole district; enterprises are told.

    Raises Refused: forbidden; invalid without a reason; conflict when it is withdrawn already.
    """
    row = _lock(notice)
    if not PolicyNotice.objects.visible_to(by).filter(pk=row.pk).exists():
        raise Refused.forbidden(_("只能撤回本单位发布的政策"), code="not_own_policy")
    if row.withdrawn_on is not None:
        raise Refused.conflict(_("该政策已撤回"), code="withdrawn_already")
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤回原因"))
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason.strip()[:300]
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
    pushes = list(row.pushes.filter(withdrawn_on__isnull=True).select_related("project"))
    how = {"withdrawn_on": on, "withdrawn_by": by, "withdrawn_reason": row.withdrawn_reason}
    row.pushes.filter(withdrawn_on__isnull=True).update(**how)
    for some in _chunks(pushes):
        _take_back(row, [push.project for push in some], by, on)
    return row


def may_change(by: User, notice: PolicyNotice) -> bool:
    """Whether the policy is of an office for which the user publishes."""
    return notice.unit_id in units_with(by, Can.PUSH_POLICIES)


def _desk(by: User) -> Membership:
    """For which office: that of a district-wide role, where one is held."""
    held = [row for row in memberships(by) if Can.PUSH_POLICIES in ROLES[Role(row.role)].can]
    wide = [row for row in held if ROLES[Role(row.role)].scope is Scope.DISTRICT and row.unit.division_code]
    return (wide or held)[0]


def _require_own(by: User, row: PolicyNotice) -> None:
    require(by, Can.PUSH_POLICIES)
    if not may_change(by, row):
        raise Refused.forbidden(_("只能办理本单位起草的政策"), code="not_own_policy")


def _require_draft(row: PolicyNotice) -> None:
    if row.withdrawn_on or row.published_on:
        message = _("该政策已撤回") if row.withdrawn_on else _("该政策已发布；要改内容请撤回后另发")
        raise Refused.conflict(message, code="no_draft")


def _lock(notice: PolicyNotice) -> PolicyNotice:
    return PolicyNotice.objects.select_for_update(of=("self",)).select_related("unit").get(pk=notice.pk)


def _say(row: PolicyNotice, said: Mapping[str, Any], on: date) -> None:
    """Take the words over, checked."""
    for name, most in WORDS.items():
        if name in said:
            setattr(row, name, str(said[name] or "").strip()[:most])
    for name in ("valid_from", "valid_to"):
        if name in said:
            setattr(row, name, said[name])
    for name in LISTS:
        if name in said:
            setattr(row, name, _codes(name, said[name] or (), on))
    for name, words in (("title", _("请填写政策名称")), ("text", _("请填写政策内容"))):
        if not getattr(row, name):
            raise Refused.invalid(name, words)
    _check_life(row)
    _check_link(row.link)


def _check_life(row: PolicyNotice) -> None:
    if row.valid_from is None:
        raise Refused.invalid("valid_from", _("请填写有效期起"))
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise Refused.invalid("valid_to", _("有效期止不能早于有效期起"), code="ends_before")


def _check_link(link: str) -> None:
    try:
        HTTPS(link or "https://example.com/")
    except ValidationError as error:
        message = _("办理网址应以 https:// 开头")
        raise Refused.invalid("link", message, code="not_https") from error


def choices(on: date) -> dict[str, list[tuple[str, str]]]:
    """What the lists may hold: code and name."""
    parks = Unit.objects.in_force(on).filter(kind__in=(UnitKind.PARK, UnitKind.TOWNSHIP)).order_by("code")
    return {
        "phases": [(code, str(name)) for code, name in Phase.choices],
        "sectors": [(code, str(name)) for code, name in Sector.choices],
        "project_types": [(code, str(name)) for code, name in ProjectType.choices],
        "classes": [(rule.code, rule.name) for rule in current(on)[1].classes],
        "parks": [(unit.code, str(unit)) for unit in parks],
    }


def _codes(name: str, said: Sequence[str], on: date) -> list[str]:
    known = [code for code, _name in choices(on)[name]]
    unknown = [code for code in said if code not in known]
    if unknown:
        message = _("没有“%(code)s”这一选项") % {"code": unknown[0]}
        raise Refused.invalid(name, message, code="unknown_code")
    return [code for code in known if code in said]


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]


def _push(row: PolicyNotice, projects: Sequence[Project], by: User, on: date) -> None:
    """The same rows that ``pushing.push_matching`` makes one by one, with four statements."""
    one, speakers = pushing.of_office(row), _speakers(projects, on)
    pushes = PolicyPush.objects.bulk_create(pushing.row_of(project, one, on, by) for project in projects)
    data = {"n": 1, "names": row.title}
    _record(pushing.PUSHED, projects, data, by, on)
    with house_language():
        drafts = [
            telling.policy_draft(push.project, [push], speakers[push.project_id])
            for push in pushes
            if speakers.get(push.project_id)
        ]
    notices.post_many(drafts=drafts)


def _take_back(row: PolicyNotice, projects: Sequence[Project], by: User, on: date) -> None:
    _record(WITHDRAWN, projects, {"title": row.title, "reason": row.withdrawn_reason}, by, on)
    speakers = _speakers(projects, on)
    with house_language():
        words = {"title": row.title.translate(INNER_QUOTES), "reason": row.withdrawn_reason}
        text = _("惠企政策“%(title)s”已撤回：%(reason)s") % words
    drafts = [
        notices.Draft(
            key=f"policy_withdrawn:{row.pk}:{project.pk}", topic=WITHDRAWN, case_id=project.pk, text=text,
            url=f"/portal/{project.pk}/policies/", users=speakers[project.pk],
        )
        for project in projects
        if project.pk in speakers
    ]  # fmt: skip
    notices.post_many(drafts=drafts)


def _speakers(projects: Sequence[Project], on: date) -> dict[int, list[int]]:
    """The users who speak for each of the projects; one query."""
    rows = EnterpriseAccount.objects.in_force(on).filter(project__in=projects).order_by("user_id")
    found: dict[int, list[int]] = {}
    for project, user in rows.values_list("project_id", "user_id"):
        found.setdefault(project, []).append(user)
    return found


def _record(kind: str, projects: Sequence[Project], data: dict[str, Any], by: User, on: date) -> None:
    unit = acting_unit(by)
    Event.objects.bulk_create(
        Event(case_id=project.pk, kind=kind, by=by, on=on, unit=unit, data=data) for project in projects
    )
