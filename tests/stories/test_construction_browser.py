"""From the signature to production on the screen, under Tianmen's plan (003): each at its own desk."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from accounts.models import User
from approvals.models import Permit
from kernel.clock import today
from projects.gates import reached_codes
from projects.models import Project
from service.models import MonthlyProgress, Plan, Receipt
from tests.service.district import Served, signed
from tests.stories.desk import Desk, SignIn, scanned

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
GUARANTEE = "economy-information"


@pytest.fixture
def town(transactional_db: None) -> Served:
    return signed(on=today())


@pytest.fixture
def desk(town: Served, page: Page, sign_in: SignIn) -> Desk:
    return Desk(page, town, sign_in)


def test_from_the_signature_to_production_each_at_its_own_desk(
    desk: Desk, town: Served, tmp_path: Path
) -> None:
    park = town.person("park_clerk", town.park.code)
    guarantor = town.person("reviewer", GUARANTEE)
    scan = scanned(tmp_path)
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
    desk.pick(unit)
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
    desk.enter(desk.page, park)
    start = today() + timedelta(days=400)
    desk.plan(start, start + timedelta(days=420), start + timedelta(days=500))
    desk.sees("项目主体任务清单", "进度横道图")
    desk.seal("enterprise", scan)
    desk.seal("landing")
    desk.enter(desk.page, guarantor)
    desk.seal("guarantee")
    desk.sees("已签章生效")
    assert Plan.objects.get().current is not None


def permitted(desk: Desk, park: User) -> None:
    """Two permits applied for at one stroke with all their material, granted by their offices."""
    desk.apply(park, "company_opening", "project_filing")
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
    desk.enter(desk.page, park)
    desk.pile(today(), scan)
    desk.report(today(), 8)
    assert MonthlyProgress.objects.get().percent == 8
