"""签约: the deed by which an agreement is signed, the first of a project and those that add to it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from approvals.agreement_models import AgreementVersion
from cases.models import Case
from cases.visibility import HangsOnCase
from documents.models import Attachment
from projects.models import Money

_STANDING = Q(voided_on__isnull=True)


class SigningQuerySet(HangsOnCase["Signing"]):
    def standing(self) -> Self:
        """Those not voided."""
        return self.filter(_STANDING)

    def for_list(self) -> Self:
        related = ("case", "unit", "money", "paper", "recorded_by", "voided_by", "version__agreement")
        return self.select_related(*related)


class Signing(models.Model):
    """One signing. The first of a project is its milestone; a later one is an increment that names the first.

    ``money`` is the contract figure it states, as it stands today: of an increment what it adds.
    ``from_ledger`` marks a first one that only an old ledger had stated.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="signings", db_index=False)
    first = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="increments", verbose_name=_("首次签约")
    )
    version = models.ForeignKey(
        AgreementVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signings",
        db_index=False,
        verbose_name=_("签订的版本"),
    )
    signed_on = models.DateField(_("签约日期"))
    place = models.CharField(_("签约地点"), max_length=100, blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("我方签约单位"),
    )
    counterparty = models.CharField(_("对方签署人"), max_length=100, blank=True)
    event = models.CharField(_("签约活动"), max_length=100, blank=True)
    grade = models.CharField(_("协议等级"), max_length=64, blank=True)
    money = models.ForeignKey(
        Money, models.PROTECT, null=True, blank=True, related_name="signings", verbose_name=_("签约金额")
    )
    paper = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    from_ledger = models.BooleanField(_("台账补录"), default=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    voided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    voided_reason = models.CharField(_("作废原因"), max_length=300, blank=True)

    objects = SigningQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-id"]
        indexes = [
            models.Index(fields=["case", "-id"], name="signing_by_case"),
            models.Index(fields=["-signed_on", "-id"], condition=_STANDING, name="signing_by_day"),
            models.Index(fields=["unit", "-signed_on", "-id"], condition=_STANDING, name="signing_by_unit"),
            models.Index(fields=["event", "-signed_on", "-id"], condition=_STANDING, name="signing_by_event"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=_STANDING & Q(first__isnull=True), name="signing_first_once"
            ),
            models.CheckConstraint(
                condition=Q(voided_on__isnull=True, voided_by__isnull=True, voided_reason="")
                | Q(voided_on__isnull=False, voided_by__isnull=False) & ~Q(voided_reason=""),
                name="signing_voided_whole",
            ),
            models.CheckConstraint(
                condition=Q(first__isnull=True) | Q(money__isnull=False), name="signing_increment_has_sum"
            ),
        ]
        verbose_name = _("签约")

    def __str__(self) -> str:
        return f"{self.case} {self.signed_on}"

    @property
    def is_first(self) -> bool:
        return self.first_id is None

    def as_dict(self) -> dict[str, Any]:
        """What an event keeps of it."""
        return {
            "signing": self.pk,
            "day": str(self.signed_on),
            "event": f"，{self.event}" if self.event else "",
            "place": self.place,
        }
