"""回执单: the entries of a project's slip, and what was sent to whom."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models import Case
from cases.visibility import HangsOnCase


class Level(models.TextChoices):
    """How far up a slip is sent."""

    LEADER = "leader", _("分管领导")
    TOP = "top", _("主要领导")


class ReceiptEntry(models.Model):
    """One line that is written by hand: what a department did for the enterprise, and how far it got.

    What the permits say stands on the slip by itself. A wrong entry is struck out with a reason and stays.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="receipt_entries", db_index=False)
    on = models.DateField(_("日期"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("服务部门")
    )
    matter = models.CharField(_("事项"), max_length=100)
    service = models.CharField(_("服务情况"), max_length=500)
    outcome = models.CharField(_("办结情况"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("填写人"))
    created_at = models.DateTimeField(auto_now_add=True)
    struck_on = models.DateField(_("作废日期"), null=True, blank=True)
    struck_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    struck_reason = models.CharField(_("作废原因"), max_length=300, blank=True)

    objects = HangsOnCase.as_manager()

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["case", "on", "id"], name="receipt_entry_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(struck_on__isnull=True, struck_by__isnull=True, struck_reason="")
                | (Q(struck_on__isnull=False, struck_by__isnull=False) & ~Q(struck_reason="")),
                name="receipt_entry_struck_whole",
            )
        ]
        verbose_name = _("回执单记录")

    def __str__(self) -> str:
        return f"{self.matter} {self.on}"


class ReceiptSending(models.Model):
    """The slip as it was sent on a day: ``rows`` is frozen, ``to`` are the names of who was told."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="receipt_sendings", db_index=False)
    level = models.CharField(_("报送层级"), max_length=8, choices=Level.choices)
    on = models.DateField(_("报送日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("报送人"))
    reason = models.CharField(_("提请研究的问题"), max_length=500, blank=True)
    to = models.JSONField(_("报送对象"), default=list)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    rows = models.JSONField(_("内容"), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HangsOnCase.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["case", "-id"], name="receipt_sending_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=Level.LEADER) | ~Q(reason=""), name="receipt_top_with_reason"
            )
        ]
        verbose_name = _("回执单报送")

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.on}"
