"""What is asked for a running permit and granted by another: a special case, a stop with its cause."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.permits.models import Permit
from cases.visibility import HangsOnCase
from deadlines.models import Decision, PauseRequest


class OfRequest(HangsOnCase["SpecialRequest"]):
    case_path = "permit__case"


class SpecialRequest(models.Model):
    """特殊情况: the longer limit asked for with a reason; until another person grants it the first one runs.

    ``approver`` is who was asked, ``decided_by`` who decided.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="specials")
    reason = models.CharField(_("理由"), max_length=300)
    asked_on = models.DateField(_("申请日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("申请人"))
    approver = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("批准人")
    )
    state = models.CharField(_("状态"), max_length=9, choices=Decision.choices, default=Decision.PENDING)
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_reason = models.CharField(_("决定理由"), max_length=300, blank=True)

    objects = OfRequest.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["permit"],
                condition=Q(state__in=(Decision.PENDING, Decision.APPROVED)),
                name="special_once_per_permit",
            ),
            models.CheckConstraint(
                condition=~Q(approver=F("by")) & (Q(decided_by__isnull=True) | ~Q(decided_by=F("by"))),
                name="special_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state=Decision.PENDING, decided_on__isnull=True, decided_by__isnull=True)
                | ~Q(state=Decision.PENDING) & Q(decided_on__isnull=False, decided_by__isnull=False),
                name="special_decided_whole",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="special_has_reason"),
        ]
        verbose_name = _("特殊情况申请")

    def __str__(self) -> str:
        return f"{self.permit_id} {self.state}"


class PermitStop(models.Model):
    """Why a stop was asked for: one of the plan's causes, and which higher body holds the case."""

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="stops")
    request = models.OneToOneField(PauseRequest, models.CASCADE, related_name="permit_stop")
    cause = models.CharField(_("情形"), max_length=64)
    cause_name = models.CharField(_("情形"), max_length=60)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    body = models.CharField(_("上级审批机关"), max_length=80, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("停表情形")

    def __str__(self) -> str:
        return f"{self.permit_id} {self.cause_name}"
