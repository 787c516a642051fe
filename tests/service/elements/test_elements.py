"""What a project needs from outside: registered at one stroke, each a duty of its owner, met or dropped."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from assignments import actions as assignments
from assignments.models import Assignment
from cases.models import Event, Part
from kernel.refusals import Refused
from projects import actions as projects
from projects.models import Project
from service import actions as service
from service.elements import actions
from service.elements.actions import Want
from service.elements.models import ElementNeed
from tests import factories as make
from tests.law import District, open_district
from tests.lives import clock_of, lay_down

pytestmark = pytest.mark.django_db
NAMED = date(2026, 3, 2)
EVERY = (
    *("land", "water", "power", "gas", "telecom", "labour", "financing", "environment_capacity"),
    "energy_capacity",
)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def district() -> District:
    return open_district()


@pytest.fixture
def person(district: District) -> User:
    return district.person("commissioner", "baitao-park")


@pytest.fixture
def project(district: District, person: User) -> Project:
    """Under construction, with a commissioner; the task that asks for the needs is open."""
    row = district.project()
    park = district.unit("baitao-park")
    Part.objects.create(
        case=row.case, unit=park, part="landing", exclusive=True, valid_from=row.case.opened_on
    )
    Project.objects.filter(pk=row.pk).update(phase="construction", landing_unit=park)
    row = Project.objects.select_related("case").get(pk=row.pk)
    lay_down(row, "signed", district.clerk)
    service.name_commissioner(project=row, user=person, unit=park, by=district.clerk, on=NAMED)
    return row


def register(project: Project, by: User, *wants: Want, on: date = NAMED) -> list[ElementNeed]:
    return actions.register(project=project, wants=wants, by=by, on=on, today=on)


def power(project: Project, by: User, **more: Any) -> ElementNeed:
    (need,) = register(project, by, Want(element="power", amount=Decimal("630.5"), **more))
    return need


def duty_of(need: ElementNeed) -> Assignment:
    return Assignment.objects.select_related("unit").get(element_need=need)


def refused(act: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


# ---- registering


def test_each_need_becomes_a_duty_of_the_plans_unit_with_its_clock(project, person) -> None:
    need = power(project, person, words="双回路供电")
    duty = duty_of(need)
    assert (duty.unit.code, duty.clause) == ("power-company", "三(四)10")
    assert clock_of(duty).due_on == date(2026, 3, 30)  # twenty working days
    assert need.amount_text == "630.5 千伏安"
    assert Event.objects.filter(case=project.case, kind="elements.registered").count() == 1


def test_the_day_it_is_needed_by_takes_the_place_of_the_plans_limit(project, person) -> None:
    need = power(project, person, needed_by=date(2026, 3, 11))
    assert clock_of(duty_of(need)).due_on == date(2026, 3, 11)


def test_the_task_is_struck_off_once_every_element_is_answered_no_need_included(project, person) -> None:
    task = Assignment.objects.get(case=project.case, rule="element_matching")
    register(project, person, *(Want(element=code, needed=False) for code in EVERY[1:]))
    assert Assignment.objects.get(pk=task.pk).state == "issued"
    register(project, person, Want(element="land", amount=Decimal(120)))
    assert (Assignment.objects.get(pk=task.pk).state, clock_of(task).met_on) == ("closed", NAMED)


@pytest.mark.parametrize(
    ("want", "field"),
    [
        (Want(element="moon", words="x"), "element"),
        (Want(element="power"), "words_power"),
        (Want(element="power", amount=Decimal(0)), "amount_power"),
        (Want(element="power", amount=Decimal(-5)), "amount_power"),
        (Want(element="power", amount=Decimal("1.2345")), "amount_power"),
        (Want(element="power", words="x", needed_by=NAMED), "by_power"),
        (Want(element="financing", words="x", platform_url="javascript:alert(1)"), "platform_url"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(project, person, want, field) -> None:
    found = refused(lambda: register(project, person, Want(element="water", words="y"), want))
    assert (found.status, found.unmet[0].field) == ("invalid", field)
    assert not ElementNeed.objects.exists()


def test_nothing_and_a_day_to_come_are_refused(project, person) -> None:
    assert refused(lambda: register(project, person)).unmet[0].field == "wants"
    ahead = {"project": project, "wants": [Want(element="gas", words="x")], "by": person}
    assert refused(lambda: actions.register(**ahead, on=date(2026, 3, 3), today=NAMED)).unmet[0].field == "on"


def test_a_need_that_is_open_is_not_registered_again(project, person) -> None:
    power(project, person)
    found = refused(lambda: power(project, person))
    assert (found.status, found.unmet[0].code) == ("conflict", "element_registered")
    none = Want(element="power", needed=False)
    assert refused(lambda: register(project, person, none)).unmet[0].code == "element_registered"


def test_the_database_itself_keeps_a_second_one_out(project, person) -> None:
    need = power(project, person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ElementNeed.objects.create(
            project=project, element="power", state="not_needed", registered_on=NAMED,
            registered_by=person, moved_on=NAMED, moved_by=person,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        ElementNeed.objects.filter(pk=need.pk).update(state="met", note="")


def test_a_need_takes_the_place_of_no_need(project, person) -> None:
    (none,) = register(project, person, Want(element="power", needed=False))
    need = power(project, person)
    none.refresh_from_db()
    assert (none.state, need.state) == ("dropped", "registered")


def test_another_park_and_a_reader_may_not_register(project, district) -> None:
    for who in (
        district.person("park_clerk", "qingxi-park"),
        district.person("leader", "district-government"),
    ):
        assert refused(lambda who=who: power(project, who)).status == "forbidden"


def test_a_shelved_project_registers_nothing(project, person, district) -> None:
    other = district.person("bureau_head", "investment-bureau")
    projects.shelve(project=project, by=district.head, on=NAMED, reason="资金未到", approved_by=other)
    assert refused(lambda: power(project, person)).unmet[0].code == "shelved"


# ---- its way


def test_the_owner_says_that_it_is_under_way_and_who_serves_says_that_it_is_met(
    project, person, district
) -> None:
    need, owner = power(project, person), district.person("reviewer", "power-company")
    actions.begin(need=need, by=owner, on=NAMED, today=NAMED, note="已现场勘查")
    found = refused(lambda: actions.meet(need=need, result="已送电", by=owner, on=NAMED, today=NAMED))
    assert found.status == "forbidden"
    later = date(2026, 3, 20)
    done = actions.meet(need=need, result="已送电", by=person, on=later, today=later)
    duty = duty_of(need)
    assert (done.state, duty.state, clock_of(duty).met_on) == ("met", "closed", later)


def test_a_need_whose_owner_has_reported_is_closed_with_it(project, person, district) -> None:
    need, owner = power(project, person), district.person("reviewer", "power-company")
    assignments.report(assignment=duty_of(need), report="已接火", by=owner, on=NAMED)
    page = make.pages(person).get(f"/projects/{project.pk}/elements/").content.decode()
    assert "保障单位已反馈，待确认" in page
    actions.meet(need=need, result="已送电", by=person, on=NAMED, today=NAMED)
    assert duty_of(need).state == "closed"


def test_a_dropped_need_takes_its_duty_back_and_may_be_registered_again(project, person) -> None:
    need = power(project, person)
    assert refused(lambda: actions.drop(need=need, reason=" ", by=person, on=NAMED, today=NAMED)).unmet
    actions.drop(need=need, reason="改用自备电源", by=person, on=NAMED, today=NAMED)
    duty = duty_of(need)
    assert (duty.state, clock_of(duty).cancelled_on) == ("revoked", NAMED)
    assert power(project, person).pk != need.pk


def test_what_has_ended_does_not_move(project, person) -> None:
    need = power(project, person)
    actions.meet(need=need, result="已送电", by=person, on=NAMED, today=NAMED)
    for act in (
        lambda: actions.begin(need=need, by=person, on=NAMED, today=NAMED),
        lambda: actions.meet(need=need, result="x", by=person, on=NAMED, today=NAMED),
        lambda: actions.drop(need=need, reason="x", by=person, on=NAMED, today=NAMED),
    ):
        assert refused(act).unmet[0].code == "wrong_state"


def test_a_move_before_the_last_one_is_refused(project, person) -> None:
    need = power(project, person)
    early = date(2026, 3, 1)
    found = refused(lambda: actions.meet(need=need, result="x", by=person, on=early, today=NAMED))
    assert found.unmet[0].field == "on"


def test_where_the_plan_names_no_unit_whoever_plays_the_part_is_asked(db: None) -> None:
    district = open_district(
        packs=["elsewhere/tianmen-construction-2024"],
        reworded=[('asks_units = ["gas-company"]', 'asks_parts = ["guarantee"]')],
    )
    project = district.project()
    Project.objects.filter(pk=project.pk).update(phase="construction")
    project = Project.objects.select_related("case").get(pk=project.pk)
    want = Want(element="gas", words="蒸汽")
    found = refused(lambda: register(project, district.clerk, want))
    assert (found.unmet[0].code, bool(found.unmet[0].url)) == ("no_element_owner", True)
    unit = district.unit("economy-information")
    projects.set_parts(project=project, part="guarantee", unit=unit, by=district.clerk, on=NAMED)
    (need,) = register(project, district.clerk, want)
    assert duty_of(need).unit == unit


# ---- pages


def test_the_sheet_registers_several_and_keeps_what_was_typed_when_refused(project, person) -> None:
    browser, url = make.pages(person), f"/projects/{project.pk}/elements/new/"
    assert "亩" in browser.get(url).content.decode()
    wrong = browser.post(url, {"on": "2026-03-02", "answer_power": "yes", "answer_gas": "no"})
    assert wrong.status_code == 400
    assert "请填写数量或需求说明" in wrong.content.decode()
    right = {"on": "2026-03-02", "answer_power": "yes", "amount_power": "800", "answer_gas": "no"}
    right |= {"answer_financing": "yes", "amount_financing": "5000", "platform_financing": "长江渝融通"}
    assert browser.post(url, right | {"ref_financing": "YR-2026-18"}).status_code == 302
    page = browser.get(f"/projects/{project.pk}/elements/").content.decode()
    assert "800 千伏安" in page
    assert "长江渝融通" in page
    assert "无需求" in page


def test_a_need_is_moved_by_its_forms(project, person) -> None:
    need, browser = power(project, person), make.pages(person)
    at = f"/projects/{project.pk}/elements/{need.pk}"
    assert browser.post(f"{at}/begin/", {"on": "2026-03-02"}).status_code == 302
    assert browser.post(f"{at}/meet/", {"on": "2026-03-02", "result": ""}).status_code == 400
    assert browser.post(f"{at}/meet/", {"on": "2026-03-02", "result": "已送电"}).status_code == 302
    again = browser.post(f"{at}/drop/", {"on": "2026-03-02", "reason": "x"})
    assert again.status_code == 409
    assert "已落实" in again.content.decode()


def test_a_need_of_another_project_is_not_found_under_this_one(project, person, district) -> None:
    need, other = power(project, person), district.project("另一个项目")
    assert make.pages(district.clerk).get(f"/projects/{other.pk}/elements/{need.pk}/meet/").status_code == 404
    stranger = make.pages(district.person("park_clerk", "qingxi-park"))
    assert stranger.get(f"/projects/{project.pk}/elements/").status_code == 404


def test_the_board_tells_how_each_element_stands_over_a_park(project, person, district) -> None:
    power(project, person)
    with time_machine.travel("2026-04-02T09:00:00+08:00", tick=False):
        browser = make.pages(district.clerk)
        page = browser.get("/elements/?park=baitao-park&show=late").content.decode()
        assert project.name in page
        other = browser.get("/elements/?park=qingxi-park").content.decode()
    assert project.name not in other
    assert make.pages(district.person("park_clerk", "qingxi-park")).get("/elements/").status_code == 200


def test_the_board_costs_the_same_however_many(project, person, district) -> None:
    browser = make.pages(district.clerk)

    def cost() -> int:
        browser.get("/elements/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/elements/")
        return len(captured)

    power(project, person)
    few = cost()
    register(project, person, *(Want(element=code, words="x") for code in EVERY if code != "power"))
    assert cost() == few <= 14


def test_the_case_file_says_what_is_unanswered(project, person) -> None:
    power(project, person)
    page = make.pages(person).get(f"/projects/{project.pk}/").content.decode()
    assert "尚未说明有无需求" in page
    assert "630.5 千伏安" in page


# ---- REST


def test_over_rest_needs_are_registered_all_or_none_and_moved(project, person) -> None:
    caller = make.api(person)
    wants = [{"element": "power", "amount": "800"}, {"element": "moon", "words": "x"}]
    wrong = caller.post("/api/v1/elements/", {"project": project.pk, "wants": wants}, format="json")
    assert wrong.status_code == 400
    assert not ElementNeed.objects.exists()
    made = caller.post("/api/v1/elements/", {"project": project.pk, "wants": wants[:1]}, format="json")
    assert (made.status_code, made.data[0]["amount"], made.data[0]["unit"]) == (
        201,
        "800.000",
        "power-company",
    )
    again = caller.post("/api/v1/elements/", {"project": project.pk, "wants": wants[:1]}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "element_registered")
    at = f"/api/v1/elements/{made.data[0]['id']}/"
    assert caller.post(f"{at}begin/", {"note": "已勘查"}, format="json").data["state"] == "under_way"
    assert caller.post(f"{at}meet/", {"result": "已送电"}, format="json").data["state"] == "met"
    assert caller.post(f"{at}drop/", {"reason": "x"}, format="json").status_code == 409


def test_over_rest_the_list_is_filtered_and_kept_to_what_is_in_sight(project, person, district) -> None:
    register(project, person, Want(element="power", words="电"), Want(element="gas", needed=False))
    caller = make.api(person)
    assert len(caller.get("/api/v1/elements/").data["results"]) == 2
    (need,) = caller.get("/api/v1/elements/", {"show": "open", "unit": "power-company"}).data["results"]
    assert need["due_on"] == "2026-03-30"
    assert caller.get("/api/v1/elements/", {"park": "qingxi-park"}).data["results"] == []
    stranger = make.api(district.person("park_clerk", "qingxi-park"))
    assert stranger.get("/api/v1/elements/").data["results"] == []
    assert stranger.get(f"/api/v1/elements/{need['id']}/").status_code == 404
