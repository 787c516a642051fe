"""The inbox of a unit, one hand-over, the letter, the panel, and REST."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service.models import Handing, Receipt
from tests import factories as make
from tests.documents.files import upload
from tests.service.district import Served, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel("2026-03-03T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def found() -> Served:
    served = signed()
    served.reach("supplement_signed", "land_prepaid")
    return served


def landing() -> Receipt:
    return Receipt.objects.select_related("unit").get(part="landing")


def test_the_inbox_shows_what_waits_for_my_unit_and_nothing_of_others(found) -> None:
    mine = make.pages(found.person("park_clerk", found.park.code)).get("/handovers/").content.decode()
    assert found.project.name in mine
    assert "落户地" in mine
    assert "2026-03-05" in mine
    assert "督导单位" not in mine
    other = make.pages(found.person("park_clerk", "qingxi-park")).get("/handovers/?show=all").content.decode()
    assert found.project.name not in other


def test_the_inbox_costs_the_same_for_one_and_for_many(found) -> None:
    browser = make.pages(found.clerk)
    browser.get("/handovers/?show=all")
    with CaptureQueriesContext(connection) as few:
        browser.get("/handovers/?show=all")
    for n in range(3):
        project = found.district.project(f"第二批项目{n}", industry_code="3841")
        more = Served(found.district, project)
        more.money("fixed_asset", "3亿元")
        more.sign()
        more.reach("supplement_signed", "land_prepaid")
    with CaptureQueriesContext(connection) as many:
        browser.get("/handovers/?show=all")
    assert len(few) == len(many) <= 12


def test_acknowledging_by_one_button_and_twice_is_told(found) -> None:
    browser, row = make.pages(found.person("park_clerk", found.park.code)), landing()
    url = f"/handovers/receipts/{row.pk}/acknowledge/"
    assert browser.post(url, {"note": "已安排代办"}).status_code == 302
    assert Receipt.objects.get(pk=row.pk).note == "已安排代办"
    again = browser.post(url, {"note": ""})
    assert again.status_code == 409
    assert "已于 2026-03-03 答复" in again.content.decode()


def test_giving_back_and_pushing_again_by_form(found) -> None:
    row = landing()
    browser = make.pages(found.person("park_clerk", found.park.code))
    assert browser.post(f"/handovers/receipts/{row.pk}/decline/", {"reason": ""}).status_code == 400
    answer = browser.post(f"/handovers/receipts/{row.pk}/decline/", {"reason": "用地未落实"})
    assert answer.status_code == 302
    office = make.pages(found.clerk)
    assert "用地未落实" in office.get("/handovers/?show=back").content.decode()
    answer = office.post(f"/handovers/receipts/{row.pk}/again/", {"unit": row.unit_id})
    assert answer.status_code == 302
    assert Receipt.objects.filter(part="landing", declined_on=None).count() == 1


def test_another_unit_sees_no_button_and_may_not_answer(found) -> None:
    row, office = landing(), make.pages(found.clerk)
    page = office.get(f"/handovers/{row.handing_id}/").content.decode()
    assert f"/handovers/receipts/{row.pk}/acknowledge/" not in page
    assert office.post(f"/handovers/receipts/{row.pk}/acknowledge/").status_code == 403


def test_a_hand_over_out_of_sight_is_404(found) -> None:
    stranger = make.pages(found.person("park_clerk", "qingxi-park"))
    row = landing()
    assert stranger.get(f"/handovers/{row.handing_id}/").status_code == 404
    assert stranger.post(f"/handovers/receipts/{row.pk}/acknowledge/").status_code == 404


def test_the_case_file_shows_each_receiver_and_who_is_not_named_yet(found) -> None:
    page = make.pages(found.clerk).get(f"/projects/{found.project.pk}/").content.decode()
    assert "招商项目信息移交" in page
    assert "待签收" in page
    assert "尚未确定，确定后自动推送" in page


def test_before_the_hand_over_the_case_file_says_what_it_waits_for() -> None:
    served = signed()
    page = make.pages(served.clerk).get(f"/projects/{served.project.pk}/").content.decode()
    assert "尚未完成“缴纳土地预付款”" in page


def test_the_letter_page_joins_the_letter_and_withdrawing_undoes(found) -> None:
    office, row = make.pages(found.clerk), Handing.objects.get()
    url = f"/projects/{found.project.pk}/handovers/into_construction/letter/"
    page = office.get(url).content.decode()
    assert "补登函件" in page and ">补登</button>" in page
    body = {"number": "天招函〔2026〕3号", "on": "2026-03-03", "paper": upload()}
    assert office.post(url, body).status_code == 302
    assert "天招函〔2026〕3号" in office.get(f"/handovers/{row.pk}/").content.decode()
    assert office.post(f"/handovers/{row.pk}/withdraw/", {"reason": "信息有误"}).status_code == 302
    assert "信息有误" in office.get(f"/handovers/{row.pk}/").content.decode()


def test_the_letter_page_names_what_is_missing_beforehand() -> None:
    served = signed()
    url = f"/projects/{served.project.pk}/handovers/into_construction/letter/"
    page = make.pages(served.clerk).get(url).content.decode()
    assert "移交条件未具备" in page
    assert "签订补充协议" in page


def test_over_rest_list_acknowledge_decline_push_again_and_withdraw(found) -> None:
    park, office = make.api(found.person("park_clerk", found.park.code)), make.api(found.clerk)
    rows = park.get("/api/v1/handovers/?show=mine").data["results"]
    assert [row["rule"] for row in rows] == ["into_construction"]
    base, row = f"/api/v1/handovers/{rows[0]['id']}/", landing()
    declined = park.post(base + "decline/", {"receipt": row.pk, "reason": "用地未落实"}, format="json")
    assert declined.status_code == 200
    pushed = office.post(base + "push-again/", {"receipt": row.pk}, format="json")
    fresh = next(
        one for one in pushed.data["receipts"] if one["state"] == "waiting" and one["part"] == "landing"
    )
    done = park.post(base + "acknowledge/", {"receipt": fresh["id"]}, format="json")
    assert {one["state"] for one in done.data["receipts"] if one["part"] == "landing"} == {
        "declined", "acknowledged",
    }  # fmt: skip
    again = park.post(base + "acknowledge/", {"receipt": fresh["id"]}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "already_answered")
    assert (
        office.post(base + "withdraw/", {"reason": "有误"}, format="json").data["withdrawn_on"]
        == "2026-03-03"
    )


def test_over_rest_a_letter_before_its_time_is_409_with_what_is_missing() -> None:
    served = signed()
    body = {"project": served.project.pk, "rule": "into_construction", "number": "1", "paper": upload()}
    answer = make.api(served.clerk).post("/api/v1/handovers/", body, format="multipart")
    assert answer.status_code == 409
    assert {item["clause"] for item in answer.data["unmet"]} == {"二(1)"}
    nothing = make.api(served.clerk).post("/api/v1/handovers/", {**body, "paper": ""}, format="multipart")
    assert nothing.status_code == 400
