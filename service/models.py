"""After signing: who serves the project. The commissioner himself is a part of the case (``cases.Part``)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Part
from projects.models import Project
from projects.models.records import OfProject

# Django finds the models of an app in its module ``models``; those of its rooms stand apart.
from service.handing.models import Handing, Receipt  # isort: skip
from service.elements.models import ElementNeed  # isort: skip
from service.platforms.models import PlatformEntry  # isort: skip
from service.portal.models import Ask, EnterpriseAccount, EnterpriseRequest, RequestAnswer  # isort: skip
from service.portal.policies.models import PolicyNotice, PolicyPush  # isort: skip
from service.plans.models import Plan, PlanItem, PlanSeal, PlanTarget, PlanTick, PlanVersion  # isort: skip
from service.acceptance.models import AcceptanceStage, Guidance, GuidanceState, LandDelivery  # isort: skip
from service.progress.models import DayDifference, MonthlyProgress, ProgressSheet, RecognisedBy, StatedDay  # isort: skip

__all__ = [
    "COMMISSIONER",
    "LANDING",
    "SERVICE_BODY",
    "AcceptanceStage",
    "Ask",
    "DayDifference",
    "ElementNeed",
    "EnterpriseAccount",
    "EnterpriseRequest",
    "Guidance",
    "GuidanceState",
    "HandOver",
    "Handing",
    "LandDelivery",
    "MonthlyProgress",
    "Plan",
    "PlanItem",
    "PlanSeal",
    "PlanTarget",
    "PlanTick",
    "PlanVersion",
    "PlatformEntry",
    "PolicyNotice",
    "PolicyPush",
    "ProgressSheet",
    "Receipt",
    "RecognisedBy",
    "RequestAnswer",
    "StatedDay",
]

COMMISSIONER = "commissioner"
SERVICE_BODY = "service_body"
LANDING = "landing"


class HandOver(models.Model):
    """One post of a project (the commissioner first of all) passed to another holder, with every duty still
    open. Appended only."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="hand_overs", verbose_name=_("项目"))
    from_part = models.OneToOneField(Part, models.PROTECT, related_name="handed_over_by")
    to_part = models.OneToOneField(Part, models.PROTECT, related_name="taken_over_by")
    on = models.DateField(_("移交日期"))
    reason = models.CharField(_("移交原因"), max_length=300)
    deadlines_moved = models.PositiveIntegerField(_("移交期限"))
    assignments_moved = models.PositiveIntegerField(_("移交交办事项"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hand_over_has_reason"),
            models.CheckConstraint(condition=~Q(from_part=F("to_part")), name="hand_over_to_another"),
        ]
        verbose_name = _("服务岗位移交")

    def __str__(self) -> str:
        return f"{self.on}"
