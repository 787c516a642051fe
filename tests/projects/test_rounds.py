"""A further investment of an enterprise is linked to its first project; both case files show it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Event
from kernel.refusals import Refused
from projects import actions
from projects.models import Project
from projects.rounds import first_of, later_rounds
from tests import factories as make
from tests.law import TODAY, District, open_district

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return open_district()


@pytest.fixture
def first(district: District) -> Project:
    return district.project("铝材一期")


@pytest.fixture
def second(district: District, first: Project) -> Project:
    row = district.project("铝材二期")
    return actions.edit(project=row, by=district.clerk, on=TODAY, changes={"enterprise": first.enterprise})


def link(row: Project, first: Project, district: District, **more: Any) -> Project:
    return actions.link_first(project=row, first=first, by=district.clerk, on=TODAY, **more)


def refused_by(act: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def test_the_link_makes_it_a_second_round_and_both_sides_tell_of_it(district, first, second) -> None:
    row = link(second, first, district)
    assert (row.first_project, row.project_type, row.version) == (first, "second_round", second.version + 1)
    assert [one.pk for one in later_rounds(first, district.clerk)] == [second.pk]
    kinds = Event.objects.filter(kind__in=("project.first_linked", "project.round_linked"))
    assert {event.case_id for event in kinds} == {first.pk, second.pk}


def test_an_expansion_stays_one(district, first, second) -> None:
    actions.edit(project=second, by=district.clerk, on=TODAY, changes={"project_type": "expansion"})
    assert link(second, first, district).project_type == "expansion"


def test_another_enterprise_wants_the_reason(district, first) -> None:
    other = district.project("另一企业的项目")
    assert refused_by(lambda: link(other, first, district)).codes == ["another_enterprise"]
    assert link(other, first, district, reason="同一投资方新设公司").first_project == first


def test_no_project_is_its_own_first_nor_goes_round_in_a_circle(district, first, second) -> None:
    third = district.project("铝材三期")
    actions.edit(project=third, by=district.clerk, on=TODAY, changes={"enterprise": first.enterprise})
    assert refused_by(lambda: link(first, first, district)).unmet[0].field == "first"
    link(second, first, district)
    link(third, second, district)
    assert refused_by(lambda: link(first, third, district)).codes == ["circle"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=first.pk).update(first_project=first)


def test_a_second_link_is_a_conflict_until_the_first_is_taken_back(district, first, second) -> None:
    link(second, first, district)
    other = district.project("更早的项目")
    assert refused_by(lambda: link(second, other, district, reason="x")).codes == ["already_linked"]
    undo = {"project": second, "by": district.clerk, "on": TODAY}
    assert refused_by(lambda: actions.unlink_first(reason=" ", **undo)).unmet[0].field == "reason"
    actions.unlink_first(reason="关联错误", **undo)
    assert refused_by(lambda: actions.unlink_first(reason="再取消", **undo)).codes == ["not_linked"]
    assert link(second, other, district, reason="同一投资方").first_project == other


def test_the_link_follows_a_first_project_that_is_merged_into_another(district, first, second) -> None:
    link(second, first, district)
    kept = district.project("铝材一期（重复登记）")
    pair = actions.pair_up(project=first, other=kept, by=district.clerk, on=TODAY)
    actions.merge(pair=pair, keep=kept, by=district.clerk, on=TODAY, reason="同一项目")
    second.refresh_from_db()
    assert first_of(second, district.clerk) == kept
    assert [row.pk for row in later_rounds(kept, district.clerk)] == [second.pk]
    third = district.project("铝材三期")
    assert refused_by(lambda: link(third, first, district, reason="x")).codes == ["merged"]


def test_who_may_not_edit_or_does_not_see_the_first_is_refused(district, first, second) -> None:
    leader = district.person("leader", "district-government")
    assert (
        refused_by(lambda: actions.link_first(project=second, first=first, by=leader, on=TODAY)).status
        == "forbidden"
    )
    clerk = district.person("park_clerk", district.park.code)
    make.part(second.case, "landing", district.park)
    assert refused_by(lambda: actions.link_first(project=second, first=first, by=clerk, on=TODAY)).codes == [
        "not_visible"
    ]


def test_pages_link_both_case_files(district, first, second) -> None:
    browser = make.pages(district.clerk)
    url = f"/projects/{second.pk}/first-project/"
    assert first.case.code in browser.get(url).content.decode()
    wrong = browser.post(url, {"first": "P-000"})
    assert (wrong.status_code, "没有编号为“P-000”的项目" in wrong.content.decode()) == (400, True)
    assert browser.post(url, {"first": first.case.code}).status_code == 302
    assert f"/projects/{first.pk}/" in browser.get(f"/projects/{second.pk}/panels/rounds/").content.decode()
    assert second.name in browser.get(f"/projects/{first.pk}/").content.decode()
    assert browser.get(f"/projects/{district.project('无关').pk}/panels/rounds/").status_code == 404


def test_over_rest_the_field_and_both_ways(district, first, second) -> None:
    caller = make.api(district.clerk)
    url = f"/api/v1/projects/{second.pk}/"
    answer = caller.post(f"{url}first-project/", {"first": first.pk}, format="json")
    assert (answer.status_code, answer.json()["first_project"]) == (200, first.pk)
    assert caller.get(f"/api/v1/projects/{first.pk}/rounds/").json() == {"first": None, "later": [second.pk]}
    assert caller.post(f"{url}first-project/", {"first": 10**15}, format="json").status_code == 404
    undone = caller.post(f"{url}first-project/unlink/", {"reason": "误"}, format="json")
    assert (undone.status_code, undone.json()["first_project"]) == (200, None)
