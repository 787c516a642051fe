"""Roles: granted and ended by the security administrator, never to oneself; the three administrators apart.

等保2.0 level 3 (GB/T 22239-2019, 8.1.5) asks for system, security and audit administrators who are different
people; none of the three holds a business role.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import forget, require
from accounts.models import Membership, Unit, User
from accounts.roles import ADMINISTRATORS, Can, Role
from kernel.refusals import Refused


@transaction.atomic
def grant_role(*, user: User, unit: Unit, role: str, by: User | None, on: date) -> Membership:
    """Give a role in a unit from ``on``. ``by=None`` is the console (init, demo data).

    Raises Refused: forbidden (not the security administrator; one's own account), conflict (held already),
    unmet (separation of administrators; account disabled or an enterprise's; unit not in force).
    """
    chosen = Role(role)
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None:
        require(by, Can.ASSIGN_ROLES)
        _refuse_oneself(user, by)
    _refuse_unfit(user, unit, on)
    held = list(user.memberships.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)))
    if any(m.role == chosen and m.unit_id == unit.pk for m in held):
        raise Refused.conflict(_("该用户在此单位已有这一角色"), code="held_already")
    _keep_apart(chosen, {Role(m.role) for m in held})
    row = Membership.objects.create(user=user, unit=unit, role=chosen, valid_from=on)
    forget(user)
    _note("account.role_granted", row, by)
    return row


def _refuse_oneself(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise Refused.forbidden(_("不能变更自己的角色"), code="own_account")


def _refuse_unfit(user: User, unit: Unit, on: date) -> None:
    if not user.is_active:
        raise Refused.because("account_disabled", _("账号已停用，请先启用"))
    if user.is_enterprise:
        text = _("“%(user)s”是企业账号，不能担任工作角色；该人员到岗任职的，请另建账号")
        raise Refused.because("enterprise_account", text % {"user": user.username})
    if not Unit.objects.in_force(on).filter(pk=unit.pk).exists():
        raise Refused.because("unit_not_in_force", _("单位“%(unit)s”当日未启用或已停用") % {"unit": unit})


def _keep_apart(wanted: Role, held: set[Role]) -> None:
    """No administrator holds a second kind of role; the same role in another unit is no second kind."""
    others = held - {wanted}
    clash = others if wanted in ADMINISTRATORS else others & ADMINISTRATORS
    if clash:
        words = {"held": "、".join(sorted(str(role.label) for role in clash)), "wanted": wanted.label}
        text = _("三员分立：已任“%(held)s”，不能再任“%(wanted)s”") % words
        raise Refused.because("administrators_apart", text, clause="GB/T 22239-2019 8.1.5")


@transaction.atomic
def end_role(*, membership: Membership, reason: str, by: User, on: date) -> Membership:
    """End a role at once: ``on`` is the first day without it. The row stays.

    Raises Refused: forbidden, conflict (ended already), unmet (the last administrator of a kind).
    """
    require(by, Can.ASSIGN_ROLES)
    if not reason.strip():
        raise Refused.invalid("reason", _("请写明原因"))
    row = Membership.objects.select_for_update().select_related("user", "unit").get(pk=membership.pk)
    _refuse_oneself(row.user, by)
    if row.valid_to is not None and row.valid_to <= on:
        raise Refused.conflict(_("该角色已经终止"))
    _keep_one(row, on)
    row.valid_to = max(on, row.valid_from)
    row.save(update_fields=["valid_to"])
    forget(row.user)
    _note("account.role_ended", row, by, reason=reason.strip())
    return row


def _keep_one(row: Membership, on: date) -> None:
    """Each of the three posts stays filled by somebody who can sign in."""
    if Role(row.role) not in ADMINISTRATORS:
        return
    others = Membership.objects.in_force(on).filter(role=row.role, user__is_active=True).exclude(pk=row.pk)
    if not others.exists():
        text = _("这是最后一位%(role)s，请先任命接替者") % {"role": row.get_role_display()}
        raise Refused.because("last_administrator", text)


def _note(kind: str, row: Membership, by: User | None, **detail: str) -> None:
    audit.record(
        kind=kind,
        by=by,
        target=audit.target(row.user),
        detail={"role": row.role, "unit": row.unit.code, "from": row.valid_from.isoformat()} | detail,
    )
