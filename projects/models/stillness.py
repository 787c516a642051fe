"""停滞: why a lead stands still, as its people explain it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from projects.models.project import Project
from projects.models.records import OfProject


class StillnessExplanation(models.Model):
    """Why a lead has not moved, by whom and until when that is good; kept for good, never changed.

    ``until`` is the last day on which it keeps the lead from being marked dormant.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="explanations")
    on = models.DateField(_("说明日期"))
    until = models.DateField(_("有效至"))
    reason = models.CharField(_("停滞原因"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("说明人"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("单位")
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("on")), name="explanation_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="explanation_says_why"),
        ]
        verbose_name = _("停滞说明")

    def __str__(self) -> str:
        return f"{self.on}: {self.reason}"
