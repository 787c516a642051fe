"""The review pool: pairs of projects that may be one, and what was judged of them."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from cases.models import Case
from cases.visibility import sight_of
from projects.likeness import Grade
from projects.models.project import Project


class FoundBy(models.TextChoices):
    """Where a pair came from."""

    ENTRY = "entry", pgettext_lazy("duplicates", "登记")
    API = "api", pgettext_lazy("duplicates", "接口")
    IMPORT = "import", pgettext_lazy("duplicates", "导入")
    PERSON = "person", pgettext_lazy("duplicates", "人工比对")


class PairState(models.TextChoices):
    """What became of a pair; derived, never stored."""

    OPEN = "open", pgettext_lazy("duplicates", "待核对")
    DISTINCT = "distinct", pgettext_lazy("duplicates", "不是同一项目")
    MERGED = "merged", pgettext_lazy("duplicates", "已合并")


class PairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Pairs of which the user sees both projects; of a merged pair the one that was kept is enough."""
        sight = sight_of(user)
        cases = Case.objects.in_sight(sight)
        first = Exists(cases.filter(pk=OuterRef("first_id")))
        second = Exists(cases.filter(pk=OuterRef("second_id")))
        return self.filter(Q(first & second) | Q(merged_on__isnull=False) & (Q(first) | Q(second)))

    def in_state(self, state: str) -> Self:
        """Of one state; an unknown word leaves nothing."""
        wanted = {
            PairState.OPEN.value: Q(distinct_on__isnull=True, merged_on__isnull=True),
            PairState.DISTINCT.value: Q(distinct_on__isnull=False),
            PairState.MERGED.value: Q(merged_on__isnull=False),
        }
        return self.filter(wanted[state]) if state in wanted else self.none()

    def for_list(self) -> Self:
        ends = ("case", "enterprise", "introducing_unit", "landing_unit")
        both = [f"{side}__{end}" for side in ("first", "second") for end in ends]
        return self.select_related("distinct_by", "merged_by", *both)


def _whole(prefix: str) -> Q:
    """Who, when and why: all three or none."""
    none = Q(**{f"{prefix}_on__isnull": True, f"{prefix}_by__isnull": True, f"{prefix}_reason": ""})
    return none | (
        Q(**{f"{prefix}_on__isnull": False, f"{prefix}_by__isnull": False}) & ~Q(**{f"{prefix}_reason": ""})
    )


class DuplicatePair(models.Model):
    """Two projects that may be one (查重), the older first; judged once: kept apart, or merged.

    ``reasons`` are the signs as they were found, ``note`` what the person said who registered all the same.
    ``kept`` is what a merge changed beside the project, so that undoing it gives exactly that back.
    """

    first = models.ForeignKey(Project, models.PROTECT, related_name="pairs_as_first", db_index=False)
    second = models.ForeignKey(Project, models.PROTECT, related_name="pairs_as_second")
    grade = models.CharField(_("把握"), max_length=10, choices=Grade.choices)
    points = models.SmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    found_on = models.DateField(_("发现日期"))
    found_by = models.CharField(_("来源"), max_length=8, choices=FoundBy.choices)
    note = models.CharField(_("登记说明"), max_length=300, blank=True)
    distinct_on = models.DateField(_("认定日期"), null=True, blank=True)
    distinct_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    distinct_reason = models.CharField(_("认定理由"), max_length=300, blank=True)
    merged_on = models.DateField(_("合并日期"), null=True, blank=True)
    merged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    merged_reason = models.CharField(_("合并原因"), max_length=300, blank=True)
    kept = models.JSONField(default=dict)

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"],
                condition=Q(distinct_on__isnull=True, merged_on__isnull=True),
                name="pair_open",
            ),
            models.Index(
                fields=["grade", "-id"],
                condition=Q(distinct_on__isnull=True, merged_on__isnull=True),
                name="pair_open_by_grade",
            ),
            models.Index(fields=["-id"], condition=Q(distinct_on__isnull=False), name="pair_distinct"),
            models.Index(fields=["-id"], condition=Q(merged_on__isnull=False), name="pair_merged"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.CheckConstraint(condition=_whole("distinct"), name="pair_distinct_whole"),
            models.CheckConstraint(condition=_whole("merged"), name="pair_merged_whole"),
            models.CheckConstraint(
                condition=Q(distinct_on__isnull=True) | Q(merged_on__isnull=True), name="pair_judged_one_way"
            ),
        ]
        verbose_name = _("疑似重复")

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"

    @property
    def state(self) -> PairState:
        if self.merged_on is not None:
            return PairState.MERGED
        return PairState.OPEN if self.distinct_on is None else PairState.DISTINCT
