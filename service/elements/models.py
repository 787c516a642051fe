"""One need of a project for one element, from its registration until it is met or falls away."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from projects.models import Project
from projects.models.records import OfProject

THOUSAND = 1000


class State(models.TextChoices):
    NOT_NEEDED = "not_needed", _("无需求")
    REGISTERED = "registered", _("已登记")
    UNDER_WAY = "under_way", _("对接中")
    MET = "met", _("已落实")
    DROPPED = "dropped", _("已取消")


OPEN = (State.REGISTERED, State.UNDER_WAY)
STANDING = (State.NOT_NEEDED, *OPEN)
"""What answers for an element until it is answered otherwise: one at a time."""


class ElementNeedQuerySet(OfProject):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def for_list(self) -> Self:
        related = ("project__case", "assignment__unit", "assignment__user", "assignment__deadline")
        return self.select_related(*related, "registered_by", "moved_by")


class ElementNeed(models.Model):
    """What a project needs of an element of the plan, or that it needs none (said explicitly).

    Who sees to it, until when and with which escalation lies in its ``assignment``, so that handing the duty
    on moves the need along. ``thousandths``: the amount in thousandths of ``measure`` (databases keep whole
    numbers exactly). ``platform``: the outside platform on which it is matched, with its number there.
    ``moved_*`` and ``note`` tell the last change of state; every one is an event of the case.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="element_needs", db_index=False)
    element = models.CharField(_("要素"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    thousandths = models.BigIntegerField(_("数量（千分之一单位）"), null=True, blank=True)
    measure = models.CharField(_("计量单位"), max_length=20, blank=True)
    words = models.CharField(_("需求说明"), max_length=1000, blank=True)
    needed_by = models.DateField(_("需要日期"), null=True, blank=True)
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, null=True, blank=True, related_name="element_need"
    )
    platform = models.CharField(_("对接平台"), max_length=100, blank=True)
    platform_url = models.URLField(_("平台链接"), max_length=300, blank=True)
    platform_ref = models.CharField(_("平台编号"), max_length=100, blank=True)
    registered_on = models.DateField(_("登记日期"))
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    moved_on = models.DateField(_("状态日期"))
    moved_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(_("情况"), max_length=500, blank=True)

    objects = ElementNeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "-id"], name="element_by_project"),
            models.Index(fields=["element", "state", "-id"], name="element_by_kind"),
            models.Index(fields=["state", "-id"], name="element_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "element"], condition=Q(state__in=STANDING), name="element_stands_once"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="element_state_known"),
            models.CheckConstraint(
                condition=Q(thousandths__isnull=True) | Q(thousandths__gt=0), name="element_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*OPEN, State.MET]) | Q(assignment__isnull=False),
                name="element_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NOT_NEEDED)
                | Q(assignment__isnull=True, thousandths__isnull=True, needed_by__isnull=True),
                name="element_not_needed_asks_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.MET, State.DROPPED]) | ~Q(note=""),
                name="element_ended_with_words",
            ),
        ]
        verbose_name = _("要素需求")

    def __str__(self) -> str:
        return f"{self.element} {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def amount(self) -> Decimal | None:
        """In ``measure``, exact to a thousandth."""
        if self.thousandths is None:
            return None
        return Decimal(self.thousandths) / THOUSAND

    @property
    def amount_text(self) -> str:
        """ "500 千伏安"; "" where none was named."""
        if self.amount is None:
            return ""
        return f"{self.amount.normalize():,f} {self.measure}".strip()
