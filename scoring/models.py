"""计分: what each unit is credited with, as dated entries that are reversed and never edited."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import can, scopes, units_of
from accounts.models import Unit, User
from accounts.roles import Can, Scope
from cases.models import Case
from cases.visibility import HangsOnCase
from policies.models import PolicyVersion
from projects.models import Money


class CreditMeasure(models.TextChoices):
    AGREED = "agreed_funds", _("协议资金")
    PAID_IN = "paid_in_funds", _("到位资金")


class Role(models.TextChoices):
    """As what a unit shares in a project; alone it takes all."""

    SOLE = "sole", _("引进单位")
    LEAD = "lead", _("牵头单位")
    SUPPORTING = "supporting", _("配合单位")


class CreditQuerySet(HangsOnCase["Credit"]):
    def shown_to(self, user: User | AnonymousUser) -> Self:
        """The whole district's to its offices, a unit's own to the unit, nobody else's to anybody."""
        if not can(user, Can.SEE_SCORING):
            return self.none()
        return (
            self.visible_to(user) if Scope.DISTRICT in scopes(user) else self.filter(unit__in=units_of(user))
        )

    def standing(self) -> Self:
        """Neither reversed nor reversing."""
        return self.filter(reverses__isnull=True, reversed_by__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("unit", "case", "policy_version", "reverses", "reversed_by")


class Credit(models.Model):
    """One entry: an amount of 分 before and after weight and share, for one unit, with its derivation.

    ``on`` is the day it counts for (signing, payment), ``at`` the moment it was written. What changes is
    reversed by an entry of the opposite sign that counts for the same day, and booked anew: sums up to a
    moment of writing give the figures as they then stood. Rows are appended only; the database refuses
    change and deletion. ``formula`` holds every operand.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="credits", verbose_name=_("单位"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="credits", verbose_name=_("项目"))
    measure = models.CharField(_("口径"), max_length=16, choices=CreditMeasure.choices)
    on = models.DateField(_("计入日期"))
    before_fen = models.BigIntegerField(_("计分前（分）"))
    factor = models.CharField(_("权重"), max_length=12)
    role = models.CharField(_("身份"), max_length=12, choices=Role.choices)
    share = models.CharField(_("份额"), max_length=12)
    after_fen = models.BigIntegerField(_("计分（分）"))
    formula = models.JSONField(_("算式"))
    clause = models.CharField(_("条款"), max_length=40)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("制度版本")
    )
    source = models.ForeignKey(Money, models.PROTECT, related_name="credits", verbose_name=_("资金"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("冲销")
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("记账时间"), auto_now_add=True)

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="credit_by_unit"),
            models.Index(fields=["case", "measure"], name="credit_by_case"),
            models.Index(fields=["on", "unit", "measure"], name="credit_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, before_fen__gte=0, after_fen__gte=0)
                | Q(reverses__isnull=False, before_fen__lte=0, after_fen__lte=0),
                name="credit_reversal_has_opposite_sign",
            ),
            models.CheckConstraint(condition=~Q(formula={}), name="credit_has_formula"),
        ]
        verbose_name = _("计分")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure} {self.after_fen}"
