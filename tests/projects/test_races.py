"""Two people on one project at the same moment: the second learns what changed, nothing is overwritten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from cases.models import Enterprise, Event
from kernel.refusals import Refused
from projects import actions
from projects.actions import Change, EnterpriseData
from projects.models import Claim, Money, Project, ReachedMilestone
from tests.law import TODAY, District, open_district

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CODE = "91350100M000100Y43"
BY = {"on": TODAY}


@pytest.fixture
def district(transactional_db: None) -> District:
    return open_district()


def at_once(*acts: Callable[[], Any]) -> tuple[list[Any], list[Refused]]:
    """Run the acts at the same moment, each on a connection of its own: what they return, what refuse."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        outcomes = list(pool.map(run, acts))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    return [outcome for outcome in outcomes if not isinstance(outcome, Refused)], refused


def test_two_registrations_with_one_new_code_make_one_enterprise_and_two_projects(district: District) -> None:
    def lead(name: str, by: Any) -> Callable[[], Project]:
        firm = EnterpriseData("同一家公司", credit_code=CODE)
        return lambda: actions.register(by=by, name=name, enterprise=firm, **BY)

    for number in range(5):
        Project.objects.filter(enterprise__credit_code=CODE).update(enterprise=None)
        Claim.objects.filter(enterprise__credit_code=CODE).update(enterprise=None)
        Enterprise.objects.filter(credit_code=CODE).delete()
        made, refused = at_once(lead(f"甲{number}", district.clerk), lead(f"乙{number}", district.head))
        assert (len(made), refused) == (2, [])
        assert Enterprise.objects.filter(credit_code=CODE).count() == 1
        assert {row.enterprise_id for row in made} == {Enterprise.objects.get(credit_code=CODE).pk}


def test_of_two_edits_of_one_version_one_is_told_what_the_other_changed(district: District) -> None:
    project = district.project()
    read = {"project": project, "expected_version": project.version, **BY}
    made, (refused,) = at_once(
        lambda: actions.edit(by=district.clerk, changes={"site": "一号地块"}, **read),
        lambda: actions.edit(by=district.head, changes={"progress": "已进场"}, **read),
    )
    assert len(made) == 1
    assert refused.status == "conflict"
    now = Project.objects.get(pk=project.pk)
    assert ("选址" if now.site else "进展") in str(refused)
    assert bool(now.site) is not bool(now.progress)


def test_of_two_advances_of_one_version_one_moves_the_project(district: District) -> None:
    project = district.project()
    read = {"project": project, "expected_version": project.version, **BY}
    made, (refused,) = at_once(
        lambda: actions.advance(by=district.clerk, **read), lambda: actions.advance(by=district.head, **read)
    )
    assert len(made) == 1
    assert refused.status == "conflict"
    assert Project.objects.get(pk=project.pk).phase == "negotiation"
    assert Event.objects.filter(case=project.case, kind="project.advanced").count() == 1


def test_of_two_corrections_of_one_figure_one_stands_and_the_other_is_told(district: District) -> None:
    project = district.project()
    actions.set_money(project=project, measure="total", raw="8亿元", by=district.clerk, **BY)
    project = Project.objects.get(pk=project.pk)
    read = {"project": project, "expected_version": project.version, "reason": "录入有误", **BY}
    made, (refused,) = at_once(
        lambda: actions.correct(by=district.clerk, change=Change(measure="total", raw="9亿元"), **read),
        lambda: actions.correct(by=district.head, change=Change(measure="total", raw="7亿元"), **read),
    )
    assert len(made) == 1
    assert refused.status == "conflict" and "总投资" in str(refused)
    assert Money.objects.filter(project=project, measure="total").count() == 2


def test_of_two_corrections_of_one_day_one_stands_and_the_other_is_told(district: District) -> None:
    project = district.project()
    actions.reach(project=project, milestone="first_talk_registered", by=district.head, produced=True, **BY)
    project = Project.objects.get(pk=project.pk)
    read = {"project": project, "expected_version": project.version, "reason": "登记有误", **BY}
    days = [TODAY - timedelta(days=number) for number in (1, 2)]
    changes = [Change(milestone="first_talk_registered", day=day) for day in days]
    made, (refused,) = at_once(
        lambda: actions.correct(by=district.clerk, change=changes[0], **read),
        lambda: actions.correct(by=district.head, change=changes[1], **read),
    )
    assert len(made) == 1
    row = ReachedMilestone.objects.get(project=project, code="first_talk_registered")
    assert row.on in days
    assert refused.status == "conflict" and str(row.on) in str(refused)


def test_two_editors_of_one_investor_through_two_projects_do_not_lock_each_other_up(
    district: District,
) -> None:
    first = district.project("甲项目")
    second = actions.register(by=district.clerk, name="乙项目", enterprise=first.enterprise, **BY)
    made, refused = at_once(
        lambda: actions.edit_enterprise(project=first, by=district.clerk, changes={"country": "SG"}, **BY),
        lambda: actions.edit_enterprise(
            project=second, by=district.head, changes={"division_code": "500102"}, **BY
        ),
    )
    assert (len(made), refused) == (2, [])
    assert first.enterprise is not None
    firm = Enterprise.objects.get(pk=first.enterprise.pk)
    assert (firm.country, firm.division_code) == ("SG", "500102")
