"""What a start rests on, the days that departments state, the monthly progress of what is being built."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from documents.models import Attachment
from projects.models import Project, ReachedMilestone
from projects.models.records import OfProject


class OfReached(OfProject):
    case_path = "reached__project__case"


class RecognisedBy(models.Model):
    """One fact by which a milestone was recognised (认定依据), with its own day and paper. Appended only."""

    reached = models.ForeignKey(ReachedMilestone, models.PROTECT, related_name="grounds")
    code = models.CharField(_("认定依据"), max_length=64)
    name = models.CharField(_("认定依据"), max_length=120)
    counts = models.BooleanField(_("据以认定"), default=True)
    on = models.DateField(_("日期"))
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfReached.as_manager()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["reached", "code"], name="recognised_by_once"),
        ]
        verbose_name = _("认定依据")

    def __str__(self) -> str:
        return f"{self.name} {self.on}"


class StatedDay(models.Model):
    """The day of a milestone as one department states it (口径). A correction supersedes; none is lost.

    ``recorded_for``: a clerk entered what the department had said in writing; ``source`` says where.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="stated_days", db_index=False)
    milestone = models.CharField(_("里程碑"), max_length=48)
    reading = models.CharField(_("口径"), max_length=64)
    name = models.CharField(_("口径"), max_length=120)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("填报单位")
    )
    day = models.DateField(_("日期"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    reason = models.CharField(_("更正原因"), max_length=300, blank=True)
    stated_on = models.DateField(_("填报日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("填报人"))
    on_behalf = models.BooleanField(_("代录"), default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    in_force = models.BooleanField(default=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="stated_day_by_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "reading"], condition=Q(in_force=True), name="stated_day_once_in_force"
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, reason="")
                | (Q(supersedes__isnull=False) & ~Q(reason="")),
                name="stated_day_corrected_with_reason",
            ),
        ]
        verbose_name = _("口径日期")

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class DayDifference(models.Model):
    """口径不一致: by how many days the stated days of a milestone lie apart, beyond the plan's tolerance.

    Derived from ``StatedDay`` and the milestone's own day by the actions that change them, and kept so that
    the list of them is one index scan.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="day_differences", db_index=False)
    milestone = models.CharField(_("里程碑"), max_length=48)
    days = models.PositiveIntegerField(_("相差天数"))
    since = models.DateField(_("发现日期"))

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-days", "-id"]
        indexes = [
            models.Index(fields=["-days", "-id"], name="day_difference_widest"),
            models.Index(fields=["milestone", "-days", "-id"], name="day_difference_by_milestone"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "milestone"], name="day_difference_once"),
            models.CheckConstraint(condition=Q(days__gt=0), name="day_difference_is_one"),
        ]
        verbose_name = _("口径差异")

    def __str__(self) -> str:
        return f"{self.milestone} {self.days}"


class MonthlyQuerySet(OfProject):
    def in_force(self) -> Self:
        return self.filter(in_force=True)

    def with_completed(self) -> Self:
        """Annotate ``completed_fen``: completed investment up to and with this month, in 分."""
        upto = MonthlyProgress.objects.filter(
            project=OuterRef("project"), month__lte=OuterRef("month"), in_force=True
        )
        total = upto.order_by().values("project").annotate(n=Sum("invested_fen")).values("n")
        return self.annotate(completed_fen=Coalesce(Subquery(total), 0))


class MonthlyProgress(models.Model):
    """进度月报: what one project completed in one month, and how far it stands.

    ``month`` is its first day. ``invested_fen`` is the month's own, in 分; it is below nought only where
    earlier months are cut back, with the reason. ``percent`` is the whole of the works. A correction
    supersedes. ``by_enterprise``: the firm's own account reported.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="monthly_progress", db_index=False)
    month = models.DateField(_("月份"))
    invested_fen = models.BigIntegerField(_("本月完成投资"))
    stage = models.CharField(_("形象进度"), max_length=64)
    percent = models.PositiveSmallIntegerField(_("工程进度（%）"))
    words = models.CharField(_("进展情况"), max_length=500, blank=True)
    problems = models.CharField(_("存在问题"), max_length=500, blank=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    reported_on = models.DateField(_("填报日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("填报人"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("填报单位"),
    )  # fmt: skip
    by_enterprise = models.BooleanField(_("企业填报"), default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    in_force = models.BooleanField(default=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = MonthlyQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "-id"]
        indexes = [
            models.Index(fields=["project", "-month", "-id"], name="monthly_progress_by_project"),
            models.Index(fields=["month", "-id"], condition=Q(in_force=True), name="monthly_progress_month"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "month"], condition=Q(in_force=True), name="monthly_progress_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="monthly_progress_of_a_month"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="monthly_progress_percent"),
            models.CheckConstraint(
                condition=Q(invested_fen__gte=0) | ~Q(reason=""), name="monthly_progress_cut_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(reason=""),
                name="monthly_progress_corrected_with_reason",
            ),
        ]
        verbose_name = _("进度月报")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class SheetState(models.TextChoices):
    """What became of a table handed in; derived, never stored."""

    CHECKED = "checked", _("待确认")
    COMMITTED = "committed", _("已入库")


class ProgressSheet(models.Model):
    """The office's monthly table as it was handed in: its rows as read, nothing saved before it is confirmed.

    ``rows``: what each line says, in the file's order; they are checked anew whenever they are shown and
    when they are committed.
    """

    by = models.ForeignKey(User, models.PROTECT, related_name="progress_sheets")
    month = models.DateField(_("月份"))
    name = models.CharField(_("文件名"), max_length=200)
    rows = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)
    committed_on = models.DateField(_("入库日期"), null=True, blank=True)
    written = models.PositiveIntegerField(_("入库行数"), default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="progress_sheet_of_a_month"),
            models.CheckConstraint(
                condition=Q(committed_on__isnull=False) | Q(written=0), name="progress_sheet_committed_whole"
            ),
        ]
        verbose_name = _("月报表")

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> SheetState:
        return SheetState.COMMITTED if self.committed_on else SheetState.CHECKED


def first_of(day: date) -> date:
    """The month a day lies in, as its first day."""
    return day.replace(day=1)
