"""For which project of its own an account speaks: given and ended by those who serve the project."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
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
