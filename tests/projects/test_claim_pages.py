"""Claims on pages and over REST; what a contact keeps beside its words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from cases.models import Part
from kernel.clock import today
from projects import actions
from projects.actions import EnterpriseData
from projects.models import Claim, ClaimHandover, ContactRecord, Project
from tests import factories as make
from tests.documents.files import PDF, upload
from tests.law import District

FIRM = EnterpriseData("四川新能源有限公司", no_code_reason="尚未注册", division_code="510100")
SAID = {"with_whom": "王总", "matter": "看地块"}


@pytest.fixture
def rival(district: District) -> User:
    return make.user("park_clerk", unit=district.park)


def lead(by: User, name: str = "电池材料项目") -> Project:
    return actions.register(by=by, on=today(), name=name, enterprise=FIRM)


def negotiating(district: District) -> Project:
    project = lead(district.clerk)
    Project.objects.filter(pk=project.pk).update(phase="negotiation")
    return Project.objects.select_related("case").get(pk=project.pk)


def holder(project: Project) -> User | None:
    row = Part.objects.filter(case_id=project.pk, part="first_contact", valid_to__isnull=True).first()
    return row.user if row else None


def test_a_lead_claimed_by_two_units_is_ruled_on_in_the_browser(district: District, rival: User) -> None:
    one, other = lead(district.clerk), lead(rival, "电池项目")
    head = make.pages(district.head)
    assert "裁定首接认领争议" in head.get("/").content.decode()
    page = head.get(reverse("claim-conflicts")).content.decode()
    assert "电池材料项目" in page and "电池项目" in page
    claim = Claim.objects.get(project=other)
    url = reverse("claim-rule", args=[claim.pk])
    assert head.get(url).status_code == 200
    assert head.post(url, {"upheld": claim.pk, "reason": ""}).status_code == 400
    assert head.post(url, {"upheld": 10**9, "reason": "走访在先"}).status_code == 400
    assert head.post(url, {"upheld": claim.pk, "reason": "走访在先"}).status_code == 302
    assert holder(one) == holder(other) == rival
    assert head.get(url).status_code == 404
    assert "走访在先" in make.pages(district.clerk).get(f"/projects/{one.pk}/").content.decode()


def test_only_the_bureaus_head_opens_the_list_of_conflicts(district: District, rival: User) -> None:
    for person in (district.clerk, rival):
        assert make.pages(person).get(reverse("claim-conflicts")).status_code == 403


def test_the_list_of_conflicts_runs_a_constant_number_of_queries(
    district: District, rival: User, django_assert_num_queries: Any
) -> None:
    head = make.pages(district.head)
    lead(district.clerk)
    lead(rival)
    head.get(reverse("claim-conflicts"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        head.get(reverse("claim-conflicts"))
    for number in range(5):
        lead(rival, f"项目{number}")
    with django_assert_num_queries(len(few)):
        head.get(reverse("claim-conflicts"))


def test_claiming_giving_up_and_handing_over_in_the_case_file(district: District, rival: User) -> None:
    project = lead(district.clerk)
    clerk, receiver = make.pages(district.clerk), make.pages(rival)
    claim = Claim.objects.get(project=project)
    hand_over = reverse("claim-hand-over", args=[project.pk, claim.pk])
    assert clerk.post(hand_over, {"to_user": rival.pk, "reason": "工作调整"}).status_code == 302
    offer = ClaimHandover.objects.get()
    assert "答复首接服务责任移交" in receiver.get("/").content.decode()
    accept = reverse("claim-accept", args=[project.pk, offer.pk])
    assert "同意接手" in receiver.get(f"/projects/{project.pk}/").content.decode()
    assert clerk.post(accept).status_code == 403
    assert receiver.post(accept).status_code == 302
    assert holder(project) == rival
    again = receiver.post(accept, follow=True)
    assert "已接收" in again.content.decode()
    give_up = reverse("claim-give-up", args=[project.pk, Claim.objects.get(by=rival).pk])
    assert receiver.post(give_up, {"reason": "企业另选"}).status_code == 302
    claim_page = reverse("project-claim", args=[project.pk])
    assert clerk.get(claim_page).status_code == 200
    assert clerk.post(claim_page, {"on": today().isoformat(), "note": "电话联系"}).status_code == 302
    assert clerk.post(claim_page, {"on": today().isoformat()}).status_code == 409


def test_declining_in_the_browser_leads_back_to_the_workbench(district: District, rival: User) -> None:
    project = lead(district.clerk)
    offer = actions.hand_over(
        claim=Claim.objects.get(project=project),
        to_user=rival,
        by=district.clerk,
        on=today(),
        reason="工作调整",
    )
    url = reverse("claim-decline", args=[project.pk, offer.pk])
    answer = make.pages(rival).post(url, {"reason": "人手不足"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_claims_over_rest(district: District, rival: User) -> None:
    one, other = lead(district.clerk), lead(rival, "电池项目")
    head, clerk, caller = make.api(district.head), make.api(district.clerk), make.api(rival)
    rows = head.get("/api/v1/claims/?state=conflict").json()["results"]
    assert [(row["project"], row["in_conflict"], row["unit"]) for row in rows] == [
        (other.pk, True, district.park.code)
    ]
    assert [row["project"] for row in caller.get("/api/v1/claims/").json()["results"]] == [other.pk]
    mine = Claim.objects.get(project=one)
    assert caller.post(f"/api/v1/claims/{mine.pk}/rule/", {"reason": "x"}).status_code == 404
    assert clerk.post(f"/api/v1/claims/{mine.pk}/rule/", {"reason": "x"}).status_code == 403
    assert head.post(f"/api/v1/claims/{mine.pk}/rule/", {}).status_code == 400
    ruled = head.post(f"/api/v1/claims/{mine.pk}/rule/", {"reason": "在先"}, format="json")
    assert (ruled.status_code, ruled.json()["upheld_by"]) == (200, district.head.username)
    assert head.post(f"/api/v1/claims/{mine.pk}/rule/", {"reason": "再裁"}).status_code == 409
    body = {"to_user": rival.username, "reason": "移交"}
    assert clerk.post(f"/api/v1/claims/{mine.pk}/hand-over/", body).json()["offers"][0]["state"] == "pending"
    assert caller.post(f"/api/v1/claims/{mine.pk}/decline/", {"reason": "忙"}).json()["state"] == "declined"
    assert caller.post(f"/api/v1/claims/{mine.pk}/accept/").status_code in (404, 409)
    clerk.post(f"/api/v1/claims/{mine.pk}/hand-over/", body)
    taken = caller.post(f"/api/v1/claims/{mine.pk}/accept/").json()
    assert (taken["by"], taken["how"], taken["standing"]) == (rival.username, "handed_over", True)
    made = head.post("/api/v1/claims/", {"project": one.pk, "note": "另有接触"}, format="json")
    assert (made.status_code, made.json()["in_conflict"]) == (201, True)
    assert head.post("/api/v1/claims/", {"project": one.pk}).status_code == 409
    assert head.post("/api/v1/claims/", {"project": 10**9}).status_code == 404
    gone = head.post(f"/api/v1/claims/{made.json()['id']}/give-up/", {"reason": "误填"})
    assert gone.json()["ending"] == "given_up"


# ---- the record of a contact: R036, R279


def test_a_visit_in_negotiation_asks_for_topics_in_the_browser(district: District) -> None:
    project, browser = negotiating(district), make.pages(district.clerk)
    url = reverse("project-contact", args=[project.pk])
    topics = reverse("project-contact-topics", args=[project.pk])
    assert "建设内容" in browser.get(topics, {"channel": "visit"}).content.decode()
    assert "建设内容" not in browser.get(topics, {"channel": "phone"}).content.decode()
    body = SAID | {"channel": "visit", "on": today().isoformat(), "paper_kind": "contact_photo"}
    refused = browser.post(url, body)
    assert refused.status_code == 400 and "请至少填写一项洽谈要点" in refused.content.decode()
    ahead = (today() + timedelta(days=9)).isoformat()
    files = [upload(PDF, "现场.pdf"), upload(PDF + b"%", "合影.pdf")]
    more = {"topic_site": "李渡A地块", "next_step": "送规划条件", "next_on": ahead, "uploads": files}
    assert browser.post(url, body | more).status_code == 302
    row = ContactRecord.objects.get()
    assert (row.topics, row.next_step, str(row.next_on)) == ({"site": "李渡A地块"}, "送规划条件", ahead)
    assert {paper.attachment.kind for paper in row.papers.all()} == {"contact_photo"}
    assert row.papers.count() == 2
    page = browser.get(f"/projects/{project.pk}/").content.decode()
    for words in ("选址地块", "李渡A地块", "送规划条件", "合影.pdf"):
        assert words in page


def test_a_paper_that_is_refused_leaves_no_contact_behind(district: District) -> None:
    project, browser = negotiating(district), make.pages(district.clerk)
    url = reverse("project-contact", args=[project.pk])
    body = SAID | {"channel": "phone", "on": today().isoformat(), "paper_kind": "contact_photo"}
    bad = upload(b"MZ\x90\x00 not a photo", "照片.exe")
    assert browser.post(url, body | {"uploads": [bad]}).status_code == 400
    assert not ContactRecord.objects.exists()


def test_contacts_over_rest_take_and_give_topics_next_step_and_papers(district: District) -> None:
    project, caller = negotiating(district), make.api(district.clerk)
    url = f"/api/v1/projects/{project.pk}/"
    paper = caller.post(f"{url}attachments/", {"kind": "other", "file": upload(PDF, "纪要.pdf")}).json()["id"]
    body: dict[str, Any] = SAID | {"channel": "reception", "next_step": "回访", "next_on": "2027-01-05"}
    assert caller.post(f"{url}contacts/", body, format="json").status_code == 400
    strange = caller.post(f"{url}contacts/", body | {"topics": {"weather": "晴"}}, format="json")
    assert strange.status_code == 400 and "weather" in strange.content.decode()
    other = lead(district.head, "别的项目")
    foreign = caller.post(
        f"/api/v1/projects/{other.pk}/attachments/", {"kind": "other", "file": upload(PDF, "a.pdf")}
    )
    topics = {"topics": {"products": "正极材料"}}
    wrong = body | topics | {"papers": [foreign.json()["id"]]}
    assert caller.post(f"{url}contacts/", wrong, format="json").status_code == 404
    made = caller.post(f"{url}contacts/", body | topics | {"papers": [paper]}, format="json")
    assert made.status_code == 201, made.content.decode()
    row = caller.get(f"{url}contacts/").json()["results"][0]
    assert (row["topics"], row["papers"]) == ({"products": "正极材料"}, [paper])
    assert (row["next_step"], date.fromisoformat(row["next_on"])) == ("回访", date(2027, 1, 5))
