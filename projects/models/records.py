"""What is kept beside the project: milestones reached, contacts, money, saved views."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.visibility import HangsOnCase
from documents.models import Attachment
from kernel.versions import Versions
from projects.models.choices import Measure
from projects.models.project import Project


class OfProject(HangsOnCase):
    """Rows of a project: its primary key is its case's, so visibility stays one join."""

    case_path = "project__case"


class Precision(models.TextChoices):
    DAY = "day", _("日")
    MONTH = "month", _("月")
    QUARTER = "quarter", _("季")
    YEAR = "year", _("年")
    UNKNOWN = "unknown", _("日期不详")


def said(day: date, precision: str) -> str:
    """A day no more exactly than it is known: 2025-03-01 of a month is "2025-03"."""
    if precision == Precision.UNKNOWN:
        return str(Precision.UNKNOWN.label)
    if precision == Precision.QUARTER:
        return gettext("%(year)s年第%(n)s季度") % {"year": day.year, "n": (day.month + 2) // 3}
    return str(day)[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(Precision(precision), 10)]


class ReachedMilestone(models.Model):
    """A milestone reached on a day, whole or in parts (分期验收); withdrawn with a reason, never deleted.

    ``evidence_outstanding`` marks what came from an old ledger and still wants its paper (存量补录).
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones")
    code = models.CharField(_("里程碑"), max_length=48)
    on = models.DateField(_("日期"))
    precision = models.CharField(max_length=8, choices=Precision.choices, default=Precision.DAY)
    part_no = models.PositiveSmallIntegerField(_("期次"), default=1)
    parts_total = models.PositiveSmallIntegerField(_("总期数"), default=1)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    evidence_outstanding = models.BooleanField(_("台账补录，佐证待补"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_on = models.DateField(_("撤销日期"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=300, blank=True)

    objects = OfProject.as_manager()
    history = Versions()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code", "part_no"],
                condition=Q(withdrawn_on__isnull=True),
                name="milestone_part_once",
            ),
            models.CheckConstraint(
                condition=Q(part_no__gte=1) & Q(part_no__lte=F("parts_total")),
                name="milestone_part_within_total",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="milestone_withdrawn_whole",
            ),
        ]
        verbose_name = _("里程碑")

    def __str__(self) -> str:
        return f"{self.code} {self.on}"

    @property
    def said_on(self) -> str:
        """The day as it is known; an old ledger's may be a month, or none."""
        return said(self.on, self.precision)

    def may_be(self, day: date) -> bool:
        """Whether a day lies within what is known of the day."""
        return self.precision == Precision.UNKNOWN or said(day, self.precision) == self.said_on


class Channel(models.TextChoices):
    PHONE = "phone", _("电话")
    WECHAT = "wechat", _("微信")
    VISIT = "visit", _("上门走访")
    RECEPTION = "reception", _("来访接待")
    MEETING = "meeting", _("会议")
    MAIL = "mail", _("邮件")
    OTHER = "other", _("其他")


class ContactRecord(models.Model):
    """One contact with the enterprise: who, when, through which channel, with whom, what came of it.

    ``next_on`` may lie in the future; ``topics``: what was said on each matter of the plan, by its code.
    ``on_request``: the enterprise had asked for it (有事必到). ``client_id``: made by the phone on which it
    was written down, so that sending it again does not double it.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="contacts")
    on = models.DateField(_("日期"))
    channel = models.CharField(_("方式"), max_length=12, choices=Channel.choices)
    with_whom = models.CharField(_("对方人员"), max_length=100)
    place = models.CharField(_("地点"), max_length=100, blank=True)
    matter = models.TextField(_("洽谈内容"))
    outcome = models.TextField(_("洽谈结果"), blank=True)
    next_step = models.CharField(_("下一步"), max_length=300, blank=True)
    next_on = models.DateField(_("下一步日期"), null=True, blank=True)
    topics = models.JSONField(_("洽谈要点"), default=dict)
    is_first = models.BooleanField(_("首次接触"), default=False)
    on_request = models.BooleanField(_("应企业要求"), default=False, db_default=False)
    client_id = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("对接人"))
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["project", "-on"], name="contact_by_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_first=True), name="contact_first_once"
            ),
            models.UniqueConstraint(
                fields=["by", "client_id"], condition=Q(client_id__isnull=False), name="contact_sent_once"
            ),
        ]
        verbose_name = _("对接记录")

    def __str__(self) -> str:
        return f"{self.on} {self.get_channel_display()}"


class ContactPaper(models.Model):
    """A photo or file of a contact: a paper of the same case."""

    contact = models.ForeignKey(ContactRecord, models.PROTECT, related_name="papers")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["contact", "attachment"], name="contact_paper_once")]

    def __str__(self) -> str:
        return str(self.attachment_id)


class Money(models.Model):
    """One figure as it was stated: as written, in its currency and unit, on a day, with its source.

    ``fen`` is the yuan value in 分, or null where a foreign amount has no rate. A correction adds a row
    that supersedes; nothing is overwritten. ``evidence_outstanding`` marks what only a ledger says.
    ``adds`` marks what a later signing puts on top of the contract figure (增资、补充协议).
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="money", db_index=False)
    measure = models.CharField(_("口径"), max_length=16, choices=Measure.choices)
    raw = models.CharField(_("原文"), max_length=100)
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    original = models.CharField(_("原币金额（元）"), max_length=40, blank=True)
    fen = models.BigIntegerField(_("人民币（分）"), null=True, blank=True)
    rate = models.CharField(_("汇率"), max_length=20, blank=True)
    rate_on = models.DateField(_("汇率日期"), null=True, blank=True)
    qualifier = models.CharField(_("限定"), max_length=40, blank=True)
    on = models.DateField(_("日期"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    evidence_outstanding = models.BooleanField(_("台账补录，佐证待补"), default=False)
    adds = models.BooleanField(_("增量"), default=False)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["project", "measure", "-on"], name="money_by_project")]
        constraints = [
            models.CheckConstraint(condition=Q(fen__isnull=True) | Q(fen__gte=0), name="money_not_negative"),
            models.CheckConstraint(
                condition=Q(adds=False) | Q(measure=Measure.CONTRACT), name="money_adds_to_contract"
            ),
            models.CheckConstraint(
                condition=Q(rate="", rate_on__isnull=True) | (~Q(rate="") & Q(rate_on__isnull=False)),
                name="money_rate_with_date",
            ),
        ]
        verbose_name = _("资金")

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.raw}"


class SavedView(models.Model):
    """A ledger view somebody keeps: filters, columns, order; shared with the unit if wished."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("视图名称"), max_length=60)
    query = models.CharField(_("筛选条件"), max_length=1000, blank=True)
    columns = models.JSONField(_("列"), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once")]
        verbose_name = _("视图")

    def __str__(self) -> str:
        return self.name
