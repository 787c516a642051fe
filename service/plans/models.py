"""A project's plan in versions: drafted, sealed by all sides, then never changed; and what of it is done."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.visibility import HangsOnCase
from documents.models import Attachment
from policies.models import PolicyVersion
from projects.models import Project
from projects.models.records import OfProject

WHOLE = 0
"""The ``year`` of the figures of the whole plan."""


class PlanQuerySet(OfProject):
    def for_reading(self) -> Self:
        return self.select_related("project__case", "project__landing_unit", "current", "first_sealed")


class Plan(models.Model):
    """The plan of one kind of a project; ``code`` is the pack's. Its wording stands in versions.

    ``current`` is the version that is followed: the last one sealed, before that the draft. ``next_on`` is
    the earliest planned day of what is not done; it and the two counts are written by the actions and only
    read. ``version`` counts changes, for whoever writes on what they read.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="plans", db_index=False)
    code = models.CharField(_("计划种类"), max_length=64)
    current = models.ForeignKey(
        "PlanVersion", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("执行版本")
    )
    first_sealed = models.ForeignKey(
        "PlanVersion", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    next_on = models.DateField(_("最近节点"), null=True, blank=True)
    items_total = models.PositiveSmallIntegerField(default=0)
    items_done = models.PositiveSmallIntegerField(default=0)
    made_on = models.DateField(_("编制日期"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["next_on", "id"], name="plan_by_next")]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="plan_one_of_a_kind"),
            models.CheckConstraint(condition=Q(items_done__lte=F("items_total")), name="plan_done_within"),
        ]
        verbose_name = _("项目计划")

    def __str__(self) -> str:
        return f"{self.project_id} {self.code}"

    def days_late(self, today: date) -> int:
        """How many days the earliest undone item is behind its planned day."""
        return max((today - self.next_on).days, 0) if self.next_on else 0


class OfPlan(HangsOnCase[Any]):
    case_path = "plan__project__case"


class PlanVersion(models.Model):
    """One wording of a plan, with the agreed days that it counts back from; a draft until all have sealed it.

    ``frame`` is what stands in the head: ``project``, ``total_fen`` (分), ``enterprise``, ``signed_on``
    (ISO), ``land`` (㎡), by side ``units`` and ``contacts`` (``name``, ``phone``); and by item ``accepted``
    (``day``, ``reason``): why a day stands that contradicts others. ``accepted_late``: why it was made
    although its days cannot be met. A sealed version is immutable, by database trigger too.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField(_("版次"))
    reason = models.CharField(_("变更原因"), max_length=300, blank=True)
    start_on = models.DateField(_("开工日期"), null=True, blank=True)
    finish_on = models.DateField(_("竣工日期"), null=True, blank=True)
    production_on = models.DateField(_("投产日期"), null=True, blank=True)
    accepted_late = models.CharField(_("按此日期编制的理由"), max_length=300, blank=True)
    frame = models.JSONField(default=dict)
    drafted_on = models.DateField(_("起草日期"))
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", db_index=False)
    sealed_on = models.DateField(_("签章生效日期"), null=True, blank=True)
    filed = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = OfPlan.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(sealed_on__isnull=True), name="plan_one_draft"
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="plan_change_has_reason"),
            models.CheckConstraint(
                condition=Q(start_on__isnull=True)
                | Q(finish_on__isnull=True)
                | Q(finish_on__gt=F("start_on")),
                name="plan_finish_after_start",
            ),
            models.CheckConstraint(
                condition=Q(start_on__isnull=True)
                | Q(production_on__isnull=True)
                | Q(production_on__gt=F("start_on")),
                name="plan_production_after_start",
            ),
            models.CheckConstraint(
                condition=Q(sealed_on__isnull=True, filed__isnull=True) | Q(sealed_on__isnull=False),
                name="plan_filed_once_sealed",
            ),
        ]
        verbose_name = _("计划版本")

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"

    @property
    def agreed(self) -> dict[str, date]:
        """The agreed days by anchor."""
        days = {"start": self.start_on, "finish": self.finish_on, "production": self.production_on}
        return {code: day for code, day in days.items() if day}

    @property
    def months(self) -> int | None:
        """计划总工期: whole months from start to finish, a begun month counted."""
        if self.start_on is None or self.finish_on is None:
            return None
        whole = (self.finish_on.year - self.start_on.year) * 12 + self.finish_on.month - self.start_on.month
        return whole + (self.finish_on.day > self.start_on.day)


class OfVersion(HangsOnCase[Any]):
    case_path = "version__plan__project__case"


class PlanTarget(models.Model):
    """What is to be built: of the whole plan (``year`` 0), or in one year. ``invest_fen`` in 分, area in ㎡.

    ``buildings`` counts each kind of the pack by its code.
    """

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="targets", db_index=False)
    year = models.PositiveSmallIntegerField(_("年度"))
    invest_fen = models.BigIntegerField(_("投资（分）"), null=True, blank=True)
    floor_area = models.PositiveIntegerField(_("建筑面积（㎡）"), null=True, blank=True)
    buildings = models.JSONField(default=dict)

    objects = OfVersion.as_manager()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["version", "year"], name="plan_target_once"),
            models.CheckConstraint(
                condition=Q(invest_fen__isnull=True) | Q(invest_fen__gte=0), name="plan_invest_not_negative"
            ),
        ]
        verbose_name = _("建设计划")

    def __str__(self) -> str:
        return str(self.year or "")


class PlanItem(models.Model):
    """One item of a version: a line of a list, or a node of the table. ``code`` tells it from version to
    version.

    ``starts_on`` is the latest day on which it must begin, ``planned_on`` that on which it is to be done;
    without one ``timing`` says in words. ``by_hand``: the day was not counted backwards. ``is_key``: on the
    wall chart.
    """

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="items", db_index=False)
    code = models.CharField(max_length=64)
    form = models.CharField(max_length=64)
    track = models.CharField(max_length=64, blank=True)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(_("任务"), max_length=300)
    goal = models.CharField(_("工作目标"), max_length=300, blank=True)
    timing = models.CharField(_("时间节点（文字）"), max_length=60, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    starts_on = models.DateField(_("最迟开始"), null=True, blank=True)
    planned_on = models.DateField(_("计划完成"), null=True, blank=True)
    by_hand = models.BooleanField(default=False)
    is_key = models.BooleanField(default=False)
    milestone = models.CharField(max_length=64, blank=True)

    objects = OfVersion.as_manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="plan_item_once"),
            models.CheckConstraint(
                condition=Q(timing="", planned_on__isnull=False) | ~Q(timing="") & Q(planned_on__isnull=True),
                name="plan_item_day_or_words",
            ),
        ]
        verbose_name = _("计划事项")

    def __str__(self) -> str:
        return self.name


class PlanTick(models.Model):
    """An item is done: on which day, by whom, for the enterprise (``on_behalf``), or by a milestone of
    itself.

    It stands for the item whatever version; taken back with a reason, never deleted.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="ticks", db_index=False)
    code = models.CharField(max_length=64)
    on = models.DateField(_("实际完成"))
    milestone = models.CharField(max_length=64, blank=True)
    on_behalf = models.BooleanField(_("代企业填报"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = OfPlan.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code"], condition=Q(withdrawn_on__isnull=True), name="plan_item_done_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="plan_tick_withdrawn_whole",
            ),
        ]
        verbose_name = _("事项完成")

    def __str__(self) -> str:
        return f"{self.code} {self.on}"


class PlanSeal(models.Model):
    """One side seals a version; ``side`` is the pack's, ``unit`` none for the enterprise.

    Entered for a side (``on_behalf``) it rests on the scanned paper. A draft taken back to be changed loses
    its seals: they stay, voided, with the reason.
    """

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="seals", db_index=False)
    side = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    signatory = models.CharField(_("签字人"), max_length=60)
    on = models.DateField(_("签章日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    on_behalf = models.BooleanField(_("代为登记"), default=False)
    paper = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)
    voided_on = models.DateField(null=True, blank=True)
    voided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    voided_reason = models.CharField(max_length=300, blank=True)

    objects = OfVersion.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "side"], condition=Q(voided_on__isnull=True), name="plan_seal_once"
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | Q(paper__isnull=False), name="plan_seal_on_behalf_has_paper"
            ),
            models.CheckConstraint(
                condition=Q(voided_on__isnull=True, voided_by__isnull=True, voided_reason="")
                | (Q(voided_on__isnull=False, voided_by__isnull=False) & ~Q(voided_reason="")),
                name="plan_seal_voided_whole",
            ),
        ]
        verbose_name = _("计划签章")

    def __str__(self) -> str:
        return f"{self.side} {self.on}"
