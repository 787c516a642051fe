"""Who: units as a tree in time, users, and the roles they hold in units."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.roles import Role


class UnitKind(models.TextChoices):
    BUREAU = "bureau", _("招商部门")
    DEPARTMENT = "department", _("区级部门")
    PARK = "park", _("园区")
    TOWNSHIP = "township", _("乡镇街道")
    LEADERSHIP = "leadership", _("领导机构")
    UTILITY = "utility", _("公用企业")
    AGENCY = "agency", _("派驻及金融机构")
    ENTERPRISE = "enterprise", _("国有企业")
    OFFICE = "office", _("专项工作组")


class UnitLevel(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("区县级")
    PARK = "park", _("园区级")
    TOWNSHIP = "township", _("乡镇级")


def _in_force(on: date) -> Q:
    """Rows whose half-open life ``valid_from … valid_to`` (last day included) covers a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class DatedQuerySet(models.QuerySet):
    def in_force(self, on: date) -> "DatedQuerySet":
        return self.filter(_in_force(on))


class MembershipQuerySet(DatedQuerySet):
    def in_force(self, on: date) -> "MembershipQuerySet":
        """Held on a day: ``valid_to`` is the first day without, so that an ended role ends at once."""
        return self.filter(Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on)))


_ordered_life = Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))


class Unit(models.Model):
    """A body that takes part: bureau, department, park, township, leadership, utility.

    Bodies merge and are renamed; an old one keeps its name, its end and its successor, so that past
    papers read as they were written.
    """

    code = models.SlugField(_("单位代码"), max_length=64, unique=True)
    name = models.CharField(_("单位名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    kind = models.CharField(_("类别"), max_length=16, choices=UnitKind.choices)
    level = models.CharField(_("层级"), max_length=16, choices=UnitLevel.choices, default=UnitLevel.COUNTY)
    division_code = models.CharField(
        _("行政区划代码"),
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^\d{6}$", _("行政区划代码应为六位数字"))],
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("承继单位")
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [models.CheckConstraint(condition=_ordered_life, name="unit_life_in_order")]
        verbose_name = _("单位")

    def __str__(self) -> str:
        return self.short_name or self.name


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, name: str = "", password: str | None = None, **fields: Any
    ) -> "User":
        """Make a user with a hashed password; validation of the password is the caller's action."""
        user = self.model(username=username, name=name or username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. What the person may do comes from memberships alone; there are no superusers.

    ``is_demo``: made in demo mode with a password that everybody knows; shut out of any other mode.
    ``is_enterprise``: a person of an enterprise, for good: never holds a role, has no token, and opens
    nothing but the enterprise's own pages.
    """

    username = models.CharField(
        _("用户名"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"^[\w.@-]+$", _("用户名只能用字母、数字和 . _ - @"))],
    )
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(_("演示账号"), default=False)
    is_enterprise = models.BooleanField(_("企业账号"), default=False)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True, blank=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=False)
    language = models.CharField(_("界面语言"), max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        ordering = ["username"]
        verbose_name = _("用户")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_shut(self) -> bool:
        """A demo account outside demo mode: neither password, session nor token opens it."""
        return self.is_demo and not settings.DEMO


class Membership(models.Model):
    """A user holds a role in a unit from a day on; ``valid_to`` is the first day without it.

    Ending a role must work at once, also on the day on which it was given: such a row was never in force
    again, and says so.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("用户"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=16, choices=Role.choices)
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        indexes = [models.Index(fields=["unit", "role"], name="membership_unit_role")]
        constraints = [
            models.CheckConstraint(condition=_ordered_life, name="membership_life_in_order"),
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                condition=Q(valid_to__isnull=True),
                name="membership_once_at_a_time",
            ),
        ]
        verbose_name = _("任职")

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.unit}"


class AuditEntry(models.Model):
    """Who did what, when, from where, and whether it worked. Appended only: the database refuses more.

    Kept for ever (GB/T 22239-2019 8.1.4.3 asks for protection from change and deletion).
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=48, db_index=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    username = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    success = models.BooleanField(default=True)
    target = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["username", "-id"], name="audit_by_username")]
        verbose_name = _("审计记录")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username} {self.kind}"


class IdempotencyKey(models.Model):
    """The answer once given to a REST write with an ``Idempotency-Key``; repeated instead of redone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once_per_user")]

    def __str__(self) -> str:
        return self.key
