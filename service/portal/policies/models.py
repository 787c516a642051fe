"""Policies that offices publish beside the plan, and each policy as it reached one project's enterprise."""

from collections.abc import Collection
from datetime import date
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.access import memberships, units_with
from accounts.models import Unit, User
from accounts.roles import ROLES, Can, Role, Scope
from cases.visibility import Sight, division_prefix
from policies.models import PolicyVersion
from projects.models import Project
from projects.models.records import OfProject

HTTPS = URLValidator(schemes=["https"])


def _whole(prefix: str, text: str = "") -> Q:
    """Who, when and the words (``text``) stand together, or none of them."""
    nothing = Q(**{f"{prefix}_on__isnull": True, f"{prefix}_by__isnull": True})
    whole = Q(**{f"{prefix}_on__isnull": False, f"{prefix}_by__isnull": False})
    return (nothing & Q(**{text: ""})) | (whole & ~Q(**{text: ""})) if text else nothing | whole


class Stand(models.TextChoices):
    """Where a published policy stands on a day; derived, never stored."""

    DRAFT = "draft", _("草稿")
    COMING = "coming", _("未生效")
    IN_FORCE = "in_force", _("推送中")
    OVER = "over", _("已过期")
    WITHDRAWN = "withdrawn", _("已撤回")


class PolicyNoticeQuerySet(models.QuerySet["PolicyNotice"]):
    def in_force(self, on: date) -> Self:
        """Published, not withdrawn, and to be had on a business date (``valid_to`` included)."""
        still = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        return self.filter(still, published_on__isnull=False, withdrawn_on__isnull=True, valid_from__lte=on)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of one's own units, for whoever may publish there; for district-wide roles the district's."""
        seen = Q(unit__in=units_with(user, Can.PUSH_POLICIES))
        for code in wide_divisions(user):
            seen |= Q(unit__division_code__startswith=code)
        return self.filter(seen)

    def for_list(self) -> Self:
        """With unit and persons; ``pushed`` and ``read`` count the projects that have it and those whose
        enterprise opened it."""
        standing = Q(pushes__withdrawn_on__isnull=True)
        rows = self.select_related("unit", "made_by", "published_by", "withdrawn_by")
        return rows.annotate(
            pushed=Count("pushes", filter=standing),
            read=Count("pushes", filter=standing & Q(pushes__read_at__isnull=False)),
        )


def wide_divisions(user: User | AnonymousUser) -> list[str]:
    """The divisions (as prefixes) for the whole of which the user may publish."""
    roles = {role for role, rule in ROLES.items() if rule.scope is Scope.DISTRICT}
    may = {role for role in roles if Can.PUSH_POLICIES in ROLES[role].can}
    held = [row for row in memberships(user) if Role(row.role) in may]
    return sorted({division_prefix(row.unit.division_code) for row in held if row.unit.division_code})


class PolicyNotice(models.Model):
    """惠企政策: a policy that an office publishes for the projects it concerns, beside those of the plan.

    Whom it concerns: ``phases``, ``sectors``, ``project_types``, ``classes`` and ``parks`` (unit codes) list
    codes, an empty list takes in all. ``division``: within that district (or all whose codes begin so); ""
    within the projects in which ``unit`` plays a part. A draft until ``published_on``; it reaches whom it
    concerns from ``valid_from`` to ``valid_to`` (included), whenever they come to be concerned.
    """

    title = models.CharField(_("政策名称"), max_length=100)
    text = models.TextField(_("政策内容"))
    office = models.CharField(_("咨询单位"), max_length=100, blank=True)
    link = models.CharField(_("办理网址"), max_length=300, blank=True, validators=[HTTPS])
    valid_from = models.DateField(_("有效期起"))
    valid_to = models.DateField(_("有效期止"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("发布单位"))
    division = models.CharField(max_length=6, blank=True)
    phases = models.JSONField(_("阶段"), default=list, blank=True)
    sectors = models.JSONField(_("产业类别"), default=list, blank=True)
    project_types = models.JSONField(_("项目类型"), default=list, blank=True)
    classes = models.JSONField(_("项目等级"), default=list, blank=True)
    parks = models.JSONField(_("承接园区"), default=list, blank=True)
    made_on = models.DateField(_("起草日期"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PolicyNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["valid_from"],
                condition=Q(published_on__isnull=False, withdrawn_on__isnull=True),
                name="policy_notice_out",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="policy_notice_life_in_order",
            ),
            models.CheckConstraint(condition=_whole("published"), name="policy_notice_published_whole"),
            models.CheckConstraint(
                condition=_whole("withdrawn", "withdrawn_reason"), name="policy_notice_withdrawn_whole"
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://"), name="policy_notice_link_is_https"
            ),
        ]
        verbose_name = _("惠企政策")

    def __str__(self) -> str:
        return self.title

    def stand(self, on: date) -> Stand:
        if self.withdrawn_on or not self.published_on:
            return Stand.WITHDRAWN if self.withdrawn_on else Stand.DRAFT
        if on < self.valid_from:
            return Stand.COMING
        return Stand.OVER if self.valid_to and self.valid_to < on else Stand.IN_FORCE

    @property
    def sight(self) -> Sight:
        """How far it reaches, as somebody there would see."""
        if self.division:
            return Sight(divisions=(self.division,))
        return Sight(units=frozenset({self.unit_id}))

    def concerns(self, project: Project, units: Collection[int]) -> bool:
        """Whether the project is one of those meant; ``units`` play an open part in it. As ``concerned``
        asks of the database."""
        near = project.division.startswith(self.division) if self.division else self.unit_id in units
        park = project.landing_unit.code if project.landing_unit else ""
        asked = (
            (self.phases, project.phase), (self.sectors, project.sector), (self.parks, park),
            (self.project_types, project.project_type), (self.classes, project.project_class),
        )  # fmt: skip
        return near and bool(project.division) and all(not codes or one in codes for codes, one in asked)


class PolicyPushQuerySet(OfProject):
    def standing(self) -> Self:
        """Not taken back, nor replaced by a newer wording."""
        return self.filter(withdrawn_on__isnull=True)

    def unread(self) -> Self:
        return self.standing().filter(read_at__isnull=True)


class PolicyPush(models.Model):
    """One policy as one project's enterprise was told of it, word for word; "新" until somebody opens it.

    It comes from the plan (``code`` of a benefit, ``version``) or from what an office published (``notice``).
    ``pushed_by`` none: the plan's own, pushed by the system.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="policy_pushes", db_index=False, verbose_name=_("项目")
    )
    code = models.CharField(max_length=64, blank=True)
    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    notice = models.ForeignKey(
        PolicyNotice, models.PROTECT, null=True, blank=True, related_name="pushes", verbose_name=_("惠企政策")
    )
    name = models.CharField(_("政策名称"), max_length=200)
    text = models.TextField(_("政策内容"))
    office = models.CharField(_("咨询单位"), max_length=200, blank=True)
    link = models.CharField(_("办理网址"), max_length=300, blank=True)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    pushed_on = models.DateField(_("推送日期"))
    pushed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)

    objects = PolicyPushQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="policy_push_by_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code", "version"],
                condition=Q(withdrawn_on__isnull=True, notice__isnull=True),
                name="policy_push_of_plan_once",
            ),
            models.UniqueConstraint(
                fields=["project", "notice"],
                condition=Q(withdrawn_on__isnull=True, notice__isnull=False),
                name="policy_push_of_office_once",
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=False, version__isnull=True, code="")
                | (Q(notice__isnull=True, version__isnull=False) & ~Q(code="")),
                name="policy_push_from_one_source",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="policy_push_read_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="policy_push_withdrawn_whole",
            ),
        ]
        verbose_name = _("政策推送")

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> tuple[str, int | None]:
        """Which policy it is: the same key is not told twice."""
        return self.code, self.notice_id if self.notice_id else self.version_id


def concerned(notice: PolicyNotice) -> "models.QuerySet[Project]":
    """The running projects that a published policy means, newest first; as ``PolicyNotice.concerns``."""
    rows = Project.objects.running().filter(merged_on__isnull=True).exclude(division="")
    rows = rows.in_sight(notice.sight)
    for name, codes in {
        "phase": notice.phases, "sector": notice.sectors, "project_type": notice.project_types,
        "project_class": notice.classes, "landing_unit__code": notice.parks,
    }.items():  # fmt: skip
        rows = rows.filter(**{f"{name}__in": codes}) if codes else rows
    return rows.order_by("-pk")
