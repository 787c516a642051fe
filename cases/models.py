"""The anchor: cases, the parts units play in them, what happened, and the enterprises behind them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.visibility import CaseQuerySet, HangsOnCase
from kernel.names import sound
from kernel.text import normal
from kernel.versions import Versions
from policies.models import PolicySet


class Enterprise(models.Model):
    """An investor or project company.

    The credit code (GB 32100-2015) is unique when present; foreign investors, natural persons and
    companies not yet registered have none and say why.
    """

    name = models.CharField(_("企业名称"), max_length=200)
    normalized_name = models.CharField(max_length=200, editable=False)
    sound = models.CharField(max_length=16, editable=False, default="")
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    no_code_reason = models.CharField(_("无信用代码的原因"), max_length=200, blank=True)
    division_code = models.CharField(_("所在地行政区划"), max_length=6, blank=True)
    country = models.CharField(_("国家或地区"), max_length=2, default="CN")
    origin_text = models.CharField(_("来源地（原文）"), max_length=100, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = Versions(excluded_fields=["sound"])

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["normalized_name"], name="enterprise_by_normal_name"),
            models.Index(fields=["sound"], name="enterprise_by_sound"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="enterprise_credit_code_unique"
            ),
            models.CheckConstraint(
                condition=~Q(credit_code="") | ~Q(no_code_reason=""), name="enterprise_code_or_reason"
            ),
        ]
        verbose_name = _("企业")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.normalized_name, self.sound = normal(self.name)[:200], sound(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class CaseKind(models.TextChoices):
    PROJECT = "project", _("项目")
    CHAIN = "chain", _("产业链")


class Case(models.Model):
    """What everything hangs on: deadlines, parts, papers, events, assignments.

    A case opened by mistake (an import undone) or of a project merged into another is voided: no list
    shows it, its trail stays.
    """

    kind = models.CharField(max_length=12, choices=CaseKind.choices)
    code = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("名称"), max_length=200)
    division = models.CharField(_("行政区划"), max_length=6)
    policy_set = models.ForeignKey(PolicySet, models.PROTECT, related_name="cases", db_index=False)
    policy_date = models.DateField(_("适用制度日期"))
    opened_on = models.DateField(_("建档日期"))
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["code"], name="case_code_once")]
        verbose_name = _("档案")

    def __str__(self) -> str:
        return self.title


class Counter(models.Model):
    """The last number given out of a series: case codes without gaps between two clerks."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Part(models.Model):
    """Which unit (and person) plays which part in a case, from when to when.

    Parts alone decide who sees a case beside district-wide roles: an ended part no longer opens it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="parts")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="parts", db_index=False, verbose_name=_("单位")
    )
    user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        db_index=False,
        verbose_name=_("人员"),
    )
    part = models.CharField(_("角色"), max_length=40)
    exclusive = models.BooleanField(default=False)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)

    objects = HangsOnCase.as_manager()
    history = Versions()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["unit", "case"], condition=Q(valid_to__isnull=True), name="part_open_by_unit"
            ),
            models.Index(
                fields=["user", "case"],
                condition=Q(valid_to__isnull=True, user__isnull=False),
                name="part_open_by_user",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="part_life_in_order",
            ),
            models.UniqueConstraint(
                fields=["case", "part"],
                condition=Q(exclusive=True, valid_to__isnull=True),
                name="part_exclusive_once",
            ),
            # Each project has exactly one commissioner (000 三(四)8), whatever a row says of itself.
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(part="commissioner", valid_to__isnull=True),
                name="part_one_commissioner",
            ),
            models.UniqueConstraint(
                fields=["case", "part", "unit", "user"],
                condition=Q(valid_to__isnull=True, user__isnull=False),
                name="part_same_person_once",
            ),
            models.UniqueConstraint(
                fields=["case", "part", "unit"],
                condition=Q(valid_to__isnull=True, user__isnull=True),
                name="part_same_unit_once",
            ),
        ]
        verbose_name = _("参与单位")

    def __str__(self) -> str:
        return f"{self.part}: {self.unit}"


class Event(models.Model):
    """One thing that happened in a case. Appended only; the database refuses change and deletion."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=48)
    on = models.DateField(_("业务日期"))
    at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict)

    objects = HangsOnCase.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["case", "-id"], name="event_by_case")]
        verbose_name = _("事件")

    def __str__(self) -> str:
        return self.kind
