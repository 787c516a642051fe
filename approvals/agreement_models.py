"""投资协议: what both sides want to sign, in versions that are added and never changed."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.visibility import HangsOnCase
from documents.models import Attachment
from policies.models import PolicyVersion


class AgreementState(models.TextChoices):
    """Where an agreement stands; derived from its days, never stored."""

    DRAFTING = "drafting", _("起草中")
    SETTLED = "settled", _("已商定")
    SIGNED = "signed", _("已签订")
    SUPERSEDED = "superseded", _("已被取代")
    GIVEN_UP = "given_up", _("已放弃")


class Ending(models.TextChoices):
    SUPERSEDED = "superseded", _("已被取代")
    GIVEN_UP = "given_up", _("已放弃")


class AgreementQuerySet(HangsOnCase["Agreement"]):
    def living(self) -> Self:
        """Neither superseded nor given up: at most one of a kind in a case."""
        return self.filter(ended_on__isnull=True)

    def for_list(self) -> Self:
        """With ``newest``, the number of the current version."""
        versions = AgreementVersion.objects.filter(agreement=OuterRef("pk")).order_by("-number")
        rows = self.select_related("case", "opened_by", "ended_by", "signed_version")
        return rows.annotate(newest=Subquery(versions.values("number")[:1]))


class Agreement(models.Model):
    """One agreement on its way from draft to signature; ``kind`` and ``grade`` are codes of the pack.

    ``settled_on`` and ``signed_on`` follow the milestones that the pack names. It ends when another takes
    its place, or when it is given up. ``version`` counts its changes, for whoever writes on what they read.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="agreements", db_index=False)
    kind = models.CharField(_("协议种类"), max_length=64)
    grade = models.CharField(_("协议等级"), max_length=64)
    title = models.CharField(_("协议名称"), max_length=120)
    opened_on = models.DateField(_("起草日期"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    settled_on = models.DateField(_("商定日期"), null=True, blank=True)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    signed_version = models.ForeignKey(
        "AgreementVersion", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_as = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["case", "-id"], name="agreement_by_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(ended_on__isnull=True), name="agreement_one_living"
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True, signed_version__isnull=True)
                | Q(signed_on__isnull=False, signed_version__isnull=False),
                name="agreement_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_as="", ended_reason="")
                | Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(ended_as="") & ~Q(ended_reason=""),
                name="agreement_ended_whole",
            ),
        ]
        verbose_name = _("投资协议")

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> AgreementState:
        if self.ended_as:
            return AgreementState(self.ended_as)
        if self.signed_on:
            return AgreementState.SIGNED
        return AgreementState.SETTLED if self.settled_on else AgreementState.DRAFTING


class AgreementVersionQuerySet(HangsOnCase["AgreementVersion"]):
    case_path = "agreement__case"


class AgreementVersion(models.Model):
    """One wording of an agreement: its file, and what it fixes as values. Rows are added, never changed.

    ``values`` by code of the pack's terms: money in 分, days as ISO dates, numbers and percentages as
    decimal text. ``commitments`` are what departments promise beside the terms: ``unit`` (code),
    ``unit_name``, ``what``, ``by`` (ISO date or ""). ``policy_version`` is the plan its terms stand in.
    ``as_decided``: it makes the changes under which a sitting approved the version before.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField(_("版本"))
    grade = models.CharField(_("协议等级"), max_length=64)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", db_index=False)
    values = models.JSONField(default=dict)
    commitments = models.JSONField(default=list)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    as_decided = models.BooleanField(_("按会议意见修改"), default=False)
    drafted_on = models.DateField(_("版本日期"))
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    drafted_at = models.DateTimeField(auto_now_add=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", db_index=False)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="agreement_version_from_one"),
        ]
        verbose_name = _("协议版本")

    def __str__(self) -> str:
        return f"{self.agreement} v{self.number}"

    def commitment_day(self, place: int) -> date | None:
        """Until when the department's commitment at ``place`` is to be kept; None where no day is named."""
        written: dict[str, Any] = self.commitments[place]
        return date.fromisoformat(written["by"]) if written["by"] else None
