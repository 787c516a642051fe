"""What the enterprise sees and hands in: its page, the guide, its papers; by page and over REST."""

from datetime import date

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from approvals import actions as approvals
from documents.models import Attachment
from kernel.refusals import Unmet
from notices.actions import deliver
from notices.models import Notice
from projects.models import Project
from service.portal import asking, permitting, requesting, showing, slots, uploading
from service.portal.access import Speaker
from tests import factories as make
from tests import lives
from tests.documents.files import JPEG, PDF, PROGRAM, upload
from tests.service.portal.conftest import MONDAY

pytestmark = pytest.mark.django_db
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64


@pytest.fixture
def speaker(project, firm) -> Speaker:
    return Speaker(firm, Project.objects.select_related("case").get(pk=project.pk), MONDAY)


def open_permit(project, code="project_filing"):
    make.unit("development-reform", name="区发展改革委")
    return approvals.open_step(project=project, step=code, by=lives.clerk(), on=MONDAY)


def matter(speaker, code="project_filing") -> permitting.Matter:
    fresh = Speaker(
        speaker.user, Project.objects.select_related("case").get(pk=speaker.project.pk), speaker.on
    )
    return next(one for one in permitting.matters(fresh) if one.rule.code == code)


def test_the_page_shows_where_the_project_stands(project, firm) -> None:
    page = make.pages(firm).get(f"/portal/{project.pk}/").content.decode()
    for words in (project.name, "签订投资协议", "配备项目服务专员", "周敏", "无偿帮办代办", "办事指南"):
        assert words in page


def test_the_page_shows_nothing_of_the_offices(project, firm) -> None:
    project.progress = "区领导要求压减地价"
    project.save()
    page = make.pages(firm).get(f"/portal/{project.pk}/").content.decode()
    for words in ("评估", "批示", "专报", "预审", "地价", "20亿元", "引进单位", "督办"):
        assert words not in page, words


def test_milestones_that_the_plan_does_not_open_are_not_told(speaker) -> None:
    told = {mark.code for mark in showing.marks(speaker)}
    assert "signed" in told
    assert told.isdisjoint({"assessed", "decided", "joint_review_passed", "judged_good"})


def test_reached_milestones_come_first_in_the_order_of_their_days(speaker) -> None:
    marks = showing.marks(speaker)
    assert [mark.code for mark in marks[:2]] == ["signed", "service_commissioner_named"]
    assert marks[0].on == lives.SIGNED_ON
    assert marks[2].on is None


def test_a_matter_is_followed_from_not_applied_to_its_result(project, speaker) -> None:
    assert matter(speaker).way == permitting.Way.NOT_APPLIED
    step = open_permit(project)
    running = matter(speaker)
    assert (running.way, running.due_on) == (permitting.Way.UNDER_WAY, date(2026, 3, 5))
    assert [unit.name for unit in running.offices] == ["区发展改革委"]
    reviewer = make.user("reviewer", unit=make.unit("development-reform"))
    approvals.conclude(step=step, verdict="granted", by=reviewer, on=MONDAY, reason="内部意见：从宽")
    done = matter(speaker)
    assert (done.way, done.result, done.done_on) == (permitting.Way.DONE, "准予备案", MONDAY)


def test_a_refused_matter_is_told_without_the_reviewers_reason(project, speaker, firm) -> None:
    step = open_permit(project)
    reviewer = make.user("reviewer", unit=make.unit("development-reform"), name="蒋文博")
    approvals.conclude(step=step, verdict="refused", by=reviewer, on=MONDAY, reason="属限制类目录")
    assert matter(speaker).way == permitting.Way.NOT_GRANTED
    page = make.pages(firm).get(f"/portal/{project.pk}/guide/").content.decode()
    assert "不予备案" in page
    assert "属限制类目录" not in page
    assert "蒋文博" not in page


def test_a_matter_that_does_not_concern_the_project_is_left_out(project, speaker) -> None:
    from kernel.conditions import Condition

    rule = speaker.rules.steps["energy_review"]
    object.__setattr__(rule, "when", Condition(field="green_channel", equals=True))
    try:
        assert "energy_review" not in {one.rule.code for one in permitting.matters(speaker)}
    finally:
        object.__setattr__(rule, "when", Condition())


def test_the_guide_tells_materials_once_and_marks_what_is_there(project, firm) -> None:
    page = make.pages(firm).get(f"/portal/{project.pk}/guide/").content.decode()
    for words in ("企业投资项目备案申请表", "档案中已有，不再收取", "在线申报—信息核对", "3个工作日"):
        assert words in page


def test_policies_are_those_of_the_phase_and_the_facts(speaker) -> None:
    told = {rule.code for rule in showing.benefits(speaker)}
    assert "financing" in told
    assert "property_search" not in told  # of the phase of production
    speaker.project.sector = "service"
    assert "commitment_system" not in {rule.code for rule in showing.benefits(speaker)}


def test_a_paper_is_handed_in_read_and_taken_back(project, firm) -> None:
    browser, url = make.pages(firm), f"/portal/{project.pk}/papers/"
    assert browser.post(url, {"upload": upload(PDF, "营业执照.pdf"), "note": "新照"}).status_code == 302
    row = Attachment.objects.get(kind="enterprise_paper")
    assert "营业执照.pdf" in browser.get(url).content.decode()
    assert make.sent(browser.get(f"{url}{row.pk}/")) == PDF
    assert AuditEntry.objects.filter(kind="document.downloaded", user=firm).count() == 1
    assert browser.post(f"{url}{row.pk}/take-back/", {"reason": "传错"}).status_code == 302
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdrawn_reason) == (firm, "传错")
    assert browser.get(f"{url}{row.pk}/").status_code == 404


def test_who_serves_the_project_hears_of_papers_once_a_day(project, firm, commissioner) -> None:
    for n in range(2):
        uploading.upload_paper(project=project, upload=upload(PDF + b"%d" % n), by=firm, on=MONDAY)
    deliver(on=MONDAY)
    assert Notice.objects.filter(message__topic="portal.handed_in").count() == 1
    assert Notice.objects.get(message__topic="portal.handed_in").user == commissioner


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(HEIC, "照片.heic", "HEIC"), (HEIC, "照片.jpg", "HEIC"), (PROGRAM, "photo.jpg", "可执行文件"),
     (b"", "空.pdf", "空"), (b"hello", "x.pdf", "不支持的文件类型")],
)  # fmt: skip
def test_what_is_not_taken_is_told_with_its_way_out_and_nothing_is_kept(
    project, firm, content, name, words
) -> None:
    browser, url = make.pages(firm), f"/portal/{project.pk}/papers/"
    page = browser.post(url, {"upload": upload(content, name)})
    assert page.status_code == 400
    assert words in page.content.decode()
    rest = browser.post(f"/api/v1/portal/{project.pk}/files/", {"file": upload(content, name)})
    assert rest.status_code == 400
    assert not Attachment.objects.filter(kind="enterprise_paper").exists()


def test_a_photo_of_forty_megabytes_is_refused_with_advice(project, firm) -> None:
    photo = upload(JPEG + b"\x00" * (40 * 1024 * 1024), "现场.jpg")
    page = make.pages(firm).post(f"/portal/{project.pk}/papers/", {"upload": photo})
    assert page.status_code == 400
    assert "照片有 40 MB" in page.content.decode()


def test_a_kind_that_opens_a_gate_cannot_be_handed_in_by_the_enterprise(project, firm) -> None:
    body = {"file": upload(PDF), "kind": "investment_agreement"}
    answer = make.pages(firm).post(f"/api/v1/portal/{project.pk}/files/", body)
    assert (answer.status_code, answer.json()["unmet"][0]["code"]) == (400, "kind_not_open")


def test_only_kinds_that_the_plan_opens_are_read(project, firm, park_clerk) -> None:
    lives.paper(project, "special_report", park_clerk)
    hidden = lives.paper(project, "decision_minutes", park_clerk)
    page = make.pages(firm).get(f"/portal/{project.pk}/papers/").content.decode()
    assert "investment_agreement.pdf" in page
    assert "special_report" not in page
    assert make.pages(firm).get(f"/portal/{project.pk}/papers/{hidden.pk}/").status_code == 404


def test_a_paper_of_the_offices_is_not_taken_back_by_the_enterprise(project, firm) -> None:
    row = Attachment.objects.get(case=project.case, kind="investment_agreement")
    url = f"/portal/{project.pk}/papers/{row.pk}/take-back/"
    assert make.pages(firm).post(url, {"reason": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.withdrawn_on is None


def test_a_flood_of_papers_is_stopped(project, firm, monkeypatch) -> None:
    monkeypatch.setattr(uploading, "MOST_A_DAY", 2)
    browser, url = make.pages(firm), f"/portal/{project.pk}/papers/"
    answers = [browser.post(url, {"upload": upload(PDF + b"%d" % n)}).status_code for n in range(3)]
    assert answers == [302, 302, 409]


def test_the_commissioners_number_is_shown_in_full_only_as_a_logged_act(project, firm, commissioner) -> None:
    browser = make.pages(firm)
    page = browser.get(f"/portal/{project.pk}/").content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    part = project.case.parts.get(part="commissioner")
    shown = browser.post(f"/portal/{project.pk}/contacts/{part.pk}/phone/", follow=True)
    assert "13812345678" in shown.content.decode()
    assert AuditEntry.objects.filter(kind="phone.shown", user=firm, target=f"user:{commissioner.pk}").exists()
    landing = project.case.parts.get(part="landing")
    assert browser.post(f"/portal/{project.pk}/contacts/{landing.pk}/phone/").status_code == 404


def test_a_room_hangs_its_panel_and_its_items_into_the_page(project, firm, monkeypatch) -> None:
    monkeypatch.setattr(slots, "_panels", {})
    monkeypatch.setattr(slots, "_sources", {})
    ticked: list[str] = []
    items = [slots.Item("7", "编制环评", due_on=MONDAY, tickable=True)]
    template = "service/portal/_answers.html"
    slots.panel(slots.Panel("plan", "建设计划", template, lambda speaker: {"answers": []}))
    tick = lambda speaker, key, note: ticked.append(f"{key} {note}")  # noqa: E731
    slots.source(slots.Source("plan", lambda speaker: items, tick))
    browser = make.pages(firm)
    page = browser.get(f"/portal/{project.pk}/").content.decode()
    assert "建设计划" in page
    assert "编制环评" in page
    assert browser.post(f"/portal/{project.pk}/asked/plan/7/", {"note": "完成"}).status_code == 302
    assert ticked == ["7 完成"]
    with pytest.raises(ValueError, match="twice"):
        slots.source(slots.Source("plan", lambda speaker: []))


def counted(browser, url) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(url).status_code == 200
    return len(found)


def test_every_page_costs_the_same_however_much_there_is(project, firm, park_clerk) -> None:
    browser = make.pages(firm)
    here = f"/portal/{project.pk}/"
    urls = [here, f"{here}guide/", f"{here}papers/", f"{here}requests/", f"/api/v1{here}requests/"]
    fill(project, firm, park_clerk)
    few = [counted(browser, url) for url in urls]
    for _n in range(4):
        fill(project, firm, park_clerk)
    open_permit(project)
    assert [counted(browser, url) for url in urls] == few
    assert max(few) <= 30


def fill(project, firm, park_clerk) -> None:
    asking.ask(project=project, title="签章", by=park_clerk, on=MONDAY)
    row = requesting.raise_request(
        project=project, kind="problem", title="道路", text="未通", by=firm, on=MONDAY
    )
    requesting.answer(request=row, words="已通", by=park_clerk, on=MONDAY)
    count = Attachment.objects.count()
    uploading.upload_paper(project=project, upload=upload(PDF + b"%d" % count), by=firm, on=MONDAY)


def test_over_rest_the_enterprise_sees_its_project_and_asks(project, firm) -> None:
    browser, url = make.pages(firm), f"/api/v1/portal/{project.pk}/"
    found = browser.get(url).json()
    assert (found["code"], found["read_only"]) == (project.case.code, False)
    assert found["contacts"][0] == {
        "part": "项目服务专员", "unit": "白涛工业园区", "name": "周敏", "phone": "138****5678",
    }  # fmt: skip
    assert [row["state"] for row in browser.get(f"{url}guide/").json() if row["code"] == "land_grant"] == [
        "not_applied"
    ]
    body = {"kind": "problem", "title": "用水", "text": "水压不足"}
    made = browser.post(f"{url}requests/", body, content_type="application/json")
    assert (made.status_code, made.json()["stage"], made.json()["due_on"]) == (201, "sent", "2026-03-16")
    assert browser.get(f"{url}requests/").json()["results"][0]["title"] == "用水"
    paper = browser.post(f"{url}files/", {"file": upload(PDF)}).json()
    assert make.sent(browser.get(f"{url}files/{paper['id']}/content/")) == PDF
    assert browser.post(f"{url}files/{paper['id']}/take-back/", {"reason": "错"}).status_code == 200
    early = browser.post(f"{url}requests/{made.json()['id']}/judge/", {"verdict": "satisfied"})
    assert (early.status_code, early.json()["unmet"][0]["code"]) == (409, "nothing_to_judge")


def test_over_rest_a_request_sent_twice_with_one_key_is_one(project, firm) -> None:
    browser, url = make.pages(firm), f"/api/v1/portal/{project.pk}/requests/"
    body = {"kind": "problem", "title": "用水", "text": "水压不足"}
    sent = [
        browser.post(url, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
        for _n in range(2)
    ]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    assert len(browser.get(url).json()["results"]) == 1


def test_the_case_file_tells_of_accounts_and_what_waits(project, firm, park_clerk) -> None:
    requesting.raise_request(project=project, kind="problem", title="道路", text="未通", by=firm, on=MONDAY)
    page = make.pages(park_clerk).get(f"/projects/{project.pk}/").content.decode()
    assert 'id="panel-enterprise-account"' in page
    assert "1 件" in page


def test_a_refusal_shows_the_enterprise_no_way_into_pages_that_are_shut_to_it() -> None:
    items = [Unmet("milestone:signed", "尚未完成“签订投资协议”", "三(二)6", "/projects/7/milestones/signed/")]
    assert "/projects/7/" in render_to_string("_components/unmet.html", {"items": items})
    assert "/projects/7/" not in render_to_string(
        "_components/unmet.html", {"items": items, "enterprise": True}
    )
