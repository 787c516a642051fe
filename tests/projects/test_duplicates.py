"""A lead that is there already: told on entry, over REST and before; a sure one needs a reason."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from projects.duplicates import candidates
from projects.likeness import DEFAULTS, Grade, Lead
from projects.models import DuplicatePair, FoundBy, PairState, Project
from tests import factories as make
from tests.factories import TODAY
from tests.law import District

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
FIRM = {"name": "浙江华锐新材料有限公司", "no_code_reason": "尚未注册"}
BODY = {"name": "华锐高端铝材项目", "enterprise": FIRM}


@pytest.fixture
def known(district: District) -> Project:
    firm = make.enterprise("浙江华锐新材料有限公司")
    return actions.register(by=district.clerk, on=TODAY, name="涪陵华锐高端铝材生产基地项目", enterprise=firm)


def found(lead: Lead) -> list[tuple[str, Grade | None]]:
    return [(one.project.name, one.verdict.grade) for one in candidates(lead, DEFAULTS)]


@pytest.mark.parametrize(
    "lead",
    [
        Lead("华锐高端铝材", "华锐新材料公司"),
        Lead("华瑞高端铝才项目", "华锐新材料有限责任公司"),
        Lead("华锐高端铝材一期", "华瑞新材料"),
        Lead("华锐高档铝材项目", "另一家公司"),
        Lead("全新的名字", "重庆华锐新材料（集团）股份有限公司"),
    ],
)
def test_a_known_lead_is_found_however_it_is_spelt(known: Project, lead: Lead) -> None:
    assert known.name in [name for name, _grade in found(lead)] or lead.investor == "另一家公司"


def test_a_credit_code_leads_to_the_projects_of_its_holder(district: District) -> None:
    firm = make.enterprise("旧名称有限公司", credit_code=CODE)
    actions.register(by=district.clerk, on=TODAY, name="环保装备", enterprise=firm)
    assert found(Lead("环保装备项目", "新名称公司", CODE)) == [("环保装备", Grade.SURE)]


def test_nothing_is_found_for_nothing(known: Project) -> None:
    assert found(Lead()) == found(Lead("——", "（）")) == []


def test_the_search_runs_a_fixed_number_of_statements(district: District, known: Project) -> None:
    lead = Lead("华锐高端铝材项目", FIRM["name"], CODE)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            candidates(lead, DEFAULTS)
        counts.append(len(asked))
        for number in range(5):
            actions.register(
                by=district.clerk, on=TODAY, name=f"华锐高端铝材{number}", enterprise=known.enterprise
            )
    assert counts[0] == counts[1] <= 6


def test_rest_refuses_a_sure_match_until_a_reason_is_given(district: District, known: Project) -> None:
    caller = make.api(district.clerk)
    answer = caller.post("/api/v1/projects/", BODY, format="json")
    (item,) = answer.json()["unmet"]
    assert (answer.status_code, item["code"], item["clause"]) == (409, "sure_duplicate", "三(二)4")
    assert known.case.code in item["message"]
    half = caller.post("/api/v1/projects/", BODY | {"confirmed_distinct": True}, format="json")
    assert (half.status_code, Project.objects.count()) == (409, 1)
    whole = BODY | {"confirmed_distinct": True, "distinct_reason": "另一条生产线"}
    answer = caller.post("/api/v1/projects/", whole, format="json")
    assert answer.status_code == 201
    (one,) = answer.json()["duplicates"]
    assert (one["project"], one["grade"]) == (known.pk, "sure")
    assert {"same_name", "same_investor"} == {reason["sign"] for reason in one["reasons"]}
    pair = DuplicatePair.objects.get()
    assert (pair.found_by, pair.note, pair.state) == (FoundBy.API, "另一条生产线", PairState.OPEN)


def test_out_of_sight_only_the_holder_is_told(district: District, known: Project) -> None:
    answer = make.api(make.user("park_clerk")).post("/api/v1/projects/", BODY, format="json")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "区招商" in text
    for secret in (known.case.code, "生产基地"):
        assert secret not in text


def test_the_question_alone_writes_nothing(district: District, known: Project) -> None:
    body = {"name": "华瑞高端铝材", "enterprise": FIRM["name"], "total": "20亿元"}
    answer = make.api(district.clerk).post("/api/v1/duplicates/check/", body, format="json")
    (one,) = answer.json()["duplicates"]
    assert (answer.status_code, one["grade"]) == (200, "likely")
    assert "项目名称同音" in [reason["label"] for reason in one["reasons"]]
    assert (Project.objects.count(), DuplicatePair.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("body", "status"), [({"total": "很多钱"}, 400), ({}, 200), ({"name": "长" * 201}, 400)]
)
def test_a_question_that_cannot_be_read_is_refused(
    district: District, body: dict[str, Any], status: int
) -> None:
    answer = make.api(district.clerk).post("/api/v1/duplicates/check/", body, format="json")
    assert answer.status_code == status


def test_who_may_not_register_may_not_ask(district: District) -> None:
    assert make.api(make.user("leader")).post("/api/v1/duplicates/check/", {}).status_code == 403


def test_the_pool_over_rest_from_finding_to_undoing(district: District, known: Project) -> None:
    whole = BODY | {"confirmed_distinct": True, "distinct_reason": "另一条生产线"}
    caller = make.api(district.clerk)
    other = caller.post("/api/v1/projects/", whole, format="json").json()["id"]
    (pair,) = caller.get("/api/v1/duplicates/?state=open&grade=sure").json()["results"]
    url = f"/api/v1/duplicates/{pair['id']}/"
    assert caller.get(url).json()["second"]["id"] == other
    assert caller.post(f"{url}undo/", {"reason": "无"}).json()["unmet"][0]["code"] == "not_merged"
    done = caller.post(f"{url}merge/", {"keep": known.pk, "reason": "同一项目"}, format="json")
    assert (done.status_code, done.json()["state"]) == (200, "merged")
    assert caller.get(f"/api/v1/projects/{other}/").json()["merged_into"] == known.pk
    assert caller.patch(f"/api/v1/projects/{other}/", {"name": "改"}).json()["unmet"][0]["code"] == "merged"
    assert [row["id"] for row in caller.get("/api/v1/projects/").json()["results"]] == [known.pk]
    assert caller.get("/api/v1/duplicates/").json()["results"] == []
    assert caller.post(f"{url}undo/", {"reason": "看错"}).json()["state"] == "open"
    assert caller.post(f"{url}distinct/", {"reason": "两条线"}).json()["state"] == "distinct"
    assert caller.post(f"{url}distinct/", {"reason": "两条线"}).status_code == 409
    assert caller.post(f"{url}distinct/", {}).status_code == 400


def test_two_projects_are_paired_by_hand(district: District, known: Project) -> None:
    other, caller = district.project("毫不相干"), make.api(district.clerk)
    body = {"project": known.pk, "other": other.pk}
    assert caller.post("/api/v1/duplicates/", body, format="json").json()["found_by"] == "person"
    assert caller.post("/api/v1/duplicates/", body | {"other": 10**9}, format="json").status_code == 404


def test_a_pair_is_hidden_from_who_does_not_see_both(district: District, known: Project) -> None:
    pair = actions.pair_up(project=known, other=district.project("别的"), by=district.clerk, on=TODAY)
    park = make.user("park_clerk", unit=district.park)
    make.part(known.case, "landing", district.park)
    assert make.api(park).get(f"/api/v1/duplicates/{pair.pk}/").status_code == 404
    make.part(pair.second.case, "landing", district.park)
    page = make.pages(park).get(f"/projects/duplicates/{pair.pk}/")
    assert page.status_code == 200
    assert "合并，保留" not in page.content.decode()
    assert (
        make.pages(park).post(f"/projects/duplicates/{pair.pk}/distinct/", {"reason": "x"}).status_code == 403
    )


def test_the_page_asks_for_a_tick_and_a_reason(district: District, known: Project) -> None:
    page, url = make.pages(district.clerk), "/projects/register/"
    form = {
        "name": BODY["name"], "enterprise": FIRM["name"], "no_code_reason": "尚未注册",
        "project_type": "new", "on": str(TODAY),
    }  # fmt: skip
    shown = page.post(url, form).content.decode()
    assert "确定" in shown and "项目名称相同" in shown and known.case.code in shown
    refused = page.post(url, form | {"confirmed": "on"})
    assert (refused.status_code, Project.objects.count()) == (400, 1)
    done = page.post(url, form | {"confirmed": "on", "distinct": "on", "distinct_reason": "另一条线"})
    assert (done.status_code, DuplicatePair.objects.get().note) == (302, "另一条线")


def test_while_typing_the_likenesses_are_shown(district: District, known: Project) -> None:
    asked = {"enterprise": "华锐新材料", "name": "华锐高端铝材", "credit_code": ""}
    html = make.pages(district.clerk).get("/projects/register/check/", asked).content.decode()
    assert known.name in html


def test_the_pool_in_pages_from_pairing_to_undoing(district: District, known: Project) -> None:
    other, page = district.project("毫不相干"), make.pages(district.clerk)
    codes = {"first": known.case.code, "second": other.case.code}
    answer = page.post("/projects/duplicates/find/", codes)
    url = answer["Location"]
    assert "毫不相干" in page.get(url).content.decode()
    assert page.post(f"{url}merge/{known.pk}/", {"reason": ""}).status_code == 400
    assert page.post(f"{url}merge/{known.pk}/", {"reason": "同一项目"}).status_code == 302
    gone = page.get(f"/projects/{other.pk}/").content.decode()
    assert "作为重复登记被合并" in gone and known.case.code in gone
    assert "并入的项目" in page.get(f"/projects/{known.pk}/").content.decode()
    assert page.get(f"/projects/{other.pk}/contacts/").status_code == 200
    assert page.get("/projects/duplicates/?state=merged").status_code == 200
    assert page.post(f"{url}undo/", {"reason": "看错"}).status_code == 302
    assert page.post(f"{url}undo/", {"reason": "看错"}).status_code == 409
    assert page.post(f"{url}distinct/", {"reason": "不是"}).status_code == 302
    assert "不是同一项目" in page.get("/projects/duplicates/?state=distinct").content.decode()


def test_a_number_that_nobody_has_is_refused_at_its_field(district: District, known: Project) -> None:
    answer = make.pages(district.clerk).post(
        "/projects/duplicates/find/", {"first": known.case.code, "second": "500102-2099-1"}
    )
    assert (answer.status_code, "没有这个编号" in answer.content.decode()) == (400, True)


def test_the_pool_runs_a_fixed_number_of_queries(district: District, known: Project) -> None:
    page, counts = make.pages(district.clerk), []
    for number in range(3):
        other = district.project(f"第{number}个")
        actions.pair_up(project=known, other=other, by=district.clerk, on=TODAY)
        page.get("/projects/duplicates/")
        with CaptureQueriesContext(connection) as asked:
            assert page.get("/projects/duplicates/").status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]
