"""The commissioner's day, the list by unit, the panel: what is due, what was missed, when nothing is."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from cases.models import Enterprise, Part
from projects.models import Project
from service import actions
from tests import factories as make
from tests import lives
from tests.service.visits.tianmen import Town, building

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    with time_machine.travel("2026-03-04T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def town() -> Town:
    return building()


def text(user, address: str) -> str:
    answer = make.pages(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_guaranteeing_units_people_see_whom_to_call(town: Town) -> None:
    page = text(town.caller, "/mine/")
    assert town.project.name in page
    assert "包保单位每周电话联系" in page
    assert "漏联系 2 次" in page
    assert "2026-02-14" in page


def test_somebody_elses_calls_are_not_shown(town: Town) -> None:
    other = town.district.person("reviewer", "commerce")
    assert town.project.name not in text(other, "/mine/")


def test_the_page_costs_the_same_for_one_project_and_for_five(town: Town) -> None:
    browser = make.pages(town.caller)

    def cost() -> int:
        browser.get("/mine/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/mine/")
        return len(captured)

    few = cost()
    for n in range(4):
        building(f"项目{n}", district=town.district)
    assert cost() == few <= 16


def test_the_list_tells_unit_by_unit_what_was_due_done_and_missed(town: Town) -> None:
    town.call(date(2026, 2, 11))
    page = text(town.district.clerk, "/visits/?month=2026-02")
    assert page.count("包保单位每周电话联系") == 2  # 14 and 28 February
    assert "漏联系 1 次" in page
    late = text(town.district.clerk, "/visits/?month=2026-02&show=late")
    assert late.count("包保单位每周电话联系") == 1
    other = text(town.district.clerk, "/visits/?month=2026-02&unit=commerce")
    assert "包保单位每周电话联系" not in other
    assert text(town.district.clerk, "/visits/?month=13-2026&show=never&page=x")


def test_the_list_costs_the_same_however_many_and_shows_nothing_out_of_sight(town: Town) -> None:
    browser = make.pages(town.district.clerk)

    def cost() -> int:
        browser.get("/visits/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/visits/")
        return len(captured)

    few = cost()
    for n in range(4):
        building(f"项目{n}", district=town.district)
    assert cost() == few
    stranger = town.district.person("park_clerk", "qingxi-park")
    assert town.project.name not in text(stranger, "/visits/?month=2026-02")


def test_over_rest_what_is_due_tells_its_weeks(town: Town) -> None:
    rows = make.api(town.caller).get("/api/v1/visits/due/", {"month": "2026-02"}).data["results"]
    (call,) = [row for row in rows if row["rule"] == "cadence:weekly_call"]
    assert (call["missed"], call["light"], call["unit"]) == (2, "red", "economy-information")
    assert [mark["kept"] for mark in call["marks"]] == ["missed", "missed", "running"]
    assert make.api(town.caller).get("/api/v1/visits/due/", {"month": "2026-05"}).data["results"] == []


def test_the_case_file_tells_week_by_week(town: Town) -> None:
    page = text(town.district.clerk, f"/projects/{town.project.pk}/")
    assert "02-14 漏联系" in page
    assert "包保市领导现场调研指导" in page
    assert "未定间隔" in page


# ---- 000: nobody calls unasked


def served(phase: str = "construction") -> tuple[Project, Part]:
    park = make.unit("baitao-park", kind="park", name="白涛工业园区")
    person = make.user("commissioner", unit=park, name="周敏")
    project = lives.signed(park=park)
    Project.objects.filter(pk=project.pk).update(phase=phase)
    project = Project.objects.select_related("case").get(pk=project.pk)
    part = actions.name_commissioner(
        project=project, user=person, unit=park, by=lives.clerk(), on=date(2026, 2, 12)
    )
    return project, part


def test_where_nobody_is_to_be_disturbed_silence_is_no_fault(db: None) -> None:
    project, part = served()
    page = text(part.user, "/mine/")
    assert "无事不扰" in page
    assert "三(四)10" in page
    assert "tag-warn" not in page
    assert "没有到期的电话和走访" in page
    assert "无事不扰" in text(lives.clerk(), f"/projects/{project.pk}/")


def test_before_construction_a_month_of_silence_still_stands_out(db: None) -> None:
    _project, part = served("landing")
    page = text(part.user, "/mine/")
    assert "tag-warn" in page


# ---- calling


def test_dialling_is_a_logged_act_and_gives_a_link_to_the_telephone(db: None) -> None:
    project, part = served()
    Enterprise.objects.filter(name=str(project.enterprise)).update(contact_phone="13812345678")
    page = text(part.user, "/mine/")
    assert "13812345678" not in page
    assert "打电话" in page
    shown = make.pages(part.user).post(f"/projects/{project.pk}/phone/", {"purpose": "服务联系企业"})
    assert 'href="tel:13812345678"' in shown.content.decode()
    assert AuditEntry.objects.filter(kind="phone.shown", user=part.user).count() == 1


def test_the_worker_takes_in_this_page_only(db: None) -> None:
    _project, part = served()
    answer = make.pages(part.user).get("/mine/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    script = answer.content.decode()
    assert '"page": "/mine/"' in script
    assert "js/visits/worker.js" in script
