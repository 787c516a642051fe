"""Reads: whom a published policy concerns, and what was pushed to one enterprise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from policies.schema import Benefit
from projects.models import Project
from service.portal import showing
from service.portal.access import Speaker
from service.portal.models import EnterpriseAccount
from service.portal.policies.models import PolicyNotice, PolicyPush, concerned


def concerned_with_accounts(notice: PolicyNotice, on: date) -> QuerySet[Project]:
    """Every project meant, annotated ``reachable``: whether its enterprise has an account in force."""
    rows = concerned(notice).annotate(reachable=_has_account(on))
    found: QuerySet[Project] = rows.order_by("-reachable", "-pk")
    return found


def told(notice: PolicyNotice, on: date) -> QuerySet[Project]:
    """The projects whose enterprise hears of it at once when it is published."""
    return concerned(notice).filter(_has_account(on))


def _has_account(on: date) -> Exists:
    return Exists(EnterpriseAccount.objects.in_force(on).filter(project=OuterRef("pk")))


def of_project(speaker: Speaker) -> QuerySet[PolicyPush]:
    """What was pushed to the enterprise for this project and stands, newest first."""
    return PolicyPush.objects.filter(project=speaker.project).standing().select_related("notice__unit")


@dataclass(frozen=True, slots=True)
class Told:
    """A policy on the enterprise's page: one of the plan (``rule``), or published by an office; ``push`` is
    none while a fact is missing to say for certain that it concerns the project."""

    name: str
    text: str
    office: str
    link: str
    clause: str
    push: PolicyPush | None = None

    @property
    def new(self) -> bool:
        return self.push is not None and self.push.read_at is None


def shown(speaker: Speaker) -> list[Told]:
    """What concerns the project now: the plan's own with what was pushed of it, then what offices published
    and is still to be had; new ones first. One query."""
    pushes = list(of_project(speaker))
    by_code = {row.code: row for row in pushes if row.code}
    own = [_of_rule(rule, by_code.get(rule.code)) for rule in showing.benefits(speaker)]
    beside = [_of_push(row) for row in pushes if row.notice and not _over(row.notice, speaker.on)]
    return sorted(own + beside, key=lambda one: not one.new)


def _of_rule(rule: Benefit, push: PolicyPush | None) -> Told:
    return Told(rule.name, rule.text, rule.office, rule.link, rule.clause, push)


def _of_push(row: PolicyPush) -> Told:
    return Told(row.name, row.text, row.office, row.link, row.clause, row)


def _over(notice: PolicyNotice, on: date) -> bool:
    return notice.valid_to is not None and notice.valid_to < on


def past(speaker: Speaker, rows: Iterable[PolicyPush]) -> set[int]:
    """Of these pushes those that concern the project no more: of another phase, or over."""
    now = {rule.code for rule in showing.benefits(speaker)}
    return {
        row.pk
        for row in rows
        if (row.code and row.code not in now) or (row.notice and _over(row.notice, speaker.on))
    }
