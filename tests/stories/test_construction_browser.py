"""From the signature to production on the screen, under Tianmen's plan (003): each at its own desk."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from approvals.models import Permit
from kernel.clock import today
from projects.gates import reached_codes
from projects.models import Project
from service.models import MonthlyProgress, Plan, Receipt
from tests.documents.files import PDF
from tests.service.district import Served, signed
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
SignIn = Callable[[Page, Any], None]
GUARANTEE = "economy-information"


@pytest.fixture
def town(transactional_db: None) -> Served:
    return signed(on=today())


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    found = tmp_path / "佐证.pdf"
    found.write_bytes(PDF)
    return found


class Desk(Visitor):
    """A visitor who sits down at one desk after the other, all about one project."""

    town: Served
    enter: SignIn

    def at(self, person: User, path: str) -> None:
        self.enter(self.page, person)
        self.page.goto(path.replace("PROJECT", str(self.town.project.pk)))

    def reach(self, milestone: str, **fields: str) -> None:
        self.page.goto(f"/projects/{self.town.project.pk}/milestones/{milestone}/")
        self.fill(**fields)
        self.submit()

    def upload(self, name: str, file: Path) -> None:
        self.page.locator(f"input[name={name}]").set_input_files(file)


@pytest.fixture
def desk(town: Served, page: Page, sign_in: SignIn) -> Desk:
    found = Desk(page)
    found.town, found.enter = town, sign_in
    return found


def test_from_the_signature_to_production_each_at_its_own_desk(desk: Desk, town: Served, scan: Path) -> None:
    park = town.person("park_clerk", town.park.code)
    guarantor = town.person("reviewer", GUARANTEE)
    team_and_handover(desk, guarantor)
    plan_sealed(desk, park, guarantor, scan)
    permitted(desk, park)
    started_and_reported(desk, park, scan)
    desk.reach("works_completed")
    desk.reach("accepted", part_no="1", parts_total="1")
    desk.at(guarantor, "/handovers/")
    desk.page.locator("a.main", has_text=town.project.name).first.click()
    desk.click("签收")
    desk.sees("已签收")
    desk.at(park, "/projects/PROJECT/")
    desk.reach("in_production")
    desk.sees("投产")
    reached = reached_codes(Project.objects.get(pk=town.project.pk))
    assert {"handed_to_operating", "in_production"} <= reached


def team_and_handover(desk: Desk, guarantor: User) -> None:
    """The guaranteeing unit is named; with both conditions there the project is handed over to three."""
    town = desk.town
    desk.at(town.clerk, "/projects/PROJECT/team/")
    desk.page.locator("tr", has_text="一个牵头部门").get_by_role("link", name="配备").click()
    unit = str(town.unit(GUARANTEE))
    desk.page.locator(".ts-control").first.click()
    desk.page.keyboard.type(unit)
    desk.page.locator(".ts-dropdown .option", has_text=unit).first.click()
    desk.click("配备")
    desk.sees(unit)
    for milestone in ("supplement_signed", "land_prepaid"):
        desk.reach(milestone)
    assert Receipt.objects.count() == 3
    desk.at(guarantor, "/handovers/")
    desk.page.locator("a.main", has_text=town.project.name).click()
    desk.click("签收")
    desk.sees("已签收")


def plan_sealed(desk: Desk, park: User, guarantor: User, scan: Path) -> None:
    """Counted back from the agreed days; the firm's seal comes on paper, the others seal at their desks."""
    desk.at(park, "/projects/PROJECT/plan/make/")
    start = today() + timedelta(days=400)
    for name, days in (("start", 0), ("finish", 420), ("production", 500)):
        desk.fill(**{f"{name}_on": str(start + timedelta(days=days))})
    desk.click("倒排工期")
    desk.sees("项目主体任务清单", "进度横道图")
    for person, side in ((park, "enterprise"), (park, "landing"), (guarantor, "guarantee")):
        desk.at(person, f"/projects/PROJECT/plan/seal/{side}/")
        desk.fill(signatory="张三")
        if side == "enterprise":
            desk.upload("upload", scan)
        desk.submit()
    desk.sees("已签章生效")
    assert Plan.objects.get().current is not None


def permitted(desk: Desk, park: User) -> None:
    """Two permits applied for at one stroke with all their material, granted by their offices."""
    desk.at(park, "/projects/PROJECT/permits/apply/")
    for code in ("company_opening", "project_filing"):
        desk.page.locator(f"input[name=apply-{code}]").check()
        for box in desk.page.locator(f"input[name=handed-{code}]").all():
            box.check()
    desk.submit()
    for permit in Permit.objects.select_related("step__lead_unit").order_by("pk"):
        office = permit.step.lead_unit
        assert office is not None
        desk.at(desk.town.person("reviewer", office.code), f"/steps/{permit.pk}/")
        desk.page.locator("input[name=verdict]").first.check()
        desk.fill(number=f"天许〔2026〕{permit.pk}号")
        desk.confirm("作出结论")
    assert {"company_opened", "project_filed"} <= reached_codes(Project.objects.get(pk=desk.town.project.pk))


def started_and_reported(desk: Desk, park: User, scan: Path) -> None:
    """Piling is the start; the month it falls in is reported."""
    desk.at(park, "/projects/PROJECT/recognise/construction_started/")
    desk.fill(day_piling=str(today()))
    desk.upload("file_piling", scan)
    desk.submit()
    desk.page.goto(f"/projects/{desk.town.project.pk}/progress/{today():%Y-%m}/")
    desk.fill(invested="1000", percent="8")
    desk.page.select_option("[name=stage]", "foundation")
    desk.submit()
    assert MonthlyProgress.objects.get().percent == 8
