"""That a project was entered into another office's platform, under which number there."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.models import Project
from projects.models.records import OfProject
from service.progress.models import MonthlyProgress


class PlatformEntryQuerySet(OfProject):
    def in_force(self) -> Self:
        return self.filter(in_force=True)

    def behind(self) -> Self:
        """Those whose project has changed, or reported another month, since."""
        months = MonthlyProgress.objects.filter(project=OuterRef("project"), at__gt=OuterRef("at"))
        return self.filter(Q(version__lt=F("project__version")) | Exists(months))


class PlatformEntry(models.Model):
    """One entry (录入) into a platform of the plan; a later one takes its place, none is changed.

    ``version`` is the project's at that time: where the project has moved on since, or a month was reported,
    the platform does not know it yet (``behind``).
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="platform_entries", db_index=False, verbose_name=_("项目")
    )
    platform = models.CharField(_("平台"), max_length=40)
    number = models.CharField(_("平台编号"), max_length=60, blank=True)
    on = models.DateField(_("录入日期"))
    version = models.PositiveIntegerField()
    in_force = models.BooleanField(default=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("录入人"))
    at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    objects = PlatformEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "platform", "-id"], name="platform_entry_by_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "platform"],
                condition=Q(in_force=True),
                name="platform_entered_once",
            ),
            models.UniqueConstraint(
                fields=["platform", "number"],
                condition=Q(in_force=True) & ~Q(number=""),
                name="platform_number_of_one_project",
            ),
        ]
        verbose_name = _("平台录入")

    def __str__(self) -> str:
        return f"{self.platform} {self.number}"
