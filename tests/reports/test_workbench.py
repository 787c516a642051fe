"""The workbench: what each role must do, by when, in what order, at a constant cost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Unit, User
from accounts.roles import Role
from approvals.models import Opinion, Step
from assignments import actions as assignments
from assignments.models import Assignment
from deadlines.actions import meet, request_pause
from deadlines.models import CalendarVersion, Deadline
from deadlines.sweep import sweep
from notices import actions as notices
from projects import actions
from projects.models import Project
from reports.agenda import agenda
from tests import factories as make
from tests.deadlines.making import pause
from tests.law import TODAY, District

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=False):
        yield


def text(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def assessed(district: District, name: str, days: int = 1) -> Project:
    """A project whose assessment was opened so many days ago."""
    project = district.project(name)
    actions.reach(
        project=project,
        milestone="first_talk_registered",
        by=district.clerk,
        on=TODAY - timedelta(days=days),
        produced=True,
    )
    return project


def asked_reviewer() -> User:
    """Somebody of a unit outside the bureau that an assessment asked."""
    unit = Unit.objects.get(pk=Opinion.objects.exclude(unit__kind="bureau").order_by("id")[0].unit_id)
    return make.user("reviewer", unit=unit)


def test_an_opinion_asked_of_my_unit_is_mine_to_give(district: District) -> None:
    project = assessed(district, "新材料项目")
    person = asked_reviewer()
    (task,) = agenda(person, TODAY).todo
    assert task.title.startswith("出具意见")
    assert (task.case, task.clause) == (project.name, "三(二)5")
    assert "出具意见" in text(make.pages(person))


def test_what_others_owe_me_is_waited_for_not_done(district: District) -> None:
    assessed(district, "新材料项目")
    found = agenda(district.head, TODAY)
    assert [task.title for task in found.waiting] == ["“5+2”研判评估"]
    assert "已出具 0/" in found.waiting[0].note


def test_the_latest_comes_first_and_what_has_no_day_last(district: District) -> None:
    for name, days in (("刚问的", 1), ("早问的", 30)):
        assessed(district, name, days)
    person = asked_reviewer()
    case = Project.objects.get(name="刚问的").case
    assignments.issue(
        case=case,
        kind="task",
        title="送材料",
        unit=person.memberships.get().unit,
        by=district.clerk,
        on=TODAY,
    )
    tasks = agenda(person, TODAY).todo
    assert [(task.case, task.tone(TODAY)) for task in tasks[:2]] == [("早问的", "late"), ("刚问的", "")]
    assert (tasks[-1].title, tasks[-1].due) == ("送材料", None)


def test_a_clock_my_unit_answers_for_is_listed_with_its_light(district: District) -> None:
    project = district.project()
    actions.reach(project=project, milestone="judged_good", by=district.clerk, on=TODAY - timedelta(days=30))
    html = text(make.pages(district.clerk))
    assert "《招商专报》报告时限" in html
    assert "已超期" in html
    assert f"/projects/{project.pk}/#panel-clocks" in html


def test_a_reported_duty_waits_for_its_issuer(district: District) -> None:
    project = district.project()
    park = make.user("park_clerk", unit=district.park)
    row = assignments.issue(
        case=project.case, kind="task", title="平整场地", unit=district.park, by=district.clerk, on=TODAY
    )
    assert [task.title for task in agenda(district.clerk, TODAY).waiting] == ["平整场地"]
    assert [task.title for task in agenda(park, TODAY).todo] == ["平整场地"]
    assignments.report(assignment=row, report="已平整", by=park, on=TODAY)
    assert agenda(park, TODAY).todo == []
    assert [task.title for task in agenda(district.clerk, TODAY).todo] == ["核对反馈并销号：平整场地"]


def test_a_project_whose_gate_is_open_is_offered(district: District) -> None:
    project = district.project("可以推进的项目")
    actions.register(by=district.clerk, on=TODAY, name="缺企业的项目")
    response = make.pages(district.clerk).get("/")
    assert [(row.project.pk, row.phase) for row in response.context["ready"]] == [(project.pk, "对接洽谈")]


def test_a_leader_sees_the_five_batches_and_the_red_list(district: District) -> None:
    late = district.project("迟项目")
    actions.set_money(project=late, measure="total", raw="25亿元", by=district.clerk, on=TODAY)
    actions.reach(project=late, milestone="judged_good", by=district.clerk, on=TODAY - timedelta(days=30))
    gone = district.project("退出的项目")
    actions.exit_project(project=gone, by=district.head, on=TODAY, reason="另选他处")
    context = make.pages(make.user("leader", unit=district.bureau)).get("/").context
    assert [(row.name, row.count) for row in context["batches"]] == [
        ("储备", 1), ("在谈", 0), ("签约", 0), ("开工", 0), ("投产", 0),
    ]  # fmt: skip
    assert context["batches"][0].about == "约 25.0 亿元"
    assert [(red.title, days > 0) for red, days in context["reds"]] == [("迟项目", True)]


def test_a_park_sees_only_its_own_and_no_figures_of_the_district(district: District) -> None:
    district.project("他园项目")
    own = district.project("我园项目")
    actions.set_parts(
        project=own, part="landing", unit=district.park, by=district.clerk, on=TODAY, produced=True
    )
    context = make.pages(make.user("park_clerk", unit=district.park)).get("/").context
    assert [row.project.name for row in context["ready"]] == ["我园项目"]
    assert context["batches"] == []
    assert context["reds"] == []


@pytest.mark.parametrize(
    ("role", "words"),
    [(Role.SYSTEM_ADMIN, "账号"), (Role.SECURITY_ADMIN, "授予角色"), (Role.AUDIT_ADMIN, "审计记录")],
)
def test_administrators_see_their_own_duties_and_no_project(
    district: District, role: Role, words: str
) -> None:
    district.project("保密项目")
    html = text(make.pages(make.user(role)))
    assert words in html
    assert "保密项目" not in html
    assert "待我办理" not in html


def test_the_missing_calendar_of_a_year_is_a_duty(district: District) -> None:
    client = make.pages(make.user(Role.SYSTEM_ADMIN))
    assert "放假安排尚未载入" not in text(client)
    CalendarVersion.objects.filter(year=TODAY.year).delete()
    assert "放假安排尚未载入" in text(client)


def test_unread_notices_are_shown_until_they_are_read(district: District) -> None:
    notices.post(key="k", topic="t", text="请查收专报", users=[district.clerk])
    notices.deliver(on=TODAY)
    client = make.pages(district.clerk)
    assert "请查收专报" in text(client)
    client.post("/notices/read-all/", {"until": 10**6})
    assert "请查收专报" not in text(client)


def test_names_on_the_workbench_are_escaped(district: District) -> None:
    district.project("<script>alert(1)</script>")
    html = text(make.pages(district.clerk))
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_workbench_runs_a_constant_number_of_queries(
    district: District, django_assert_max_num_queries: Any
) -> None:
    client = make.pages(district.clerk)
    assessed(district, "第一个")
    client.get("/")
    with django_assert_max_num_queries(22) as few:
        client.get("/")
    for number in range(12):
        project = assessed(district, f"又一个{number}", days=number)
        actions.reach(project=project, milestone="judged_good", by=district.clerk, on=TODAY)
    with django_assert_max_num_queries(22) as many:
        client.get("/")
    assert len(many) == len(few)


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    assert client.get("/").status_code == 302


def urged(district: District) -> Project:
    """An assessment of the bureau that ran out, with 催办 and 督办 on it."""
    project = assessed(district, "研判拖延的项目", days=40)
    sweep(TODAY)
    assert Assignment.objects.filter(unit=district.bureau, kind="supervise").exists()
    return project


def test_what_urged_a_duty_is_gone_from_the_workbench_once_the_duty_is_done(district: District) -> None:
    urged(district)
    step = Step.objects.get()
    assert step.deadline is not None
    meet(deadline=step.deadline, on=TODAY, by=district.clerk)
    assert not any(task.title.startswith(("督办", "催办")) for task in agenda(district.clerk, TODAY).todo)


def test_a_late_report_that_waits_to_be_struck_off_is_not_overdue(district: District) -> None:
    park = make.user("park_clerk", unit=district.park)
    row = assignments.issue(
        case=district.project().case, kind="task", title="平整场地", unit=district.park, by=district.clerk,
        on=TODAY - timedelta(days=9), due_on=TODAY - timedelta(days=2),
    )  # fmt: skip
    assignments.report(assignment=row, report="已平整", by=park, on=TODAY)
    context = make.pages(district.clerk).get("/").context
    places = {task.title: name for name, tasks in context["groups"] for task, _tone in tasks}
    assert places["核对反馈并销号：平整场地"] == "不限期"


def test_a_stopped_clock_is_not_listed_as_overdue(district: District) -> None:
    assessed(district, "停表的项目")
    clock = Deadline.objects.get(rule="step:assessment")
    pause(deadline=clock, reason="补正", approved_by=district.head, by=district.clerk, on=TODAY)
    with time_machine.travel(f"{clock.due_on + timedelta(days=30)}T10:00:00+08:00", tick=False):
        groups = dict(make.pages(asked_reviewer()).get("/").context["groups"])
    assert "已超期" not in groups


def test_a_stop_waits_for_the_one_who_was_asked_to_grant_it(district: District) -> None:
    assessed(district, "申请停表的项目")
    request_pause(
        deadline=Deadline.objects.get(rule="step:assessment"), reason="补正", approved_by=district.head,
        by=district.clerk, on=TODAY, today=TODAY,
    )  # fmt: skip
    titles = {
        user: [task.title for task in agenda(user, TODAY).todo] for user in (district.head, district.clerk)
    }
    assert "批准停表：“5+2”研判评估" in titles[district.head]
    assert "批准停表：“5+2”研判评估" not in titles[district.clerk]
