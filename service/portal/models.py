"""The enterprise's side of a project: who speaks for it, what it asks, what is asked of it."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from assignments.models import Assignment, State
from documents.models import Attachment
from projects.models import Project
from projects.models.records import OfProject


class EnterpriseAccountQuerySet(OfProject):
    def in_force(self, on: date) -> Self:
        """Speaking for its project on a business date; ``valid_to`` is the first day without."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


class EnterpriseAccount(models.Model):
    """A user of the enterprise, and the one project it speaks for, from a day on.

    Such a user holds no role: no list of cases takes it in, no capability is its own. What it may see and do
    goes through ``service.portal`` alone.
    """

    user = models.ForeignKey(
        User, models.PROTECT, related_name="enterprise_accounts", verbose_name=_("企业用户")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="enterprise_accounts", verbose_name=_("项目")
    )
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("开通人"))
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(_("停用原因"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnterpriseAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "project"],
                condition=Q(valid_to__isnull=True),
                name="enterprise_account_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True, ended_by__isnull=True, ended_reason="")
                | (Q(valid_to__gte=F("valid_from"), ended_by__isnull=False) & ~Q(ended_reason="")),
                name="enterprise_account_ended_whole",
            ),
        ]
        verbose_name = _("企业账号")

    def __str__(self) -> str:
        return f"{self.user} {self.project_id}"


def _all_or_none(prefix: str, text: str = "") -> Q:
    """Who and when stand together, and the words (``text``) with them, or none of them."""
    nothing = Q(**{f"{prefix}_on__isnull": True, f"{prefix}_by__isnull": True})
    whole = Q(**{f"{prefix}_on__isnull": False, f"{prefix}_by__isnull": False})
    return (nothing & Q(**{text: ""})) | (whole & ~Q(**{text: ""})) if text else nothing | whole


class Stage(models.TextChoices):
    """Where a request stands, in the enterprise's words; derived, never stored."""

    SENT = "sent", _("已提交，待受理")
    TAKEN = "taken", _("办理中")
    ANSWERED = "answered", _("已答复，请您评价")
    DONE = "done", _("已办结")
    STOPPED = "stopped", _("已终止，请联系服务人员")


OFFICE_WORDS = {
    Stage.SENT: _("待答复"),
    Stage.TAKEN: _("办理中"),
    Stage.ANSWERED: _("已答复，待企业评价"),
    Stage.DONE: _("已办结"),
    Stage.STOPPED: _("已终止"),
}
"""The same for those who answer."""


class RequestQuerySet(OfProject):
    def for_list(self) -> Self:
        rows = self.select_related("assignment__deadline", "assignment__unit", "raised_by", "paper")
        return rows.prefetch_related(Prefetch("answers", RequestAnswer.objects.select_related("unit")))

    def open(self) -> Self:
        return self.exclude(assignment__state__in=(State.CLOSED, State.REVOKED))


class EnterpriseRequest(models.Model):
    """诉求: what the enterprise asks of those who serve it: a complaint, a problem, guidance.

    ``rule`` is the pack's kind. The assignment carries unit, clock and state; its words are the offices' own,
    and the enterprise reads only the ``answers`` written to it.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="enterprise_requests", db_index=False, verbose_name=_("项目")
    )
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="enterprise_request", verbose_name=_("交办事项")
    )
    rule = models.CharField(_("诉求类别"), max_length=40)
    name = models.CharField(_("诉求类别"), max_length=60)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    title = models.CharField(_("事项"), max_length=60)
    text = models.TextField(_("具体情况"))
    paper = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("附件")
    )
    raised_on = models.DateField(_("提出日期"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="enterprise_request_by_project")]
        verbose_name = _("企业诉求")

    def __str__(self) -> str:
        return self.title

    @property
    def latest(self) -> "RequestAnswer | None":
        """The last answer; reads none where they were prefetched."""
        return max(self.answers.all(), key=lambda row: row.no, default=None)

    @property
    def stage(self) -> Stage:
        state = self.assignment.state
        if state in (State.CLOSED, State.REVOKED):
            return Stage.DONE if state == State.CLOSED else Stage.STOPPED
        last = self.latest
        if last is not None and not last.verdict:
            return Stage.ANSWERED
        return Stage.SENT if state in (State.ISSUED, State.RETURNED) and last is None else Stage.TAKEN

    @property
    def office_words(self) -> str:
        """Where it stands, as those who answer it say."""
        return str(OFFICE_WORDS[self.stage])


class Verdict(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    UNSATISFIED = "unsatisfied", _("不满意")


class RequestAnswer(models.Model):
    """One answer written to the enterprise, and what the enterprise thought of it. Kept round by round."""

    request = models.ForeignKey(EnterpriseRequest, models.PROTECT, related_name="answers", db_index=False)
    no = models.PositiveSmallIntegerField(default=1)
    words = models.TextField(_("答复"))
    on = models.DateField(_("答复日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("答复单位"))
    verdict = models.CharField(_("评价"), max_length=12, choices=Verdict.choices, blank=True)
    judged_on = models.DateField(_("评价日期"), null=True, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_words = models.CharField(_("评价说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(fields=["request", "no"], name="request_answer_no_once"),
            models.CheckConstraint(
                condition=_all_or_none("judged", "verdict"), name="request_answer_judged_whole"
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.UNSATISFIED) | ~Q(judged_words=""),
                name="request_answer_unsatisfied_with_reason",
            ),
        ]
        verbose_name = _("诉求答复")

    def __str__(self) -> str:
        return self.words[:40]


class AskQuerySet(OfProject):
    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(withdrawn_on__isnull=True)


class Ask(models.Model):
    """请企业办理: one thing that those who serve the project ask of the enterprise, perhaps by a day."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="asks", db_index=False, verbose_name=_("项目")
    )
    title = models.CharField(_("事项"), max_length=120)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    due_on = models.DateField(_("希望完成日期"), null=True, blank=True)
    asked_on = models.DateField(_("提出日期"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    done_note = models.CharField(_("完成说明"), max_length=300, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AskQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="ask_by_project")]
        constraints = [
            models.CheckConstraint(condition=_all_or_none("done"), name="ask_done_whole"),
            models.CheckConstraint(
                condition=_all_or_none("withdrawn", "withdrawn_reason"), name="ask_withdrawn_whole"
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("asked_on")), name="ask_due_after_asked"
            ),
        ]
        verbose_name = _("请企业办理事项")

    def __str__(self) -> str:
        return self.title
