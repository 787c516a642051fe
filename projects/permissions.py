"""Who may touch a project: a role that carries the capability and takes the case in."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.roles import Can, Role
from cases import permissions as cases
from cases.models import Case, Part
from cases.visibility import Sight, sight_of
from kernel.prepared import Kept
from kernel.refusals import Refused, Unmet
from projects import reading
from projects.models import Project


def lock(project: Project) -> Project:
    """The row, locked for the rest of the transaction (SQLite: the transaction itself is the lock).

    No key update: the sweep's events and alarms only need the keys, and must not queue behind us. Raises
    Project.DoesNotExist.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a project is locked within a transaction")
    found = _locked(connection.vendor).ask(pk=project.pk)
    if not found:
        raise Project.DoesNotExist
    row = found[0]
    if not row.division:  # voided while we waited: the case beside it was read before
        row.case.refresh_from_db(fields=["voided_on"])
    return row


@cache
def _locked(vendor: str) -> Kept[Project]:
    nothing = -1
    rows = Project.objects.select_for_update(of=("self",)).filter(pk=nothing)
    related = ("case", "enterprise", "landing_unit", "introducing_unit")
    return Kept(rows.select_related(*related), {"pk": nothing}, planned=True)


def sees(user: User | AnonymousUser, pk: int) -> bool:
    """Whether a project is in the user's sight today."""
    return bool(_in_sight(sight_of(user)).ask(pk=pk))


@lru_cache(maxsize=500)
def _in_sight(sight: Sight) -> Kept[int]:
    nothing = -1
    rows = Project.objects.in_sight(sight).filter(pk=nothing).order_by()
    return Kept(rows.values_list("pk", flat=True)[:1], {"pk": nothing})


def may_on(user: User | AnonymousUser, what: Can, project: Project) -> bool:
    """What ``require_on`` asks, for pages: whether one of the user's roles works on this project."""
    return cases.may_on(user, what, project.case, known_parts(project))


def roles_on(user: User | AnonymousUser, project: Project) -> set[Role]:
    """The user's roles that take the project in."""
    return cases.roles_on(user, project.case, known_parts(project))


def among(user: User, what: Can, keys: Collection[int]) -> set[int]:
    """Of these projects those for which ``may_on`` says yes: two queries however many."""
    rows: list[Any] = list(Case.objects.filter(pk__in=keys, voided_on__isnull=True))
    found = {row.pk for row in rows if cases.wide_on(user, what, row)}
    parts: dict[int, list[Part]] = {row.pk: [] for row in rows if row.pk not in found}
    held = Part.objects.filter(case__in=list(parts), valid_to__isnull=True) if parts else ()
    for part in held:
        parts[part.case_id].append(part)
    narrow = (row for row in rows if row.pk in parts)
    return found | {row.pk for row in narrow if cases.may_on(user, what, row, parts[row.pk])}


def known_parts(project: Project) -> list[Part] | None:
    """The open parts, where a page has read them already."""
    kept = reading.kept(project)
    return kept.parts if kept else None


_MENDED_BY = {"field": Can.EDIT_PROJECT, "document": Can.ATTACH}
"""With which right what is missing is put there; the other links lead to pages open to all readers."""


def mendable(user: User | AnonymousUser, project: Project, item: Unmet) -> Unmet:
    """Without its link where it leads to a form that this reader would be sent away from."""
    needed = _MENDED_BY.get(item.code.partition(":")[0])
    return replace(item, url="") if needed and not may_on(user, needed, project) else item


def require_on(by: User, what: Can, project: Project) -> None:
    """Raises Refused (forbidden) unless a role that carries the capability takes this project in.

    Whoever does not see the project is told that and nothing else (``not_visible``).
    """
    if may_on(by, what, project):
        return
    require_unmerged(by, project)
    require_sight(by, project)
    require(by, what)
    raise Refused.forbidden(
        _("您的单位在此项目中不承担办理角色，只能查阅和答复；须办理的，请引进单位、承接平台或招商局办理"),
        code="no_working_part",
    )


def readable(user: User | AnonymousUser, pk: int) -> bool:
    """Whether a project may be read: it is in sight, or was until it was merged into another."""
    if sees(user, pk):
        return True
    into = Project.objects.filter(pk=pk, merged_into__isnull=False).values_list("merged_into", "merged_on")
    kept = into.first()
    return kept is not None and (sees(user, kept[0]) or _had_part(user, pk, kept[1]))


def _had_part(user: User | AnonymousUser, pk: int, ended_on: date) -> bool:
    """Whether the user's unit, or the user, played a part that the merge ended."""
    sight = sight_of(user)
    whose = Q(unit__in=sorted(sight.units))
    if sight.person:
        whose |= Q(user=sight.person)
    return Part.objects.filter(whose, case_id=pk, valid_to__gte=ended_on).exists()


def require_unmerged(by: User, project: Project) -> None:
    """Raises Refused (conflict) naming the project that was kept, where this one was merged into it."""
    if project.merged_into_id is None or not readable(by, project.pk):
        return
    kept = Project.objects.select_related("case").get(pk=project.merged_into_id)
    words = {"day": project.merged_on, "code": kept.case.code, "name": kept.name}
    raise Refused.because(
        "merged",
        _("该项目已于 %(day)s 并入 %(code)s“%(name)s”，请在该项目中办理；合并有误的，由招商局撤销合并")
        % words,
        url=f"/projects/{kept.pk}/" if sees(by, kept.pk) else "",
        status="conflict",
    )


def require_sight(by: User, project: Project) -> None:
    """Raises Refused (forbidden) unless the user sees this case."""
    if not sees(by, project.pk):
        raise Refused.forbidden(_("您看不到此项目"), code="not_visible")


def require_running(project: Project) -> None:
    """Raises Refused when the project is shelved or has been given up."""
    if project.exited_on is not None:
        raise Refused.because(
            "exited", _("项目已于 %(day)s 退出") % {"day": project.exited_on}, status="conflict"
        )
    if project.shelved_on is not None:
        raise Refused.because(
            "shelved", _("项目已于 %(day)s 搁置，请先恢复") % {"day": project.shelved_on}, status="conflict"
        )


def require_fresh(project: Project, expected_version: int | None) -> None:
    """Raises Refused (conflict) telling who changed what since the version the caller had read."""
    if expected_version is None or expected_version == project.version:
        return
    raise Refused.conflict(
        _("资料已被修改，未保存您的更改。最近修改：%(changes)s")
        % {"changes": _changes_since(project, expected_version)}
    )


def _changes_since(project: Project, version: int) -> str:
    rows = list(
        project.history.filter(version__gte=version).select_related("history_user").order_by("history_id")
    )
    lines = []
    for old, new in pairwise(rows):
        delta = new.diff_against(old, excluded_fields=["version", "updated_at"])
        names = "、".join(str(Project._meta.get_field(name).verbose_name) for name in delta.changed_fields)
        lines.append(f"{new.history_user or '—'}：{names or new.history_change_reason or '—'}")
    return "；".join(lines) or "—"
