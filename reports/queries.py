"""Figures of the workbench: what could move on, the five batches, the red list. Reads only."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import can, scopes, units_with
from accounts.models import AuditEntry, Membership, User
from accounts.roles import ROLES, Can, Role, Scope
from deadlines.models import CalendarVersion, Deadline
from documents.models import Attachment
from kernel.clock import now
from kernel.money import about_yi
from notices.models import Notice
from projects.facts import rules_of
from projects.gates import Held, unmet, whole
from projects.models import Batch, Phase, Project, ReachedMilestone

CANDIDATES, SHOWN = 40, 8


@dataclass(frozen=True, slots=True)
class Ready:
    """A project whose gate is open: nothing is missing for the phase it may enter."""

    project: Project
    phase: str


def could_advance(user: User) -> list[Ready]:
    """Of the user's most recently touched running projects those that could enter their next phase now."""
    units = units_with(user, Can.ADVANCE_PROJECT)
    if not units:
        return []
    rows = Project.objects.visible_to(user).running().exclude(phase=Phase.PRODUCTION)
    wide = scopes(user).get(Scope.DISTRICT, [])
    if not any(Can.ADVANCE_PROJECT in ROLES[Role(m.role)].can for m in wide):
        rows = rows.filter(Q(introducing_unit__in=units) | Q(landing_unit__in=units))
    found = list(rows.select_related("case", "enterprise").order_by("-updated_at", "-case_id")[:CANDIDATES])
    have = _held([project.pk for project in found])
    return [ready for project in found if (ready := _ready(project, have[project.pk]))][:SHOWN]


def _ready(project: Project, have: Held) -> Ready | None:
    rules, target = rules_of(project), project.next_phase
    if target is None:
        return None
    rule = rules.phase(target)
    if rule.gate and unmet(project, rule.gate, rule.gate.clause, rules, have):
        return None
    return Ready(project, rule.name)


def _held(ids: list[int]) -> dict[int, Held]:
    """What each project has, two statements for all of them."""
    parts: dict[int, list[tuple[str, int, int]]] = {pk: [] for pk in ids}
    papers: dict[int, set[str]] = {pk: set() for pk in ids}
    rows = ReachedMilestone.objects.filter(project__in=ids, withdrawn_on__isnull=True).order_by()
    for pk, code, part_no, total in rows.values_list("project_id", "code", "part_no", "parts_total"):
        parts[pk].append((code, part_no, total))
    kinds = Attachment.objects.filter(case_id__in=ids, withdrawn_on__isnull=True).order_by()
    for pk, kind in kinds.values_list("case_id", "kind").distinct():
        papers[pk].add(kind)
    return {pk: Held(frozenset(whole(parts[pk])), frozenset(papers[pk])) for pk in ids}


@dataclass(frozen=True, slots=True)
class BatchFigure:
    """One of the five batches (方案二): how many running projects, and their amount in 分."""

    code: str
    name: str
    count: int
    fen: int

    @property
    def about(self) -> str:
        """The amount at a glance, rounded to 0.1 亿元; the ledger has it exactly."""
        return about_yi(self.fen)


def batches(user: User) -> list[BatchFigure]:
    """储备、在谈、签约、开工、投产: what was given up is left out."""
    rows = Project.objects.visible_to(user).filter(exited_on__isnull=True).order_by().values_list("batch")
    figures = rows.annotate(Count("pk"), Sum("total_fen"))
    found = {code: (number, fen or 0) for code, number, fen in figures}
    return [BatchFigure(item.value, str(item.label), *found.get(item.value, (0, 0))) for item in Batch]


@dataclass(frozen=True, slots=True)
class Red:
    """A project with overdue clocks: how many, and since when the first."""

    case_id: int
    title: str
    count: int
    since: date

    def days(self, today: date) -> int:
        return (today - self.since).days


def red_list(user: User, today: date) -> list[Red]:
    """The projects that are late longest."""
    rows = Deadline.objects.visible_to(user).late(today).order_by().values_list("case_id", "case__title")
    found = rows.annotate(n=Count("pk"), since=Min("due_on")).order_by("since", "case_id")[:SHOWN]
    return [Red(*row) for row in found]


def news(user: User) -> list[Notice]:
    """The newest unread notices."""
    return list(Notice.objects.of(user).unread().order_by("-id")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of an administrator: what, how many, where."""

    title: str
    note: str
    url: str
    pressing: bool = False


def administration(user: User, today: date) -> list[Duty]:
    """What the three administrators have to see to; nothing of it touches a project."""
    found: list[Duty] = []
    if can(user, Can.MANAGE_ACCOUNTS):
        found += _accounts(today)
    if can(user, Can.ASSIGN_ROLES):
        found.append(_without_role(today))
    if can(user, Can.LOAD_CALENDAR):
        found += _calendar(today)
    if can(user, Can.READ_AUDIT):
        found.append(_failures())
    return found


def _accounts(today: date) -> list[Duty]:
    closed = User.objects.filter(is_active=False).count()
    open_ = User.objects.filter(is_active=True).count()
    note = _("启用 %(open)s 个，停用 %(closed)s 个") % {"open": open_, "closed": closed}
    return [
        Duty(_("账号"), note, reverse("system-users")),
        Duty(_("单位"), _("机构调整时办理更名、撤并"), reverse("system-units")),
    ]


def _without_role(today: date) -> Duty:
    held = Membership.objects.in_force(today).values("user")
    waiting = User.objects.filter(is_active=True).exclude(pk__in=held).count()
    note = _("%(n)s 个启用的账号还没有角色") % {"n": waiting} if waiting else _("启用的账号都已授予角色")
    return Duty(_("授予角色"), note, reverse("system-users"), pressing=bool(waiting))


def _calendar(today: date) -> list[Duty]:
    """The State Council publishes next year's holidays in November: from then on it is missed."""
    year = today.year + (today.month >= 11)
    if CalendarVersion.objects.filter(year=year).exists():
        return []
    note = _("%(year)s 年放假安排尚未载入，跨年期限均为暂定") % {"year": year}
    return [Duty(_("工作日历"), note, reverse("calendar"), pressing=True)]


def _failures() -> Duty:
    rows = AuditEntry.objects.filter(success=False, at__gte=now() - timedelta(days=1))
    count = rows[:1000].count()
    note = _("近 24 小时有 %(n)s 条失败记录") % {"n": count} if count else _("近 24 小时没有失败记录")
    return Duty(_("审计记录"), note, reverse("system-audit"), pressing=bool(count))
