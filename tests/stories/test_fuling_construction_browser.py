"""From the signature to production on the screen, under Fuling's own plan (000): each at its own desk."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from accounts.models import User
from approvals.models import Permit, Step
from kernel.clock import today
from projects.gates import reached_codes
from projects.models import Project
from service.models import ElementNeed, MonthlyProgress, Plan
from tests.law import open_district
from tests.service.district import Served
from tests.stories.desk import Desk, SignIn, scanned
from tests.stories.life import Life
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
DRAWINGS = "施工图设计文件审查合格书"


@pytest.fixture
def town(transactional_db: None) -> Served:
    """A project that has walked the real way to its signature, some weeks ago; another one beside it."""
    start = today() - timedelta(days=60)
    life = Life(open_district(on=start), day=start)
    life.signed()
    life.district.project("别家的新材料项目", on=start)
    return Served(life.district, life.project)


@pytest.fixture
def desk(town: Served, page: Page, sign_in: SignIn) -> Desk:
    return Desk(page, town, sign_in)


def test_from_the_signature_to_production_under_fuling(desk: Desk, town: Served, tmp_path: Path) -> None:
    park, scan = town.person("park_clerk", town.park.code), scanned(tmp_path)
    commissioner = commissioned(desk, park)
    firm = invited(desk, park)
    plan_sealed(desk, park, scan)
    permitted(desk, park, scan)
    started_and_reported(desk, commissioner, scan)
    need_met(desk, commissioner)
    accepted_in_stages(desk, park)
    desk.at(commissioner, "/projects/PROJECT/")
    desk.reach("in_production")
    desk.sees("投产")
    assert {"company_opened", "accepted", "property_registered", "in_production"} <= reached(desk)
    sees_its_own(desk, firm)


def reached(desk: Desk) -> set[str]:
    return set(reached_codes(Project.objects.get(pk=desk.town.project.pk)))


def commissioned(desk: Desk, park: User) -> User:
    """On into construction; the park is confirmed as service body and names its commissioner."""
    commissioner = desk.town.person("commissioner", desk.town.park.code)
    desk.at(desk.town.clerk, "/projects/PROJECT/")
    desk.confirm("进入下一阶段")
    desk.at(park, f"/steps/{Step.objects.get(code='service_body').pk}/")
    desk.check("为项目拟入驻的园区或所属乡镇街道")
    desk.pick(str(desk.town.park))
    desk.conclude("予以确定")
    desk.go("/projects/PROJECT/commissioner/")
    desk.page.locator("[name=user]").select_option(label=str(commissioner.name))
    desk.submit()
    desk.sees(commissioner.name)
    return commissioner


def invited(desk: Desk, park: User) -> str:
    """The firm gets its account; returns the password that is shown once."""
    desk.at(park, "/projects/PROJECT/")
    desk.click("开通企业账号")
    desk.fill(username="longjianye", name="龙建业", phone="13900001111")
    desk.click("开通")
    return desk.page.locator(".secret code").inner_text()


def plan_sealed(desk: Desk, park: User, scan: Path) -> None:
    """倒排工期 from the agreed days; the firm's seal comes on paper, the park seals at its desk."""
    desk.enter(desk.page, park)
    desk.plan(*(today() + timedelta(days=days) for days in (300, 720, 800)))
    desk.sees("审批和建设节点清单", "企业开办")
    desk.seal("enterprise", scan)
    desk.seal("landing")
    desk.sees("已签章生效")
    assert Plan.objects.get().current is not None


def permitted(desk: Desk, park: User, scan: Path) -> None:
    """The firm is opened, its licence goes into the filing; what the third lacks is told at one stroke."""
    desk.apply(park, "company_opening", "construction_permit", but=(DRAWINGS,))
    granted(desk, "company_opening", "准予登记")
    desk.at(park, "/projects/PROJECT/permits/apply/")
    desk.sees("企业营业执照：档案中已有，不再收取")
    desk.apply(park, "project_filing")
    granted(desk, "project_filing", "准予备案")
    desk.apply(park, "land_grant", "planning_permit")
    granted(desk, "land_grant", "供地完成")
    granted(desk, "planning_permit", "准予许可")
    permit, office = the("construction_permit")
    desk.at(desk.town.person("reviewer", office), f"/permits/{permit}/notice/")
    desk.submit()
    desk.sees("已告知代办人和项目服务专员", DRAWINGS)
    desk.at(park, f"/permits/{permit}/supplement/")
    desk.check(DRAWINGS)
    desk.submit()
    granted(desk, "construction_permit", "准予许可")
    desk.go(f"/permits/{permit}/result/")
    desk.upload("upload", scan)
    desk.submit()
    desk.sees("佐证.pdf")


def the(code: str, part_no: int = 0) -> tuple[int, str]:
    """The key of a permit and the code of the office that grants it."""
    step = Step.objects.select_related("lead_unit").get(code=code, part_no=part_no)
    assert step.lead_unit is not None
    return step.pk, step.lead_unit.code


def granted(desk: Desk, code: str, verdict: str) -> None:
    permit, office = the(code)
    desk.at(desk.town.person("reviewer", office), f"/steps/{permit}/")
    desk.conclude(verdict, number=f"涪许〔2026〕{permit}号")
    assert Permit.objects.get(pk=permit).number == f"涪许〔2026〕{permit}号"


def started_and_reported(desk: Desk, commissioner: User, scan: Path) -> None:
    """Piling began last month, which is the start; that month and this one are reported."""
    began = today().replace(day=1) - timedelta(days=1)
    desk.enter(desk.page, commissioner)
    desk.pile(began, scan)
    desk.report(began, 4)
    desk.report(today(), 9)
    assert list(MonthlyProgress.objects.order_by("month").values_list("percent", flat=True)) == [4, 9]


def need_met(desk: Desk, commissioner: User) -> None:
    """The firm needs power: its commissioner raises it, and notes it when the line is there."""
    desk.at(commissioner, "/projects/PROJECT/elements/new/")
    desk.page.select_option("[name=answer_power]", "yes")
    desk.fill(amount_power="4000", words_power="双回路")
    desk.submit()
    need = ElementNeed.objects.get(element="power")
    desk.go(f"/projects/PROJECT/elements/{need.pk}/meet/")
    desk.fill(result="已接通")
    desk.submit()
    need.refresh_from_db()
    assert need.state == "met"


def accepted_in_stages(desk: Desk, park: User) -> None:
    """Two halls, each accepted by three offices and registered along with it."""
    desk.at(park, "/projects/PROJECT/")
    desk.reach("works_completed")
    for name in ("一期厂房", "二期厂房"):
        desk.go("/projects/PROJECT/acceptance/new/")
        desk.fill(name=name, scope="厂房及配套")
        desk.submit()
    for part_no, stage in enumerate(desk.town.project.acceptance_stages.order_by("part_no"), 1):
        desk.at(park, f"/projects/PROJECT/acceptance/{stage.pk}/apply/")
        desk.submit()
        accept(desk, part_no)
        register(desk, park, part_no)
    assert {"accepted", "property_registered"} <= reached(desk)


def accept(desk: Desk, part_no: int) -> None:
    for unit in ("housing-construction", "planning-natural-resources", "meteorology"):
        desk.enter(desk.page, desk.town.person("reviewer", unit))
        desk.answer("通过")
    step, office = the("joint_acceptance", part_no)
    desk.at(desk.town.person("reviewer", office), f"/steps/{step}/")
    desk.conclude("验收通过")


def register(desk: Desk, park: User, part_no: int) -> None:
    step, office = the("property_registration", part_no)
    desk.at(desk.town.person("reviewer", office), f"/permits/{step}/complete/")
    desk.submit()
    desk.go(f"/steps/{step}/")
    desk.conclude("予以登记", number=f"渝（2026）涪陵区不动产权第{step}号")


def sees_its_own(desk: Desk, password: str) -> None:
    """The firm follows its own project from the signature to production, and finds no other."""
    firm, own = Visitor(desk.page), "Chang-Jiang-26"
    firm.sign_in("longjianye", password)
    firm.fill(old=password, new=own, again=own)
    firm.submit()
    firm.page.goto("/portal/")
    firm.sees(desk.town.project.name, "企业开办", "不动产首次登记", "投产")
    other = Project.objects.get(name="别家的新材料项目")
    assert other.name not in firm.page.content()
    for path in (f"/portal/{other.pk}/", f"/projects/{other.pk}/"):
        assert firm.page.request.get(path).status == 404
