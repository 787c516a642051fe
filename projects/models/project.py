"""The project: one-to-one with its case, its phase a protected state."""

from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from accounts.models import Unit, User
from cases.models import Case, Enterprise
from cases.visibility import HangsOnCase
from kernel.clock import today
from kernel.versions import Versions
from projects.models.choices import AgreementGrade, Batch, LandMode, Origin, Phase, ProjectType, Sector

LEADS = (Batch.RESERVE.value, Batch.NEGOTIATING.value)
"""A lead (线索) is a project that is not signed yet."""
STILLNESS = ("moved_on", "explained_until", "still_warned_on", "dormant_on")


class ProjectQuerySet(HangsOnCase["Project"]):
    def _in_division(self, code: str) -> Q:
        """From the project's own copy: the largest list there is must not join its cases to be counted."""
        return Q(**{"division" if len(code) == 6 else "division__startswith": code})

    def running(self) -> Self:
        """Neither shelved nor given up."""
        return self.filter(shelved_on__isnull=True, exited_on__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("enterprise", "landing_unit", "introducing_unit")


def _fen(label: Any) -> models.BigIntegerField:
    return models.BigIntegerField(label, null=True, blank=True)


def _all_or_none(prefix: str) -> Q:
    """A stored status carries who, when and why: all three or none."""
    none = Q(**{f"{prefix}_on__isnull": True, f"{prefix}_by__isnull": True, f"{prefix}_reason": ""})
    return none | (
        Q(**{f"{prefix}_on__isnull": False, f"{prefix}_by__isnull": False}) & ~Q(**{f"{prefix}_reason": ""})
    )


class Project(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """An investment project over its whole life.

    One found to be another's double is merged into it: nothing of it is copied or deleted, but its case is
    voided until that is undone, so that no list, sum or clock counts it twice.

    Amounts are in 分 and caches of the dated ``Money`` rows; ``landing_unit`` and ``introducing_unit``
    are caches of open parts; ``batch``, ``origin`` and ``project_class`` are computed by the pack;
    ``first_project``: the enterprise's earlier project, of which this is a further round (二次招商).
    ``division`` is its case's, and "" once the case is voided; ``sound`` is how the core of its name sounds.
    All are written only by actions.

    ``lead_channel``, ``target_classes`` and ``lead_tags`` are codes of the pack (``projects.coded``).
    ``moved_on`` is the day of the last movement, ``explained_until`` how long an explanation holds,
    ``still_warned_on`` and ``dormant_on`` when the sweep warned and marked it (``projects.stillness``). These
    four, and ``talk_stage`` (``projects.stages``), tell of it and are no change of it: no version counts up.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="project")
    name = models.CharField(_("项目名称"), max_length=200)
    normalized_name = models.CharField(max_length=200, editable=False, default="")
    sound = models.CharField(max_length=16, editable=False, default="")
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        db_index=False,
        verbose_name=_("投资企业"),
    )
    phase = FSMField(_("阶段"), default=Phase.PLANNING, choices=Phase.choices, protected=True)
    batch = models.CharField(_("批次"), max_length=12, choices=Batch.choices, default=Batch.RESERVE)
    project_class = models.CharField(_("项目等级"), max_length=16, blank=True)
    origin = models.CharField(_("来源"), max_length=24, choices=Origin.choices, blank=True)
    project_type = models.CharField(
        _("项目类型"), max_length=16, choices=ProjectType.choices, default=ProjectType.NEW
    )
    agreement_grade = models.CharField(
        _("协议类型"), max_length=12, choices=AgreementGrade.choices, default=AgreementGrade.NONE
    )
    sector = models.CharField(_("产业类别"), max_length=12, choices=Sector.choices, blank=True)
    industry_code = models.CharField(
        _("行业代码"),
        max_length=4,
        blank=True,
        validators=[RegexValidator(r"^\d{4}$", _("行业代码为四位数字（GB/T 4754）"))],
    )
    industry_text = models.CharField(_("行业"), max_length=100, blank=True)
    planning_year = models.PositiveSmallIntegerField(_("谋划年度"), null=True, blank=True)
    landing_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("承接园区"),
    )
    introducing_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("引进单位")
    )
    total_fen = _fen(_("总投资"))
    fixed_asset_fen = _fen(_("固定资产投资"))
    contract_fen = _fen(_("协议资金"))
    output_fen = _fen(_("年产值"))
    tax_fen = _fen(_("年税收"))
    paid_in_fen = _fen(_("到位资金"))
    jobs = models.PositiveIntegerField(_("用工人数"), null=True, blank=True)
    land_square_metres = models.PositiveBigIntegerField(_("用地面积（㎡）"), null=True, blank=True)
    land_text = models.CharField(_("用地（原文）"), max_length=100, blank=True)
    land_mode = models.CharField(_("用地方式"), max_length=12, choices=LandMode.choices, blank=True)
    green_channel = models.BooleanField(_("绿色通道"), default=False)
    small_low_risk = models.BooleanField(_("小型低风险"), default=False)
    special_fire = models.BooleanField(_("特殊建设工程（消防）"), default=False)
    content = models.TextField(_("建设内容"), blank=True)
    site = models.CharField(_("选址"), max_length=200, blank=True)
    progress = models.TextField(_("进展"), blank=True)
    lead_channel = models.CharField(_("线索渠道"), max_length=64, blank=True)
    lead_source = models.CharField(_("具体来源"), max_length=100, blank=True)
    target_classes = models.CharField(_("重点对象类别"), max_length=300, blank=True)
    lead_tags = models.CharField(_("标签"), max_length=600, blank=True)
    talk_stage = models.CharField(_("洽谈进度"), max_length=64, blank=True, editable=False)
    moved_on = models.DateField(_("最近进展"), default=today, editable=False)
    explained_until = models.DateField(_("停滞说明有效至"), null=True, editable=False)
    still_warned_on = models.DateField(_("停滞提醒日期"), null=True, editable=False)
    dormant_on = models.DateField(_("休眠日期"), null=True, editable=False)
    from_ledger = models.BooleanField(_("存量补录"), default=False)
    shelved_on = models.DateField(_("搁置日期"), null=True, blank=True)
    shelved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    shelved_reason = models.CharField(_("搁置原因"), max_length=300, blank=True)
    exited_on = models.DateField(_("退出日期"), null=True, blank=True)
    exited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    exited_reason = models.CharField(_("退出原因"), max_length=300, blank=True)
    first_project = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
        db_index=False,
        verbose_name=_("首个项目"),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        db_index=False,
        verbose_name=_("并入项目"),
    )
    merged_on = models.DateField(_("合并日期"), null=True, blank=True)
    merged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    merged_reason = models.CharField(_("合并原因"), max_length=300, blank=True)
    division = models.CharField(max_length=6, editable=False, default="")
    search = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = ProjectQuerySet.as_manager()
    history = Versions(
        excluded_fields=[*("search", "normalized_name", "sound", "division", "talk_stage"), *STILLNESS]
    )

    class Meta:
        ordering = ["-case_id"]
        indexes = [
            # Each ends with the division: a page is counted and found without touching the table.
            models.Index(
                fields=[
                    *("phase", "landing_unit", "project_class", "-case", "division"),
                    # and added up likewise
                    *("total_fen", "contract_fen", "paid_in_fen"),
                ],
                name="project_phase_park_class",
            ),
            models.Index(fields=["landing_unit", "-case", "division"], name="project_by_park"),
            models.Index(fields=["project_class", "-case", "division"], name="project_by_class"),
            models.Index(fields=["phase", "-case", "division"], name="project_by_phase"),
            models.Index(fields=["batch", "-case", "division"], name="project_by_batch"),
            models.Index(fields=["division", "-case"], name="project_by_division"),
            models.Index(fields=["enterprise"], name="project_by_enterprise"),
            models.Index(fields=["normalized_name"], name="project_by_normal_name"),
            models.Index(fields=["sound"], name="project_by_sound"),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="project_absorbed",
            ),
            models.Index(
                fields=["first_project"],
                condition=Q(first_project__isnull=False),
                name="project_later_rounds",
            ),
            models.Index(
                fields=["lead_channel", "-case", "division", "batch"],
                condition=~Q(lead_channel=""),
                name="project_by_channel",
            ),
            models.Index(
                fields=["talk_stage", "-case", "division"],
                condition=Q(
                    batch__in=(*LEADS, Batch.SIGNED.value), shelved_on__isnull=True, exited_on__isnull=True
                ),
                name="project_by_stage",
            ),
            # Leads in the order of their stillness; those that a sweep may still mark; those it has marked.
            models.Index(
                fields=["moved_on", "case", "division"],
                condition=Q(batch__in=LEADS),
                name="project_leads_still",
            ),
            models.Index(
                fields=["batch", "moved_on"],
                condition=Q(
                    dormant_on__isnull=True,
                    shelved_on__isnull=True,
                    exited_on__isnull=True,
                    merged_on__isnull=True,
                ),
                name="project_not_dormant",
            ),
            models.Index(
                fields=["-case", "division"], condition=Q(dormant_on__isnull=False), name="project_dormant"
            ),
            models.Index(Coalesce("total_fen", Value(-1)), F("case"), name="project_by_total"),
            models.Index(fields=["updated_at", "case"], name="project_by_updated"),
        ]
        constraints = [
            models.CheckConstraint(condition=_all_or_none("shelved"), name="project_shelved_whole"),
            models.CheckConstraint(condition=_all_or_none("exited"), name="project_exited_whole"),
            models.CheckConstraint(
                condition=_all_or_none("merged")
                & (
                    Q(merged_into__isnull=True, merged_on__isnull=True)
                    | Q(merged_into__isnull=False, merged_on__isnull=False)
                ),
                name="project_merged_whole",
            ),
            models.CheckConstraint(
                condition=Q(first_project__isnull=True) | ~Q(first_project=F("case")),
                name="project_first_is_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("case")),
                name="project_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(total_fen__isnull=True) | Q(total_fen__gte=0), name="project_total_not_negative"
            ),
        ]
        verbose_name = _("项目")

    def __str__(self) -> str:
        return self.name

    @transition(field=phase, source=Phase.PLANNING, target=Phase.NEGOTIATION)
    def to_negotiation(self) -> None: ...

    @transition(field=phase, source=Phase.NEGOTIATION, target=Phase.LANDING)
    def to_landing(self) -> None: ...

    @transition(field=phase, source=Phase.LANDING, target=Phase.CONSTRUCTION)
    def to_construction(self) -> None: ...

    @transition(field=phase, source=Phase.CONSTRUCTION, target=Phase.PRODUCTION)
    def to_production(self) -> None: ...

    def clean_fields(self, exclude: Any = None) -> None:
        """A protected FSM field refuses the assignment that ``clean_fields`` makes: leave it out."""
        super().clean_fields(exclude={*(exclude or ()), "phase"})

    @property
    def code(self) -> str:
        return self.case.code

    @property
    def next_phase(self) -> Phase | None:
        order = list(Phase)
        place = order.index(Phase(self.phase)) + 1
        return order[place] if place < len(order) else None

    @property
    def is_running(self) -> bool:
        """Neither put aside, given up nor merged into another."""
        return self.shelved_on is None and self.exited_on is None and self.merged_on is None


NATIONAL_CODE = r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$"


class ProjectCode(models.Model):
    """A national project code (GB/T 40058-2021); a project may hold several, some voided with a reason."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="codes")
    code = models.CharField(
        _("投资项目代码"),
        max_length=26,
        validators=[RegexValidator(NATIONAL_CODE, _("投资项目代码格式应为 2603-141124-89-05-346948"))],
    )
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    voided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    voided_reason = models.CharField(_("作废原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["code"], name="project_code_looked_up")]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(voided_on__isnull=True), name="project_code_unique_while_valid"
            ),
            models.CheckConstraint(condition=_all_or_none("voided"), name="project_code_voided_whole"),
        ]
        verbose_name = _("投资项目代码")

    def __str__(self) -> str:
        return self.code
