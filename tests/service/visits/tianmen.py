"""A project under construction in the locality that wants a call each week and a visit each month (003)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from deadlines.models import Deadline
from projects import actions
from projects.models import ContactRecord, Project
from tests import law
from tests.law import District

PACK = "elsewhere/tianmen-construction-2024"
BEGUN = date(2026, 2, 5)  # a Thursday before the Spring Festival


@dataclass
class Town:
    """``caller`` works for the unit that guarantees the project (包保单位)."""

    district: District
    project: Project
    caller: User

    def call(self, on: date, *, by: User | None = None, channel: str = "phone", **more: Any) -> ContactRecord:
        said = {"with_whom": "陈总", "matter": "了解施工进度"} | more
        return actions.record_contact(
            project=self.project, by=by or self.caller, on=on, today=on, channel=channel, **said
        )

    def clocks(self, code: str = "weekly_call") -> list[Deadline]:
        rows = Deadline.objects.filter(case_id=self.project.pk, rule=f"cadence:{code}")
        return list(rows.order_by("id"))


def building(name: str = "年产6万吨铝箔项目", begun: date = BEGUN, district: District | None = None) -> Town:
    """Registered, in the phase of construction, with a guaranteeing unit since ``begun``."""
    district = district or law.open_district(packs=[PACK])
    project = district.project(name, on=min(begun, date(2026, 1, 5)))
    Project.objects.filter(pk=project.pk).update(phase="construction")
    project = Project.objects.select_related("case").get(pk=project.pk)
    unit = district.unit("economy-information")
    actions.set_parts(project=project, part="guarantee", unit=unit, by=district.clerk, on=begun)
    return Town(district, project, district.person("reviewer", "economy-information"))
