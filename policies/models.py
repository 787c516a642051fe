"""The regulation: packs, their versions in time, and the sets that were in force together."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.refusals import Refused

# What a published version may never change; only its end is set, once, when it is superseded.
FIXED = ("policy_id", "version", "title", "status", "effective_from", "body", "sha256", "published_at")


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

    def overlapping(self, first: date, last: date | None) -> "VersionQuerySet":
        """Published versions in force on some day from ``first`` to ``last`` (included; None: for ever)."""
        still = Q(effective_to__isnull=True) | Q(effective_to__gte=first)
        begun = Q(effective_from__lte=last) if last else Q()
        return self.published().filter(still & begun)


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
                condition=Q(status="draft", published_at__isnull=True)
                | Q(status="published", published_at__isnull=False),
                name="policy_published_has_date",
            ),
        ]
        verbose_name = _("制度版本")

    def __str__(self) -> str:
        return f"{self.title}（{self.version}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Refused (conflict) for a change to what a published version says."""
        self._refuse_change()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises Refused (conflict) for a published version: cases rest on it."""
        if self._stored_as_published():
            raise Refused.conflict(
                gettext("%(version)s已发布，不得删除") % {"version": self}, code="published_is_immutable"
            )
        return super().delete(*args, **kwargs)

    def close(self, last_day: date) -> None:
        """End a published version, the one change it may see; its last day is included."""
        self.effective_to = last_day
        super().save(update_fields=["effective_to"])

    def _stored_as_published(self) -> "PolicyVersion | None":
        return PolicyVersion.objects.published().filter(pk=self.pk).first() if self.pk else None

    def _refuse_change(self) -> None:
        stored = self._stored_as_published()
        if stored and any(getattr(stored, name) != getattr(self, name) for name in FIXED):
            raise Refused.conflict(
                gettext("%(version)s已发布，不得更改") % {"version": stored}, code="published_is_immutable"
            )


class PolicySet(models.Model):
    """The versions that were in force together; what a case records as its law."""

    key = models.CharField(max_length=200, unique=True)
    versions = models.ManyToManyField(PolicyVersion, related_name="sets")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("制度组合")

    def __str__(self) -> str:
        return self.key
