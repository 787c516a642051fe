"""Sittings of the deciding bodies, and what stands on their dockets."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from approvals.agreement_models import AgreementVersion
from cases.models import Case
from cases.visibility import HangsOnCase
from documents.models import Attachment


class SittingState(models.TextChoices):
    """Where a sitting stands; derived, never stored."""

    PLANNED = "planned", _("待召开")
    HELD = "held", _("已召开")
    CANCELLED = "cancelled", _("已取消")


_OPEN = Q(held_on__isnull=True, cancelled_on__isnull=True)


class SittingQuerySet(models.QuerySet["Sitting"]):
    def planned(self) -> Self:
        return self.filter(_OPEN)

    def in_state(self, state: str) -> Self:
        """Only those of one state; an unknown state gives none."""
        return {
            SittingState.PLANNED.value: self.planned(),
            SittingState.HELD.value: self.filter(held_on__isnull=False),
            SittingState.CANCELLED.value: self.filter(cancelled_on__isnull=False),
        }.get(state, self.none())


class Sitting(models.Model):
    """One meeting of a body: the ``number``-th of its ``year``, counted when planned, without gaps.

    ``minutes_number`` is that of the minutes as written, under the series that the plan names; a cancelled
    sitting keeps its ordinal. Once held nothing of it changes: another outcome takes another sitting.
    """

    body = models.ForeignKey(
        Unit, models.PROTECT, related_name="sittings", db_index=False, verbose_name=_("会议")
    )
    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.PositiveIntegerField(_("次序"))
    planned_on = models.DateField(_("会议日期"))
    planned_at = models.TimeField(_("时间"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=100, blank=True)
    chair = models.CharField(_("主持人"), max_length=60)
    attendees = models.TextField(_("出席"), blank=True)
    in_attendance = models.TextField(_("列席"), blank=True)
    secretary = models.CharField(_("记录人"), max_length=60, blank=True)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    held_on = models.DateField(_("召开日期"), null=True, blank=True)
    held_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    minutes_number = models.CharField(_("会议纪要文号"), max_length=80, blank=True)
    cancelled_on = models.DateField(_("取消日期"), null=True, blank=True)
    cancelled_reason = models.CharField(_("取消原因"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-id"]
        indexes = [
            models.Index(fields=["-planned_on", "-id"], name="sitting_by_day"),
            models.Index(fields=["body", "-planned_on", "-id"], name="sitting_by_body"),
            models.Index(fields=["planned_on", "id"], condition=_OPEN, name="sitting_planned"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "number"], name="sitting_number_once"),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True, held_by__isnull=True, minutes_number="")
                | Q(held_on__isnull=False, held_by__isnull=False) & ~Q(minutes_number=""),
                name="sitting_held_whole",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancelled_reason="")
                | Q(cancelled_on__isnull=False, held_on__isnull=True) & ~Q(cancelled_reason=""),
                name="sitting_cancelled_whole",
            ),
        ]
        verbose_name = _("会议")

    def __str__(self) -> str:
        return _("%(body)s%(year)s年第%(number)s次会议") % {
            "body": self.body, "year": self.year, "number": self.number,
        }  # fmt: skip

    @property
    def state(self) -> SittingState:
        if self.cancelled_on:
            return SittingState.CANCELLED
        return SittingState.HELD if self.held_on else SittingState.PLANNED

    @property
    def is_planned(self) -> bool:
        return self.held_on is None and self.cancelled_on is None


class Outcome(models.TextChoices):
    """What a sitting decided on an item; the codes are those of ``approvals.models.Answer``."""

    APPROVE = "approve", _("通过")
    AMENDED = "amended", _("修改后通过")
    DEFER = "defer", _("缓议")
    REJECT = "reject", _("不予通过")


class Gone(models.TextChoices):
    """How an item left the docket without an outcome; it stays on record."""

    POSTPONED = "postponed", _("延期上会")
    TAKEN_OFF = "taken_off", _("撤下")


class DocketQuerySet(HangsOnCase["DocketItem"]):
    def open(self) -> Self:
        """On a docket, neither decided nor gone."""
        return self.filter(outcome="", gone_as="")

    def for_reading(self) -> Self:
        return self.select_related(
            "sitting__body", "case", "opinion__step__agreement_version__agreement", "opinion__unit",
            "reporting_unit", "minutes",
        )  # fmt: skip


class DocketItem(models.Model):
    """议题: a question that a body is asked, on the docket of one of its sittings.

    ``opinion`` is the question; where it was answered before, this item takes the matter again. ``given``
    is the opinion that the outcome became.
    ``agreement_version`` is the wording put before the sitting, ``minutes`` the extract kept in the case.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="items", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="docket_items", db_index=False)
    opinion = models.ForeignKey(
        "approvals.Opinion", models.SET_NULL, null=True, related_name="docket_items", db_index=False
    )
    given = models.OneToOneField(
        "approvals.Opinion", models.PROTECT, null=True, blank=True, related_name="docket_item"
    )
    agreement_version = models.ForeignKey(
        AgreementVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    title = models.CharField(_("议题"), max_length=200)
    order = models.PositiveSmallIntegerField(_("次序"))
    reporting_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("汇报单位")
    )
    papers = models.ManyToManyField(Attachment, related_name="+", verbose_name=_("上会材料"))
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    added_on = models.DateField(_("列入日期"))
    outcome = models.CharField(_("审议结果"), max_length=8, choices=Outcome.choices, blank=True)
    changes = models.TextField(_("须修改的内容"), blank=True)
    words = models.TextField(_("会议意见"), blank=True)
    minutes = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    gone_as = models.CharField(max_length=10, choices=Gone.choices, blank=True)
    gone_on = models.DateField(null=True, blank=True)
    gone_reason = models.CharField(max_length=300, blank=True)

    objects = DocketQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        indexes = [
            models.Index(fields=["sitting", "order"], name="docket_by_sitting"),
            models.Index(fields=["case", "-id"], name="docket_by_case"),
            models.Index(fields=["opinion"], name="docket_by_opinion"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion"], condition=Q(outcome="", gone_as=""), name="docket_question_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", given__isnull=True, minutes__isnull=True, words="", changes="")
                | Q(given__isnull=False, minutes__isnull=False) & ~Q(outcome="") & ~Q(words=""),
                name="docket_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="amended") & ~Q(changes="") | ~Q(outcome="amended") & Q(changes=""),
                name="docket_amended_says_what",
            ),
            models.CheckConstraint(
                condition=Q(gone_as="", gone_on__isnull=True, gone_reason="")
                | Q(outcome="", gone_on__isnull=False) & ~Q(gone_as="") & ~Q(gone_reason=""),
                name="docket_gone_whole",
            ),
        ]
        verbose_name = _("议题")

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return not self.outcome and not self.gone_as
