"""The clocks that run on cases, their pauses and their alarms."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q, Value, When
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Unit, User
from cases.models import Case
from cases.visibility import HangsOnCase
from deadlines.calendar import LimitUnit
from policies.models import PolicyVersion


class Counting(models.TextChoices):
    """What a limit is counted in, with its label; the codes are those of the pure calendar."""

    WORKING_DAY = LimitUnit.WORKING_DAY.value, _("工作日")
    NATURAL_DAY = LimitUnit.NATURAL_DAY.value, _("自然日")
    HOUR = LimitUnit.HOUR.value, _("小时")
    WEEK = LimitUnit.WEEK.value, _("周")
    MONTH = LimitUnit.MONTH.value, _("个月")


class Strength(models.TextChoices):
    """How the plan words the limit: 力争 (a target) or 须 (a duty)."""

    STRIVE = "strive", _("力争")
    MUST = "must", _("须")


class State(models.TextChoices):
    """What a clock is doing; derived, never stored."""

    RUNNING = "running", _("计时中")
    LATE = "late", _("已逾期")
    PAUSED = "paused", _("停表")
    MET = "met", _("按期办结")
    MET_LATE = "met_late", _("逾期办结")
    CANCELLED = "cancelled", _("已撤销")


class Light(models.TextChoices):
    """How urgent a clock is; derived, never stored."""

    GREY = "grey", _("不计")
    GREEN = "green", _("正常")
    YELLOW = "yellow", _("临期")
    RED = "red", _("逾期")


_OPEN = Q(met_on__isnull=True, cancelled_on__isnull=True)
_TICKING = _OPEN & Q(paused_from__isnull=True, past=False)


class DeadlineQuerySet(HangsOnCase["Deadline"]):
    def open(self) -> Self:
        """Neither met nor cancelled; the stopped ones are open too."""
        return self.filter(_OPEN)

    def late(self, today: date) -> Self:
        """Running and past their last day. ``today`` is the business date in Asia/Shanghai."""
        return self.filter(_TICKING, due_on__lt=today)

    def in_state(self, state: str, today: date) -> Self:
        """Only those in one state, as :meth:`Deadline.state` derives it."""
        running = Q(paused_from__isnull=True) & _OPEN
        return self.filter(
            {
                State.RUNNING: running & Q(due_on__gte=today),
                State.LATE: running & Q(due_on__lt=today),
                State.PAUSED: Q(paused_from__isnull=False),
                State.MET: Q(met_on__lte=F("due_on")),
                State.MET_LATE: Q(met_on__gt=F("due_on")),
                State.CANCELLED: Q(cancelled_on__isnull=False),
            }[State(state)]
        )

    def with_light(self, today: date) -> Self:
        """Annotate ``light_now`` as :meth:`Deadline.light` derives it."""
        return self.annotate(
            light_now=models.Case(
                When(~_TICKING, then=Value(Light.GREY.value)),
                When(due_on__lt=today, then=Value(Light.RED.value)),
                When(warn_on__lte=today, then=Value(Light.YELLOW.value)),
                default=Value(Light.GREEN.value),
                output_field=models.CharField(),
            )
        )

    def with_light_of(self, light: str, today: date) -> Self:
        """Only those of one colour, in terms an index can serve."""
        ticking = self.filter(_TICKING)
        return {
            Light.GREY: self.filter(~_TICKING),
            Light.RED: ticking.filter(due_on__lt=today),
            Light.YELLOW: ticking.filter(due_on__gte=today, warn_on__lte=today),
            Light.GREEN: ticking.filter(Q(warn_on__isnull=True) | Q(warn_on__gt=today), due_on__gte=today),
        }[Light(light)]


class Deadline(models.Model):
    """A clock on a duty: the rule and clause it rests on, from when, how long, until when.

    It keeps the limit as the policy version laid it down when it was opened. ``due_on`` is the outcome
    of start, limit, pauses and calendar; ``provisional`` (暂定) says that it rests on a year whose
    calendar is not published. ``past`` marks clocks of projects taken over from a ledger: they tell
    what was due, and raise no alarms.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines", verbose_name=_("档案"))
    rule = models.CharField(_("规则"), max_length=80)
    name = models.CharField(_("事项"), max_length=120)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("制度版本")
    )
    responsible_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("责任单位"),
    )
    responsible_user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("责任人"),
    )
    start_event = models.CharField(_("起算事件"), max_length=80, blank=True)
    started_on = models.DateField(_("起算日"))
    count = models.PositiveSmallIntegerField(_("期限"))
    unit = models.CharField(_("单位"), max_length=12, choices=Counting.choices)
    strength = models.CharField(_("要求"), max_length=6, choices=Strength.choices, default=Strength.MUST)
    roll_forward = models.BooleanField(_("遇休息日顺延"), default=False)
    weekday = models.PositiveSmallIntegerField(_("逢周几截止"), null=True, blank=True)
    due_on = models.DateField(_("截止日"))
    provisional = models.BooleanField(_("暂定"), default=False)
    warn_on = models.DateField(_("临期日"), null=True, blank=True)
    met_on = models.DateField(_("办结日"), null=True, blank=True)
    cancelled_on = models.DateField(_("撤销日"), null=True, blank=True)
    cancel_reason = models.CharField(_("撤销原因"), max_length=300, blank=True)
    paused_from = models.DateField(_("停表日"), null=True, blank=True)
    past = models.BooleanField(_("存量"), default=False)

    objects = DeadlineQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=_OPEN, name="deadline_open_by_due"),
            models.Index(
                fields=["due_on"], condition=_OPEN & Q(provisional=True), name="deadline_provisional"
            ),
            models.Index(
                fields=["responsible_unit", "due_on"], condition=_OPEN, name="deadline_open_by_unit"
            ),
            models.Index(
                fields=["responsible_user", "due_on"], condition=_OPEN, name="deadline_open_by_user"
            ),
            # How contact was kept is asked month by month, closed clocks included.
            models.Index(
                fields=["due_on", "responsible_unit"],
                condition=Q(start_event="contact"),
                name="deadline_contact_by_month",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("started_on")), name="deadline_due_after_start"),
            models.CheckConstraint(condition=Q(count__gte=1), name="deadline_counts_from_one"),
            models.CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(weekday__range=(1, 7)), name="deadline_weekday_known"
            ),
            models.CheckConstraint(condition=Q(unit__in=Counting.values), name="deadline_unit_known"),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancel_reason="")
                | Q(cancelled_on__isnull=False) & ~Q(cancel_reason=""),
                name="deadline_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(met_on__isnull=True) | Q(cancelled_on__isnull=True),
                name="deadline_closed_one_way",
            ),
            models.CheckConstraint(
                condition=Q(paused_from__isnull=True) | _OPEN, name="deadline_paused_only_open"
            ),
        ]
        verbose_name = _("期限")

    def __str__(self) -> str:
        return f"{self.name} {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.met_on is None and self.cancelled_on is None

    def state(self, today: date) -> State:
        """What the clock is doing on a business date (Asia/Shanghai)."""
        if self.cancelled_on:
            return State.CANCELLED
        if self.met_on:
            return State.MET_LATE if self.met_on > self.due_on else State.MET
        if self.paused_from:
            return State.PAUSED
        return State.LATE if self.due_on < today else State.RUNNING

    def light(self, today: date) -> Light:
        """Grey when the clock does not run (or is taken over from a ledger), red once its last day has
        passed, yellow from the first rung before it, else green."""
        if not self.is_open or self.paused_from or self.past:
            return Light.GREY
        if self.due_on < today:
            return Light.RED
        return Light.YELLOW if self.warn_on and self.warn_on <= today else Light.GREEN


class Pause(models.Model):
    """A clock stopped from a day (not counted) until a day (counted again), by one person with another's
    approval."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="pauses")
    reason = models.CharField(_("停表原因"), max_length=300)
    from_on = models.DateField(_("停表日"))
    to_on = models.DateField(_("恢复日"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("批准人"))
    at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    resumed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("恢复经办人")
    )

    class Meta:
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"], condition=Q(to_on__isnull=True), name="pause_one_open_per_deadline"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="pause_in_order"
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("by")), name="pause_two_persons"),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_reason"),
        ]
        verbose_name = _("停表")

    def __str__(self) -> str:
        return f"{self.from_on}–{self.to_on or ''}"


class Decision(models.TextChoices):
    """What became of a stop that was asked for."""

    PENDING = "pending", _("待批准")
    APPROVED = "approved", _("已批准")
    DECLINED = "declined", _("不同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class PauseRequestQuerySet(HangsOnCase["PauseRequest"]):
    case_path = "deadline__case"

    def pending(self) -> Self:
        """Still to be decided: what was asked for a clock that has closed meanwhile is moot."""
        closed = Q(deadline__met_on__isnull=False) | Q(deadline__cancelled_on__isnull=False)
        return self.filter(state=Decision.PENDING).exclude(closed)


class PauseRequest(models.Model):
    """A stop that one person asks another to grant. Until that is done the clock runs on.

    ``approver`` is who was asked; ``decided_by`` who decided: that person, or another with the right.
    Granted, it becomes a :class:`Pause` from ``from_on``.
    """

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="pause_requests")
    reason = models.CharField(_("停表原因"), max_length=300)
    from_on = models.DateField(_("停表日"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    approver = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("批准人"))
    at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    state = models.CharField(_("状态"), max_length=9, choices=Decision.choices, default=Decision.PENDING)
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定人")
    )
    decided_reason = models.CharField(_("决定理由"), max_length=300, blank=True)

    objects = PauseRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"],
                condition=Q(state=Decision.PENDING),
                name="pause_request_one_pending_per_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(approver=F("by"))
                & (Q(state=Decision.WITHDRAWN) | Q(decided_by__isnull=True) | ~Q(decided_by=F("by"))),
                name="pause_request_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state=Decision.PENDING, decided_on__isnull=True, decided_by__isnull=True)
                | ~Q(state=Decision.PENDING) & Q(decided_on__isnull=False, decided_by__isnull=False),
                name="pause_request_decided_whole",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_request_has_reason"),
        ]
        verbose_name = _("停表申请")

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.from_on} {self.state}"


class Alarm(models.Model):
    """One rung of the ladder for one deadline: the day it rings, and when it was raised (once).

    The rung's own terms are kept with it, so a later version of the plan does not change a running
    clock. ``on`` is empty while the clock is stopped or closed. ``handed_at`` is when what the rung
    opens (催办 …) was opened.
    """

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="alarms", db_index=False)
    level = models.CharField(_("级别"), max_length=40)
    name = models.CharField(_("名称"), max_length=40)
    offset = models.SmallIntegerField(_("相对截止日"))
    unit = models.CharField(max_length=12, choices=Counting.choices)
    tells = models.CharField(max_length=120)
    opens = models.CharField(max_length=24, blank=True)
    on = models.DateField(_("预警日"), null=True)
    raised_at = models.DateTimeField(_("发出时间"), null=True)
    handed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["deadline", "offset", "id"]
        indexes = [
            models.Index(
                fields=["on", "id"],
                condition=Q(raised_at__isnull=True, on__isnull=False),
                name="alarm_waiting",
            ),
            models.Index(
                fields=["id"],
                condition=Q(raised_at__isnull=False, handed_at__isnull=True) & ~Q(opens=""),
                name="alarm_to_hand",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["deadline", "level"], name="alarm_once_per_level"),
            models.CheckConstraint(
                condition=Q(raised_at__isnull=True) | Q(on__isnull=False), name="alarm_raised_has_day"
            ),
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True) | Q(raised_at__isnull=False),
                name="alarm_handed_after_raised",
            ),
        ]
        verbose_name = _("预警")

    def __str__(self) -> str:
        return f"{self.level} {self.on}"
