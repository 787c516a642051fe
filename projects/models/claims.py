"""首接: who claimed a lead, since when, how long it bars others, how it ended; and offers to hand it over."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models import Enterprise, Part
from cases.visibility import HangsOnCase
from projects.models.project import Project
from projects.models.records import OfProject, ReachedMilestone


class How(models.TextChoices):
    """By which act a claim was made."""

    REGISTERED = "registered", _("登记线索")
    CONTACT = "contact", _("首次对接")
    CLAIMED = "claimed", _("认领")
    HANDED_OVER = "handed_over", _("移交")
    RULED = "ruled", _("裁定")
    NAMED = "named", _("指定")


class Ending(models.TextChoices):
    GIVEN_UP = "given_up", _("放弃")
    HANDED_OVER = "handed_over", _("移交")
    SET_ASIDE = "set_aside", _("裁定不予支持")
    PASSED = "passed", _("另行指定")
    LAPSED = "lapsed", _("保护期满，重新认领")


class ClaimQuerySet(OfProject):
    def standing(self, today: date) -> Self:
        """Not ended, on a live project, within the protection window (business date, Asia/Shanghai)."""
        reached = ReachedMilestone.objects.filter(project=OuterRef("project"), withdrawn_on__isnull=True)
        kept = Exists(reached.filter(code=OuterRef("kept_by"), on__lte=OuterRef("protected_until")))
        over = Exists(reached.filter(code=OuterRef("until")))
        open_ = self.filter(ending="", project__exited_on__isnull=True).exclude(project__division="")
        within = Q(protected_until__isnull=True) | Q(protected_until__gte=today)
        return open_.filter(within | ~Q(kept_by="") & Q(kept)).exclude(~Q(until="") & Q(over))

    def against(self, claim: "Claim", today: date) -> Self:
        """Other persons' standing claims of the same project or enterprise."""
        same = Q(project=claim.project_id)
        if claim.enterprise_id:
            same |= Q(enterprise=claim.enterprise_id)
        return self.standing(today).filter(same).exclude(by=claim.by_id)

    def as_of(self, today: date) -> Self:
        """Annotate ``is_standing`` and ``is_in_conflict``."""
        standing = Claim.objects.standing(today)
        same = Q(project=OuterRef("project")) | Q(enterprise=OuterRef("enterprise"))
        stands = Exists(standing.filter(pk=OuterRef("pk")))
        rivals = Exists(standing.filter(same).exclude(by=OuterRef("by")))
        return self.annotate(is_standing=stands, is_in_conflict=Q(stands) & Q(rivals))

    def in_conflict(self, today: date) -> Self:
        """The later ones of claims that stand against each other: one for each conflict to be ruled on."""
        same = Q(project=OuterRef("project")) | Q(enterprise=OuterRef("enterprise"))
        rivals = Claim.objects.standing(today).filter(same).exclude(by=OuterRef("by"))
        return self.standing(today).filter(Exists(rivals), contested=True)


class Claim(models.Model):
    """A person's claim, for a unit, to be the first receiver of a project (首接服务责任人, 三(二)4).

    ``claimed_at`` is the stamp, ``on`` the business date. The protection window is kept as the plan in force
    laid it down: ``protected_until`` (null: no window), ``kept_by`` (a milestone that, reached in time, keeps
    it beyond) and ``until`` (a milestone with which it ends). ``enterprise`` is copied from the project.
    ``contested``: another's claim stood when it was made; whether it still does is derived. A ruling that
    upholds it is a fact beside it; an ending carries who, when and why.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="claims")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("认领单位")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("认领人"))
    how = models.CharField(_("方式"), max_length=12, choices=How.choices)
    claimed_at = models.DateTimeField(_("认领时间"), auto_now_add=True)
    on = models.DateField(_("认领日期"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    protected_until = models.DateField(_("保护期至"), null=True, blank=True)
    kept_by = models.CharField(max_length=48, blank=True)
    until = models.CharField(max_length=48, blank=True)
    contested = models.BooleanField(default=False)
    upheld_on = models.DateField(_("裁定日期"), null=True, blank=True)
    upheld_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    upheld_reason = models.CharField(_("裁定理由"), max_length=300, blank=True)
    ending = models.CharField(_("终止"), max_length=12, choices=Ending.choices, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_reason = models.CharField(_("终止原因"), max_length=300, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["enterprise"],
                condition=Q(ending="", enterprise__isnull=False),
                name="claim_open_by_enterprise",
            ),
            models.Index(fields=["id"], condition=Q(ending="", contested=True), name="claim_contested"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "by"], condition=Q(ending=""), name="claim_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(upheld_on__isnull=True, upheld_by__isnull=True, upheld_reason="")
                | Q(upheld_on__isnull=False, upheld_by__isnull=False) & ~Q(upheld_reason=""),
                name="claim_upheld_whole",
            ),
            models.CheckConstraint(
                condition=Q(ending="", ended_on__isnull=True, ended_by__isnull=True, ended_reason="")
                | ~Q(ending="") & Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
                name="claim_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(kept_by="") | Q(protected_until__isnull=False), name="claim_kept_in_a_window"
            ),
        ]
        verbose_name = _("首接认领")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.on}"


class Offer(models.TextChoices):
    PENDING = "pending", _("待接收")
    ACCEPTED = "accepted", _("已接收")
    DECLINED = "declined", _("已婉拒")
    WITHDRAWN = "withdrawn", _("已撤回")


class HandoverQuerySet(HangsOnCase["ClaimHandover"]):
    case_path = "claim__project__case"

    def pending_for(self, user: User) -> Self:
        """What this person is asked to take over."""
        return self.filter(to_user=user, state=Offer.PENDING)


class ClaimHandover(models.Model):
    """移交: the first receiver's responsibility offered to a person; nothing passes without consent.

    ``sight`` is the part that opens the case to the person asked, until the answer.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="handovers")
    to_user = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("接收人")
    )
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("接收单位")
    )
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    proposed_on = models.DateField(_("提出日期"))
    reason = models.CharField(_("移交原因"), max_length=300)
    sight = models.ForeignKey(Part, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    state = models.CharField(_("状态"), max_length=9, choices=Offer.choices, default=Offer.PENDING)
    decided_on = models.DateField(_("答复日期"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_reason = models.CharField(_("答复说明"), max_length=300, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["to_user"], condition=Q(state=Offer.PENDING), name="handover_waiting")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state=Offer.PENDING), name="handover_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(state=Offer.PENDING, decided_on__isnull=True, decided_by__isnull=True)
                | ~Q(state=Offer.PENDING) & Q(decided_on__isnull=False, decided_by__isnull=False),
                name="handover_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=Offer.ACCEPTED) | Q(decided_by=F("to_user")),
                name="handover_accepted_by_receiver",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="handover_has_reason"),
        ]
        verbose_name = _("首接移交")

    def __str__(self) -> str:
        return f"{self.claim_id} → {self.to_user_id} {self.state}"
