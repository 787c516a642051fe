"""National project codes: registered in their form, one project each, voided with a reason, found whole."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from cases.event_texts import sentence
from cases.models import Event
from kernel.refusals import Refused
from projects import actions
from projects.models import ProjectCode
from tests import factories as make
from tests.law import TODAY, District

CODE, OTHER = "2603-500102-89-05-346948", "2603-500102-89-01-120077"


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=False):
        yield


def text(answer: Any) -> str:
    return make.sent(answer).decode()


def test_a_project_holds_several_codes_some_voided(district: District) -> None:
    project, by = district.project(), {"by": district.clerk, "on": TODAY}
    wrong = actions.add_code(project=project, code=f" {CODE} ", **by)
    actions.add_code(project=project, code=OTHER, **by)
    actions.void_code(code=wrong, reason="平台撤销赋码", **by)
    rows = list(ProjectCode.objects.values_list("code", "voided_on", "voided_reason"))
    assert rows == [(CODE, TODAY, "平台撤销赋码"), (OTHER, None, "")]
    told = [
        sentence(e.kind, e.data) for e in Event.objects.filter(kind__startswith="project.code").order_by("id")
    ]
    assert told == [
        f"登记投资项目代码 {CODE}",
        f"登记投资项目代码 {OTHER}",
        f"作废投资项目代码 {CODE}：平台撤销赋码",
    ]


@pytest.mark.parametrize(
    "code", ["", "2603-500102-89-05-34694", "2603500102890534694", "abcd-500102-89-05-346948"]
)
def test_a_code_of_another_form_is_refused(district: District, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_code(project=district.project(), code=code, by=district.clerk, on=TODAY)
    assert refused.value.unmet[0].field == "code"


def test_a_valid_code_belongs_to_one_project_and_is_free_again_once_void(district: District) -> None:
    one, two, by = district.project(), district.project("另一个项目"), {"by": district.clerk, "on": TODAY}
    row = actions.add_code(project=one, code=CODE, **by)
    with pytest.raises(Refused, match="另一个项目") as refused:
        actions.add_code(project=two, code=CODE, **by)
    assert refused.value.status == "conflict"
    actions.void_code(code=row, reason="登记错项目", **by)
    assert actions.add_code(project=two, code=CODE, **by).voided_on is None


def test_a_code_is_voided_once_with_a_reason_by_who_may_edit(district: District) -> None:
    row = actions.add_code(project=district.project(), code=CODE, by=district.clerk, on=TODAY)
    with pytest.raises(Refused, match="作废原因"):
        actions.void_code(code=row, by=district.clerk, on=TODAY, reason=" ")
    with pytest.raises(Refused) as refused:
        actions.void_code(code=row, by=make.user("reviewer"), on=TODAY, reason="x")
    assert refused.value.status == "forbidden"
    actions.void_code(code=row, by=district.clerk, on=TODAY, reason="重复")
    with pytest.raises(Refused, match="已于"):
        actions.void_code(code=row, by=district.clerk, on=TODAY, reason="重复")


def test_codes_are_kept_on_a_page_and_shown_in_the_case_file(district: District) -> None:
    project, browser = district.project(), make.pages(district.clerk)
    path = f"/projects/{project.pk}/"
    assert f"{path}codes/" in text(browser.get(path))
    assert browser.post(f"{path}codes/", {"code": "123"}).status_code == 400
    assert browser.post(f"{path}codes/", {"code": CODE}).status_code == 302
    assert CODE in text(browser.get(path))
    row = ProjectCode.objects.get()
    assert browser.post(f"{path}codes/{row.pk}/void/", {"reason": "重复赋码"}).status_code == 302
    assert "重复赋码" in text(browser.get(f"{path}codes/"))
    assert f'title="投资项目代码">{CODE}' not in text(browser.get(path))


def test_the_ledger_finds_a_project_by_its_whole_code(district: District) -> None:
    found, browser = district.project("有代码的项目"), make.pages(district.clerk)
    district.project("没有代码的项目")
    actions.add_code(project=found, code=CODE, by=district.clerk, on=TODAY)
    html = text(browser.get("/projects/", {"q": CODE}))
    assert "有代码的项目" in html
    assert "没有代码的项目" not in html


def test_codes_over_rest(district: District) -> None:
    url, caller = f"/api/v1/projects/{district.project().pk}/codes/", make.api(district.clerk)
    made = caller.post(url, {"code": CODE}, format="json")
    assert (made.status_code, made.json()["valid"]) == (201, True)
    assert caller.post(url, {"code": CODE}, format="json").status_code == 409
    assert caller.post(url, {"code": "12"}, format="json").status_code == 400
    void = caller.post(f"{url}{made.json()['id']}/void/", {"reason": "重复赋码"}, format="json")
    assert (void.json()["valid"], void.json()["voided_reason"]) == (False, "重复赋码")
    assert [row["code"] for row in caller.get(url).json()["results"]] == [CODE]
    reader = make.api(make.user("leader"))
    assert reader.post(url, {"code": OTHER}, format="json").status_code == 403
