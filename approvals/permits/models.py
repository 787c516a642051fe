"""A permit beside its step: the application, what was handed in, what was told to be missing, the result."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models import Case
from cases.visibility import HangsOnCase
from documents.models import Attachment


class Stage(models.TextChoices):
    """Where a permit stands; derived, never stored."""

    WAITING = "waiting", _("待补齐材料")
    RUNNING = "running", _("审批中")
    STOPPED = "stopped", _("停表")
    GRANTED = "granted", _("已办结")
    CANCELLED = "cancelled", _("已撤销")


_OPEN = Q(closed_on__isnull=True)
_STOPPED = Q(step__deadline__paused_from__isnull=False)


class PermitQuerySet(HangsOnCase["Permit"]):
    def in_stage(self, stage: str) -> Self:
        """Only those of one stage; an unknown stage gives none."""
        accepted = _OPEN & Q(complete_on__isnull=False)
        return {
            Stage.WAITING.value: self.filter(_OPEN, complete_on__isnull=True),
            Stage.RUNNING.value: self.filter(accepted).exclude(_STOPPED),
            Stage.STOPPED.value: self.filter(accepted & _STOPPED),
            Stage.GRANTED.value: self.filter(closed_on__isnull=False, step__concluded_on__isnull=False),
            Stage.CANCELLED.value: self.filter(closed_on__isnull=False, step__cancelled_on__isnull=False),
        }.get(stage, self.none())

    def for_reading(self) -> Self:
        related = ("case", "step__deadline", "step__lead_unit", "step__case", "applied_by", "agent_unit")
        return self.select_related(*related, "paper")


class Permit(models.Model):
    """What an application for a permit adds to its step, whose key it shares.

    ``applied_by`` is the agent (代办) for ``agent_unit``; nobody yet where the step opened by itself.
    ``complete_on`` is the day on which the material was complete: the clock counts from it, and goes back
    with it. ``first_due_on`` is the last day before a special case was granted. ``number``, ``paper`` and
    ``valid_until`` are the result's own. ``closed_on`` follows the step.
    """

    step = models.OneToOneField(
        "approvals.Step", models.PROTECT, primary_key=True, related_name="permit", verbose_name=_("程序")
    )
    case = models.ForeignKey(Case, models.PROTECT, related_name="permits", db_index=False)
    code = models.CharField(_("事项"), max_length=64)
    applied_on = models.DateField(_("申请日期"), null=True, blank=True)
    applied_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("代办人"),
    )
    agent_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("代办单位"),
    )
    by_commitment = models.BooleanField(_("告知承诺"), default=False)
    green = models.CharField(_("绿色通道"), max_length=60, blank=True)
    complete_on = models.DateField(_("材料齐备日期"), null=True, blank=True)
    first_due_on = models.DateField(_("原截止日"), null=True, blank=True)
    number = models.CharField(_("文号（证号）"), max_length=80, blank=True)
    paper = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        ordering = ["-step_id"]
        indexes = [
            models.Index(fields=["case", "-step"], name="permit_by_case"),
            models.Index(fields=["code", "-step"], name="permit_by_matter"),
            models.Index(fields=["-step"], condition=_OPEN, name="permit_open"),
            models.Index(
                fields=["-step"], condition=_OPEN & Q(complete_on__isnull=True), name="permit_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_on__isnull=True, applied_by__isnull=True, complete_on__isnull=True)
                | Q(applied_on__isnull=False, applied_by__isnull=False),
                name="permit_applied_whole",
            ),
            models.CheckConstraint(
                condition=Q(complete_on__isnull=True) | Q(complete_on__gte=F("applied_on")),
                name="permit_complete_after_application",
            ),
        ]
        verbose_name = _("许可申请")

    def __str__(self) -> str:
        return f"{self.step_id} {self.code}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def stage(self) -> Stage:
        """Needs ``step`` with its ``deadline``."""
        if not self.is_open:
            return Stage.GRANTED if self.step.concluded_on else Stage.CANCELLED
        if self.complete_on is None:
            return Stage.WAITING
        clock = self.step.deadline
        return Stage.STOPPED if clock is not None and clock.paused_from else Stage.RUNNING


class OfPermit(HangsOnCase["Material"]):
    case_path = "permit__case"


class Material(models.Model):
    """One line of the guide's list for one application.

    ``in_case``: the case holds it, nobody hands it in. ``since``: how many notices had been given when it was
    last handed in or withdrawn: what has not changed since could have been told before. ``withdrawn_*``: it
    was handed in and taken back, the last time.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="materials", db_index=False)
    place = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("材料"), max_length=120)
    needed = models.BooleanField(_("必需"), default=True)
    in_case = models.BooleanField(_("档案中已有"), default=False)
    handed_on = models.DateField(_("提交日期"), null=True, blank=True)
    handed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)
    since = models.PositiveSmallIntegerField(default=0)

    objects = OfPermit.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["permit", "place"], name="material_place_once"),
            models.CheckConstraint(
                condition=Q(handed_on__isnull=True, handed_by__isnull=True)
                | Q(handed_on__isnull=False, handed_by__isnull=False),
                name="material_handed_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="material_withdrawn_whole",
            ),
        ]
        verbose_name = _("申请材料")

    def __str__(self) -> str:
        return self.name

    @property
    def there(self) -> bool:
        return self.in_case or self.handed_on is not None


class ShortfallNotice(models.Model):
    """一次告知: everything that is missing or will not do, told at one stroke. Never changed.

    ``lines``: in the order of the guide, ``{name, words}``.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="notices")
    on = models.DateField(_("告知日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    lines = models.JSONField(_("告知内容"), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("一次告知书")

    def __str__(self) -> str:
        return f"{self.permit_id} {self.on}"


class EarlyHelp(models.Model):
    """提前帮: advice before the formal application. Its days count in no limit (三(四)9)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="early_help", db_index=False)
    code = models.CharField(_("事项"), max_length=64)
    name = models.CharField(_("名称"), max_length=120)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    on = models.DateField(_("日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    note = models.CharField(_("辅导内容"), max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HangsOnCase.as_manager()

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["case", "code", "on"], name="early_help_by_case")]
        verbose_name = _("提前帮")

    def __str__(self) -> str:
        return self.name
