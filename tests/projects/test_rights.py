"""Who may write in a project: the capability counts only where the own role takes the case in."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import ROLES, Can, Role
from cases.models import Event, Part
from kernel.refusals import Refused
from projects import actions
from projects.actions.nodes import set_nodes
from projects.models import Project
from projects.permissions import may_on
from tests import factories as make
from tests.law import TODAY, District

WORKING = {
    *(
        "introducing",
        "supporting",
        "first_contact",
        "landing",
        "service_body",
        "commissioner",
        "agency_staff",
    ),
    *("general_chain_head", "chain_head", "task_force", "chain_lead", "chain_responsible"),
}
CONSULTED = {
    *("industry_department", "element_guarantee", "intended_park", "proposed_park", "asked"),
    "chain_adviser",
}
BY = {"on": TODAY}

Act = Callable[[Project, User], Any]
ACTS: dict[str, Act] = {
    "edit": lambda p, by: actions.edit(project=p, by=by, changes={"progress": "已进场"}, **BY),
    "investor": lambda p, by: actions.edit_enterprise(project=p, by=by, changes={"country": "SG"}, **BY),
    "nodes": lambda p, by: set_nodes(project=p, nodes=[], by=by, **BY),
    "contact": lambda p, by: actions.record_contact(
        project=p, by=by, today=TODAY, channel="visit", with_whom="王总", matter="选址", **BY
    ),
    "money": lambda p, by: actions.set_money(project=p, by=by, measure="total", raw="2亿元", **BY),
    "advance": lambda p, by: actions.advance(project=p, by=by, **BY),
    "shelve": lambda p, by: actions.shelve(project=p, by=by, reason="暂缓", **BY),
    "give part": lambda p, by: actions.set_parts(project=p, part="asked", unit=make.unit(), by=by, **BY),
    "end part": lambda p, by: actions.end_part(
        project=p, part=Part.objects.filter(case_id=p.pk, part="asked")[0], by=by, reason="不再参与", **BY
    ),
}  # fmt: skip


def clerk_with(part: str, project: Project, role: str = "park_clerk") -> User:
    """A clerk whose unit plays this part, and no other, in the project."""
    person = make.user(role, unit=make.unit(kind="park"))
    make.part(project.case, part, person.memberships.select_related("unit")[0].unit)
    return person


def refusal(act: Callable[[], Any]) -> str:
    """The code with which a person is sent away; "" for whoever is let in, whatever is missing then."""
    try:
        act()
    except Refused as refused:
        return refused.unmet[0].code if refused.status == "forbidden" else ""
    return ""


def test_the_shipped_plans_say_of_every_part_whether_it_works(district: District) -> None:
    assert {code for code, rule in district.rules.parts.items() if rule.works} == WORKING
    assert set(district.rules.parts) == WORKING | CONSULTED


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("part", sorted(WORKING | CONSULTED))
def test_writing_takes_a_working_part(district: District, part: str, act: str) -> None:
    project = district.project()
    make.part(project.case, "asked", make.unit())
    person = clerk_with(part, project)
    before = Event.objects.filter(case=project.case).count()
    expected = "" if part in WORKING else "no_working_part"
    assert refusal(lambda: ACTS[act](project, person)) == expected
    if expected:
        assert Event.objects.filter(case=project.case).count() == before


CAPABILITIES = sorted(ROLES[Role.PARK_CLERK].can - {Can.ATTACH, Can.GIVE_OPINION, Can.REPORT_ASSIGNMENT})


@pytest.mark.parametrize("what", CAPABILITIES)
@pytest.mark.parametrize("part", sorted(WORKING | CONSULTED))
def test_every_capability_of_a_park_counts_by_its_part(district: District, part: str, what: Can) -> None:
    project = district.project()
    person = clerk_with(part, project)
    assert may_on(person, what, project) is (part in WORKING)


@pytest.mark.parametrize("what", [Can.ATTACH, Can.GIVE_OPINION, Can.REPORT_ASSIGNMENT])
def test_who_is_asked_may_answer_and_add_papers(district: District, what: Can) -> None:
    project = district.project()
    assert may_on(clerk_with("asked", project), what, project)
    assert not may_on(make.user("park_clerk"), what, project)


def test_a_commissioner_works_on_the_own_projects_only(district: District) -> None:
    project, other = district.project("甲项目"), district.project("乙项目")
    person = make.user("commissioner", unit=district.park)
    make.part(project.case, "commissioner", person)
    make.part(other.case, "asked", person)
    assert may_on(person, Can.RECORD_CONTACT, project)
    assert not may_on(person, Can.RECORD_CONTACT, other)


def test_roles_do_not_add_up(district: District) -> None:
    project = district.project()
    person = make.user("inspector", unit=make.unit("supervision-office"))
    make.member(person, "park_clerk", district.park)
    assert refusal(lambda: ACTS["edit"](project, person)) == "no_working_part"
    assert not may_on(person, Can.ATTACH, project)
    make.part(project.case, "landing", district.park)
    assert refusal(lambda: ACTS["edit"](project, User.objects.get(pk=person.pk))) == ""


def test_who_sees_nothing_is_told_so(district: District) -> None:
    assert refusal(lambda: ACTS["edit"](district.project(), make.user("park_clerk"))) == "not_visible"


@pytest.mark.parametrize("part", ["landing", "introducing", "first_contact", "supporting"])
def test_parts_that_carry_credit_or_answerability_are_set_by_the_bureau(
    district: District, part: str
) -> None:
    project = district.project()
    person = clerk_with("landing", project)
    unit = person.memberships.select_related("unit")[0].unit
    give = {"project": project, "part": part, "unit": unit, "user": person, **BY}
    give_by = lambda by: lambda: actions.set_parts(**give, by=by)  # noqa: E731
    if part == "landing":  # which not even the bureau gives by hand
        for by in (person, district.clerk):
            with pytest.raises(Refused, match="须经“推荐至承接平台”"):
                give_by(by)()
        return
    assert refusal(give_by(person)) == "not_setter"
    assert refusal(give_by(district.clerk)) == ""


def test_a_park_cannot_end_the_introducing_units_part(district: District) -> None:
    project = district.project()
    person, part = clerk_with("landing", project), Part.objects.get(case_id=project.pk, part="introducing")
    end = {"project": project, "part": part, "reason": "换", **BY}
    assert refusal(lambda: actions.end_part(**end, by=person)) == "not_setter"
    assert actions.end_part(**end, by=district.clerk).valid_to == TODAY


def test_the_commissioner_is_not_ended_without_a_hand_over(district: District) -> None:
    project = district.project()
    person = make.user("commissioner", unit=district.park)
    part = make.part(project.case, "commissioner", person)
    with pytest.raises(Refused) as refused:
        actions.end_part(project=project, part=part, by=district.clerk, reason="调离", **BY)
    assert (refused.value.unmet[0].code, refused.value.unmet[0].clause) == ("by_its_own_action", "三(四)8")
    page = make.pages(district.clerk)
    assert f"/parts/{part.pk}/end/" not in page.get(f"/projects/{project.pk}/parts/").content.decode()


def test_an_investor_shared_by_projects_leaves_an_event_in_each(district: District) -> None:
    first = district.project("甲项目")
    second = actions.register(by=district.clerk, name="乙项目", enterprise=first.enterprise, **BY)
    person = clerk_with("landing", first)
    actions.edit_enterprise(project=first, by=person, changes={"division_code": "500102"}, **BY)
    for project in (first, second):
        (event,) = Event.objects.filter(case=project.case, kind="enterprise.edited")
        assert (event.by, event.data["fields"]) == (person, "所在地行政区划")
        assert Project.objects.get(pk=project.pk).origin == "district"


LINKS = ("/edit/", "/money/new/", "/parts/", "/shelve/", "/contacts/new/", "/nodes/", "/advance/")


@pytest.mark.parametrize("part", ["landing", "asked"])
def test_the_case_file_offers_what_will_not_be_refused(district: District, part: str) -> None:
    project = district.project()
    html = make.pages(clerk_with(part, project)).get(f"/projects/{project.pk}/").content.decode()
    shown = [link for link in LINKS if f"/projects/{project.pk}{link}" in html]
    assert bool(shown) is (part == "landing")
    assert f"/projects/{project.pk}/attach/" in html or part == "asked"


def test_who_is_only_asked_is_sent_away_from_the_form_itself(district: District) -> None:
    project = district.project()
    page = make.pages(clerk_with("asked", project))
    assert page.get(f"/projects/{project.pk}/edit/").status_code == 403
    assert page.get(f"/projects/{project.pk}/nodes/").status_code == 403


def test_rest_says_why(district: District) -> None:
    project = district.project()
    caller = make.api(clerk_with("asked", project))
    answer = caller.patch(f"/api/v1/projects/{project.pk}/", {"progress": "x"}, format="json")
    assert (answer.status_code, answer.json()["unmet"][0]["code"]) == (403, "no_working_part")
