"""The special report (招商专报), what leaders write on it (批示), and the visits they lead."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from assignments.models import Assignment
from cases.models import Case
from cases.visibility import HangsOnCase
from documents.models import Attachment, IssuedDocument
from projects.models import ContactRecord


class ReportState(models.TextChoices):
    """Where a report stands; derived, never stored."""

    DRAFT = "draft", _("草稿")
    ISSUED = "issued", _("已印发")
    VOIDED = "voided", _("已作废")


class ReportQuerySet(HangsOnCase["SpecialReport"]):
    def in_state(self, state: str) -> Self:
        """Only those of one state; an unknown state gives none."""
        return {
            ReportState.DRAFT.value: self.filter(document__isnull=True),
            ReportState.ISSUED.value: self.filter(document__isnull=False, voided=False),
            ReportState.VOIDED.value: self.filter(voided=True),
        }.get(state, self.none())

    def for_list(self) -> Self:
        return self.select_related("case", "document", "document__unit", "unit", "drafted_by")


class SpecialReport(models.Model):
    """One report to the leadership: a draft from the case, then a numbered document that never changes.

    ``kind`` is the code of the pack's rule. ``body`` are its sections in order, ``{code, heading, text}``;
    once issued also ``rows``, the figures as they stood that day (pairs of label and value). While it is a
    draft the figures are the case's own. ``year`` is that of the document, ``voided`` a copy of its state.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="special_reports", db_index=False)
    kind = models.CharField(_("专报种类"), max_length=64)
    title = models.CharField(_("标题"), max_length=200)
    addressee = models.CharField(_("主送"), max_length=120)
    body = models.JSONField(_("正文"), default=list)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("单位"))
    drafted_on = models.DateField(_("起草日期"))
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    document = models.OneToOneField(
        IssuedDocument, models.PROTECT, null=True, blank=True, related_name="special_report"
    )
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    voided = models.BooleanField(_("已作废"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["case", "-id"], name="report_by_case"),
            models.Index(fields=["year", "-id"], name="report_by_year"),
            models.Index(fields=["-id"], condition=Q(document__isnull=True), name="report_drafts"),
            models.Index(fields=["-id"], condition=Q(voided=True), name="report_voided"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(voided=False), name="report_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=True, year__isnull=True, voided=False)
                | Q(document__isnull=False, year__isnull=False),
                name="report_issued_whole",
            ),
        ]
        verbose_name = _("招商专报")

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> ReportState:
        if self.document_id is None:
            return ReportState.DRAFT
        return ReportState.VOIDED if self.voided else ReportState.ISSUED

    @property
    def is_draft(self) -> bool:
        return self.document_id is None

    @property
    def issued_on(self) -> date | None:
        return self.document.on if self.document else None


class OfReport(HangsOnCase[Any]):
    case_path = "report__case"


class Instruction(models.Model):
    """批示: what a leader wrote on an issued report. What it asks for are assignments with owner and date.

    ``recorded_by`` with ``scan`` (代录): a clerk entered what the leader had written on paper; ``on`` is then
    the day on the paper. Final once given; the assignments carry what follows from it.
    """

    report = models.ForeignKey(SpecialReport, models.PROTECT, related_name="instructions")
    leader = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("批示领导")
    )
    text = models.TextField(_("批示内容"))
    on = models.DateField(_("批示日期"))
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    assignments = models.ManyToManyField(Assignment, related_name="instructions", verbose_name=_("交办"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfReport.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True, scan__isnull=True)
                | Q(recorded_by__isnull=False, scan__isnull=False),
                name="instruction_recorded_with_scan",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True) | ~Q(recorded_by=F("leader")),
                name="instruction_recorded_by_another",
            ),
        ]
        verbose_name = _("批示")

    def __str__(self) -> str:
        return self.text[:40]


class LedVisit(models.Model):
    """率队考察: a contact with the enterprise that a leader led, following a report (三(二)6)."""

    report = models.ForeignKey(SpecialReport, models.PROTECT, related_name="visits")
    contact = models.OneToOneField(ContactRecord, models.PROTECT, related_name="led_visit")
    leader = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("带队领导")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    linked_on = models.DateField(_("登记日期"))

    objects = OfReport.as_manager()

    class Meta:
        ordering = ["contact__on", "id"]
        verbose_name = _("率队考察")

    def __str__(self) -> str:
        return f"{self.leader} {self.linked_on}"
