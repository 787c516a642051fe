"""What the pages of a step share: the step in sight, its opinions by group, the project's facts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from approvals.models import Answer, Opinion, Step
from approvals.permissions import may_answer, may_conclude
from approvals.rules import rule_of
from approvals.sittings.models import DocketItem
from approvals.sittings.queries import on_dockets
from cases.visibility import HangsOnCase
from deadlines.showing import Shown, light_of, sum_of
from documents.models import Attachment
from kernel.clock import today
from kernel.money import show_fen
from kernel.refusals import Refused
from policies.schema import Step as StepRule
from projects.models import Project
from projects.views.base import crumbs, show, user_of

PAPERS = 20
STEP = (
    "case",
    "agreement_version__agreement",
    "deadline",
    "lead_unit",
    "opened_by",
    "concluded_by",
    "cancelled_by",
    "policy_version",
)
OPINION = ("unit", "given_by", "recorded_by", "scan", "deadline", "docket_item__sitting")


class Page(LoginRequiredMixin, View):
    """A page for one who is signed in, on a day."""

    @property
    def user(self) -> User:
        return user_of(self.request)

    @property
    def today(self) -> date:
        return today()


def step_of(request: HttpRequest, pk: int) -> Step:
    """The step, if the user sees its case; else 404, as if it did not exist."""
    rows: HangsOnCase[Step] = Step.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*STEP), pk=pk)


@dataclass(slots=True)
class Row:
    """One opinion in the table. ``mine``: the reader may give it; ``overdue``: its day has passed.

    ``sits``: only a sitting answers it, on whose docket ``listed`` is; ``follows``: the reader may record
    that the changes wanted are made.
    """

    opinion: Opinion
    mine: bool
    overdue: bool
    first_of_aspect: bool
    changeable: bool
    sits: bool
    listed: DocketItem | None
    follows: bool


@dataclass(slots=True)
class Group:
    name: str
    rows: list[Row]


def opinions_of(step: Step) -> list[Opinion]:
    """Every opinion of the step, those superseded too; one query."""
    rows = list(step.opinions.select_related(*OPINION).order_by("id"))
    for row in rows:
        row.step = step
    return rows


def grouped(step: Step, rows: list[Opinion], user: User, on: date) -> list[Group]:
    """The opinions in force by group and aspect, in the plan's order."""
    rule = rule_of(step)
    order = {aspect.code: place for place, aspect in enumerate(rule.aspects)}
    sitting = {aspect.code for aspect in rule.aspects if aspect.sitting}
    listed = on_dockets(step) if sitting else {}
    leads = step.is_running and bool(sitting) and may_conclude(step, user)
    standing = sorted(
        (row for row in rows if row.in_force), key=lambda row: (order.get(row.aspect, 99), row.pk)
    )
    groups: list[Group] = []
    before = ""
    for row in standing:
        if not groups or groups[-1].name != row.group:
            groups.append(Group(row.group, []))
        waits = row.given_on is None and step.cancelled_on is None
        sits = row.aspect in sitting
        mine = may_answer(row, user) and not sits
        line = Row(
            row,
            mine=mine and waits,
            overdue=step.is_running and row.given_on is None and row.limit_passed(on),
            first_of_aspect=row.aspect != before,
            changeable=mine and step.is_running and row.given_on is not None,
            sits=sits,
            listed=listed.get(row.pk),
            follows=leads and row.answer == Answer.AMENDED and row.followed_on is None,
        )
        groups[-1].rows.append(line)
        before = row.aspect
    return groups


def clock_of(timed: Step | Opinion, on: date) -> dict[str, Any] | None:
    """The clock of a step, or of one answer, with light, words and arithmetic; None without a limit."""
    clock = timed.clock if isinstance(timed, Opinion) else timed.deadline
    if clock is None:
        return None
    light: Shown | None = light_of(clock, on)
    return {"row": clock, "light": light, "sum": sum_of(clock)}


def facts_for(project: Project) -> list[tuple[str, Any]]:
    """What is known of the project already and is asked of nobody again."""
    return [
        (_("投资企业"), project.enterprise),
        (_("总投资"), show_fen(project.total_fen)),
        (_("固定资产投资"), show_fen(project.fixed_asset_fen)),
        (_("年产值"), show_fen(project.output_fen)),
        (_("年税收"), show_fen(project.tax_fen)),
        (_("用工人数"), project.jobs),
        (_("行业"), " ".join(part for part in (project.industry_code, project.industry_text) if part)),
        (
            _("用地"),
            f"{project.land_square_metres:,} ㎡" if project.land_square_metres else project.land_text,
        ),
        (_("选址"), project.site),
        (_("引进单位"), project.introducing_unit),
        (_("承接平台"), project.landing_unit),
        (_("建设内容"), project.content),
    ]


def papers_of(case_id: int) -> list[Attachment]:
    """The papers of the case, newest first; those withdrawn are left out."""
    rows = Attachment.objects.filter(case_id=case_id, withdrawn_on__isnull=True)
    return list(rows.order_by("-id")[:PAPERS])


def project_for(step: Step) -> Project:
    related = ("case", "enterprise", "introducing_unit", "landing_unit")
    return Project.objects.select_related(*related).get(pk=step.case_id)


def trail(project: Project, step: Step | None = None) -> list[tuple[str, str]]:
    """The way back: ledger, case file, step."""
    found = crumbs(project)
    if step is not None:
        from django.urls import reverse

        found.append((step.name, reverse("step", args=[step.pk])))
    return found


def refused_on(form: forms.BaseForm, refused: Refused) -> Refused | None:
    """Objections go to their fields; what belongs to none stays above the form."""
    rest = show(form, refused)
    return Refused(rest, refused.status) if rest else None


def title_of(rule: StepRule, step: Step) -> str:
    return rule.document or step.name
