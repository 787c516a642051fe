"""The published calendar: which days of a year rest and which weekend days are worked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class CalendarVersion(models.Model):
    """One year's rest days as officially published. The latest version of a year is in force; older
    ones stay, so that a due date of the past can be explained. Rows are appended, never changed."""

    year = models.PositiveSmallIntegerField(_("年度"))
    version = models.CharField(_("版本"), max_length=32)
    source = models.CharField(_("依据"), max_length=300)
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    loaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("载入人"))
    loaded_at = models.DateTimeField(_("载入时间"), auto_now_add=True)
    recomputed_at = models.DateTimeField(_("重算完成时间"), null=True)

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="calendar_version_once"),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2100), name="calendar_year_in_range"
            ),
        ]
        verbose_name = _("年度日历")

    def __str__(self) -> str:
        return f"{self.year} {self.version}"


class CalendarDay(models.Model):
    """An exception: a weekday that rests, or a weekend day that is worked (调休上班)."""

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="days")
    date = models.DateField(_("日期"))
    working = models.BooleanField(_("上班"))

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["version", "date"], name="calendar_day_once")]
        verbose_name = _("日历例外日")

    def __str__(self) -> str:
        return f"{self.date} {'+' if self.working else '-'}"
