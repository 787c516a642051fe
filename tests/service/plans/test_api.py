"""Plans over REST: the whole way, and what is refused with its clause."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from documents.actions import attach
from lifecycle.demo.papers import paper
from tests import factories
from tests.law import TODAY
from tests.service.firms import session
from tests.service.plans.site import DAYS, Site, site_in

pytestmark = pytest.mark.django_db
URL = "/api/v1/plans/"
FIELDS = {f"{code}_on": str(day) for code, day in DAYS.items()}


def post(caller: APIClient, url: str, **body: Any) -> Any:
    return caller.post(url, body, format="json")


@pytest.fixture
def caller(site: Site) -> APIClient:
    return factories.api(site.planner)


def made(site: Site, caller: APIClient, **more: Any) -> Any:
    return post(caller, URL, **{"project": site.project.pk, **FIELDS, **more})


def test_the_whole_way_over_rest(site: Site, caller: APIClient) -> None:
    targets = [{"year": 0, "invest": "600000000.00", "floor_area": 42000, "buildings": {"workshop": 4}}]
    answer = made(
        site, caller, targets=targets, contacts={"landing": {"name": "李四", "phone": "13812345678"}}
    )
    assert answer.status_code == 201
    assert (answer.data["items_total"], answer.data["sealed"]) == (29, False)
    assert answer.data["shown"]["contacts"]["landing"]["phone"] == "138****5678"
    one = f"{URL}{answer.data['id']}/"
    edited = post(caller, f"{one}edit-item/", code="filed", planned_on="2026-05-25")
    assert edited.status_code == 200
    ticked = post(caller, f"{one}tick/", code="firm_plan", on=str(TODAY))
    line = next(row for row in ticked.data["items"] if row["code"] == "firm_plan")
    assert (line["done_on"], line["state"], line["on_behalf"]) == (str(TODAY), "done", True)
    scan = attach(
        case=site.project.case, kind="construction_plan", upload=paper("签章页"), by=site.planner, on=TODAY
    )
    assert post(caller, f"{one}seal/", side="enterprise", signatory="张三", paper=scan.pk).status_code == 200
    for who, side in (
        (caller, "landing"),
        (factories.api(site.guarantor), "guarantee"),
    ):
        sealed = post(who, f"{one}seal/", side=side, signatory="张三")
        assert sealed.status_code == 200, sealed.data
    assert sealed.data["shown"]["sealed_on"] == str(TODAY)
    assert len(sealed.data["shown"]["seals"]) == 3
    shut = post(caller, f"{one}edit-item/", code="filed", note="x")
    assert (shut.status_code, shut.data["unmet"][0]["code"], shut.data["unmet"][0]["clause"]) == (
        409, "sealed", "二(2)",
    )  # fmt: skip
    assert post(caller, f"{one}versions/", reason="土地晚交").status_code == 201
    later = post(caller, f"{one}days/", start_on="2026-11-20", keep_by_hand=False)
    assert later.data["shown"]["start_on"] == "2026-11-20"
    changes = caller.get(f"{one}compare/?a=1&b=2").data["changes"]
    assert {"what": "拟开工时间", "before": "2026-10-20", "after": "2026-11-20"} in changes
    word = caller.get(f"{one}word/?v=1")
    assert (word.status_code, word.content[:2]) == (200, b"PK")


def test_days_that_cannot_be_met_are_409_with_clause_and_path(site: Site, caller: APIClient) -> None:
    answer = made(site, caller, start_on="2026-05-08")
    item = answer.data["unmet"][0]
    assert (answer.status_code, item["code"], item["clause"]) == (409, "cannot_be_met:start", "二(2)")
    assert "关键路径" in item["message"]


def test_a_preview_writes_nothing_and_names_what_is_missed(site: Site, caller: APIClient) -> None:
    answer = post(caller, f"{URL}preview/", project=site.project.pk, **FIELDS | {"start_on": "2026-05-08"})
    (missed,) = answer.data["missed"]
    assert (missed["anchor"], missed["path"][-1]) == ("start", "piling")
    assert any(row["slack"] < 0 for row in answer.data["items"])
    assert caller.get(URL).data["results"] == []


def test_the_list_is_narrowed_by_project_park_and_state(site: Site, caller: APIClient) -> None:
    made(site, caller)
    other = site_in(site.district, "另一个项目")
    other.make()
    clerk = factories.api(site.district.clerk)
    assert len(clerk.get(URL).data["results"]) == 2
    (row,) = clerk.get(f"{URL}?project={site.project.pk}").data["results"]
    assert row["project_name"] == site.project.name
    assert len(clerk.get(f"{URL}?park={site.park.code}&state=drafting").data["results"]) == 2
    assert clerk.get(f"{URL}?state=late").data["results"] == []


def test_what_was_changed_meanwhile_is_412(site: Site, caller: APIClient) -> None:
    answer = made(site, caller)
    one, tag = f"{URL}{answer.data['id']}/", answer["ETag"]
    post(caller, f"{one}edit-item/", code="filed", note="加急")
    stale = caller.post(
        f"{one}edit-item/", {"code": "filed", "note": "x"}, format="json", headers={"If-Match": tag}
    )
    assert stale.status_code == 412


def test_a_seal_entered_for_the_enterprise_names_its_paper(site: Site, caller: APIClient) -> None:
    one = f"{URL}{made(site, caller).data['id']}/"
    without = post(caller, f"{one}seal/", side="enterprise", signatory="张三")
    assert (without.status_code, without.data["unmet"][0]["code"]) == (400, "needs_paper")
    scan = attach(
        case=site.project.case, kind="construction_plan", upload=paper("签章页"), by=site.planner, on=TODAY
    )
    entered = post(caller, f"{one}seal/", side="enterprise", signatory="张三", paper=scan.pk)
    assert entered.data["shown"]["seals"][0]["on_behalf"] is True
    again = post(caller, f"{one}seal/", side="enterprise", signatory="张三", paper=scan.pk)
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "already_sealed")


def test_a_seal_tells_nothing_of_the_papers_of_other_cases(site: Site, caller: APIClient) -> None:
    one = f"{URL}{made(site, caller).data['id']}/"
    other = site.district.project("别的项目")
    secret = attach(case=other.case, kind="other", upload=paper("机密"), by=site.district.clerk, on=TODAY)
    answers = [
        post(caller, f"{one}seal/", side="enterprise", signatory="张三", paper=key)
        for key in (secret.pk, 987654)
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert secret.name not in answers[0].content.decode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("tick/", {"code": "filed", "on": "2026-03-09"}),
        ("days/", {"finish_on": "2026-01-01"}),
        ("particulars/", {"targets": [{"year": 0, "floor_area": -1}]}),
        ("items/", {"form": "nothing", "name": "x", "timing": "x"}),
        ("untick/", {"code": "filed", "reason": ""}),
    ],
)
def test_bad_input_is_400(site: Site, caller: APIClient, path: str, body: dict[str, Any]) -> None:
    one = f"{URL}{made(site, caller).data['id']}/"
    assert post(caller, f"{one}{path}", **body).status_code == 400


def test_a_plan_out_of_sight_is_404_for_staff_and_for_another_enterprise(
    site: Site, caller: APIClient
) -> None:
    key = made(site, caller).data["id"]
    outside = factories.user("park_clerk", unit=factories.unit("far", kind="park"))
    for who in (outside, site_in(site.district, "另一个项目").firm):
        assert session(who).get(f"{URL}{key}/").status_code == 404
    assert session(outside).get(URL).data["results"] == []
