"""A project whose preliminary judgement is good, and its report on the way."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from approvals.models import SpecialReport
from approvals.special import actions
from projects import actions as projects
from projects.models import Project
from tests.approvals.story import Story
from tests.factories import TODAY

DUE = date(2026, 3, 11)
"""7 working days after Monday, 2 March 2026."""


@dataclass
class Told:
    """The story of one report: judged good on Monday, whatever follows by the real actions."""

    story: Story
    project: Project

    @classmethod
    def begin(cls, story: Story, name: str = "年产5万吨新材料项目") -> "Told":
        project = story.district.project(name)
        projects.set_money(project=project, measure="total", raw="8亿元", by=story.clerk, on=TODAY)
        projects.record_contact(
            project=project, by=story.clerk, on=TODAY, today=TODAY, channel="visit",
            with_whom="王总 13812345678", matter="洽谈选址", outcome="下周再访", place="杭州",
        )  # fmt: skip
        projects.reach(project=project, milestone="judged_good", by=story.clerk, on=TODAY)
        return cls(story, Project.objects.get(pk=project.pk))

    @property
    def clerk(self) -> User:
        return self.story.clerk

    @property
    def leader(self) -> User:
        return self.story.person("district-government", "leader")

    def draft(self, **more: Any) -> SpecialReport:
        more = {"by": self.clerk, "on": TODAY, "today": TODAY} | more
        return actions.draft_report(project=self.project, **more)

    def issued(self, on: date = TODAY) -> SpecialReport:
        row = self.draft(on=on, today=on)
        self.say(row)
        return self.issue(row, on=on, today=on)

    def say(self, row: SpecialReport) -> SpecialReport:
        """The assessment has not been made: the drafter writes that section."""
        return actions.edit_draft(report=row, by=self.clerk, on=TODAY, texts={"assessment": "评估正在进行。"})

    def issue(self, row: SpecialReport, **more: Any) -> SpecialReport:
        more = {"by": self.clerk, "on": TODAY, "today": TODAY} | more
        return actions.issue_report(report=row, **more)

    def section(self, row: SpecialReport, code: str) -> dict[str, Any]:
        return next(one for one in row.body if one["code"] == code)
