"""首接认领: claimed by an act, in conflict by the facts, ruled on by the bureau, handed over with consent."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message
from projects import actions
from projects.actions import EnterpriseData
from projects.models import Claim, ClaimHandover, Project
from tests import factories as make
from tests.law import TODAY, District, open_district

FIRM = EnterpriseData("四川新能源有限公司", no_code_reason="尚未注册", division_code="510100")


@pytest.fixture
def rival(district: District) -> User:
    return make.user("park_clerk", unit=district.park)


def lead(by: User, name: str = "电池材料项目", on: date = TODAY) -> Project:
    return actions.register(by=by, on=on, name=name, enterprise=FIRM)


def talk(project: Project, by: User, on: date = TODAY, **more: Any) -> Any:
    said = {"channel": "phone", "with_whom": "王总", "matter": "介绍园区"} | more
    return actions.record_contact(project=project, by=by, on=on, today=max(on, TODAY), **said)


def refusal(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.codes[0]


def holder(project: Project) -> User | None:
    row = Part.objects.filter(case_id=project.pk, part="first_contact", valid_to__isnull=True).first()
    return row.user if row else None


def standing(project: Project, on: date = TODAY) -> list[Claim]:
    return list(Claim.objects.standing(on).filter(project=project).order_by("id"))


def contested(district: District, rival: User) -> tuple[Claim, Claim]:
    """Two leads of one enterprise, registered by two units."""
    one, other = lead(district.clerk), lead(rival, "电池项目")
    talk(one, district.clerk)
    return standing(one)[0], standing(other)[0]


def test_registering_claims_and_the_first_contact_fixes_the_first_receiver(district: District) -> None:
    project = lead(district.clerk)
    claim = standing(project)[0]
    assert (claim.by, claim.unit, claim.how, claim.on) == (
        district.clerk,
        district.bureau,
        "registered",
        TODAY,
    )
    assert holder(project) is None
    talk(project, district.clerk)
    assert holder(project) == district.clerk
    assert standing(project) == [claim]


def test_a_colleagues_first_contact_makes_no_second_claim(district: District) -> None:
    project = lead(district.clerk)
    talk(project, district.head)
    assert [row.by for row in standing(project)] == [district.clerk]
    assert holder(project) == district.clerk


def test_the_window_is_kept_with_the_claim_and_the_first_talk_in_time_keeps_it(district: District) -> None:
    project = lead(district.clerk)
    claim = standing(project)[0]
    assert (claim.protected_until, claim.clause) == (date(2026, 9, 2), "三(二)4")
    after = date(2026, 9, 3)
    assert standing(project, date(2026, 9, 2)) and not standing(project, after)
    actions.reach(
        project=project, milestone="first_talk_registered", by=district.head, on=TODAY, produced=True
    )
    assert standing(project, after) == [claim]


def test_a_lapsed_claim_bars_nobody_and_may_be_made_anew(district: District, rival: User) -> None:
    project = lead(district.clerk)
    later = date(2026, 9, 10)
    other = actions.register(by=rival, on=later, name="电池二期", enterprise=FIRM)
    assert not Claim.objects.in_conflict(later).exists()
    again = actions.claim(project=project, by=district.clerk, on=later, today=later)
    assert list(Claim.objects.in_conflict(later)) == [again]
    assert Claim.objects.exclude(pk=again.pk).get(project=project).ending == "lapsed"
    assert standing(other, later)


def test_two_claims_of_one_enterprise_are_in_conflict_and_everybody_is_told(
    district: District, rival: User
) -> None:
    _one, other = contested(district, rival)
    assert list(Claim.objects.in_conflict(TODAY)) == [other]
    told = Message.objects.filter(topic="claim.conflict")
    assert {tuple(row.tells.get("users", ())) for row in told} >= {(district.clerk.pk,), (rival.pk,)}
    assert any(row.tells.get("roles") == ["bureau_head"] for row in told)


def test_the_bureau_rules_the_part_follows_and_the_loser_is_told(district: District, rival: User) -> None:
    one, other = contested(district, rival)
    actions.rule_on_claims(upheld=other, by=district.head, on=TODAY, reason="对接在先，有走访记录")
    one.refresh_from_db()
    assert (one.ending, one.ended_by, one.ended_reason) == (
        "set_aside",
        district.head,
        "对接在先，有走访记录",
    )
    assert not Claim.objects.in_conflict(TODAY).exists()
    assert holder(one.project) == holder(other.project) == rival
    lost = Message.objects.get(key=f"claim:{one.pk}:ruled:{other.pk}")
    assert lost.tells["users"] == [district.clerk.pk]
    assert Event.objects.filter(kind="claim.ruled").count() == 2
    late = lambda: actions.rule_on_claims(upheld=other, by=district.head, on=TODAY, reason="再裁")  # noqa: E731
    assert refusal(late) == "no_conflict"


def test_who_may_not_rule(district: District, rival: User) -> None:
    one, _other = contested(district, rival)
    for person in (district.clerk, rival):
        with pytest.raises(Refused) as refused:
            actions.rule_on_claims(upheld=one, by=person, on=TODAY, reason="我先")
        assert refused.value.status == "forbidden"
    with pytest.raises(Refused) as refused:
        actions.rule_on_claims(upheld=one, by=district.head, on=TODAY, reason=" ")
    assert refused.value.unmet[0].field == "reason"
    assert Claim.objects.in_conflict(TODAY).exists()


def test_a_party_does_not_rule_on_the_own_claim(district: District, rival: User) -> None:
    one = standing(lead(district.head))[0]
    lead(rival, "电池项目")
    with pytest.raises(Refused) as refused:
        actions.rule_on_claims(upheld=one, by=district.head, on=TODAY, reason="我先")
    assert refused.value.codes == ["own_claim"]


def test_while_claims_are_in_conflict_nobody_is_named_first_receiver(district: District, rival: User) -> None:
    _one, other = contested(district, rival)
    give = {"part": "first_contact", "unit": district.park, "user": rival, "on": TODAY}
    act = lambda: actions.set_parts(project=other.project, by=district.head, **give)  # noqa: E731
    assert refusal(act) == "claims_in_conflict"


def test_the_part_is_not_taken_from_its_holder_by_hand(district: District) -> None:
    project = lead(district.clerk)
    talk(project, district.clerk)
    give = {"part": "first_contact", "unit": district.bureau, "user": district.head, "on": TODAY}
    act = lambda: actions.set_parts(project=project, by=district.clerk, **give)  # noqa: E731
    assert refusal(act) == "needs_consent"


def test_a_claim_is_refused_twice_out_of_sight_in_the_future_and_after_the_phases(
    district: District, rival: User
) -> None:
    project = lead(district.clerk)
    act: Any = lambda by, on=TODAY: refusal(  # noqa: E731
        lambda: actions.claim(project=project, by=by, on=on, today=TODAY)
    )
    assert act(district.clerk) == "already_claimed"
    assert act(rival) == "not_visible"
    assert act(district.head, TODAY + timedelta(1)) == "invalid"
    assert act(make.user("inspector", unit=district.bureau)) == "needs_register_project"
    Project.objects.filter(pk=project.pk).update(phase="construction")
    assert act(district.head) == "not_claimable"


def test_giving_up_ends_the_part_and_its_clock(district: District) -> None:
    project = lead(district.clerk)
    talk(project, district.clerk)
    claim = standing(project)[0]
    with pytest.raises(Refused):
        actions.give_up(claim=claim, by=district.head, on=TODAY, reason="代为放弃")
    actions.give_up(claim=claim, by=district.clerk, on=TODAY, reason="企业另有意向")
    assert holder(project) is None and not standing(project)
    assert Deadline.objects.get(rule="cadence:first_contact_call").cancelled_on == TODAY
    assert refusal(lambda: actions.give_up(claim=claim, by=district.clerk, on=TODAY, reason="再来")) == (
        "claim_ended"
    )


def offered(district: District, to: User) -> tuple[Project, ClaimHandover]:
    project = lead(district.clerk)
    talk(project, district.clerk)
    offer = actions.hand_over(
        claim=standing(project)[0], to_user=to, by=district.clerk, on=TODAY, reason="工作调整"
    )
    return project, offer


def test_a_hand_over_takes_effect_only_with_consent(district: District, rival: User) -> None:
    project, offer = offered(district, rival)
    assert holder(project) == district.clerk
    assert Project.objects.visible_to(rival).filter(pk=project.pk).exists()
    with pytest.raises(Refused) as refused:
        actions.accept(handover=offer, by=district.head, on=TODAY)
    assert refused.value.codes == ["not_receiver"]
    later = TODAY + timedelta(3)
    claim = actions.accept(handover=offer, by=rival, on=later)
    assert holder(project) == rival
    old = Part.objects.get(case_id=project.pk, part="first_contact", user=district.clerk)
    assert old.valid_to == later - timedelta(1)
    assert (claim.how, claim.protected_until) == ("handed_over", date(2026, 9, 2))
    assert Claim.objects.get(by=district.clerk).ending == "handed_over"
    clock = Deadline.objects.filter(case_id=project.pk).open().get(rule="cadence:first_contact_call")
    assert clock.responsible_user == rival
    assert refusal(lambda: actions.accept(handover=offer, by=rival, on=later)) == "already_answered"


def test_other_leads_of_the_enterprise_pass_along(district: District, rival: User) -> None:
    second = lead(district.clerk, "电池二期")
    project, offer = offered(district, rival)
    actions.accept(handover=offer, by=rival, on=TODAY)
    assert holder(project) == holder(second) == rival
    assert not Claim.objects.in_conflict(TODAY).exists()


def test_a_hand_over_declined_changes_nothing_and_closes_the_case_again(
    district: District, rival: User
) -> None:
    project, offer = offered(district, rival)
    with pytest.raises(Refused):
        actions.decline(handover=offer, by=rival, on=TODAY, reason="")
    actions.decline(handover=offer, by=rival, on=TODAY, reason="人手不足")
    assert holder(project) == district.clerk
    assert not Project.objects.visible_to(rival).filter(pk=project.pk).exists()
    assert Message.objects.filter(key=f"handover:{offer.pk}:declined").exists()


def test_an_offer_is_withdrawn_by_its_holder_and_made_once(district: District, rival: User) -> None:
    _project, offer = offered(district, rival)
    again = {
        "claim": offer.claim,
        "to_user": district.head,
        "by": district.clerk,
        "on": TODAY,
        "reason": "换人",
    }
    assert refusal(lambda: actions.hand_over(**again)) == "already_offered"
    assert (
        refusal(lambda: actions.withdraw_handover(handover=offer, by=rival, on=TODAY, reason="x"))
        == "not_claimant"
    )
    actions.withdraw_handover(handover=offer, by=district.clerk, on=TODAY, reason="自己跟进")
    assert refusal(lambda: actions.accept(handover=offer, by=rival, on=TODAY)) == "already_answered"
    to_admin = again | {"to_user": make.user("system_admin")}
    assert refusal(lambda: actions.hand_over(**to_admin)) == "invalid"


# ---- cadence: R025


def clocks(project: Project) -> list[Deadline]:
    rows = Deadline.objects.filter(case_id=project.pk, rule="cadence:first_contact_call")
    return list(rows.order_by("id"))


def test_the_first_receivers_contacts_meet_the_clock_and_open_the_next(district: District) -> None:
    project = lead(district.clerk)
    talk(project, district.clerk)
    assert [(row.due_on, row.responsible_user) for row in clocks(project)] == [
        (date(2026, 4, 2), district.clerk)
    ]
    day = TODAY + timedelta(20)
    talk(project, district.clerk, day, channel="mail")
    assert clocks(project)[0].is_open
    talk(project, district.clerk, day, channel="wechat")
    first, second = clocks(project)
    assert (first.met_on, second.started_on, second.due_on) == (day, day, date(2026, 4, 22))
    talk(project, district.clerk, TODAY + timedelta(5))  # an older contact noted later
    assert len(clocks(project)) == 2


def test_a_plan_may_want_contact_before_each_friday(db: None) -> None:
    monthly, weekly = (
        'every = { count = 1, unit = "month" }',
        'every = { count = 1, unit = "week", weekday = 5 }',
    )
    district = open_district(reworded=[(monthly, weekly)])
    project = lead(district.clerk)
    talk(project, district.clerk)
    (clock,) = clocks(project)
    assert (clock.due_on, clock.weekday) == (date(2026, 3, 13), 5)


def test_the_clock_ends_with_its_phases_with_shelving_and_begins_again(district: District) -> None:
    project = lead(district.clerk)
    talk(project, district.clerk)
    actions.shelve(project=project, by=district.head, on=TODAY, reason="企业观望")
    assert clocks(project)[-1].cancelled_on == TODAY
    actions.resume(project=project, by=district.head, on=TODAY + timedelta(2))
    assert clocks(project)[-1].is_open and clocks(project)[-1].started_on == TODAY + timedelta(2)
    actions.exit_project(project=project, by=district.head, on=TODAY + timedelta(3), reason="落户外地")
    assert not any(row.is_open for row in clocks(project))
    assert not standing(project)
