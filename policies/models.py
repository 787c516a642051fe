"""The regulation: packs, their versions in time, and the sets that were in force together."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Status(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")


class Policy(models.Model):
    """One published plan (工作方案), over all its versions."""

    code = models.SlugField(_("代码"), max_length=64, unique=True)
    title = models.CharField(_("名称"), max_length=200)

    class Meta:
        ordering = ["code"]
        verbose_name = _("制度")

    def __str__(self) -> str:
        return self.title


class VersionQuerySet(models.QuerySet["PolicyVersion"]):
    def published(self) -> "VersionQuerySet":
        return self.filter(status=Status.PUBLISHED)

    def in_force(self, on: date) -> "VersionQuerySet":
        still = Q(effective_to__isnull=True) | Q(effective_to__gte=on)
        return self.published().filter(still, effective_from__lte=on)


class PolicyVersion(models.Model):
    """One version of a pack as TOML text, effective from a day; immutable once published."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    version = models.CharField(_("版本"), max_length=32)
    title = models.CharField(_("名称"), max_length=200)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    effective_from = models.DateField(_("施行日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    body = models.TextField(_("内容"))
    sha256 = models.CharField(max_length=64)
    loaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["policy__code", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="policy_version_life_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True) | Q(status="published", published_at__isnull=False),
                name="policy_published_has_date",
            ),
        ]
        verbose_name = _("制度版本")

    def __str__(self) -> str:
        return f"{self.title}（{self.version}）"


class PolicySet(models.Model):
    """The versions that were in force together; what a case records as its law."""

    key = models.CharField(max_length=200, unique=True)
    versions = models.ManyToManyField(PolicyVersion, related_name="sets")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("制度组合")

    def __str__(self) -> str:
        return self.key
