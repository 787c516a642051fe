"""Problems: registered by whoever works on the project, raised level by level, decided, carried out."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from assignments import actions, problems
from assignments.models import Assignment
from assignments.problems import Order
from cases.models import Event
from deadlines.models import Deadline
from documents.actions import attach
from kernel.refusals import Refused
from notices.models import Message
from policies.models import PolicySet
from service.team import actions as team
from tests import factories as make
from tests.documents.files import upload
from tests.factories import TODAY
from tests.policies.conftest import BARE
from tests.service.district import FULING, GUIZHOU, NEXT, OPTIMISATION, TIANMEN, Served, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Served:
    served = signed(TIANMEN)
    team.fill(
        project=served.project, post="lead_department", unit=served.unit("economy-information"),
        by=served.clerk, on=TODAY,
    )  # fmt: skip
    return served


@pytest.fixture
def power(found: Served) -> Assignment:
    """A problem of the power supply, with the power company and a person of its own."""
    return registered(found)


def registered(found: Served, **more) -> Assignment:
    person = found.person("reviewer", "power-company")
    said = {"unit": found.unit("power-company"), "user": person, "by": found.clerk, "on": TODAY} | more
    return problems.raise_problem(case=found.project.case, title="双回路供电未落实", **said)


def up(row: Assignment, by: User, on: date = NEXT) -> Assignment:
    return problems.raise_up(assignment=row, reason="需增设开关站，须统筹资金", by=by, on=on)


def due(row: Assignment) -> date:
    assert row.deadline is not None
    return row.deadline.due_on


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


def test_a_problem_has_department_person_and_the_limit_of_the_plan(power) -> None:
    """R233."""
    assert (power.unit.code, power.user.memberships.get().unit.code) == ("power-company", "power-company")
    assert (power.clause, due(power)) == ("四(三)", date(2026, 3, 16))


def test_a_day_of_its_own_comes_before_the_limit_of_the_plan(found) -> None:
    assert due(registered(found, due_on=date(2026, 3, 5))) == date(2026, 3, 5)


def test_where_the_plan_wants_a_person_a_department_alone_is_refused_with_the_clause(found) -> None:
    for act in (
        lambda: registered(found, user=None),
        lambda: actions.issue(
            case=found.project.case,
            kind="problem",
            unit=found.unit("power-company"),
            title="供电",
            by=found.clerk,
            on=TODAY,
        ),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert (codes(refused), refused.value.unmet[0].clause) == (["person_needed"], "四(三)")


def test_where_nobody_is_named_it_goes_to_whoever_collects_by_the_plan(found) -> None:
    assert registered(found, unit=None, user=None).unit.code == "economy-information"


@pytest.mark.parametrize(
    ("pack", "collects"),
    [(FULING, "landing"), (OPTIMISATION, "landing"), (GUIZHOU, "landing"), (TIANMEN, "landing")],
)
def test_without_the_others_the_place_where_it_settles_collects(pack, collects) -> None:
    served = signed(pack)
    row = problems.raise_problem(case=served.project.case, title="排水不畅", by=served.clerk, on=TODAY)
    assert row.unit == served.held_by(collects)


def test_a_complaint_is_answered_within_the_limit_of_the_plan() -> None:
    """R158."""
    served = signed(OPTIMISATION)
    row = problems.raise_problem(
        case=served.project.case, kind="complaint", title="收费不明", by=served.clerk, on=TODAY
    )
    assert (row.unit.code, row.clause, due(row)) == ("investment-bureau", "二", date(2026, 3, 16))


def test_an_enterprise_s_account_raises_one_without_a_role_where_the_caller_has_asked(found) -> None:
    firm = make.user()
    row = problems.raise_problem(
        case=found.project.case, kind="complaint", title="临时用电", by=firm, on=TODAY, asked=False
    )
    assert (row.issued_by, row.issued_unit) == (firm, None)
    with pytest.raises(Refused):
        problems.raise_problem(case=found.project.case, title="临时用电", by=firm, on=TODAY)


def test_the_office_of_the_district_may_close_what_an_enterprise_raised(found) -> None:
    firm = make.user()
    row = problems.raise_problem(
        case=found.project.case, kind="complaint", title="临时用电", by=firm, on=TODAY, asked=False
    )
    actions.report(assignment=row, report="已接通", by=found.person("reviewer", row.unit.code), on=NEXT)
    assert actions.close(assignment=row, by=found.clerk, on=NEXT).state == "closed"


def test_a_commissioner_who_hands_out_nothing_registers_a_problem_of_the_own_project(found) -> None:
    person = found.person("commissioner", found.park.code)
    team.fill(
        project=found.project, post="agent", unit=found.park, user=person,
        by=found.person("park_clerk", found.park.code), on=TODAY,
    )  # fmt: skip
    row = problems.raise_problem(case=found.project.case, title="进场道路", by=person, on=TODAY)
    assert row.issued_by == person


def test_a_unit_that_is_only_asked_registers_none(found) -> None:
    reviewer = found.person("reviewer", "finance")
    make.part(found.project.case, "asked", found.unit("finance"))
    with pytest.raises(Refused) as refused:
        problems.raise_problem(case=found.project.case, title="资金", by=reviewer, on=TODAY)
    assert codes(refused) == ["no_working_part"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": " "}, "title"), ({"kind": "urge"}, "kind"), ({"due_on": TODAY}, "due_on")],
)
def test_a_problem_without_sense_is_refused(found, change, field) -> None:
    said = {"title": "供电", "by": found.clerk, "on": TODAY} | change
    with pytest.raises(Refused) as refused:
        problems.raise_problem(case=found.project.case, **said)
    assert refused.value.unmet[0].field == field
    assert not Assignment.objects.filter(kind="problem").exists()


def test_it_climbs_from_the_department_to_the_special_meeting_each_level_with_its_clock(found, power) -> None:
    """R232: collect, analyse, special meeting."""
    collected = up(power, power.user)
    analysed = up(collected, found.person("reviewer", "economy-information"))
    meeting = up(analysed, found.person("reviewer", "government-services"))
    assert [(row.level, row.unit.code, due(row)) for row in (collected, analysed, meeting)] == [
        ("collected", "economy-information", date(2026, 3, 6)),
        ("analysed", "government-services", date(2026, 3, 6)),
        ("special_meeting", "district-government", date(2026, 3, 17)),
    ]
    assert [row.parent_id for row in (collected, analysed, meeting)] == [power.pk, collected.pk, analysed.pk]


def test_below_it_counts_as_reported_and_its_clock_stops(power) -> None:
    up(power, power.user)
    row = Assignment.objects.get(pk=power.pk)
    assert (row.state, Deadline.objects.get(pk=row.deadline_id or 0).met_on) == ("reported", NEXT)
    assert "须统筹资金" in row.report
    assert Event.objects.filter(kind="assignment.raised").count() == 1


def test_the_leaders_hear_of_what_reaches_the_meeting(found, power) -> None:
    row = up(power, power.user)
    row = up(row, found.person("reviewer", "economy-information"))
    row = up(row, found.person("reviewer", "government-services"))
    assert Message.objects.get(key=f"assignment:{row.pk}:raised").tells == {"roles": ["leader", "inspector"]}


def test_a_level_that_holds_the_problem_already_is_passed_by(found) -> None:
    row = registered(found, unit=None, user=None)
    assert up(row, found.person("reviewer", "economy-information")).level == "analysed"


def test_under_another_plan_it_goes_to_the_leader_in_charge_and_then_to_the_top() -> None:
    """R174, R175."""
    served = signed(OPTIMISATION)
    row = problems.raise_problem(case=served.project.case, title="用地指标", by=served.clerk, on=TODAY)
    first = up(row, served.clerk)
    second = up(first, served.clerk)
    assert [first.unit.code, second.unit.code] == ["district-government", "district-party-committee"]
    assert (first.clause, second.clause) == ("三(三)4", "三(三)4")


def test_at_the_top_it_goes_no_higher(found, power) -> None:
    row = power
    for _level in range(3):
        row = up(row, found.clerk)
    with pytest.raises(Refused) as refused:
        up(row, found.clerk)
    assert (refused.value.status, codes(refused)) == ("conflict", ["at_the_top"])


def test_while_it_is_above_it_is_not_raised_again(power) -> None:
    up(power, power.user)
    with pytest.raises(Refused) as refused:
        up(power, power.user)
    assert codes(refused) == ["raised_already"]


def test_a_vacant_level_is_named_with_clause_and_the_link_to_fill_it() -> None:
    served = signed(TIANMEN)
    row = registered(served)
    with pytest.raises(Refused) as refused:
        up(row, served.clerk)
    assert codes(refused) == ["level_vacant"]
    assert refused.value.unmet[0].url == f"/projects/{served.project.pk}/team/"


def test_raising_takes_a_reason_and_somebody_whose_business_it_is(found, power) -> None:
    with pytest.raises(Refused) as refused:
        problems.raise_up(assignment=power, reason=" ", by=power.user, on=NEXT)
    assert refused.value.unmet[0].field == "reason"
    stranger = found.person("reviewer", "government-services")
    with pytest.raises(Refused) as refused:
        up(power, stranger)
    assert codes(refused) == ["not_answerable"]


def test_only_problems_climb(found) -> None:
    row = actions.issue(
        case=found.project.case, kind="task", unit=found.park, title="场地平整", by=found.clerk, on=TODAY
    )
    with pytest.raises(Refused) as refused:
        up(row, found.clerk)
    assert codes(refused) == ["not_a_problem"]


def climbed(found: Served, power: Assignment) -> Assignment:
    row = power
    for _level in range(3):
        row = up(row, found.clerk)
    return row


def test_the_decision_goes_down_as_assignments_with_unit_and_day(found, power) -> None:
    row = climbed(found, power)
    leader = found.person("leader", "district-government")
    orders = [
        Order(found.unit("power-company"), title="新建开关站", due_on=NEXT + timedelta(days=30)),
        Order(found.unit("finance"), title="安排专项资金"),
    ]
    made = problems.decide(assignment=row, decision="年内建成", orders=orders, by=leader, on=NEXT)
    assert [(one.kind, one.unit.code, one.parent_id) for one in made] == [
        ("decision", "power-company", row.pk), ("decision", "finance", row.pk),
    ]  # fmt: skip
    assert due(made[1]) == date(2026, 3, 17)
    assert Assignment.objects.get(pk=row.pk).state == "closed"


def test_others_enter_the_meetings_decision_only_with_its_minutes(found, power) -> None:
    row = climbed(found, power)
    orders = [Order(found.unit("finance"))]
    said = {"assignment": row, "decision": "同意", "orders": orders, "by": found.clerk, "on": NEXT}
    with pytest.raises(Refused) as refused:
        problems.decide(**said)
    assert codes(refused) == ["minutes_needed"]
    paper = attach(case=found.project.case, kind="other", upload=upload(), by=found.clerk, on=NEXT)
    assert problems.decide(evidence=paper, **said)
    with pytest.raises(Refused) as refused:
        problems.decide(evidence=paper, **said)
    assert codes(refused) == ["wrong_state"]


def test_who_is_not_of_the_level_does_not_decide(found, power) -> None:
    row = climbed(found, power)
    by = found.person("reviewer", "economy-information")
    with pytest.raises(Refused) as refused:
        problems.decide(assignment=row, decision="同意", orders=[Order(found.park)], by=by, on=NEXT)
    assert codes(refused) == ["not_level"]


@pytest.mark.parametrize(("change", "field"), [({"decision": " "}, "reason"), ({"orders": []}, "orders")])
def test_a_decision_without_words_or_without_anybody_to_carry_it_out_is_refused(
    found, power, change, field
) -> None:
    row = climbed(found, power)
    leader = found.person("leader", "district-government")
    said = {"decision": "同意", "orders": [Order(found.park)]} | change
    with pytest.raises(Refused) as refused:
        problems.decide(assignment=row, by=leader, on=NEXT, **said)
    assert refused.value.unmet[0].field == field


def test_a_problem_that_was_not_raised_is_reported_and_not_decided(found, power) -> None:
    with pytest.raises(Refused) as refused:
        problems.decide(
            assignment=power, decision="同意", orders=[Order(found.park)], by=found.clerk, on=NEXT
        )
    assert codes(refused) == ["not_raised"]


def test_a_plan_without_a_chain_says_so(found) -> None:
    bare = PolicySet.objects.create(key="bare")
    bare.versions.add(make.published_policy("bare", BARE))
    row = make.case(policy_set=bare)
    duty = Assignment.objects.create(
        case=row, kind="problem", title="用工", unit=found.park, issued_by=found.clerk, issued_on=TODAY
    )
    with pytest.raises(Refused) as refused:
        up(duty, found.clerk)
    assert codes(refused) == ["no_chain"]


def test_a_level_that_coordinates_by_its_name_is_not_made_to_twice() -> None:
    served = signed(FULING)
    row = problems.raise_problem(
        case=served.project.case, title="双回路供电未落实", unit=served.park, by=served.clerk, on=TODAY,
    )  # fmt: skip
    problems.raise_up(assignment=row, reason="须统筹资金", by=served.clerk, on=NEXT)
    assert Assignment.objects.get(pk=row.pk).report == "提请“区级企业服务专区联动协调”：须统筹资金"
