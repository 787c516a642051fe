"""All writes to the service team: a post is filled, passed to another with its open duties, or ended.

``on`` is the business date in Asia/Shanghai. The commissioner's own actions stand in ``service.actions``;
these here lead to them, so that every post has one door.
"""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit, User
from accounts.roles import Can
from assignments.handing import hand_over_unit
from assignments.models import Assignment
from cases.actions import record
from cases.models import Part
from deadlines.models import Deadline
from deadlines.reassigning import reassign_unit
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.rulebook import rulebook
from policies.schema import PartKind, Post
from projects import actions as projects
from projects.actions.parts import require_setter
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_on, require_running
from service import actions as service
from service.models import COMMISSIONER, HandOver

__all__ = ["end", "fill", "replace"]


@transaction.atomic
def fill(
    *,
    project: Project,
    post: str,
    unit: Unit,
    by: User,
    on: date,
    user: User | None = None,
    reason: str = "",
    today: date | None = None,
) -> Part:
    """Name who takes a post of the plan. What was to be filled by a day is met.

    Raises Refused: forbidden for whom the plan lets not give the part; invalid post, unit, person or day;
    conflict when the post has its one holder, or got one this moment; unmet where a paper or a procedure of
    the plan fills it.
    """
    project = lock(project)
    rule = _post(project, post)
    if rule.part == COMMISSIONER:
        return service.name_commissioner(
            project=project, user=_somebody(user), unit=unit, by=by, on=on, reason=reason, today=today
        )
    kind = _ready(project, rule, by, on, today)
    _require_free(project, rule, kind, unit, user)
    _check_person(kind, unit, user, on)
    row = projects.set_parts(
        project=project, part=kind.code, unit=unit, user=user, by=by, on=on, reason=reason.strip(),
        produced=True,
    )  # fmt: skip
    _tell(row, rule, gettext_lazy("%(who)s已担任“%(project)s”的%(post)s"), [row])
    return row


@transaction.atomic
def replace(
    *,
    project: Project,
    part: Part,
    unit: Unit,
    by: User,
    on: date,
    reason: str,
    user: User | None = None,
    today: date | None = None,
) -> HandOver:
    """更换: the old holder ends the day before, the new one takes every duty and clock still open.

    A unit (or person) that plays another working part in the project keeps what it has in hand. Raises
    Refused as ``fill`` does; invalid without a reason, to the same holder, or for a day not after the old
    one began.
    """
    project = lock(project)
    old, rule = _held(project, part)
    if rule.part == COMMISSIONER:
        return service.hand_over(
            project=project, to_user=_somebody(user), unit=unit, by=by, on=on, reason=reason, today=today
        )
    kind = _ready(project, rule, by, on, today)
    _require_reason(reason)
    _require_another(old, kind, unit, user, on)
    _check_person(kind, unit, user, on)
    new = _succeed(project, old, kind, unit, user, by=by, on=on, reason=reason.strip())
    row = _pass_on(old, new, HandOver(project=project, from_part=old, to_part=new, on=on,
                                      reason=reason.strip(), by=by))  # fmt: skip
    _tell(new, rule, gettext_lazy("“%(project)s”的%(post)s已移交%(who)s"), [old, new])
    return row


@transaction.atomic
def end(*, project: Project, part: Part, by: User, on: date, reason: str, today: date | None = None) -> Part:
    """Leave a post vacant from a day on; the plan asks for it again, and its clock starts anew.

    Raises Refused: forbidden; invalid without a reason; conflict where duties are still open with the holder,
    who is replaced and not ended, or for the commissioner, who is handed over.
    """
    project = lock(project)
    old, rule = _held(project, part)
    kind = _ready(project, rule, by, on, today)
    _require_reason(reason)
    _require_nothing_open(old, kind)
    return projects.end_part(project=project, part=old, by=by, on=on, reason=reason, produced=True)


def _post(project: Project, code: str) -> Post:
    """Raises Refused for a post that the plan does not have, or that a paper fills."""
    rule = next((rule for rule in rules_of(project).posts if rule.code == code), None)
    if rule is None:
        raise Refused.invalid("post", _("制度中没有“%(post)s”这一岗位") % {"post": code})
    if rule.document is not None:
        name = rules_of(project).document(rule.document).name
        url = reverse("project-attach", args=[project.pk]) + f"?kind={rule.document}"
        message = _("“%(post)s”以材料“%(name)s”为凭，请上传材料") % {"post": rule.name, "name": name}
        raise Refused.because("filled_by_paper", message, clause=rule.clause, url=url)
    return rule


def _held(project: Project, part: Part) -> tuple[Part, Post]:
    """The part, locked, and its post. Raises Refused where it has ended or is no post of the plan."""
    rows = Part.objects.select_for_update(of=("self",)).select_related("case", "unit", "user")
    old = rows.get(pk=part.pk, case_id=project.pk)
    if old.valid_to is not None:
        raise Refused.conflict(_("该岗位人员已更换或终止，请刷新后再办"), code="part_ended")
    rule = next(iter(rules_of(project).posts_of(old.part)), None)
    if rule is None:
        raise Refused.invalid("part", _("这一角色不是制度所列的岗位"))
    return old, rule


def _ready(project: Project, rule: Post, by: User, on: date, today: date | None) -> PartKind:
    """Who may, and whether the project stands so that its team is changed; the part that fills the post."""
    kind = rules_of(project).part(rule.part or "")
    require_on(by, Can.ASSIGN_PARTS, project)
    require_setter(project, kind, by)
    require_running(project)
    if today is not None and on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today}, code="future")
    return kind


def _require_free(project: Project, rule: Post, kind: PartKind, unit: Unit, user: User | None) -> None:
    held = Part.objects.filter(case_id=project.pk, part=kind.code, valid_to__isnull=True)
    rows = list(held.select_related("unit", "user"))
    same = next((row for row in rows if (row.unit_id, row.user_id) == (unit.pk, user and user.pk)), None)
    present = same or next(iter(rows if kind.exclusive else ()), None)
    if present is not None:
        words = {"who": present.user or present.unit, "day": present.valid_from, "post": rule.name}
        message = _("%(who)s已于 %(day)s 担任%(post)s，换人请办理更换") % words
        url = reverse("team", args=[project.pk])
        raise Refused.because("already_filled", message, clause=rule.clause, url=url, status="conflict")


def _check_person(kind: PartKind, unit: Unit, user: User | None, on: date) -> None:
    """The unit is there on that day, and the person works in it."""
    if unit.valid_to is not None and unit.valid_to < on:
        raise Refused.invalid("unit", _("%(unit)s已撤并，请改选承继单位") % {"unit": unit.name})
    if kind.person:
        _somebody(user)
    if user is not None and not user.memberships.in_force(on).filter(unit=unit).exists():
        words = {"user": user.name, "unit": unit.name}
        raise Refused.invalid("user", _("%(user)s当日不在%(unit)s任职") % words, code="not_of_unit")


def _somebody(user: User | None) -> User:
    if user is None:
        raise Refused.invalid("user", _("该岗位须落实到人，请选择人员"))
    return user


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))


def _require_another(old: Part, kind: PartKind, unit: Unit, user: User | None, on: date) -> None:
    if (old.unit_id, old.user_id) == (unit.pk, user and user.pk):
        who = user.name if user else unit.name
        raise Refused.invalid("user" if user else "unit", _("%(who)s已在该岗位") % {"who": who})
    there = Part.objects.filter(case=old.case, part=kind.code, unit=unit, user=user, valid_to__isnull=True)
    if there.exists():
        raise Refused.invalid("user", _("接任者已在该岗位，请终止原人员"), code="already_there")
    if old.user_id and user is None:
        raise Refused.invalid("user", _("原由专人担任，请指定接任人员"))
    if on < old.valid_from:
        words = {"day": old.valid_from}
        raise Refused.invalid("on", _("更换日期不能早于原人员起始日期 %(day)s") % words)


def _succeed(
    project: Project, old: Part, kind: PartKind, unit: Unit, user: User | None, *, by: User, on: date,
    reason: str,
) -> Part:  # fmt: skip
    """An exclusive part passes by itself; of several holders the one is ended and the other given it."""
    if not kind.exclusive:
        last = max(old.valid_from, on - timedelta(days=1))
        projects.end_part(project=project, part=old, by=by, on=last, reason=reason, produced=True)
    return projects.set_parts(
        project=project, part=kind.code, unit=unit, user=user, by=by, on=on, reason=reason, produced=True
    )


def _pass_on(old: Part, new: Part, row: HandOver) -> HandOver:
    old.refresh_from_db()
    if _plays_another(old):
        return _kept(row, 0, 0)
    if old.user is not None and new.user is not None:
        return service.pass_on(old, new, row, "team.passed_on")
    case, by, on = row.project.case, row.by, row.on
    clocks = reassign_unit(case=case, old=old.unit, new=new.unit, by=by, on=on)
    duties = hand_over_unit(case=case, old=old.unit, new=new.unit, by=by, on=on)
    return _kept(row, clocks, duties)


def _kept(row: HandOver, clocks: int, duties: int) -> HandOver:
    row.deadlines_moved, row.assignments_moved = clocks, duties
    row.save()
    old, new = row.from_part, row.to_part
    data = {"part": old.part, "old": str(old.user or old.unit), "new": str(new.user or new.unit)}
    counts = {"deadlines": clocks, "assignments": duties, "reason": row.reason}
    record(case=row.project.case, kind="team.passed_on", by=row.by, on=row.on, data=data | counts)
    return row


def _plays_another(part: Part) -> bool:
    """Whether its holder works on the project by another part as well, and so keeps its duties."""
    parts = rulebook(part.case.policy_set_id).parts
    works = [code for code, rule in parts.items() if rule.works and code != part.part]
    rows = Part.objects.filter(case=part.case, unit=part.unit, part__in=works, valid_to__isnull=True)
    return rows.filter(user=part.user).exists()


def _require_nothing_open(old: Part, kind: PartKind) -> None:
    if _plays_another(old):
        return
    duties = Assignment.objects.undone().filter(case=old.case)
    clocks = Deadline.objects.open().filter(case=old.case)
    if old.user_id:
        duties, clocks = duties.filter(user=old.user), clocks.filter(responsible_user=old.user)
    else:
        duties = duties.filter(unit=old.unit, user=None)
        clocks = clocks.filter(responsible_unit=old.unit, responsible_user=None)
    if duties.exists() or clocks.exists():
        message = _("%(who)s还有未办结的事项，请办理更换，由接任者接办") % {"who": old.user or old.unit}
        raise Refused.because("has_duties", message, clause=kind.clause, status="conflict")


@house_language()
def _tell(new: Part, rule: Post, text: Promise, told: list[Part]) -> None:
    title = new.case.title
    words = str(text) % {"who": new.user or new.unit, "project": title, "post": rule.name}
    users = [part.user_id for part in told if part.user_id]
    units = [part.unit_id for part in told if not part.user_id]
    notices.post(
        key=f"post:{new.pk}", topic="service.team", case=new.case, text=words,
        url=f"/projects/{new.case_id}/team/", users=users, units=units,
    )  # fmt: skip
