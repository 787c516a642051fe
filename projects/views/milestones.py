"""One milestone of the plan: what it asks for, what is there, and recording it."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Can, Role
from cases.models import Part
from documents.actions import attach
from documents.models import Attachment
from kernel.numbers import whole
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects import actions
from projects.actions.evidence import papers_of, require_supplier
from projects.actions.milestones import missing_for, require_recorder
from projects.facts import rules_of
from projects.gates import present_documents
from projects.milestone_forms import EvidenceForm, MilestoneForm, WithdrawForm
from projects.models import Project, ReachedMilestone
from projects.permissions import may_on
from projects.views.base import ActionPage


class _OfMilestone(ActionPage):
    rule: Milestone
    rules: Rulebook

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.code: str = kwargs["code"]

    def find_rule(self) -> Milestone:
        self.rules = rules_of(self.project)
        if self.code not in self.rules.milestones:
            raise Http404
        return self.rules.milestone(self.code)

    def after(self) -> str:
        return reverse("project-milestone", args=[self.project.pk, self.code])

    def brought(self, upload: Any, kind: str, on: Any, note: str) -> Attachment | None:
        """The paper that came along with the form, filed in the case."""
        if not upload:
            return None
        case = self.project.case
        return attach(case=case, kind=kind or "other", upload=upload, by=self.user, on=on, note=note)


class MilestonePage(_OfMilestone):
    """The page explains the milestone to everybody who sees the case; the form is for whom the plan names."""

    template = "projects/milestone.html"
    needs = Can.RECORD_MILESTONE
    button = gettext_lazy("登记完成")
    done = gettext_lazy("已登记")

    def check(self) -> None:
        require_recorder(self.project, self.find_rule(), self.user)

    def get(self, request: Any, **kwargs: Any) -> Any:
        return self.page(self.make_form())

    def make_form(self, data: Any = None, files: Any = None) -> MilestoneForm:
        rule = self.find_rule()
        self.rule = rule
        return MilestoneForm(rule, self.rules, data, files, initial=self._next_part(rule))

    def _next_part(self, rule: Milestone) -> dict[str, int]:
        if not rule.staged:
            return {}
        rows = list(self._rows())
        total = max((row.parts_total for row in rows), default=1)
        return {"part_no": len(rows) + 1, "parts_total": max(total, len(rows) + 1)}

    def _missing(self, rule: Milestone) -> list[Unmet]:
        """What must be there first; papers that come along with this very form are not among it."""
        here = {f"document:{code}" for code in papers_of(rule)}
        return [item for item in missing_for(self.project, rule, self.rules) if item.code not in here]

    def _rows(self) -> Any:
        return ReachedMilestone.objects.filter(
            project=self.project, code=self.code, withdrawn_on__isnull=True
        )

    def _papers(self, rule: Milestone) -> list[dict[str, Any]]:
        """The papers that the plan asks for, and whether the case holds them already."""
        there = present_documents(self.project)
        return [{"rule": self.rules.document(code), "there": code in there} for code in papers_of(rule)]

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        data = dict(form.cleaned_data)
        data["evidence"] = self.brought(data.pop("upload"), data.pop("kind"), data["on"], data["note"])
        return actions.reach(
            project=self.project, milestone=self.code, by=self.user, today=self.today, **data
        )

    def also(self, form: forms.Form) -> dict[str, Any]:
        rule = self.rule
        rows = list(
            ReachedMilestone.objects.filter(project=self.project, code=self.code).select_related(
                "evidence", "recorded_by", "withdrawn_by"
            )
        )
        whole = _whole([row for row in rows if row.withdrawn_on is None])
        recorder = _recorder_problem(self.project, rule, self)
        return {
            "milestone": rule,
            "gist": self.rules.gist(rule),
            "phase": self.rules.phase(rule.phase),
            "recorders": _recorders(self.project, rule, self.rules),
            "papers": self._papers(rule),
            "rows": rows,
            "whole": whole,
            "supply": _supply(self.project, rule, self.rules, rows, self.user),
            "missing": [] if whole else self._missing(rule),
            "why_not": recorder,
            "may_record": not whole and not recorder,
            "may_withdraw": may_on(self.user, Can.WITHDRAW_MILESTONE, self.project),
            "may_correct": may_on(self.user, Can.CORRECT_PROJECT, self.project),
            "producers": [step for step in self.rules.steps.values() if rule.code in step.milestones],
            "mechanism": _mechanism(self.project, rule),
            "unlocks": _unlocks(rule, self.rules),
        }


def _supply(
    project: Project, rule: Milestone, rules: Rulebook, rows: list[ReachedMilestone], by: User
) -> dict[str, Any] | None:
    """The first part whose evidence is outstanding, and the form to supply it, for whom it may."""
    row = next((row for row in rows if row.evidence_outstanding and row.withdrawn_on is None), None)
    if row is None:
        return None
    try:
        require_supplier(project, rule, by)
    except Refused as refused:
        return {"row": row, "why_not": str(refused)}
    return {"row": row, "form": EvidenceForm(row, rule, rules)}


def _whole(rows: list[ReachedMilestone]) -> bool:
    return bool(rows) and len({row.part_no for row in rows}) >= max(row.parts_total for row in rows)


def _recorder_problem(project: Project, rule: Milestone, page: ActionPage) -> str | Promise:
    """Why this user may not record it now; "" when the user may."""
    if rule.produced_by != "record":
        return gettext_lazy("由相应程序办结后自动形成，不在此登记。")
    if not project.is_running:
        return gettext_lazy("项目已搁置或退出，暂不能登记。")
    try:
        require_recorder(project, rule, page.user)
    except Refused as refused:
        return str(refused)
    return ""


MECHANISMS = {"name_commissioner": "commissioner", "issue_report": "special-report-new"} | {
    "sign_agreement": "signing-new",
    "deliver_land": "land-delivery",
}
"""Where the program's own mechanisms that reach a milestone are worked: pages of apps above, by name."""


def _mechanism(project: Project, rule: Milestone) -> str:
    try:
        if rule.action == "recognise":
            return reverse("recognise", args=[project.pk, rule.code])
        return reverse(MECHANISMS.get(rule.action, ""), args=[project.pk])
    except NoReverseMatch:
        return ""


def _recorders(project: Project, rule: Milestone, rules: Rulebook) -> list[tuple[str, str]]:
    """Who records it: each part the plan names with the units that play it, then roles."""
    parts = Part.objects.filter(case_id=project.pk, part__in=rule.recorded_by_parts, valid_to__isnull=True)
    held: dict[str, list[str]] = {}
    for part in parts.select_related("unit", "user"):
        held.setdefault(part.part, []).append(f"{part.unit}{' ' + part.user.name if part.user else ''}")
    found = [
        (rules.part(code).name, "、".join(held.get(code, [])) or _("（未确定）"))
        for code in rule.recorded_by_parts
    ]
    return found + [(str(Role(code).label), "") for code in rule.recorded_by_roles]


def _unlocks(rule: Milestone, rules: Rulebook) -> list[str]:
    """What waits for this milestone: phases, further milestones, clocks, steps."""
    found = [
        _("进入“%(name)s”阶段") % {"name": p.name}
        for p in rules.phases
        if p.gate and rule.code in p.gate.milestones
    ]
    found += [
        _("“%(name)s”") % {"name": m.name}
        for m in rules.milestones.values()
        if rule.code in m.guard.milestones
    ]
    found += [_("开始计时：%(name)s") % {"name": row.name} for row in rules.limits_started_by(rule.code)]
    found += [_("启动程序：%(name)s") % {"name": row.name} for row in rules.steps_opened_by(rule.code)]
    found += [_("自动交办：%(name)s") % {"name": row.name} for row in rules.tasks_on(rule.code)]
    return found


class Evidence(_OfMilestone):
    """What an old ledger said of a milestone, shown by its paper."""

    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("补齐佐证")
    lead = gettext_lazy("由台账补录的里程碑，补上材料后才作为计分依据；不为过去计时，也不交办。")
    button = gettext_lazy("补齐佐证")
    done = gettext_lazy("佐证已补齐")

    def check(self) -> None:
        require_supplier(self.project, self.find_rule(), self.user)

    def row(self) -> ReachedMilestone:
        part = self.request.GET.get("part", "1")
        rows = ReachedMilestone.objects.filter(
            project=self.project, code=self.code, withdrawn_on__isnull=True, evidence_outstanding=True
        )
        return get_object_or_404(rows, part_no=int(part) if part.isdecimal() and len(part) < 5 else 0)

    def make_form(self, data: Any = None, files: Any = None) -> EvidenceForm:
        return EvidenceForm(self.row(), self.find_rule(), self.rules, data, files)

    def also(self, form: forms.Form) -> dict[str, Any]:
        rule = self.find_rule()
        return {"cited": rule, "subject": rule.name}

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        data = dict(form.cleaned_data)
        day = data.get("day") or self.today
        data["evidence"] = self.brought(data.pop("upload"), data.pop("kind"), day, data["note"])
        part = self.row().part_no
        return actions.supply_evidence(
            project=self.project, milestone=self.code, by=self.user, on=self.today, part_no=part, **data
        )


class Withdraw(_OfMilestone):
    needs = Can.WITHDRAW_MILESTONE
    title = gettext_lazy("撤销里程碑")
    lead = gettext_lazy(
        "撤销后，以它为前提的事项重新显示为未满足；由它起算的期限一并撤销。阶段不会自动退回。"
    )
    button = gettext_lazy("撤销")
    done = gettext_lazy("已撤销")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> WithdrawForm:
        return WithdrawForm(data, initial={"part_no": whole(self.request.GET.get("part"))})

    def also(self, form: forms.Form) -> dict[str, Any]:
        rule = self.find_rule()
        return {"cited": rule, "subject": rule.name}

    def act(self, form: forms.Form) -> Any:
        return actions.withdraw(
            project=self.project, milestone=self.code, by=self.user, on=self.today, **form.cleaned_data
        )
