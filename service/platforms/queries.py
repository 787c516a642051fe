"""Reads: the projects that a platform is to know, what stands there, and where we have moved on since."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from policies.schema import OutsidePlatform
from projects.models import Project, ReachedMilestone
from service.models import MonthlyProgress, PlatformEntry
from service.platforms.models import PlatformEntryQuerySet
from service.progress.queries import with_month


class Standing(TextChoices):
    """How a project stands on a platform; derived, never stored."""

    MISSING = "missing", _("待录入")
    CHANGED = "changed", _("录入后有变动")
    ENTERED = "entered", _("已录入")


TO_DO = "to_do"
"""Missing or changed: what the next table brings over."""


def standing_of(row: Any) -> Standing:
    """Of a row ``on_platform``."""
    if row.entered_on is None:
        return Standing.MISSING
    return Standing.CHANGED if row.entered_behind else Standing.ENTERED


def on_platform(
    user: User | AnonymousUser, rule: OutsidePlatform, asked: Mapping[str, str]
) -> QuerySet[Project]:
    """The running projects in sight that the platform is to know, newest first, each with ``entered_on``,
    ``entered_number``, ``entered_behind``; by ``state`` (of ``Standing``, or "to_do") and ``park`` (code).
    """
    entries = PlatformEntry.objects.in_force().filter(project=OuterRef("pk"), platform=rule.code)
    rows = Project.objects.visible_to(user).running().filter(phase__in=rule.phases)
    if park := asked.get("park", ""):
        rows = rows.filter(landing_unit__code=park)
    rows = _in_state(rows, entries, asked.get("state", ""))
    said = {
        "entered_on": Subquery(entries.values("on")[:1]),
        "entered_number": Subquery(entries.values("number")[:1]),
        "entered_behind": Exists(entries.behind()),
    }
    return rows.annotate(**said).select_related("case", "landing_unit", "enterprise").order_by("-case_id")


def _in_state(rows: QuerySet[Project], entries: PlatformEntryQuerySet, state: str) -> QuerySet[Project]:
    behind = Exists(entries.behind())
    if state == Standing.MISSING:
        return rows.filter(~Exists(entries))
    if state == Standing.CHANGED:
        return rows.filter(behind)
    if state == Standing.ENTERED:
        return rows.filter(Exists(entries), ~behind)
    return rows.filter(Q(~Exists(entries)) | behind) if state == TO_DO else rows


def with_fields(rows: QuerySet[Project], on: date) -> QuerySet[Project]:
    """What the table tells beyond the project's own fields: signing, the month and what was completed."""
    signed = ReachedMilestone.objects.filter(project=OuterRef("pk"), code="signed", withdrawn_on__isnull=True)
    reports = MonthlyProgress.objects.filter(project=OuterRef("pk"), in_force=True).order_by("-month")
    return with_month(rows, on.replace(day=1)).annotate(
        signed_on_=Subquery(signed.order_by("on").values("on")[:1]),
        last_month=Subquery(reports.values("month")[:1]),
        last_invested=Subquery(reports.values("invested_fen")[:1]),
        last_percent=Subquery(reports.values("percent")[:1]),
        last_words=Subquery(reports.values("words")[:1]),
        last_problems=Subquery(reports.values("problems")[:1]),
        park_=F("landing_unit__name"),
        code_=F("case__code"),
    )
