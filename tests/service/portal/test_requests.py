"""诉求: raised by the enterprise, answered by whoever the plan names, judged by the enterprise."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from assignments import actions as assignments
from assignments.models import Assignment, State
from cases.models import Event, Part
from kernel.refusals import Refused
from notices.actions import deliver
from notices.models import Notice
from projects.models import Project
from service.portal import opening, requesting
from service.portal.models import EnterpriseRequest, Stage
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.service.portal.conftest import MONDAY, other_project

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nbill\n%%EOF\n"


def asked(project, firm, kind="problem", **more) -> EnterpriseRequest:
    said = {"title": "临时用电迟迟不通", "text": "已申请三周，变压器未到", "by": firm, "on": MONDAY}
    return requesting.raise_request(project=project, kind=kind, **(said | more))


def codes(act, **said) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(**said)
    return [refused.value.status, *refused.value.codes]


def answered(row, by, words="变压器周五到位") -> EnterpriseRequest:
    requesting.answer(request=row, words=words, by=by, on=MONDAY)
    return fresh(row)


def fresh(row) -> EnterpriseRequest:
    return EnterpriseRequest.objects.select_related("assignment", "project__case").get(pk=row.pk)


def test_a_problem_becomes_a_duty_of_the_unit_that_the_plan_names(project, firm, park) -> None:
    row = asked(project, firm)
    duty = row.assignment
    assert (duty.unit, duty.kind, duty.title) == (park, "problem", "临时用电迟迟不通")
    assert duty.clause == "四(二)"
    assert duty.deadline is not None
    assert duty.deadline.due_on == date(2026, 3, 16)  # ten working days
    assert row.stage == Stage.SENT


def test_a_consultation_goes_to_the_commissioner_in_person(project, firm, commissioner) -> None:
    row = asked(project, firm, kind="consultation")
    assert row.assignment.user == commissioner
    assert row.assignment.deadline is not None
    assert row.assignment.deadline.due_on == date(2026, 3, 5)


def test_a_complaint_goes_to_the_unit_named_and_not_to_whom_it_may_concern(project, firm) -> None:
    office = make.unit("government-services", name="区政务服务管理事务中心")
    row = asked(project, firm, kind="complaint")
    assert (row.assignment.unit, row.assignment.kind) == (office, "complaint")
    assert Part.objects.filter(case=project.case, unit=office, valid_to__isnull=True).exists()


def test_where_nobody_is_there_to_answer_it_says_so(project, firm) -> None:
    assert codes(asked, project=project, firm=firm, kind="complaint") == ["unmet", "nobody_answers"]
    assert not EnterpriseRequest.objects.exists()


@pytest.mark.parametrize("field", ["title", "text"])
def test_empty_words_are_refused_at_their_field(project, firm, field) -> None:
    with pytest.raises(Refused) as refused:
        asked(project, firm, **{field: "  "})
    assert refused.value.unmet[0].field == field


def test_an_unknown_kind_is_refused(project, firm) -> None:
    assert codes(asked, project=project, firm=firm, kind="anything") == ["invalid", "not_offered"]


def test_guidance_is_offered_only_in_its_phases_and_one_at_a_time(project, firm) -> None:
    make.unit("housing-construction")
    asked(project, firm, kind="acceptance_guidance")
    said = {"project": project, "firm": firm, "kind": "acceptance_guidance"}
    assert codes(asked, **said) == ["conflict", "asked_already"]
    Project.objects.filter(pk=project.pk).update(phase="landing")
    assert codes(asked, **said) == ["invalid", "not_offered"]


def test_two_problems_of_the_same_title_are_two_duties(project, firm) -> None:
    assert asked(project, firm).assignment_id != asked(project, firm).assignment_id


def test_a_flood_of_requests_is_stopped(project, firm) -> None:
    for _n in range(requesting.MOST_OPEN):
        asked(project, firm)
    assert codes(asked, project=project, firm=firm) == ["conflict", "too_many_open"]


def test_another_enterprise_cannot_ask_here(project, firm) -> None:
    assert codes(asked, project=other_project(), firm=firm) == ["forbidden", "not_own_project"]


def test_nor_can_a_colleague(project, park_clerk) -> None:
    assert codes(asked, project=project, firm=park_clerk) == ["forbidden", "not_own_project"]


def test_of_a_shelved_project_nothing_is_asked(project, firm, park_clerk) -> None:
    Project.objects.filter(pk=project.pk).update(
        shelved_on=MONDAY, shelved_by=park_clerk, shelved_reason="资金"
    )
    assert codes(asked, project=project, firm=firm) == ["conflict", "shelved"]


def test_a_paper_comes_with_it_or_nothing_does(project, firm) -> None:
    row = asked(project, firm, upload=upload(PDF, "缴费单.pdf"))
    assert row.paper is not None
    assert (row.paper.kind, row.paper.uploaded_by) == ("enterprise_paper", firm)
    with pytest.raises(Refused):
        asked(project, firm, title="另一件", upload=upload(b"MZ\x90\x00", "photo.jpg"))
    assert EnterpriseRequest.objects.count() == 1


def test_the_answer_reports_the_duty_and_tells_the_enterprise(project, firm, park_clerk) -> None:
    row = answered(asked(project, firm), park_clerk)
    assert row.stage == Stage.ANSWERED
    assert row.assignment.state == State.REPORTED
    deliver(on=MONDAY)
    notice = Notice.objects.get(user=firm, message__topic="portal.request_answered")
    assert notice.message.url == f"/portal/{project.pk}/requests/{row.pk}/"


def test_only_the_answerable_unit_answers(project, firm) -> None:
    row = asked(project, firm)
    reviewer = make.user("reviewer")
    assert codes(requesting.answer, request=row, words="x", by=reviewer, on=MONDAY)[0] == "forbidden"
    assert codes(requesting.answer, request=row, words="x", by=firm, on=MONDAY)[0] == "forbidden"


def test_an_answer_needs_words_and_waits_for_the_judgement(project, firm, park_clerk) -> None:
    row = asked(project, firm)
    assert codes(requesting.answer, request=row, words=" ", by=park_clerk, on=MONDAY)[0] == "invalid"
    answered(row, park_clerk)
    said = {"request": row, "words": "再答", "by": park_clerk, "on": MONDAY}
    assert codes(requesting.answer, **said) == ["conflict", "answered_already"]


def test_satisfied_strikes_the_duty_off(project, firm, park_clerk) -> None:
    row = answered(asked(project, firm), park_clerk)
    requesting.judge(request=row, satisfied=True, by=firm, on=MONDAY)
    row = fresh(row)
    assert (row.stage, row.assignment.state) == (Stage.DONE, State.CLOSED)
    assert row.assignment.ended_note == "企业评价：满意"


def test_not_satisfied_sends_it_back_with_the_reason_and_a_second_answer_follows(
    project, firm, park_clerk
) -> None:
    row = answered(asked(project, firm), park_clerk)
    said = {"request": row, "satisfied": False, "by": firm, "on": MONDAY}
    assert codes(requesting.judge, words="", **said) == ["invalid", "invalid"]
    requesting.judge(words="周五没有来", **said)
    row = fresh(row)
    assert (row.stage, row.assignment.state) == (Stage.TAKEN, State.ISSUED)
    assert "周五没有来" in row.assignment.returned_reason
    assert lives.clock_of(row.assignment).is_open
    row = answered(row, park_clerk, "今日已通电")
    assert [one.no for one in row.answers.all()] == [1, 2]
    requesting.judge(request=row, satisfied=True, by=firm, on=MONDAY)
    assert fresh(row).stage == Stage.DONE


def test_it_is_judged_once_and_only_by_its_enterprise(project, firm, park_clerk) -> None:
    row = asked(project, firm)
    said = {"request": row, "satisfied": True, "on": MONDAY}
    assert codes(requesting.judge, by=firm, **said) == ["conflict", "nothing_to_judge"]
    answered(row, park_clerk)
    assert codes(requesting.judge, by=park_clerk, **said) == ["forbidden", "not_own_project"]
    requesting.judge(by=firm, **said)
    assert codes(requesting.judge, by=firm, **said) == ["conflict", "nothing_to_judge"]


def test_what_the_office_has_struck_off_is_still_judged(project, firm, park_clerk) -> None:
    row = answered(asked(project, firm), park_clerk)
    assignments.close(assignment=row.assignment, by=lives.clerk(), on=MONDAY)
    requesting.judge(request=row, satisfied=False, words="没解决", by=firm, on=MONDAY)
    assert fresh(row).stage == Stage.DONE


def test_what_the_unit_reports_to_its_office_is_no_answer_to_the_enterprise(
    project, firm, park_clerk
) -> None:
    row = asked(project, firm)
    assignments.report(assignment=row.assignment, report="企业欠费，暂缓", by=park_clerk, on=MONDAY)
    assert fresh(row).stage == Stage.TAKEN
    page = make.pages(firm).get(f"/portal/{project.pk}/requests/{row.pk}/").content.decode()
    assert "企业欠费" not in page
    answered(row, park_clerk, "请先结清电费")
    assert fresh(row).stage == Stage.ANSWERED


def test_a_duty_taken_back_by_the_office_shows_as_stopped_without_its_reason(project, firm) -> None:
    row = asked(project, firm)
    assignments.revoke(assignment=row.assignment, reason="恶意投诉", by=None, on=MONDAY)
    page = make.pages(firm).get(f"/portal/{project.pk}/requests/{row.pk}/").content.decode()
    assert "已终止" in page
    assert "恶意投诉" not in page


def test_each_step_is_one_event_of_the_case(project, firm, park_clerk) -> None:
    row = answered(asked(project, firm), park_clerk)
    requesting.judge(request=row, satisfied=True, by=firm, on=MONDAY)
    kinds = Event.objects.filter(case=project.case, kind__startswith="portal.request").order_by("id")
    assert [row.kind for row in kinds] == [
        "portal.request_raised", "portal.request_answered", "portal.request_judged",
    ]  # fmt: skip


def test_an_ended_account_judges_nothing(project, firm, account, park_clerk) -> None:
    row = answered(asked(project, firm), park_clerk)
    opening.end_account(account=account, reason="离职", by=park_clerk, on=MONDAY)
    said = {"request": row, "satisfied": True, "by": firm, "on": MONDAY}
    assert codes(requesting.judge, **said) == ["forbidden", "not_own_project"]


def test_a_late_answer_is_urged_by_the_ladder(project, firm) -> None:
    duty = asked(project, firm).assignment
    assert duty.deadline is not None
    from deadlines.sweep import sweep

    sweep(today=duty.deadline.due_on + timedelta(days=4))
    assert Assignment.objects.filter(case=project.case, kind="urge").exists()


def test_the_database_keeps_a_judgement_whole(project, firm, park_clerk) -> None:
    row = answered(asked(project, firm), park_clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.answers.update(verdict="satisfied")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.answers.update(verdict="unsatisfied", judged_on=MONDAY, judged_by=firm)


def test_on_pages_the_clerk_answers_and_the_enterprise_judges(project, firm, park_clerk) -> None:
    mine, url = make.pages(firm), f"/portal/{project.pk}/requests/"
    body = {"kind": "problem", "title": "道路未通", "text": "材料车进不来"}
    assert mine.post(f"{url}new/", body).status_code == 302
    row = EnterpriseRequest.objects.get()
    clerk, desk = make.pages(park_clerk), f"/projects/{project.pk}/enterprise-requests/{row.pk}/"
    assert "材料车进不来" in clerk.get(desk).content.decode()
    assert clerk.post(desk, {"words": ""}).status_code == 400
    assert clerk.post(desk, {"words": "本周铺通便道"}).status_code == 302
    page = mine.get(f"{url}{row.pk}/").content.decode()
    assert "本周铺通便道" in page
    refused = mine.post(f"{url}{row.pk}/", {"verdict": "unsatisfied", "words": ""})
    assert refused.status_code == 400
    assert mine.post(f"{url}{row.pk}/", {"verdict": "satisfied", "words": ""}).status_code == 302
    assert fresh(row).stage == Stage.DONE
    assert clerk.post(desk, {"words": "再说一句"}).status_code == 409


def test_a_reader_finds_no_form_to_answer(project, firm) -> None:
    row = asked(project, firm)
    leader = make.user("leader", unit=lives.bureau())
    page = make.pages(leader).get(f"/projects/{project.pk}/enterprise-requests/{row.pk}/").content.decode()
    assert "变压器未到" in page
    assert 'name="words"' not in page


def test_over_rest_the_office_answers(project, firm, park_clerk) -> None:
    row = asked(project, firm)
    url = f"/api/v1/projects/{project.pk}/enterprise-requests/"
    caller = make.api(park_clerk)
    assert caller.get(url).data["results"][0]["assignment"] == row.assignment_id
    made = caller.post(f"{url}{row.pk}/answer/", {"words": "已协调"}, format="json")
    assert (made.status_code, made.data["stage"]) == (200, "answered")
    again = caller.post(f"{url}{row.pk}/answer/", {"words": "已协调"}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "answered_already")
    other = make.api(make.user("reviewer"))
    assert other.post(f"{url}{row.pk}/answer/", {"words": "x"}, format="json").status_code == 404


def test_the_page_of_the_duty_leads_to_where_the_enterprise_is_answered(project, firm, park_clerk) -> None:
    row = asked(project, firm)
    page = make.pages(park_clerk).get(f"/assignments/{row.assignment_id}/").content.decode()
    assert f"/projects/{project.pk}/enterprise-requests/{row.pk}/" in page
