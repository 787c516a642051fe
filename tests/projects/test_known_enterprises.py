"""An enterprise that others brought: a clerk out of whose sight it lies learns that it is known, no more."""

import pytest

from cases.models import Enterprise
from projects import actions
from projects.models import Project
from tests import factories as make
from tests.law import TODAY, District

URL = "/api/v1/enterprises/"
CODE = "91350100M000100Y43"


def known(district: District, **fields: str) -> Enterprise:
    data = {"contact_name": "王经理", "contact_phone": "13812345678"}
    firm = make.enterprise("远方化工有限公司", **data | fields)
    actions.register(by=district.clerk, on=TODAY, name="远方项目", enterprise=firm)
    return firm


@pytest.mark.parametrize(
    ("body", "kept"),
    [({"name": "远方化工有限公司"}, {}), ({"name": "另一写法", "credit_code": CODE}, {"credit_code": CODE})],
)
def test_rest_says_only_that_it_exists(
    district: District, body: dict[str, str], kept: dict[str, str]
) -> None:
    known(district, **kept)
    answer = make.api(make.user("park_clerk")).post(URL, body, format="json")
    (item,) = answer.json()["unmet"]
    assert (answer.status_code, item["code"]) == (409, "known_elsewhere")
    assert "招商局" in item["message"]
    for secret in ("王经理", "5678", CODE, "远方"):
        assert secret not in answer.content.decode()


def test_an_unseen_enterprise_gets_no_code_by_its_name(district: District) -> None:
    firm = known(district)
    caller = make.api(make.user("park_clerk"))
    answer = caller.post(URL, {"name": firm.name, "credit_code": CODE}, format="json")
    assert answer.status_code == 409
    assert Enterprise.objects.get(pk=firm.pk).credit_code == ""


def test_the_bureau_and_whoever_sees_a_project_of_it_get_it_back(district: District) -> None:
    firm = known(district)
    park = make.user("park_clerk", unit=district.park)
    body = {"name": firm.name}
    assert make.api(district.clerk).post(URL, body, format="json").json()["id"] == firm.pk
    make.part(Project.objects.get(enterprise=firm).case, "asked", district.park)
    assert make.api(park).post(URL, body, format="json").json()["contact_phone"] == "138****5678"


def test_a_new_one_is_made(district: District) -> None:
    body = {"name": "新来的公司", "no_code_reason": "尚未注册"}
    answer = make.api(make.user("park_clerk")).post(URL, body, format="json")
    assert (answer.status_code, answer.json()["name"]) == (201, "新来的公司")


@pytest.mark.parametrize(("role", "shown"), [("park_clerk", False), ("bureau_clerk", True)])
def test_the_form_tells_of_the_file_and_shows_its_code_to_whom_it_is_open(
    district: District, role: str, shown: bool
) -> None:
    firm = known(district, credit_code=CODE)
    page = make.pages(make.user(role))
    asked = {"enterprise": "另一写法", "credit_code": CODE}
    html = page.get("/projects/register/check/", asked).content.decode()
    assert "已有企业档案" in html
    assert (firm.name in html, CODE in html) == (shown, shown)
