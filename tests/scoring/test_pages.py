"""What each person sees of the scores, with the derivation of every figure."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from projects import actions as projects
from scoring.models import Credit
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
YI = 10_000_000_000


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def park() -> Unit:
    return make.unit("baitao-park", kind="park", name="白涛工业园区")


@pytest.fixture
def clerk() -> User:
    return lives.clerk()


def test_units_are_ranked_and_lead_to_their_entries(clerk, park) -> None:
    lives.signed(by=clerk)
    lives.signed(by=clerk, name="园区项目", contract="30亿元", introducing_unit=park)
    page = make.pages(clerk).get("/scoring/").content.decode()
    assert page.index("白涛工业园区") < page.index("区招商投资局</a>")
    assert "50亿元" in page
    entry = make.pages(clerk).get("/scoring/units/baitao-park/").content.decode()
    assert "协议资金 30亿元 × 100%（市外，附件2 备注2） = 30亿元" in entry


def test_the_year_is_that_of_the_signing(clerk) -> None:
    lives.signed(by=clerk)
    browser = make.pages(clerk)
    assert "20亿元" in browser.get("/scoring/?year=2026").content.decode()
    assert "还没有计分" in browser.get("/scoring/?year=2025").content.decode()
    assert "20亿元" in browser.get("/scoring/?year=all").content.decode()
    assert browser.get("/scoring/?year=99999").status_code == 200


def test_a_reversed_entry_and_its_reversal_are_marked(clerk) -> None:
    project = lives.signed(by=clerk)
    change = projects.Change(measure="contract", raw="15亿元")
    projects.correct(project=project, change=change, by=clerk, on=date(2026, 3, 2), reason="更正")
    page = make.pages(clerk).get("/scoring/units/investment-bureau/").content.decode()
    first, second, _third = Credit.objects.order_by("id").values_list("pk", flat=True)
    assert f"已由 #{second} 冲销" in page
    assert f"冲销 #{first}" in page
    assert "-20亿元" in page


def test_a_park_sees_its_own_figures_and_nobody_elses(clerk, park) -> None:
    lives.signed(by=clerk)
    lives.signed(by=clerk, name="园区项目", introducing_unit=park)
    browser = make.pages(make.user("park_clerk", unit=park))
    page = browser.get("/scoring/").content.decode()
    assert "白涛工业园区" in page
    assert "区招商投资局</a>" not in page
    assert "没有符合条件" in browser.get("/scoring/units/investment-bureau/").content.decode()


@pytest.mark.parametrize("role", ["reviewer", "commissioner", "system_admin"])
def test_others_are_refused(role) -> None:
    assert make.pages(make.user(role)).get("/scoring/").status_code == 403


def test_pages_cost_the_same_for_one_entry_and_for_many(clerk) -> None:
    lives.signed(by=clerk)
    browser = make.pages(clerk)
    for url in ("/scoring/", "/scoring/units/investment-bureau/"):
        browser.get(url)
        with CaptureQueriesContext(connection) as few:
            browser.get(url)
        for n in range(4):
            unit = make.unit(f"unit-x{n}", name=f"单位{n}")
            lives.signed(by=clerk, name=f"p{n}{url}", introducing_unit=unit)
            lives.signed(by=clerk, name=f"q{n}{url}")
        with CaptureQueriesContext(connection) as many:
            browser.get(url)
        assert len(few) == len(many) <= 12


def test_the_panel_says_why_nothing_counts_yet(clerk, rf) -> None:
    from scoring.panel import context

    project = lives.ready_to_sign(clerk)
    request = rf.get("/")
    request.user = clerk
    assert str(context(request, project)["hindered"]) == "签约后计分"


def test_recalculating_by_button(clerk) -> None:
    project = lives.signed(by=clerk)
    assert make.pages(clerk).post(f"/scoring/projects/{project.pk}/rebook/").status_code == 302
    assert (
        make.pages(make.user("park_clerk")).post(f"/scoring/projects/{project.pk}/rebook/").status_code == 404
    )


def test_over_rest(clerk, django_assert_max_num_queries) -> None:
    lives.signed(by=clerk)
    caller = make.api(clerk)
    with django_assert_max_num_queries(6):
        (row,) = caller.get("/api/v1/scoring/credits/", {"year": 2026}).data["results"]
    assert (row["after_fen"], row["unit"], row["reversed_by"]) == (20 * YI, "investment-bureau", None)
    assert row["derivation"].startswith("协议资金 20亿元 × 100%")
    (unit,) = caller.get("/api/v1/scoring/units/", {"year": 2026}).data
    assert (unit["rank"], unit["agreed_fen"]) == (1, 20 * YI)
    assert make.api(make.user("reviewer")).get("/api/v1/scoring/units/").status_code == 403
