"""A proposal: one unit put forward for a project in one round, with the reason and what became of it."""

from typing import Self

from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models import Part
from cases.visibility import HangsOnCase

_STANDING = Q(withdrawn_on__isnull=True)


class ProposalState(models.TextChoices):
    """Where a proposal stands; derived from the opinion asked of its unit and from how the round ended."""

    WAITING = "waiting", _("待征求")
    ASKED = "asked", _("待答复")
    ACCEPTED = "accepted", _("愿承接")
    DECLINED = "declined", _("不承接")
    CHOSEN = "chosen", _("已确定")
    LEFT = "left", _("未确定")
    WITHDRAWN = "withdrawn", _("已撤回")


class ProposalQuerySet(HangsOnCase["Proposal"]):
    case_path = "step__case"

    def standing(self) -> Self:
        """Those not withdrawn."""
        return self.filter(_STANDING)

    def with_state(self) -> Self:
        """Annotate ``state`` (ProposalState), so that lists can be narrowed by it."""
        from approvals.models import AGAINST, Opinion

        asked = Opinion.objects.filter(
            step=OuterRef("step"), unit=OuterRef("unit"), aspect=OuterRef("aspect"), in_force=True
        )
        given = asked.filter(given_on__isnull=False)
        running = Q(step__concluded_on__isnull=True, step__cancelled_on__isnull=True)
        found = [
            When(withdrawn_on__isnull=False, then=Value(ProposalState.WITHDRAWN)),
            When(chosen_on__isnull=False, then=Value(ProposalState.CHOSEN)),
            When(Exists(given.filter(answer__in=AGAINST)), then=Value(ProposalState.DECLINED)),
            When(~running, then=Value(ProposalState.LEFT)),
            When(Exists(given), then=Value(ProposalState.ACCEPTED)),
            When(Exists(asked), then=Value(ProposalState.ASKED)),
        ]
        state = Case(*found, default=Value(ProposalState.WAITING), output_field=CharField())
        return self.annotate(state=state)

    def in_state(self, state: str) -> Self:
        """Only those of one state; an unknown state gives none. Needs ``with_state``."""
        return self.filter(Q(state=state)) if state in ProposalState.values else self.none()

    def in_brief(self) -> Self:
        """With how each stands, and without what was answered; one query."""
        related = ("unit", "from_unit", "part", "landing", "proposed_by", "withdrawn_by")
        return self.select_related(*related, "step__case", "step__deadline", "step__lead_unit").with_state()

    def for_list(self) -> Self:
        """With everything a line shows; two queries however many, the opinions asked among them."""
        from approvals.models import Opinion

        asked = Opinion.objects.filter(in_force=True).select_related("deadline", "given_by", "recorded_by")
        return self.in_brief().prefetch_related(Prefetch("step__opinions", asked, to_attr="in_force_now"))


class Proposal(models.Model):
    """One unit proposed in one round of a dispatch (推荐) or transfer (移交), and what came of it.

    ``aspect`` is what it is asked, ``part`` what opens the case to it, ``landing`` the part it got by the
    verdict of ``chosen_on``. ``from_unit``: who held the project when it was proposed.
    """

    step = models.ForeignKey(
        "approvals.Step", models.PROTECT, related_name="proposals", db_index=False, verbose_name=_("办理程序")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="proposals", db_index=False, verbose_name=_("拟承接单位")
    )
    aspect = models.CharField(_("事项"), max_length=64)
    from_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("移出单位"),
    )  # fmt: skip
    reason = models.TextField(_("推荐理由"))
    principles = models.JSONField(_("匹配原则"), default=list, blank=True)
    industry = models.CharField(_("依据行业"), max_length=100, blank=True)
    proposed_on = models.DateField(_("提出日期"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(auto_now_add=True)
    part = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    chosen_on = models.DateField(_("确定日期"), null=True, blank=True)
    landing = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)

    state: str  # annotated by ``with_state``

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["step", "id"], name="proposal_by_step"),
            models.Index(fields=["unit", "-id"], name="proposal_by_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["step", "unit"], condition=_STANDING, name="proposal_once"),
            models.UniqueConstraint(
                fields=["step"], condition=Q(chosen_on__isnull=False), name="proposal_one_chosen"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False, chosen_on__isnull=True)
                & ~Q(withdrawn_reason=""),
                name="proposal_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(chosen_on__isnull=True, landing__isnull=True)
                | Q(chosen_on__isnull=False, landing__isnull=False),
                name="proposal_chosen_whole",
            ),
        ]
        verbose_name = _("承接建议")

    def __str__(self) -> str:
        return f"{self.step} {self.unit}"
