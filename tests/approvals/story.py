"""The way of one project through its steps, told with the real actions."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Unit, User
from approvals import actions
from approvals.actions import AgreementDraft, Commitment, Named
from approvals.models import AgreementVersion, Asks, Opinion, Step
from approvals.sittings.shortcut import decide, needs_sitting
from documents.actions import attach
from policies.schema import Step as StepRule
from projects import actions as projects
from projects.models import Project
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import District

TOMORROW = TODAY + timedelta(days=1)
DUE = date(2026, 3, 11)
"""7 working days after Monday, 2 March 2026."""
FAVOURABLE = {
    Asks.WORDS: {"words": "无异议"},
    Asks.WORDS_AND_SCORE: {"words": "前景良好", "score": 80},
    Asks.PASS_OR_VETO: {"answer": "pass"},
    Asks.OUTCOME: {"answer": "approve"},
    Asks.ACCEPTANCE: {"answer": "accept"},
}


TERMS = {"content": "年产5万吨新材料生产线", "total_investment": "8亿元"}


def wording(
    grade: str = "agreement",
    commitments: tuple[Commitment, ...] = (),
    paper: Any = None,
    *,
    as_decided: bool = False,
    **terms: str,
) -> AgreementDraft:
    """A wording of an agreement: what the plan requires, and the terms given."""
    paper = paper or upload(name="投资协议.pdf")
    return AgreementDraft(
        grade=grade, values=TERMS | terms, commitments=commitments, paper=paper, as_decided=as_decided
    )


@dataclass
class Story:
    """A district with people by role and unit, made when they are first called."""

    district: District
    people: dict[tuple[str, str], User] = field(default_factory=dict)

    @property
    def clerk(self) -> User:
        return self.district.clerk

    @property
    def bureau(self) -> Unit:
        return self.district.bureau

    def person(self, unit: str, role: str = "reviewer") -> User:
        if (unit, role) not in self.people:
            self.people[unit, role] = self.district.person(role, unit)
        return self.people[unit, role]

    def reach(self, project: Project, *codes: str, on: date = TODAY) -> None:
        for code in codes:
            projects.reach(project=project, milestone=code, by=self.district.head, on=on, produced=True)

    def assessment(self, project: Project | None = None) -> Step:
        """The first talk was registered, so the assessment has opened by itself."""
        project = project or self.district.project()
        self.reach(project, "first_talk_registered")
        return Step.objects.get(case_id=project.pk, code="assessment")

    def open(self, project: Project, code: str, **more: Any) -> Step:
        return actions.open_step(**{"project": project, "step": code, "by": self.clerk, "on": TODAY} | more)

    def answer(self, opinion: Opinion, on: date = TODAY, **said: Any) -> Opinion:
        """The unit asked answers through one of its own people: favourably, unless said otherwise."""
        if needs_sitting(opinion):
            return self.decide(opinion, on, **said)
        role = "leader" if opinion.unit.kind == "leadership" else "reviewer"
        by = self.person(opinion.unit.code, role)
        return actions.give_opinion(opinion=opinion, by=by, on=on, **(said or FAVOURABLE[Asks(opinion.asks)]))

    def decide(self, opinion: Opinion, on: date = TODAY, **said: Any) -> Opinion:
        """The body decides in a sitting, whose minutes the bureau's clerk keeps."""
        said.pop("supersede", None)
        outcome, words = said.pop("answer", "approve"), said.pop("words", "") or "会议同意"
        paper = opinion.step.case.attachments.filter(kind="draft_agreement", withdrawn_on=None)
        if not paper.exists():
            attach(case=opinion.step.case, kind="draft_agreement", upload=upload(), by=self.clerk, on=on)
        return decide(opinion=opinion, by=self.clerk, on=on, outcome=outcome, words=words, **said)

    def answer_all(self, step: Step, on: date = TODAY) -> None:
        """Everybody, also who is asked only once the one before has agreed."""
        waiting = step.opinions.filter(in_force=True, given_on=None).select_related("unit")
        while asked := list(waiting.all()):
            for opinion in asked:
                self.answer(opinion, on)

    def conclude(self, step: Step, verdict: str, **more: Any) -> Step:
        more = {"by": self.clerk, "on": TODAY, "reason": "条件成熟"} | more
        return actions.conclude(step=step, verdict=verdict, **more)

    def ready_for_review(self) -> Project:
        """Dispatched to a park, its agreement settled: what joint review and decision wait for."""
        project = self.district.project()
        projects.set_money(project=project, measure="total", raw="8亿元", by=self.clerk, on=TODAY)
        projects.set_parts(
            project=project, part="landing", unit=self.district.park, by=self.clerk, on=TODAY, produced=True
        )
        self.reach(project, "first_talk_registered", "assessed", "dispatched")
        self.draft(project)
        return Project.objects.get(pk=project.pk)

    def draft(self, project: Project, on: date = TODAY, **more: Any) -> AgreementVersion:
        """The agreement with its first version."""
        return actions.draft_agreement(
            project=project, title="投资协议", draft=wording(**more), by=self.clerk, on=on
        )

    def revise(self, version: AgreementVersion, on: date = TODAY, **more: Any) -> AgreementVersion:
        """A further version of an agreement."""
        return actions.revise_agreement(
            agreement=version.agreement, draft=wording(**more), by=self.clerk, on=on
        )

    def first_contact(self) -> Named:
        return Named(self.bureau, self.clerk)


def settled(story: Story, project: Project) -> Project:
    """The agreement is settled between both sides, its draft attached."""
    attach(case=project.case, kind="draft_agreement", upload=upload(), by=story.clerk, on=TODAY)
    story.reach(project, "agreement_settled")
    return project


def sign(story: Story, project: Project) -> Project:
    """The investment agreement is signed, with its paper and figure."""
    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=TODAY)
    projects.edit(project=project, by=story.clerk, on=TODAY, changes={"agreement_grade": "contract"})
    story.reach(project, "joint_review_passed", "decided", "signed")
    return project


def bind(monkeypatch: pytest.MonkeyPatch, first: str, second: str) -> None:
    """A plan in which two steps conclude together."""
    from approvals.actions import conclusion
    from approvals.views import steps

    plain = conclusion.rule_of

    def bound(step: Step) -> StepRule:
        rule = plain(step)
        other = {first: second, second: first}.get(step.code)
        return rule.model_copy(update={"together_with": (other,)}).sourced(rule.source) if other else rule

    monkeypatch.setattr(conclusion, "rule_of", bound)
    monkeypatch.setattr(steps, "rule_of", bound)
