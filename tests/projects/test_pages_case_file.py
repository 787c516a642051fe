"""The case file and the pages around it: what is shown, to whom, at what cost, and what a click may do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry
from accounts.roles import Role
from cases.actions import record
from cases.models import Enterprise, Part
from deadlines.models import Deadline
from documents.models import Attachment
from projects import actions
from projects.actions import EnterpriseData
from projects.models import ContactRecord, Money, Project, ReachedMilestone
from tests import factories as make
from tests.law import TODAY, District

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def project(district: District) -> Project:
    return district.project("年产5万吨新材料项目")


@pytest.fixture
def browser(district: District) -> Client:
    return make.pages(district.clerk)


@pytest.fixture
def head(district: District) -> Client:
    return make.pages(district.head)


def paper(name: str = "证明.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def text(response: Any) -> str:
    return response.content.decode()


def reach(project: Project, district: District, *milestones: str, days: int = 10) -> None:
    for milestone in milestones:
        actions.reach(
            project=project,
            milestone=milestone,
            by=district.clerk,
            on=TODAY - timedelta(days=days),
            produced=True,
        )


def test_the_case_file_says_what_blocks_the_next_phase_with_clause_and_link(
    district: District, browser: Client
) -> None:
    project = actions.register(by=district.clerk, on=TODAY, name="无主项目")
    html = text(browser.get(f"/projects/{project.pk}/"))
    assert "尚未填写“投资企业”" in html
    assert "三(二)4" in html
    assert f"/projects/{project.pk}/edit/#id_enterprise" in html
    assert 'class="btn btn-primary" disabled' in html


def test_the_button_opens_when_nothing_is_missing_and_moves_the_project(
    project: Project, browser: Client
) -> None:
    assert 'class="btn btn-primary" disabled' not in text(browser.get(f"/projects/{project.pk}/"))
    response = browser.post(f"/projects/{project.pk}/advance/", {"version": project.version}, follow=True)
    assert "已进入对接洽谈阶段" in text(response)


def test_a_shut_gate_refuses_with_what_is_missing(project: Project, browser: Client) -> None:
    browser.post(f"/projects/{project.pk}/advance/")
    response = browser.post(f"/projects/{project.pk}/advance/")
    assert response.status_code == 409
    assert "尚未完成“首谈信息登记”" in text(response)


def test_an_advance_on_old_facts_is_refused(project: Project, district: District, browser: Client) -> None:
    before = project.version
    actions.edit(project=project, by=district.head, on=TODAY, changes={"site": "A-1"})
    response = browser.post(f"/projects/{project.pk}/advance/", {"version": before})
    assert response.status_code == 409
    assert Project.objects.get(pk=project.pk).phase == "planning"


def test_the_case_file_runs_25_queries_at_most_however_long_its_history(
    project: Project, district: District, browser: Client, django_assert_max_num_queries: Any
) -> None:
    path = f"/projects/{project.pk}/"
    browser.get(path)
    for number in range(2):
        record(
            case=project.case,
            kind="project.edited",
            by=district.clerk,
            on=TODAY,
            data={"fields": str(number)},
        )
    with django_assert_max_num_queries(25) as few:
        browser.get(path)
    for number in range(200):
        record(
            case=project.case,
            kind="project.edited",
            by=district.clerk,
            on=TODAY,
            data={"fields": str(number)},
        )
        if number % 20 == 0:
            actions.set_money(project=project, measure="paid_in", raw="100万元", by=district.clerk, on=TODAY)
            actions.record_contact(
                project=project,
                by=district.clerk,
                on=TODAY,
                today=TODAY,
                channel="phone",
                with_whom="甲",
                matter="乙",
            )
    reach(project, district, "first_talk_registered", "judged_good")
    with django_assert_max_num_queries(25) as many:
        browser.get(path)
    # The first stop of a clock and its calendar are asked for only where there are clocks.
    assert len(many) <= len(few) + 4


def test_what_belongs_to_leads_is_folded_once_the_project_is_signed_and_read_when_it_is_opened(
    project: Project, district: District, browser: Client
) -> None:
    path = f"/projects/{project.pk}/"
    folded = f'hx-get="{path}panels/circulation/" hx-trigger="toggle'
    assert folded not in text(browser.get(path))
    Project.objects.filter(pk=project.pk).update(batch="signed")
    assert folded in text(browser.get(path))
    opened = text(browser.get(f"{path}panels/circulation/"))
    assert 'id="panel-circulation"' in opened and "panel-folded" not in opened


def test_clocks_that_have_ended_stand_folded_below_those_that_run(
    project: Project, district: District, browser: Client
) -> None:
    reach(project, district, "judged_good")
    clock = Deadline.objects.get(name="《招商专报》报告时限")
    path = f"/projects/{project.pk}/panels/clocks/"
    assert "已结束的期限" not in text(browser.get(path))
    Deadline.objects.filter(pk=clock.pk).update(met_on=TODAY)
    page = text(browser.get(path))
    assert page.index("目前没有在计时的期限") < page.index("已结束的期限 1 个") < page.index(clock.name)


def test_one_panel_is_drawn_anew_alone(project: Project, browser: Client) -> None:
    response = browser.get(f"/projects/{project.pk}/panels/milestones/")
    assert text(response).lstrip().startswith('<section class="card panel" id="panel-milestones"')
    assert browser.get(f"/projects/{project.pk}/panels/nonsense/").status_code == 404


def test_what_another_unit_may_not_see_does_not_exist_for_it(project: Project, district: District) -> None:
    stranger = make.pages(make.user("park_clerk", unit=district.park))
    pages = ("", "panels/milestones/", "timeline/", "history/", "edit/", "milestones/planned/", "money/")
    forms = ("contacts/", "contacts/new/", "attach/", "attachments/", "parts/", "correct/", "shelve/")
    for page in pages + forms:
        assert stranger.get(f"/projects/{project.pk}/{page}").status_code == 404, page
    for page in ("advance/", "milestones/planned/", "phone/", "money/new/", "contacts/new/"):
        assert stranger.post(f"/projects/{project.pk}/{page}").status_code == 404, page


@pytest.mark.parametrize(
    ("page", "role"),
    [
        ("edit/", Role.LEADER),
        ("shelve/", Role.INSPECTOR),
        ("exit/", Role.BUREAU_CLERK),
        ("parts/", Role.LEADER),
        ("money/new/", Role.INSPECTOR),
        ("contacts/new/", Role.LEADER),
        ("correct/", Role.LEADER),
        ("milestones/planned/withdraw/", Role.BUREAU_CLERK),
    ],
)
def test_who_may_not_is_refused_with_a_reason(
    project: Project, district: District, page: str, role: Role
) -> None:
    client = make.pages(make.user(role, unit=district.bureau))
    for method in (client.get, client.post):
        response = method(f"/projects/{project.pk}/{page}")
        assert response.status_code == 403
        assert "您的角色不能办理此事" in text(response)


def test_buttons_are_there_for_those_who_may(project: Project, district: District, browser: Client) -> None:
    leader = make.pages(make.user("leader", unit=district.bureau))
    for path in ("edit/", "shelve/", "money/new/", "attach/"):
        link = f'href="/projects/{project.pk}/{path}"'
        assert link in text(browser.get(f"/projects/{project.pk}/"))
        assert link not in text(leader.get(f"/projects/{project.pk}/"))


def test_a_clock_shows_its_arithmetic_its_light_and_what_is_provisional(
    project: Project, district: District, browser: Client
) -> None:
    reach(project, district, "judged_good", days=20)
    html = text(browser.get(f"/projects/{project.pk}/panels/clocks/"))
    assert "《招商专报》报告时限" in html
    assert "当日不计；期限 7个工作日" in html
    assert "light-red" in html
    Deadline.objects.update(provisional=True)
    assert "暂定" in text(browser.get(f"/projects/{project.pk}/panels/clocks/"))


def test_the_timeline_goes_on_by_cursor(project: Project, district: District, browser: Client) -> None:
    for number in range(30):
        record(
            case=project.case,
            kind="project.edited",
            by=district.clerk,
            on=TODAY,
            data={"fields": f"第{number}项"},
        )
    first = browser.get(f"/projects/{project.pk}/timeline/")
    assert "修改第29项" in text(first)
    assert "修改第9项" not in text(first)
    second = browser.get(
        f"/projects/{project.pk}/timeline/?before={first.context['older']}", headers={"HX-Request": "true"}
    )
    assert "修改第9项" in text(second)
    assert "<html" not in text(second)
    assert "登记项目" in text(second)


def test_history_says_who_changed_what_from_what_to_what(
    project: Project, district: District, browser: Client
) -> None:
    actions.edit(
        project=project,
        by=district.head,
        on=TODAY,
        changes={"site": "白涛A-12", "agreement_grade": "intention"},
    )
    actions.set_money(project=project, measure="total", raw="25亿元", by=district.clerk, on=TODAY)
    actions.set_parts(
        project=project, part="landing", unit=district.park, by=district.clerk, on=TODAY, produced=True
    )
    html = text(browser.get(f"/projects/{project.pk}/history/"))
    for words in (
        "选址",
        "白涛A-12",
        "协议类型",
        "未签",
        "意向",
        "总投资",
        "25亿元",
        "重大项目",
        district.park.short_name,
        district.head.name,
    ):
        assert words in html
    assert "version" not in html


def test_history_goes_page_by_page_at_constant_cost(
    project: Project, district: District, browser: Client, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        actions.edit(project=project, by=district.clerk, on=TODAY, changes={"site": f"地块{number}"})
    browser.get(f"/projects/{project.pk}/history/")
    with django_assert_num_queries(8):
        first = browser.get(f"/projects/{project.pk}/history/")
    assert "地块29" in text(first)
    second = browser.get(f"/projects/{project.pk}/history/?before={first.context['pages'].older}")
    assert "地块5" in text(second)
    assert "登记项目" in text(second)


def test_a_milestone_page_names_unit_clause_and_what_is_missing(
    project: Project, district: District, browser: Client
) -> None:
    html = text(browser.get(f"/projects/{project.pk}/milestones/specially_reported/"))
    for words in ("《招商专报》", "三(二)6", "尚未完成“初步研判情况较好”", "由相应程序办结后自动形成"):
        assert words in html
    assert f"/projects/{project.pk}/special-report/new/" in html
    drafted = text(browser.get(f"/projects/{project.pk}/milestones/agreement_settled/"))
    assert "尚缺，随登记一并上传" in drafted
    assert "招商经办" in drafted
    assert browser.get(f"/projects/{project.pk}/milestones/nonsense/").status_code == 404


def test_a_milestone_is_recorded_with_its_evidence(
    project: Project, district: District, browser: Client
) -> None:
    reach(project, district, "dispatched")
    path = f"/projects/{project.pk}/milestones/agreement_settled/"
    refused = browser.post(path, {"on": TODAY})
    assert refused.status_code == 409
    assert "缺少材料“投资协议（草案）”" in text(refused)
    response = browser.post(
        path, {"on": TODAY, "kind": "draft_agreement", "upload": paper("草案.pdf")}, follow=True
    )
    assert "草案.pdf" in text(response)
    row = ReachedMilestone.objects.get(code="agreement_settled")
    assert row.evidence == Attachment.objects.get(kind="draft_agreement")


def test_a_refused_milestone_leaves_no_paper_behind(project: Project, browser: Client) -> None:
    path = f"/projects/{project.pk}/milestones/agreement_settled/"
    browser.post(path, {"on": TODAY, "kind": "draft_agreement", "upload": paper()})
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("page", ["milestones/judged_good/", "contacts/new/", "money/new/"])
def test_days_in_the_future_are_refused(project: Project, browser: Client, page: str) -> None:
    contact = {"channel": "phone", "with_whom": "刘", "matter": "谈"}
    data = {"on": TOMORROW, **contact, "measure": "total", "raw": "1亿元", "currency": "CNY"}
    response = browser.post(f"/projects/{project.pk}/{page}", data)
    assert response.status_code == 400
    assert "日期不能晚于今天" in text(response)
    assert 'value="2026-03-03"' in text(response)


def test_a_milestone_in_parts_is_done_when_all_parts_are(
    project: Project, district: District, browser: Client
) -> None:
    reach(project, district, "joint_review_passed", "decided")
    ReachedMilestone.objects.create(
        project=project, code="construction_started", on=TODAY, recorded_by=district.clerk
    )
    path = f"/projects/{project.pk}/milestones/works_completed/"
    browser.post(path, {"on": TODAY, "part_no": 1, "parts_total": 2})
    page = browser.get(path)
    assert (page.context["whole"], page.context["form"]["part_no"].initial) == (
        False,
        None,
    ) or not page.context["whole"]
    assert 'name="part_no" value="2"' in text(page)
    browser.post(path, {"on": TODAY, "part_no": 2, "parts_total": 2})
    assert browser.get(path).context["whole"]


def test_who_the_plan_does_not_name_sees_the_page_but_no_form(project: Project, district: District) -> None:
    leader = make.pages(make.user("leader", unit=district.bureau))
    response = leader.get(f"/projects/{project.pk}/milestones/judged_good/")
    assert response.status_code == 200
    assert "登记完成" not in text(response)
    assert leader.post(f"/projects/{project.pk}/milestones/judged_good/", {"on": TODAY}).status_code == 403


def test_what_a_step_produces_is_not_recorded_by_hand(project: Project, browser: Client) -> None:
    path = f"/projects/{project.pk}/milestones/assessed/"
    assert "由程序““5+2”研判评估”形成" in text(browser.get(path))
    assert browser.post(path, {"on": TODAY}).status_code == 409


def test_a_milestone_is_withdrawn_with_a_reason(project: Project, district: District, head: Client) -> None:
    reach(project, district, "judged_good")
    path = f"/projects/{project.pk}/milestones/judged_good/withdraw/"
    assert head.post(path, {"reason": ""}).status_code == 400
    response = head.post(path, {"reason": "误登"}, follow=True)
    assert "误登" in text(response)
    assert ReachedMilestone.objects.get().withdrawn_reason == "误登"


def _edit(client: Client, project: Project, **changes: Any) -> Any:
    page = client.get(f"/projects/{project.pk}/edit/")
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return client.post(f"/projects/{project.pk}/edit/", data | changes)


def test_a_project_is_edited(project: Project, browser: Client) -> None:
    response = _edit(browser, project, site="白涛A-12", planning_year="2027", green_channel="on")
    assert response.status_code == 302
    project.refresh_from_db()
    assert (project.site, project.planning_year, project.green_channel) == ("白涛A-12", 2027, True)


def test_two_people_at_once_lose_nothing(project: Project, district: District, browser: Client) -> None:
    opened = browser.get(f"/projects/{project.pk}/edit/").context["form"]
    data = {name: opened[name].value() for name in opened.fields if opened[name].value() not in (None, False)}
    actions.edit(project=project, by=district.head, on=TODAY, changes={"site": "李局长写的"})
    response = browser.post(f"/projects/{project.pk}/edit/", data | {"site": "张经办写的"})
    html = text(response)
    assert response.status_code == 409
    assert district.head.name in html
    assert "李局长写的" in html
    assert 'value="张经办写的"' in html
    project.refresh_from_db()
    assert project.site == "李局长写的"
    again = {**data, "site": "张经办写的", "version": response.context["form"]["version"].value()}
    assert browser.post(f"/projects/{project.pk}/edit/", again).status_code == 302
    project.refresh_from_db()
    assert project.site == "张经办写的"


def test_wrong_input_stays_in_the_form_beside_its_error(project: Project, browser: Client) -> None:
    response = _edit(browser, project, industry_code="26", site="白涛A-12")
    assert response.status_code == 400
    assert "行业代码为四位数字" in text(response)
    assert 'value="白涛A-12"' in text(response)


def test_an_investor_is_named_later(district: District, browser: Client) -> None:
    project = actions.register(by=district.clerk, on=TODAY, name="无主项目")
    response = _edit(browser, project, enterprise="华友钴业", division_code="330100")
    assert response.status_code == 400
    assert "说明原因" in text(response)
    _edit(browser, project, enterprise="华友钴业", division_code="330100", no_code_reason="尚未注册")
    project.refresh_from_db()
    assert project.enterprise is not None
    assert (project.enterprise.name, project.origin) == ("华友钴业", "outside_city")


def test_an_investors_data_are_put_right_and_its_projects_follow(
    project: Project, district: District, browser: Client
) -> None:
    second = actions.register(by=district.clerk, on=TODAY, name="二期", enterprise=project.enterprise)
    response = _edit(
        browser, project, division_code="500102", contact_name="刘经理", contact_phone="13812345678"
    )
    assert response.status_code == 302
    second.refresh_from_db()
    assert second.origin == "district"
    assert second.enterprise is not None
    assert second.enterprise.contact_phone == "13812345678"
    assert "13812345678" not in text(browser.get(f"/projects/{project.pk}/"))
    assert "13812345678" not in text(browser.get(f"/projects/{project.pk}/edit/"))
    _edit(browser, project, contact_name="王经理")
    assert Enterprise.objects.get(pk=second.enterprise.pk).contact_phone == "13812345678"


def test_a_phone_is_shown_for_a_purpose_and_logged(
    project: Project, district: District, browser: Client
) -> None:
    Enterprise.objects.update(contact_phone="13812345678")
    assert "138****5678" in text(browser.get(f"/projects/{project.pk}/"))
    assert browser.post(f"/projects/{project.pk}/phone/", {"purpose": ""}).status_code == 400
    response = browser.post(f"/projects/{project.pk}/phone/", {"purpose": "约考察时间"})
    assert "13812345678" in text(response)
    entry = AuditEntry.objects.get(kind="phone.shown")
    assert (entry.user, entry.detail["purpose"]) == (district.clerk, "约考察时间")
    leader = make.pages(make.user("leader", unit=district.bureau))
    assert leader.post(f"/projects/{project.pk}/phone/", {"purpose": "看看"}).status_code == 403


def test_phones_in_notes_are_masked_and_amounts_are_not(
    project: Project, district: District, browser: Client
) -> None:
    said = {"with_whom": "刘经理 13812345678", "matter": "拟投资120000万元，回电13912345678"}
    actions.record_contact(project=project, by=district.clerk, on=TODAY, today=TODAY, channel="visit", **said)
    facts = {"content": "投资120000万元", "progress": "找刘经理13812345678"}
    actions.edit(project=project, by=district.clerk, on=TODAY, changes=facts)
    html = "".join(text(browser.get(f"/projects/{project.pk}/{page}")) for page in ("", "history/"))
    assert "13812345678" not in html
    assert "13912345678" not in html
    assert "拟投资120000万元" in html
    assert "找刘经理138****5678" in html


def test_money_is_stated_as_written_with_source_and_paper(project: Project, browser: Client) -> None:
    path = f"/projects/{project.pk}/money/new/"
    data = {"measure": "total", "raw": "约二十亿", "currency": "CNY", "on": TODAY}
    assert browser.post(path, data).status_code == 400
    data |= {"raw": "20亿元", "source": "企业来函", "upload": paper("来函.pdf")}
    assert browser.post(path, data).status_code == 302
    browser.post(path, {"measure": "total", "raw": "25亿元", "currency": "CNY", "on": TODAY})
    html = text(browser.get(f"/projects/{project.pk}/money/"))
    for words in ("20亿元", "25亿元", "企业来函", "来函.pdf", 'class="gone"'):
        assert words in html
    assert Money.objects.get(raw="20亿元").evidence is not None


def test_foreign_money_wants_its_rate_with_a_date(project: Project, browser: Client) -> None:
    data = {"measure": "total", "raw": "3000万", "currency": "USD", "on": TODAY, "rate": "7.1"}
    response = browser.post(f"/projects/{project.pk}/money/new/", data)
    assert response.status_code == 400
    assert "请填写汇率日期" in text(response)
    assert '<details class="more-fields" open>' in text(response)


def test_a_contact_is_recorded_and_the_first_is_marked(project: Project, browser: Client) -> None:
    data = {
        "on": TODAY,
        "channel": "visit",
        "with_whom": "刘经理",
        "matter": "介绍园区",
        "outcome": "下月来访",
    }
    assert browser.post(f"/projects/{project.pk}/contacts/new/", data).status_code == 302
    assert ContactRecord.objects.get().is_first
    html = text(browser.get(f"/projects/{project.pk}/contacts/"))
    for words in ("刘经理", "介绍园区", "下月来访", "首次接触"):
        assert words in html


def test_papers_are_uploaded_versioned_and_withdrawn(
    project: Project, district: District, browser: Client
) -> None:
    path = f"/projects/{project.pk}/attach/?kind=draft_agreement"
    assert 'value="draft_agreement" selected' in text(browser.get(path))
    browser.post(path, {"kind": "draft_agreement", "upload": paper("草案.pdf"), "on": TODAY})
    row = Attachment.objects.get()
    assert "草案.pdf" in text(browser.get(f"/projects/{project.pk}/"))
    withdraw = f"/projects/{project.pk}/attachments/{row.pk}/withdraw/"
    browser.post(withdraw, {"reason": "传错了"})
    assert "传错了" in text(browser.get(f"/projects/{project.pk}/attachments/"))
    bad = browser.post(
        path, {"kind": "draft_agreement", "upload": SimpleUploadedFile("a.exe", b"MZ\x90"), "on": TODAY}
    )
    assert bad.status_code == 400


def test_parts_are_given_and_ended(project: Project, district: District, browser: Client) -> None:
    path = f"/projects/{project.pk}/parts/"
    assert "“承接平台”经“推荐至承接平台”、“承接园区移交”产生" in text(browser.get(path))
    browser.post(path, {"part": "service_body", "unit": district.park.pk, "on": TODAY})
    part = Part.objects.get(part="service_body")
    assert part.unit == district.park
    wrong = browser.post(path, {"part": "service_body", "unit": district.bureau.pk, "on": TODAY})
    assert wrong.status_code == 400
    assert "不能担任“服务主体”" in text(wrong)
    assert browser.post(f"{path}{part.pk}/end/", {"reason": ""}).status_code == 400
    browser.post(f"{path}{part.pk}/end/", {"reason": "调整布局"})
    part.refresh_from_db()
    assert part.valid_to == TODAY
    assert "调整布局" in text(browser.get(path))


def test_a_project_is_shelved_resumed_and_given_up_with_reasons(
    project: Project, district: District, browser: Client, head: Client
) -> None:
    path = f"/projects/{project.pk}/"
    assert browser.post(f"{path}shelve/", {"reason": ""}).status_code == 400
    browser.post(f"{path}shelve/", {"reason": "等用地指标"})
    assert "等用地指标" in text(browser.get(path))
    assert "进入下一阶段" not in text(browser.get(path))
    browser.post(f"{path}resume/", {"reason": "指标已到"})
    assert "等用地指标" not in text(browser.get(path)).split("大事记")[0]
    head.post(f"{path}exit/", {"reason": "企业另选他处"})
    assert "企业另选他处" in text(browser.get(path))


def test_shelving_with_running_clocks_names_who_approved(
    project: Project, district: District, browser: Client
) -> None:
    reach(project, district, "judged_good", days=1)
    path = f"/projects/{project.pk}/shelve/"
    refused = browser.post(path, {"reason": "等地"})
    assert refused.status_code == 409
    assert "请指定批准人" in text(refused)
    assert browser.post(path, {"reason": "等地", "approved_by": district.head.pk}).status_code == 302


def test_a_correction_is_previewed_before_it_is_made(
    project: Project, district: District, browser: Client
) -> None:
    actions.set_money(project=project, measure="total", raw="25亿元", by=district.clerk, on=TODAY)
    path = f"/projects/{project.pk}/correct/"
    data = {"what": "money:total", "raw": "2.5亿元", "reason": "小数点错位"}
    preview = browser.post(path, data)
    assert "项目等级：重大项目 → 重点项目" in text(preview)
    project.refresh_from_db()
    assert project.total_fen == 250_000_000_000
    seen = preview.context["form"]["seen"].value()
    changed = browser.post(path, data | {"raw": "3亿元", "seen": seen})
    assert changed.status_code == 200
    assert Project.objects.get(pk=project.pk).total_fen == 250_000_000_000
    assert browser.post(path, data | {"seen": seen}).status_code == 302
    project.refresh_from_db()
    assert project.total_fen == 25_000_000_000


def test_correcting_a_day_moves_its_clock(project: Project, district: District, browser: Client) -> None:
    reach(project, district, "judged_good", days=3)
    before = Deadline.objects.get().due_on
    data = {"what": "milestone:judged_good:1", "day": TODAY - timedelta(days=1), "reason": "登记错日"}
    path = f"/projects/{project.pk}/correct/"
    preview = browser.post(path, data)
    assert "《招商专报》报告时限" in text(preview)
    browser.post(path, data | {"seen": preview.context["form"]["seen"].value()})
    assert Deadline.objects.get().due_on > before
    assert browser.post(path, data | {"day": TOMORROW}).status_code == 400


def register(client: Client, **data: Any) -> Any:
    return client.post("/projects/register/", {"name": "新项目", "project_type": "new", "on": TODAY} | data)


def test_a_lead_is_registered_with_its_investor_and_amount(district: District, browser: Client) -> None:
    response = register(
        browser,
        enterprise="华友钴业",
        no_code_reason="尚未注册",
        division_code="330100",
        total="20亿元",
        planning_year=2027,
    )
    project = Project.objects.get()
    assert response["Location"] == f"/projects/{project.pk}/"
    assert (project.total_fen, project.project_class, project.origin) == (
        200_000_000_000,
        "major",
        "outside_city",
    )
    assert project.introducing_unit == district.bureau


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "必填"),
        ({"enterprise": "甲", "credit_code": "91500102MA5U00000X"}, "统一社会信用代码校验不通过"),
        ({"enterprise": "甲"}, "没有统一社会信用代码时，请说明原因"),
        ({"total": "很多"}, "无法识别的金额"),
        ({"total": "-1亿元"}, "金额不能为负数"),
        ({"on": TOMORROW}, "日期不能晚于今天"),
    ],
)
def test_a_wrong_lead_is_not_saved(
    district: District, browser: Client, wrong: dict[str, Any], words: str
) -> None:
    response = register(browser, **wrong)
    assert response.status_code == 400
    assert words in text(response) or words == "必填"
    assert not Project.objects.exists()
    assert not Enterprise.objects.exists()


def test_likely_duplicates_are_shown_before_saving(district: District, browser: Client) -> None:
    district.project("年产5万吨 新材料项目")
    first = register(browser, name="年产５万吨新材料项目")
    assert "可能已经登记过" in text(first)
    assert Project.objects.count() == 1
    assert register(browser, name="年产５万吨新材料项目", confirmed="on").status_code == 302
    assert Project.objects.count() == 2


def test_a_duplicate_out_of_sight_is_counted_not_shown(district: District) -> None:
    district.project("年产5万吨新材料项目")
    park = make.pages(make.user("park_clerk", unit=district.park))
    response = register(park, name="年产5万吨新材料项目")
    assert "另有 1 个同名项目" in text(response)
    assert "投资公司" not in text(response)


def test_a_unit_registers_for_itself_only(district: District) -> None:
    park = make.pages(make.user("park_clerk", unit=district.park))
    assert register(park, introducing_unit=district.bureau.pk).status_code == 400
    assert register(park, introducing_unit=district.park.pk, total="1亿元").status_code == 302


def test_a_known_investor_is_recognised_while_typing(district: District, browser: Client) -> None:
    firm = EnterpriseData("浙江华友钴业股份有限公司", credit_code="91350100M000100Y43")
    actions.register(by=district.clerk, on=TODAY, name="一期", enterprise=firm)
    response = browser.get(
        "/projects/register/check/", {"enterprise": "", "credit_code": "91350100M000100Y43"}
    )
    assert "已有企业档案：浙江华友钴业股份有限公司" in text(response)
    assert "一期" in text(response)
    assert "校验不通过" in text(
        browser.get("/projects/register/check/", {"credit_code": "91350100M000100Y44"})
    )
