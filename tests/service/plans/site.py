"""A signed project under a plan's law, with everybody who makes, seals and follows its plan."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Unit, User
from cases.models import Part
from projects.models import Project, ReachedMilestone
from service.models import Plan
from service.plans import actions
from tests import factories
from tests.law import TODAY, District, open_district
from tests.service.firms import firm_of

TIANMEN = ["elsewhere/tianmen-construction-2024"]
SIGNED = date(2026, 2, 10)
DAYS = {"start": date(2026, 10, 20), "finish": date(2027, 12, 31), "production": date(2028, 3, 1)}


@dataclass(frozen=True)
class Site:
    """``planner`` works in the park where it settles, ``guarantor`` in the guarantee unit."""

    district: District
    project: Project
    park: Unit
    guarantee: Unit
    planner: User
    guarantor: User
    firm: User

    def make(self, **more: Any) -> Plan:
        asked: dict[str, Any] = {"project": self.project, "by": self.planner, "on": TODAY, "agreed": DAYS}
        return actions.make_plan(**asked | more)

    def seal_all(self, plan: Plan, on: date = TODAY) -> Plan:
        for side, by in (("enterprise", self.firm), ("landing", self.planner), ("guarantee", self.guarantor)):
            if (side, plan.code) != ("guarantee", "construction_schedule"):
                actions.seal_plan(plan=plan, side=side, by=by, on=on, signatory="张三", today=on)
        plan.refresh_from_db()
        return plan


def open_site(packs: list[str] | None = None, name: str = "年产5万吨新材料项目", **fields: Any) -> Site:
    """Under Tianmen's plan by default; ``packs=[]`` is Fuling's own."""
    district = open_district(packs=TIANMEN if packs is None else packs)
    return site_in(district, name, **fields)


def site_in(district: District, name: str = "年产5万吨新材料项目", **fields: Any) -> Site:
    project = district.project(name, on=date(2026, 1, 5), **fields)
    guarantee = district.unit("economy-information")
    settle(project, district.park, guarantee)
    ReachedMilestone.objects.create(project=project, code="signed", on=SIGNED, recorded_by=district.clerk)
    firm = firm_of(project, SIGNED, district.clerk)
    return Site(
        district=district,
        project=Project.objects.select_related("case").get(pk=project.pk),
        park=district.park,
        guarantee=guarantee,
        planner=factories.user("park_clerk", unit=district.park),
        guarantor=factories.user("reviewer", unit=guarantee),
        firm=firm,
    )


def settle(project: Project, park: Unit, guarantee: Unit) -> None:
    for part, unit in (("landing", park), ("guarantee", guarantee)):
        Part.objects.create(
            case=project.case, part=part, unit=unit, exclusive=True, valid_from=project.case.opened_on
        )
    Project.objects.filter(pk=project.pk).update(landing_unit=park)
