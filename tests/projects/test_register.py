"""A lead is registered by whoever may, with what is known; what is computed is never typed."""

import pytest

from cases.models import Case, Event, Part
from kernel.refusals import Refused
from projects import actions
from projects.actions import EnterpriseData
from projects.models import Batch, Origin, Phase, Project
from tests import factories
from tests.factories import TODAY
from tests.law import District


def test_a_registered_lead_stands_in_planning_under_the_rules_in_force(district: District) -> None:
    project = district.project()
    assert project.phase == Phase.PLANNING
    assert project.batch == Batch.RESERVE
    assert project.case.policy_date == TODAY
    assert {v.policy.code for v in project.case.policy_set.versions.all()} == {
        "fuling-lifecycle",
        "fuling-promotion",
    }


def test_registering_writes_one_event_and_gives_the_registering_unit_its_part(district: District) -> None:
    project = district.project()
    assert [event.kind for event in Event.objects.filter(case=project.case)] == ["project.registered"]
    assert [(part.part, part.unit) for part in Part.objects.filter(case=project.case)] == [
        ("introducing", district.bureau)
    ]


def test_two_leads_get_running_codes_of_the_year(district: District) -> None:
    first, second = district.project("甲项目"), district.project("乙项目")
    assert first.code.startswith("500102-2026-")
    assert int(second.code[-5:]) == int(first.code[-5:]) + 1


@pytest.mark.parametrize(
    ("division", "country", "origin"),
    [
        ("330100", "CN", Origin.OUTSIDE_CITY),
        ("500103", "CN", Origin.CITY_OUTSIDE_DISTRICT),
        ("500102", "CN", Origin.DISTRICT),
        ("", "US", Origin.OUTSIDE_CITY),
        ("", "CN", ""),
    ],
)
def test_origin_follows_from_the_investors_division(
    district: District, division: str, country: str, origin: str
) -> None:
    investor = EnterpriseData("某公司", no_code_reason="境外", division_code=division, country=country)
    project = actions.register(by=district.clerk, on=TODAY, name="项目", enterprise=investor)
    assert project.origin == origin


def test_the_same_investor_is_kept_once(district: District) -> None:
    code = "91350100M000100Y43"
    one = actions.register(
        by=district.clerk, on=TODAY, name="一期", enterprise=EnterpriseData("福建某公司", code)
    )
    two = actions.register(
        by=district.clerk, on=TODAY, name="二期", enterprise=EnterpriseData("福建 某公司", code)
    )
    assert one.enterprise == two.enterprise


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (EnterpriseData("某公司", "91350100M000100Y4Z"), "credit_code"),
        (EnterpriseData("某公司"), "no_code_reason"),
        (EnterpriseData("  ", no_code_reason="x"), "enterprise"),
    ],
)
def test_a_wrong_investor_is_refused_and_nothing_is_kept(
    district: District, data: EnterpriseData, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.register(by=district.clerk, on=TODAY, name="项目", enterprise=data)
    assert [item.field for item in refused.value.unmet] == [field]
    assert not Case.objects.exists()


def test_an_empty_name_is_refused(district: District) -> None:
    with pytest.raises(Refused, match="项目名称"):
        actions.register(by=district.clerk, on=TODAY, name="  ")


@pytest.mark.parametrize("field", ["phase", "batch", "project_class", "total_fen", "origin", "version"])
def test_what_is_computed_cannot_be_typed(district: District, field: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.register(by=district.clerk, on=TODAY, name="项目", fields={field: "x"})
    assert refused.value.status == "invalid"


def test_an_administrator_registers_nothing(district: District) -> None:
    admin = factories.user("system_admin", unit=district.bureau)
    with pytest.raises(Refused) as refused:
        actions.register(by=admin, on=TODAY, name="项目")
    assert refused.value.status == "forbidden"
    assert not Project.objects.exists()
