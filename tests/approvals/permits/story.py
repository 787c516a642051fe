"""One signed project on its way through its permits, told with the real actions, under any plan."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from approvals import actions as approvals
from approvals.models import Permit, Step
from approvals.permits import actions
from approvals.permits.actions import Application
from documents.actions import attach
from projects import actions as projects
from projects.models import Project
from tests.approvals.story import Story
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import Rewording, open_district

FULING = ("fuling-lifecycle-2024", "fuling-promotion-2021")
OPTIMISATION = ("elsewhere/optimisation-2022",)
TIANMEN = ("elsewhere/tianmen-construction-2024",)


@dataclass
class Permits:
    """``day`` is when everything happens, unless said otherwise."""

    story: Story
    pk: int
    day: date

    @property
    def project(self) -> Project:
        return Project.objects.select_related("case", "enterprise", "landing_unit").get(pk=self.pk)

    @property
    def clerk(self) -> User:
        return self.story.clerk

    @property
    def head(self) -> User:
        return self.story.district.head

    @property
    def park_clerk(self) -> User:
        return self.story.person(self.story.district.park.code, "park_clerk")

    def rest_on(self, *milestones: str, on: date | None = None) -> None:
        """What other permits give is there."""
        self.story.reach(self.project, *milestones, on=on or self.day)

    def guide(self, code: str) -> list[str]:
        """The names of the guide's materials."""
        rule = self.story.district.rules.steps[code]
        return [item.name for item in rule.guide.materials] if rule.guide else []

    def apply(
        self, code: str, handed: list[str] | None = None, on: date | None = None, **more: Any
    ) -> Permit:
        (made,) = self.apply_all(Application(step=code, handed=handed, **more), on=on)
        return made

    def apply_all(self, *wanted: Application, on: date | None = None, by: User | None = None) -> list[Permit]:
        day = on or self.day
        return actions.apply(
            project=self.project, applications=wanted, by=by or self.park_clerk, on=day, today=day
        )

    def authority(self, permit: Permit) -> User:
        unit = Step.objects.select_related("lead_unit").get(pk=permit.pk).lead_unit
        assert unit is not None
        return self.story.person(unit.code, "park_clerk" if unit.kind == "park" else "reviewer")

    def supplement(self, permit: Permit, *names: str, on: date) -> Permit:
        return actions.supplement(permit=permit, materials=names, by=self.park_clerk, on=on, today=on)

    def withdraw(self, permit: Permit, *names: str, on: date, reason: str = "改用新图纸") -> Permit:
        return actions.withdraw(
            permit=permit, materials=names, reason=reason, by=self.park_clerk, on=on, today=on
        )

    def tell(self, permit: Permit, on: date, **faults: str) -> Any:
        return actions.notify(permit=permit, faults=faults, by=self.authority(permit), on=on, today=on)

    def grant(self, permit: Permit, on: date, verdict: str = "granted", **more: Any) -> Step:
        step = Step.objects.select_related("case").get(pk=permit.pk)
        more = {"by": self.authority(permit)} | more
        return approvals.conclude(step=step, verdict=verdict, on=on, **more)

    def due(self, permit: Permit) -> date | None:
        clock = Step.objects.select_related("deadline").get(pk=permit.pk).deadline
        return clock.due_on if clock else None


def tell(packs: tuple[str, ...], on: date = TODAY, reworded: tuple[Rewording, ...] = ()) -> Permits:
    """A district under these plans, and a project that has signed on a day."""
    story = Story(open_district(on, packs=packs, reworded=reworded))
    return Permits(story, signed(story, packs, on).pk, on)


def signed(story: Story, packs: tuple[str, ...], on: date, name: str = "年产5万吨新材料项目") -> Project:
    """A project that has come to the park and has signed."""
    row = story.district.project(name, on=on)
    by, park = story.clerk, story.district.park
    projects.set_money(project=row, measure="total", raw="26亿元", by=by, on=on)
    projects.set_parts(project=row, part="landing", unit=park, by=by, on=on, produced=True)
    attach(case=row.case, kind="investment_agreement", upload=upload(), by=by, on=on)
    projects.set_money(project=row, measure="contract", raw="24亿元", by=by, on=on)
    if packs == FULING:
        fresh = Project.objects.get(pk=row.pk)
        projects.edit(project=fresh, by=by, on=on, changes={"agreement_grade": "contract"})
    story.reach(row, *BEFORE.get(packs, ()), "signed", on=on)
    return row


BEFORE = {FULING: ("joint_review_passed", "decided"), OPTIMISATION: ("prescreened", "joint_review_passed")}
"""What each plan wants before a signing."""
