"""交办: someone answerable must do X by a date and report back."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Unit, User
from cases.models import Case
from cases.visibility import HangsOnCase
from deadlines.models import Alarm, Deadline, Light
from documents.models import Attachment
from policies.models import PolicyVersion


class Kind(models.TextChoices):
    """What is handed over. 催办 and 督办 are also opened by the escalation ladder."""

    TASK = "task", _("工作任务")
    PROBLEM = "problem", _("问题协调")
    COMMITMENT = "commitment", _("承诺事项")
    DECISION = "decision", _("议定事项")
    COMPLAINT = "complaint", _("企业诉求")
    INSTRUCTION = "instruction", _("领导批示")
    URGE = "urge", _("催办")
    SUPERVISE = "supervise", _("督办")


class State(models.TextChoices):
    ISSUED = "issued", _("待签收")
    ACCEPTED = "accepted", _("办理中")
    REPORTED = "reported", _("已反馈待销号")
    CLOSED = "closed", _("已销号")
    RETURNED = "returned", _("已退回")
    REVOKED = "revoked", _("已撤销")


RUNNING = (State.ISSUED, State.ACCEPTED, State.REPORTED, State.RETURNED)
UNDONE = (State.ISSUED, State.ACCEPTED, State.RETURNED)


class AssignmentQuerySet(HangsOnCase["Assignment"]):
    def open(self) -> Self:
        """Neither closed nor revoked."""
        return self.filter(state__in=RUNNING)

    def undone(self) -> Self:
        """Still wanting the answerable unit's work."""
        return self.filter(state__in=UNDONE)

    def late(self, today: date) -> Self:
        """Not reported although the clock has run out (business date in Asia/Shanghai)."""
        return self.undone().filter(deadline__due_on__lt=today, deadline__past=False)

    def for_list(self) -> Self:
        return self.select_related("case", "unit", "user", "issued_by", "issued_unit", "deadline")

    def most_pressing_first(self) -> Self:
        return self.order_by(F("deadline__due_on").asc(nulls_last=True), "id")


def _whole(prefix: str, text: str) -> Q:
    """A step carries who, when and the words together, or none of them."""
    nothing = Q(**{f"{prefix}_on__isnull": True, f"{prefix}_by__isnull": True, text: ""})
    return nothing | Q(**{f"{prefix}_on__isnull": False, f"{prefix}_by__isnull": False}) & ~Q(**{text: ""})


class Assignment(models.Model):
    """One duty handed to a unit (and person), with its clock, its report and how it ended.

    ``rule`` is the code of the pack's rule that opened it, ``alarm`` the rung of the ladder that did;
    ``level`` the level of the plan up to which a problem was raised with it. ``deadline`` is the clock it
    is measured by: its own, or for 催办 and 督办 the one that was missed. The state moves only through
    ``assignments.actions``; who, when and why stand beside it, and every move is an event of the case.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments", verbose_name=_("档案"))
    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices)
    state = FSMField(_("状态"), default=State.ISSUED, choices=State.choices, protected=True)
    title = models.CharField(_("事项"), max_length=120)
    text = models.TextField(_("要求"), blank=True)
    rule = models.CharField(_("规则"), max_length=64, blank=True)
    level = models.CharField(_("协调层级"), max_length=64, blank=True)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("承办单位"))
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("承办人")
    )
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("交办人")
    )
    issued_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("交办单位")
    )
    issued_on = models.DateField(_("交办日期"))
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("期限")
    )
    alarm = models.OneToOneField(
        Alarm, models.PROTECT, null=True, blank=True, related_name="assignment", verbose_name=_("预警")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级事项")
    )
    accepted_on = models.DateField(_("签收日期"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reported_on = models.DateField(_("反馈日期"), null=True, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    report = models.TextField(_("办理情况"), blank=True)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("佐证材料")
    )
    returned_times = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    returned_reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    ended_on = models.DateField(_("办结日期"), null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_note = models.CharField(_("办结意见"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "state"], name="assignment_by_unit"),
            models.Index(fields=["state", "-id"], name="assignment_by_state"),
            models.Index(fields=["case", "-id"], name="assignment_by_case"),
            models.Index(fields=["user"], condition=Q(state__in=UNDONE), name="assignment_undone_by_user"),
            models.Index(fields=["level", "-id"], condition=~Q(level=""), name="assignment_by_level"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule", "unit"],
                condition=~Q(rule="") & Q(state__in=RUNNING),
                name="assignment_rule_once_while_open",
            ),
            models.CheckConstraint(condition=_whole("reported", "report"), name="assignment_report_whole"),
            models.CheckConstraint(
                condition=Q(state__in=(State.CLOSED, State.REVOKED), ended_on__isnull=False)
                | ~Q(state__in=(State.CLOSED, State.REVOKED)) & Q(ended_on__isnull=True),
                name="assignment_ended_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REVOKED) | ~Q(ended_note=""), name="assignment_revoked_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.REPORTED, State.CLOSED))
                | Q(reported_on__isnull=False)
                | Q(state=State.CLOSED, alarm__isnull=False),
                name="assignment_reported_before_closed",
            ),
        ]
        verbose_name = _("交办事项")

    def __str__(self) -> str:
        return self.title

    @transition(field=state, source=State.ISSUED, target=State.ACCEPTED)
    def to_accepted(self) -> None: ...

    @transition(field=state, source=[State.ISSUED, State.ACCEPTED], target=State.REPORTED)
    def to_reported(self) -> None: ...

    @transition(field=state, source=State.REPORTED, target=State.CLOSED)
    def to_closed(self) -> None: ...

    @transition(field=state, source=list(RUNNING), target=State.CLOSED)
    def to_settled(self) -> None:
        """催办 or 督办 of a clock that has been met: nothing is left to urge, reported or not."""

    @transition(field=state, source=[State.ISSUED, State.ACCEPTED, State.REPORTED], target=State.RETURNED)
    def to_returned(self) -> None: ...

    @transition(field=state, source=State.RETURNED, target=State.ISSUED)
    def to_issued(self) -> None: ...

    @transition(field=state, source=list(RUNNING), target=State.REVOKED)
    def to_revoked(self) -> None: ...

    @property
    def is_open(self) -> bool:
        return self.state in RUNNING

    @property
    def has_own_clock(self) -> bool:
        """Its own deadline, that reporting meets; not the missed one it was opened over."""
        return self.deadline_id is not None and self.alarm_id is None

    def light(self, today: date) -> str:
        """The colour of its clock: done when reported, grey without a clock or when ended."""
        if self.state in (State.REPORTED, State.CLOSED):
            return "met"
        if self.deadline is None or not self.is_open:
            return Light.GREY.value
        if self.deadline.paused_from:
            return "paused"
        return self.deadline.light(today).value
