"""Steps and the opinions asked for them: one engine for every procedure a plan lays down."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from approvals.agreement_models import Agreement, AgreementState, AgreementVersion
from cases.models import Case
from cases.visibility import HangsOnCase
from deadlines.models import Deadline
from documents.models import Attachment
from policies.models import PolicyVersion

# Django finds the models of an app in its module ``models``; those of the special report stand apart.
from approvals.dispatching.models import Proposal, ProposalState  # isort: skip
from approvals.permits.models import EarlyHelp, Material, Permit, ShortfallNotice  # isort: skip
from approvals.permits.asked_models import PermitStop, SpecialRequest  # isort: skip
from approvals.receipts.models import ReceiptEntry, ReceiptSending  # isort: skip
from approvals.signing_models import Signing  # isort: skip

from approvals.sittings.models import DocketItem, Sitting  # isort: skip
from approvals.special.models import Instruction, LedVisit, SpecialReport  # isort: skip

__all__ = [
    "AGAINST", "ANSWERS", "OUTCOMES", "Agreement", "AgreementState", "AgreementVersion", "Answer", "Asks",
    "DocketItem", "EarlyHelp", "Instruction", "LedVisit", "Material", "Opinion", "OpinionQuerySet",
    "Permit", "PermitStop", "Proposal", "ProposalState", "ReceiptEntry", "ReceiptSending",
    "ShortfallNotice", "Signing", "Sitting", "SpecialReport", "SpecialRequest", "State", "Step",
    "StepQuerySet",
]  # fmt: skip


class Answer(models.TextChoices):
    """What an opinion comes down to; which of them an aspect takes is the plan's (``Aspect.answer``)."""

    STATED = "stated", _("已出具")
    PASS = "pass", _("通过")
    CONDITIONS = "pass_if", _("有条件通过")
    VETO = "veto", _("否决")
    APPROVE = "approve", _("同意")
    AMENDED = "amended", _("修改后同意")
    DEFER = "defer", _("缓议")
    REJECT = "reject", _("不同意")
    ACCEPT = "accept", _("承接")
    DECLINE = "decline", _("不承接")


class Asks(models.TextChoices):
    """In what form an opinion is asked for: as the plan's aspect says."""

    WORDS = "words", _("文字意见")
    WORDS_AND_SCORE = "words_and_score", _("文字意见和评分")
    PASS_OR_VETO = "pass_or_veto", _("通过或否决")
    OUTCOME = "outcome", _("审议结果")
    ACCEPTANCE = "acceptance", _("承接或不承接")


ANSWERS: dict[str, tuple[Answer, ...]] = {
    Asks.WORDS: (Answer.STATED,),
    Asks.WORDS_AND_SCORE: (Answer.STATED,),
    Asks.PASS_OR_VETO: (Answer.PASS, Answer.CONDITIONS, Answer.VETO),
    Asks.OUTCOME: (Answer.APPROVE, Answer.DEFER, Answer.REJECT),
    Asks.ACCEPTANCE: (Answer.ACCEPT, Answer.DECLINE),
}
"""Which answers each form takes."""

OUTCOMES = (Answer.APPROVE, Answer.AMENDED, Answer.DEFER, Answer.REJECT)
"""What a sitting may decide."""

AGAINST = frozenset({Answer.VETO, Answer.DEFER, Answer.REJECT, Answer.DECLINE})
"""Answers that forbid a reaching verdict where the plan gives each unit a veto."""


class State(models.TextChoices):
    """Where a step stands; derived, never stored."""

    RUNNING = "running", _("办理中")
    CONCLUDED = "concluded", _("已办结")
    CANCELLED = "cancelled", _("已撤销")


_RUNNING = Q(concluded_on__isnull=True, cancelled_on__isnull=True)


def _number_of(rows: models.QuerySet[Any]) -> Coalesce:
    """Counted per row shown, not over the whole table."""
    counted = rows.order_by().values("step").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


class StepQuerySet(HangsOnCase["Step"]):
    def running(self) -> Self:
        return self.filter(_RUNNING)

    def in_state(self, state: str) -> Self:
        """Only those of one state; an unknown state gives none."""
        return {
            State.RUNNING.value: self.running(),
            State.CONCLUDED.value: self.filter(concluded_on__isnull=False),
            State.CANCELLED.value: self.filter(cancelled_on__isnull=False),
        }.get(state, self.none())

    def with_counts(self) -> Self:
        """Annotate ``asked`` and ``given``: how many opinions are asked for, and how many are there."""
        asked = Opinion.objects.filter(step=OuterRef("pk"), in_force=True)
        given = asked.filter(given_on__isnull=False)
        return self.annotate(asked=_number_of(asked), given=_number_of(given))

    def for_reading(self) -> Self:
        return self.select_related("case", "lead_unit", "deadline", "opened_by", "concluded_by")

    def with_opinions(self) -> Self:
        """Every opinion with who and when, superseded ones too: one more query however many."""
        rows = Opinion.objects.select_related("unit", "given_by", "recorded_by", "deadline")
        return self.prefetch_related(Prefetch("opinions", rows.order_by("pk")))


class Step(models.Model):
    """One round of a procedure in a case: opinions asked of units, concluded by one, within a limit.

    It keeps the version of the plan under which it was opened. ``gaps`` are aspects that nobody could be
    asked about when it opened by itself; ``outstanding`` what was still missing when it was concluded.
    ``agreement_version`` is the wording that it examines, where the plan binds it to an agreement.
    ``part_no``: of which stage it is (分期验收), 0 for the whole; stages run beside one another.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", db_index=False)
    code = models.CharField(_("程序"), max_length=64)
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=16)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    part_no = models.PositiveSmallIntegerField(_("期次"), default=0)
    parts_total = models.PositiveSmallIntegerField(_("总期数"), default=1)
    opened_on = models.DateField(_("启动日期"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by_milestone = models.CharField(_("启动事件"), max_length=64, blank=True)
    reason = models.CharField(_("再次办理原因"), max_length=300, blank=True)
    deadline = models.OneToOneField(Deadline, models.PROTECT, null=True, blank=True, related_name="step")
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("牵头单位"),
    )
    agreement_version = models.ForeignKey(
        AgreementVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        db_index=False,
        verbose_name=_("审议的协议版本"),
    )
    gaps = models.JSONField(default=list, blank=True)
    checks = models.JSONField(_("核对事项"), default=list, blank=True)
    verdict = models.CharField(_("结论"), max_length=64, blank=True)
    verdict_name = models.CharField(_("结论"), max_length=60, blank=True)
    concluded_on = models.DateField(_("办结日期"), null=True, blank=True)
    concluded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    concluded_reason = models.TextField(_("理由"), blank=True)
    outstanding = models.JSONField(default=list, blank=True)
    cancelled_on = models.DateField(_("撤销日期"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cancelled_reason = models.CharField(_("撤销原因"), max_length=300, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["lead_unit", "id"], condition=_RUNNING, name="step_running_by_lead"),
            models.Index(fields=["id"], condition=_RUNNING, name="step_running"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "code", "part_no", "round"], name="step_round_once"),
            models.UniqueConstraint(
                fields=["case", "code", "part_no"], condition=_RUNNING, name="step_one_round_running"
            ),
            models.CheckConstraint(
                condition=Q(
                    concluded_on__isnull=True, concluded_by__isnull=True, verdict="", concluded_reason=""
                )
                | (Q(concluded_on__isnull=False, concluded_by__isnull=False) & ~Q(verdict="")),
                name="step_concluded_whole",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancelled_by__isnull=True, cancelled_reason="")
                | (Q(cancelled_on__isnull=False, cancelled_by__isnull=False) & ~Q(cancelled_reason="")),
                name="step_cancelled_whole",
            ),
            models.CheckConstraint(
                condition=Q(concluded_on__isnull=True) | Q(cancelled_on__isnull=True),
                name="step_ends_one_way",
            ),
            models.CheckConstraint(condition=Q(round__gte=1), name="step_round_from_one"),
            models.CheckConstraint(
                condition=Q(part_no__lte=F("parts_total")), name="step_stage_within_total"
            ),
        ]
        verbose_name = _("办理程序")

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.concluded_on is None and self.cancelled_on is None

    @property
    def state(self) -> State:
        if self.cancelled_on:
            return State.CANCELLED
        return State.CONCLUDED if self.concluded_on else State.RUNNING

    def open_clock(self) -> Deadline | None:
        """The step's clock as it stands in the database, if it still runs or is stopped."""
        return Deadline.objects.open().filter(step=self).first()

    def limit_passed(self, on: date) -> bool:
        """Whether the last day of the step's clock lies before ``on``; never while the clock is stopped."""
        clock = self.deadline
        return clock is not None and clock.paused_from is None and clock.due_on < on


class OpinionQuerySet(HangsOnCase["Opinion"]):
    case_path = "step__case"

    def in_force(self) -> Self:
        return self.filter(in_force=True)

    def agreeing(self) -> Self:
        """Those that let the matter go on (``Opinion.agrees``)."""
        unmade = Q(answer=Answer.AMENDED, followed_on__isnull=True)
        return self.filter(given_on__isnull=False).exclude(answer__in=AGAINST).exclude(unmade)

    def to_be_followed(self) -> Self:
        """Approved with changes (修改后同意) that have not been made."""
        return self.filter(answer=Answer.AMENDED, followed_on__isnull=True)

    def for_a_sitting(self) -> Self:
        """What a deciding body is asked and has not decided, or has put off (缓议)."""
        return self.filter(_FOR_A_SITTING)

    def waiting(self) -> Self:
        """Asked for, not given, and the step still runs."""
        return self.filter(
            in_force=True,
            given_on__isnull=True,
            step__concluded_on__isnull=True,
            step__cancelled_on__isnull=True,
        )


_NOT_GIVEN = Q(
    given_on__isnull=True, given_at__isnull=True, answer="", given_by__isnull=True, recorded_by__isnull=True,
    scan__isnull=True, on_behalf=False, late=False, score__isnull=True, words="", followed_on__isnull=True,
)  # fmt: skip
_FOR_A_SITTING = Q(Q(given_on__isnull=True) | Q(answer="defer"), in_force=True, asks="outcome")
_GIVEN = Q(given_on__isnull=False, given_at__isnull=False) & ~Q(answer="")
_IN_PERSON = Q(on_behalf=False, given_by__isnull=False, recorded_by__isnull=True, scan__isnull=True)
_FOR_THEM = Q(on_behalf=True, given_by__isnull=True, recorded_by__isnull=False, scan__isnull=False)


class Opinion(models.Model):
    """What one unit is asked about one aspect, and what it answered.

    Given once, it is final: a later one of the same unit takes its place (``supersedes``) and both stay.
    ``on_behalf`` (代录): a clerk entered the unit's written opinion, with its scan; ``given_on`` is then
    the day on the paper. ``late``: after the last day of the clock, or after the conclusion.
    ``followed_on``: when the changes were made under which it was approved (修改后同意); till then it does
    not count as agreed. ``deadline``: where the plan gives the answer a clock of its own.
    ``carried_from`` (沿用): the opinion of an earlier round, on what the new version has not touched.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="opinions", db_index=False)
    aspect = models.CharField(_("事项"), max_length=64)
    aspect_name = models.CharField(_("事项"), max_length=60)
    group = models.CharField(_("类别"), max_length=40, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="opinions", db_index=False, verbose_name=_("征求单位")
    )
    asks = models.CharField(_("形式"), max_length=16, choices=Asks.choices)
    asked_on = models.DateField(_("征求日期"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    words = models.TextField(_("意见"), blank=True)
    score = models.SmallIntegerField(_("评分"), null=True, blank=True)
    answer = models.CharField(_("态度"), max_length=8, choices=Answer.choices, blank=True)
    given_on = models.DateField(_("出具日期"), null=True, blank=True)
    given_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    given_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    late = models.BooleanField(_("逾期"), default=False)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, blank=True, related_name="opinion", verbose_name=_("答复期限")
    )
    on_behalf = models.BooleanField(_("代录"), default=False)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    followed_on = models.DateField(_("落实日期"), null=True, blank=True)
    followed_note = models.CharField(_("落实情况"), max_length=300, blank=True)
    in_force = models.BooleanField(default=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["step", "id"], name="opinion_by_step"),
            models.Index(
                fields=["unit", "step"],
                condition=Q(in_force=True, given_on__isnull=True),
                name="opinion_waiting_by_unit",
            ),
            models.Index(
                fields=["unit", "-given_on", "-id"],
                condition=Q(in_force=True, given_on__isnull=False),
                name="opinion_given_by_unit",
            ),
            models.Index(fields=["asked_on", "id"], condition=_FOR_A_SITTING, name="opinion_for_a_sitting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "aspect", "unit"], condition=Q(in_force=True), name="opinion_asked_once"
            ),
            models.CheckConstraint(
                condition=_NOT_GIVEN | (_GIVEN & (_IN_PERSON | _FOR_THEM)), name="opinion_given_whole"
            ),
            models.CheckConstraint(
                condition=Q(in_force=True) | Q(given_on__isnull=False), name="opinion_superseded_was_given"
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=True) | Q(given_on__gte=F("asked_on")),
                name="opinion_after_asking",
            ),
            models.CheckConstraint(
                condition=Q(followed_on__isnull=True, followed_note="")
                | (Q(followed_on__isnull=False, answer=Answer.AMENDED) & ~Q(followed_note="")),
                name="opinion_followed_whole",
            ),
        ]
        verbose_name = _("意见")

    def __str__(self) -> str:
        return f"{self.aspect_name} {self.unit}"

    def limit_passed(self, on: date) -> bool:
        """Whether the last day for this answer lies before ``on``: of its own clock, else of the step's."""
        clock = self.clock
        return clock is not None and clock.paused_from is None and clock.due_on < on

    @property
    def clock(self) -> Deadline | None:
        """What times this answer: its own clock, else that of the step."""
        return self.deadline or self.step.deadline

    @property
    def agrees(self) -> bool:
        """Whether it lets the matter go on: given, not against, and its changes made if it wanted any."""
        if self.given_on is None or self.answer in AGAINST:
            return False
        return self.answer != Answer.AMENDED or self.followed_on is not None

    @property
    def is_against(self) -> bool:
        return self.answer in AGAINST
