"""Demo accounts, only in demo mode: one per role and a reviewer in every unit that is asked for opinions.

The people are made up; the units are those of the organisation file. A database that leaves demo mode keeps
them (cases name them), but nobody signs in with them any more: ``User.is_shut``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Unit, UnitKind, User
from accounts.roles import Role
from kernel.clock import now
from kernel.refusals import Refused

DEMO_PASSWORD = "Demo-2026!"  # noqa: S105 - public on purpose, and only in demo mode
SHUT_OUT = gettext_lazy("演示账号只能在演示模式（DEMO=1）下使用")
_ASKED = (UnitKind.DEPARTMENT, UnitKind.AGENCY, UnitKind.UTILITY)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = ("文清", "思远", "雨桐", "嘉禾", "明轩", "若溪", "子昂", "静怡", "泽宇", "晓岚", "景行")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    name: str
    role: Role
    unit: str


MAIN = (
    DemoAccount("clerk", "陈晓明", Role.BUREAU_CLERK, "investment-bureau"),
    DemoAccount("clerk2", "罗佳宁", Role.BUREAU_CLERK, "investment-bureau"),
    DemoAccount("head", "周国栋", Role.BUREAU_HEAD, "investment-bureau"),
    DemoAccount("park", "刘永强", Role.PARK_CLERK, "gaoxin-park"),
    DemoAccount("park2", "谭丽华", Role.PARK_CLERK, "baitao-park"),
    DemoAccount("park3", "何志刚", Role.PARK_CLERK, "lingang-park"),
    DemoAccount("reviewer", "蒋文博", Role.REVIEWER, "economy-information"),
    DemoAccount("commissioner", "徐思琪", Role.COMMISSIONER, "gaoxin-park"),
    DemoAccount("commissioner2", "郑海波", Role.COMMISSIONER, "baitao-park"),
    DemoAccount("leader", "冉启航", Role.LEADER, "district-government"),
    DemoAccount("inspector", "向春梅", Role.INSPECTOR, "government-office"),
    DemoAccount("sysadmin", "田力", Role.SYSTEM_ADMIN, "investment-bureau"),
    DemoAccount("secadmin", "袁安", Role.SECURITY_ADMIN, "investment-bureau"),
    DemoAccount("auditadmin", "石鉴", Role.AUDIT_ADMIN, "investment-bureau"),
)


@dataclass(frozen=True, slots=True)
class DemoEnterprise:
    """Somebody of an enterprise: holds no role; the demo data say for which project it speaks."""

    username: str
    name: str


ENTERPRISE = DemoEnterprise("enterprise", "龙建业")


@transaction.atomic
def make_demo_accounts(on: date) -> list[User]:
    """Every demo account with its role, in force since its unit is; made once, left alone afterwards.

    Reviewers are called ``r-<unit code>``. Raises Refused outside demo mode, and where the organisation
    has not been loaded.
    """
    if not settings.DEMO:
        raise Refused.forbidden(_("演示账号只能在演示模式（DEMO=1）下建立"))
    units = {unit.code: unit for unit in Unit.objects.in_force(on)}
    wanted = [*MAIN, *_reviewers(units.values())]
    missing = sorted({account.unit for account in wanted} - set(units))
    if missing:
        raise Refused.because(
            "units_missing", _("请先载入组织机构；缺少单位：%(codes)s") % {"codes": "、".join(missing)}
        )
    # One hash for all: they share the password, and hashing forty of them would take seconds.
    hashed = make_password(DEMO_PASSWORD)
    return [*(_make(account, units[account.unit], hashed) for account in wanted), _firm(hashed)]


def _reviewers(units: Iterable[Unit]) -> Iterator[DemoAccount]:
    asked = sorted((unit for unit in units if unit.kind in _ASKED), key=lambda unit: unit.code)
    for number, unit in enumerate(asked):
        name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % len(_GIVEN)]
        yield DemoAccount(f"r-{unit.code}", name, Role.REVIEWER, unit.code)


def _make(account: DemoAccount, unit: Unit, hashed: str) -> User:
    user, made = User.objects.get_or_create(
        username=account.username,
        defaults={"name": account.name, "password": hashed, "password_changed_at": now(), "is_demo": True},
    )
    if made:
        Membership.objects.create(user=user, unit=unit, role=account.role, valid_from=unit.valid_from)
    return user


def _firm(hashed: str) -> User:
    made = {"name": ENTERPRISE.name, "password": hashed, "password_changed_at": now(), "is_demo": True}
    defaults = made | {"is_enterprise": True}
    return User.objects.get_or_create(username=ENTERPRISE.username, defaults=defaults)[0]


def enterprises() -> list[User]:
    """For the sign-in page: the enterprise's account, which holds no role."""
    if not settings.DEMO:
        return []
    return list(User.objects.filter(is_demo=True, is_active=True, is_enterprise=True).order_by("username"))


def listed() -> list[tuple[Membership, bool]]:
    """For the sign-in page: the accounts that exist, each with whether it is one of the main ones."""
    if not settings.DEMO:
        return []
    main = {account.username: place for place, account in enumerate(MAIN)}
    rows = Membership.objects.filter(user__is_demo=True, user__is_active=True, valid_to__isnull=True)
    found = rows.select_related("user", "unit")
    ordered = sorted(found, key=lambda m: (main.get(m.user.username, len(main)), m.user.username))
    return [(row, row.user.username in main) for row in ordered]


def leftovers() -> list[str]:
    """Usernames of demo accounts still enabled where this is no demo."""
    if settings.DEMO:
        return []
    rows = User.objects.filter(is_demo=True, is_active=True).order_by("username")
    return list(rows.values_list("username", flat=True))


def leftover_line() -> str:
    """What the start and ``manage.py check`` say of them, in one line; "" where there are none."""
    names = leftovers()
    if not names:
        return ""
    text = _("库中有 %(n)d 个演示账号（%(names)s），在正式模式下一律拒绝登录")
    return text % {"n": len(names), "names": "、".join(names)}
