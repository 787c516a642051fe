"""The stages of an acceptance, guidance that was asked for, land handed over with its certificate."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from documents.models import Attachment
from projects.models import Project, ReachedMilestone
from projects.models.records import OfProject


class AcceptanceStage(models.Model):
    """One stage of the acceptance (分期验收): which part of the works, how large.

    Its rounds are ``Step`` rows of the same ``part_no``; it passes with that part of the milestone.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="acceptance_stages", db_index=False)
    part_no = models.PositiveSmallIntegerField(_("期次"))
    name = models.CharField(_("名称"), max_length=40)
    scope = models.CharField(_("验收范围"), max_length=500)
    area = models.PositiveBigIntegerField(_("建筑面积（㎡）"), null=True, blank=True)
    planned_on = models.DateField(_("计划验收日期"), null=True, blank=True)
    made_on = models.DateField(_("登记日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    dropped_on = models.DateField(_("取消日期"), null=True, blank=True)
    dropped_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    dropped_reason = models.CharField(_("取消原因"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "part_no"], name="acceptance_stage_by_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "part_no"],
                condition=Q(dropped_on__isnull=True),
                name="acceptance_stage_once",
            ),
            models.CheckConstraint(condition=Q(part_no__range=(1, 99)), name="acceptance_stage_from_one"),
            models.CheckConstraint(
                condition=Q(dropped_on__isnull=True, dropped_by__isnull=True, dropped_reason="")
                | (Q(dropped_on__isnull=False, dropped_by__isnull=False) & ~Q(dropped_reason="")),
                name="acceptance_stage_dropped_whole",
            ),
        ]
        verbose_name = _("验收分期")

    def __str__(self) -> str:
        return self.name


class GuidanceState(models.TextChoices):
    """Where a request stands; derived, never stored."""

    ASKED = "asked", _("待指导")
    GIVEN = "given", _("已指导")
    WITHDRAWN = "withdrawn", _("已撤回")


_WAITING = Q(given_on__isnull=True, withdrawn_on__isnull=True)


class GuidanceQuerySet(OfProject):
    def waiting(self) -> Self:
        return self.filter(_WAITING)

    def in_state(self, state: str) -> Self:
        """Only those of one state; an unknown state gives none."""
        return {
            GuidanceState.ASKED.value: self.waiting(),
            GuidanceState.GIVEN.value: self.filter(given_on__isnull=False),
            GuidanceState.WITHDRAWN.value: self.filter(withdrawn_on__isnull=False),
        }.get(state, self.none())

    def for_list(self) -> Self:
        return self.select_related("project__case", "unit", "asked_by", "given_by")


class Guidance(models.Model):
    """Guidance before acceptance (验收前指导、提前介入): asked for, given free of charge, starting no clock.

    ``rule`` is its code in the plan; ``by_enterprise``: the firm's own account asked.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="guidance", db_index=False)
    rule = models.CharField(_("指导"), max_length=64)
    name = models.CharField(_("指导"), max_length=120)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="guidance", db_index=False, verbose_name=_("指导单位")
    )
    matter = models.CharField(_("请求指导的事项"), max_length=500)
    asked_on = models.DateField(_("提出日期"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    by_enterprise = models.BooleanField(_("企业提出"), default=False)
    given_on = models.DateField(_("指导日期"), null=True, blank=True)
    given_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    words = models.TextField(_("指导意见"), blank=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = GuidanceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "-id"], name="guidance_by_project"),
            models.Index(fields=["unit", "-id"], condition=_WAITING, name="guidance_waiting_by_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "rule", "unit"], condition=_WAITING, name="guidance_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=True, given_by__isnull=True, words="")
                | (Q(given_on__gte=F("asked_on"), given_by__isnull=False) & ~Q(words="")),
                name="guidance_given_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False, given_on__isnull=True) & ~Q(withdrawn_reason="")),
                name="guidance_withdrawn_whole",
            ),
        ]
        verbose_name = _("验收前指导")

    def __str__(self) -> str:
        return f"{self.name} {self.unit}"

    @property
    def state(self) -> GuidanceState:
        if self.withdrawn_on:
            return GuidanceState.WITHDRAWN
        return GuidanceState.GIVEN if self.given_on else GuidanceState.ASKED


class OfDelivery(OfProject):
    case_path = "reached__project__case"


class LandDelivery(models.Model):
    """交地即交证: land and its certificate handed over as one act; on two days only with the reason."""

    reached = models.OneToOneField(ReachedMilestone, models.PROTECT, related_name="land_delivery")
    delivered_on = models.DateField(_("交地日期"))
    certificate_on = models.DateField(_("发证日期"))
    certificate_no = models.CharField(_("不动产权证号"), max_length=80)
    area = models.PositiveBigIntegerField(_("用地面积（㎡）"), null=True, blank=True)
    certificate = models.ForeignKey(Attachment, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("未同日交证的原因"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfDelivery.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_on=F("certificate_on"), reason="")
                | (~Q(delivered_on=F("certificate_on")) & ~Q(reason="")),
                name="land_delivery_same_day_or_reason",
            ),
        ]
        verbose_name = _("交地即交证")

    def __str__(self) -> str:
        return self.certificate_no
