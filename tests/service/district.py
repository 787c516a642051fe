"""A project signed under one locality's pack, with the people who serve it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import Unit, User
from cases.models import Part
from documents.actions import attach
from projects import actions as projects
from projects.models import Project, ReachedMilestone
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import District, open_district

TIANMEN = "elsewhere/tianmen-construction-2024"
OPTIMISATION = "elsewhere/optimisation-2022"
GUIZHOU = "elsewhere/guizhou-landing-2021"
FULING = "fuling-lifecycle-2024"
BESIDE = {FULING: ("fuling-promotion-2021",)}
NEXT = TODAY + timedelta(days=1)


@dataclass
class Served:
    """A district under one pack, and one project in it."""

    district: District
    project: Project

    @property
    def clerk(self) -> User:
        return self.district.clerk

    @property
    def park(self) -> Unit:
        return self.district.park

    def unit(self, code: str) -> Unit:
        return self.district.unit(code)

    def person(self, role: str, unit: str) -> User:
        return self.district.person(role, unit)

    def reach(self, *codes: str, on: date = TODAY) -> None:
        for code in codes:
            projects.reach(project=self.project, milestone=code, by=self.district.head, on=on, produced=True)

    def withdraw(self, code: str, on: date = NEXT) -> None:
        projects.withdraw(
            project=self.project, milestone=code, by=self.district.head, on=on, reason="登记有误",
            produced=True,
        )  # fmt: skip

    def sign(self, on: date = TODAY) -> None:
        paper = upload()
        attach(case=self.project.case, kind="investment_agreement", upload=paper, by=self.clerk, on=on)
        before = list(self.district.rules.milestone("signed").guard.milestones)
        self._lay_down(before, on)
        self.reach("signed", on=on)
        self.project.refresh_from_db()

    def _lay_down(self, codes: list[str], on: date) -> None:
        for code in codes:
            ReachedMilestone.objects.create(project=self.project, code=code, on=on, recorded_by=self.clerk)

    def money(self, measure: str, raw: str, on: date = TODAY) -> None:
        projects.set_money(project=self.project, measure=measure, raw=raw, by=self.clerk, on=on)

    def edit(self, **changes: Any) -> None:
        projects.edit(project=self.project, by=self.clerk, on=TODAY, changes=changes)

    def held_by(self, part: str) -> Unit:
        """The unit that plays the part now."""
        row = self.holder(part)
        assert row is not None, part
        return row.unit

    def holder(self, part: str) -> Part | None:
        rows = Part.objects.filter(case=self.project.case, part=part, valid_to__isnull=True)
        return rows.select_related("unit", "user").first()


def serve(pack: str = TIANMEN, on: date = TODAY, **fields: Any) -> Served:
    """A registered industrial project that settles in the first park; figures follow."""
    district = open_district(on=on, packs=[pack, *BESIDE.get(pack, ())])
    project = district.project(industry_code="3841", on=on, **fields)
    projects.set_parts(
        project=project, part="landing", unit=district.park, by=district.clerk, on=on, produced=True
    )
    return Served(district, Project.objects.select_related("case").get(pk=project.pk))


def signed(pack: str = TIANMEN, fixed_asset: str = "3亿元", total: str = "5亿元", on: date = TODAY) -> Served:
    found = serve(pack, on)
    for measure, raw in (("fixed_asset", fixed_asset), ("total", total), ("contract", total)):
        if raw:
            found.money(measure, raw, on)
    found.sign(on)
    return found
