"""Who may touch a project: the role's capability, and the case in sight."""

from functools import cache, lru_cache
from itertools import pairwise

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from cases.visibility import Sight, sight_of
from kernel.prepared import Kept
from kernel.refusals import Refused
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
    return found[0]


@cache
def _locked(vendor: str) -> Kept[Project]:
    nothing = -1
    rows = Project.objects.select_for_update(of=("self",)).filter(pk=nothing)
    return Kept(
        rows.select_related("case", "enterprise", "landing_unit", "introducing_unit"), {"pk": nothing}
    )


def sees(user: User | AnonymousUser, pk: int) -> bool:
    """Whether a project is in the user's sight today."""
    return bool(_in_sight(sight_of(user)).ask(pk=pk))


@lru_cache(maxsize=500)
def _in_sight(sight: Sight) -> Kept[int]:
    nothing = -1
    rows = Project.objects.in_sight(sight).filter(pk=nothing).order_by()
    return Kept(rows.values_list("pk", flat=True)[:1], {"pk": nothing})


def require_on(by: User, what: Can, project: Project) -> None:
    """Raises Refused (forbidden) unless the user holds the capability and sees this case."""
    require(by, what)
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
        lines.append(f"{new.history_user or '—'}：{names or '—'}")
    return "；".join(lines) or "—"
