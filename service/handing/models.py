"""A hand-over of a project (信息移交、竣工移交), and what became of it with each receiver."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models import Part
from deadlines.models import Deadline
from documents.models import Attachment
from policies.models import PolicyVersion
from projects.models import Project
from projects.models.records import OfProject

_STANDING = Q(withdrawn_on__isnull=True)
_UNANSWERED = Q(acknowledged_on__isnull=True, declined_on__isnull=True, handing__withdrawn_on__isnull=True)


class Way(models.TextChoices):
    PLATFORM = "platform", _("平台自动移交")
    LETTER = "letter", _("函件移交")


class ReceiptState(models.TextChoices):
    """What a receiver has done; derived, never stored."""

    WAITING = "waiting", _("待签收")
    ACKNOWLEDGED = "acknowledged", _("已签收")
    DECLINED = "declined", _("已退回")
    WITHDRAWN = "withdrawn", _("移交已撤销")


class Handing(models.Model):
    """One hand-over by a rule of the plan (``rule``), on a business date.

    ``letter_no`` and ``letter`` where it went (or went as well) by letter; ``completed_on``: every
    receiver has acknowledged. Undone with a reason when what it rests on falls away.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="handings", verbose_name=_("项目"))
    rule = models.CharField(_("规则"), max_length=64)
    name = models.CharField(_("移交事项"), max_length=120)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    way = models.CharField(_("方式"), max_length=12, choices=Way.choices)
    letter_no = models.CharField(_("文号"), max_length=60, blank=True)
    letter = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("函件")
    )
    on = models.DateField(_("移交日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    completed_on = models.DateField(_("全部签收日期"), null=True, blank=True)
    withdrawn_on = models.DateField(_("撤销日期"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=300, blank=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "rule"], condition=_STANDING, name="handing_once_while_it_stands"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="handing_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(letter_no="", letter__isnull=True) | ~Q(letter_no="") & Q(letter__isnull=False),
                name="handing_letter_whole",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.LETTER) | ~Q(letter_no=""), name="handing_by_letter_has_one"
            ),
        ]
        verbose_name = _("移交")

    def __str__(self) -> str:
        return f"{self.name} {self.on}"


class ReceiptQuerySet(OfProject):
    case_path = "handing__project__case"

    def waiting(self) -> Self:
        """Neither acknowledged nor declined, of a hand-over that stands."""
        return self.filter(_UNANSWERED)

    def declined(self) -> Self:
        """Given back, and not yet pushed again: what the handing unit has to see to."""
        return self.filter(
            declined_on__isnull=False, replaced_by__isnull=True, handing__withdrawn_on__isnull=True
        )

    def with_state(self) -> Self:
        """Annotate ``state`` (ReceiptState)."""
        found = [
            When(acknowledged_on__isnull=False, then=Value(ReceiptState.ACKNOWLEDGED)),
            When(declined_on__isnull=False, then=Value(ReceiptState.DECLINED)),
            When(handing__withdrawn_on__isnull=False, then=Value(ReceiptState.WITHDRAWN)),
        ]
        state = Case(*found, default=Value(ReceiptState.WAITING), output_field=CharField())
        return self.annotate(state=state)

    def for_list(self) -> Self:
        related = ("handing__project__case", "handing__from_unit", "handing__by", "handing__letter")
        people = ("acknowledged_by", "declined_by", "unit", "deadline")
        return self.select_related(*related, *people).with_state()


class Receipt(models.Model):
    """One receiver of a hand-over: its clock, and whether it acknowledged or gave it back with a reason.

    ``part`` is the part by which it receives, ``given`` the part in the case that it got by this push and
    loses again with it. ``replaced_by``: the receiver to whom a declined one was pushed instead.
    """

    handing = models.ForeignKey(Handing, models.PROTECT, related_name="receipts", verbose_name=_("移交"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    part = models.CharField(_("角色"), max_length=40)
    part_name = models.CharField(_("角色名称"), max_length=60)
    given = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="+")
    pushed_on = models.DateField(_("推送日期"))
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, related_name="receipts", verbose_name=_("签收期限")
    )
    acknowledged_on = models.DateField(_("签收日期"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("签收意见"), max_length=300, blank=True)
    declined_on = models.DateField(_("退回日期"), null=True, blank=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    declined_reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("改送")
    )

    state: str  # annotated by ``with_state``

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["unit", "-id"],
                condition=Q(acknowledged_on__isnull=True, declined_on__isnull=True),
                name="receipt_waiting_by_unit",
            ),
            models.Index(fields=["unit", "-id"], name="receipt_by_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["handing", "part"],
                condition=Q(declined_on__isnull=True),
                name="receipt_one_of_a_part",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_on__isnull=True, acknowledged_by__isnull=True, note="")
                | Q(acknowledged_on__isnull=False, acknowledged_by__isnull=False),
                name="receipt_acknowledged_whole",
            ),
            models.CheckConstraint(
                condition=Q(declined_on__isnull=True, declined_by__isnull=True, declined_reason="")
                | Q(declined_on__isnull=False, declined_by__isnull=False) & ~Q(declined_reason=""),
                name="receipt_declined_whole",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_on__isnull=True) | Q(declined_on__isnull=True),
                name="receipt_one_answer",
            ),
        ]
        verbose_name = _("移交签收")

    def __str__(self) -> str:
        return f"{self.handing_id} {self.unit}"

    @property
    def is_waiting(self) -> bool:
        """Of a row whose hand-over stands."""
        return self.acknowledged_on is None and self.declined_on is None

    def light(self, today: date) -> str:
        """The colour of its clock; ``met`` once it is acknowledged, grey once given back or undone."""
        if self.acknowledged_on:
            return "met"
        if self.declined_on or self.handing.withdrawn_on:
            return "grey"
        return self.deadline.light(today).value
