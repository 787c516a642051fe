"""移交: fires by itself when what the plan asks for is there, goes to all receivers, each answers for
itself."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from assignments.models import Assignment
from cases.models import Event, Part
from deadlines.models import Deadline
from deadlines.sweep import sweep
from kernel.refusals import Refused
from notices.models import Message
from projects.gates import reached_codes
from projects.hooks import MilestoneChange
from projects.models import Project, ReachedMilestone
from service.handing import actions, following
from service.models import Handing, Receipt
from service.team import actions as team
from tests.documents.files import upload
from tests.factories import TODAY
from tests.service.district import NEXT, Served, signed

pytestmark = pytest.mark.django_db
RECEIVERS = {"guarantee", "supervising", "landing"}


@pytest.fixture
def found() -> Served:
    served = signed()
    team.fill(
        project=served.project, post="lead_department", unit=served.unit("economy-information"),
        by=served.clerk, on=TODAY,
    )  # fmt: skip
    return served


@pytest.fixture
def handed(found: Served) -> Served:
    found.reach("supplement_signed", "land_prepaid")
    return found


def receipt(part: str) -> Receipt:
    rows = Receipt.objects.select_related("handing__project", "unit", "deadline")
    return rows.filter(part=part).latest("pk")


def answerer(found: Served, part: str) -> User:
    unit = receipt(part).unit
    return found.person("park_clerk" if unit.kind == "park" else "reviewer", unit.code)


def acknowledge(found: Served, *parts: str, on: date = NEXT) -> None:
    for part in parts:
        actions.acknowledge(receipt=receipt(part), by=answerer(found, part), on=on)


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


@pytest.mark.parametrize("first", ["supplement_signed", "land_prepaid"])
def test_a_land_project_is_handed_over_when_both_are_there_and_not_before(found: Served, first: str) -> None:
    found.reach(first)
    assert not Handing.objects.exists()
    found.reach(*({"supplement_signed", "land_prepaid"} - {first}))
    row = Handing.objects.get()
    assert (row.rule, row.clause, row.way, row.from_unit.code) == (
        "into_construction", "二(1)", "platform", "investment-bureau",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "fires"), [("lease", True), ("build_for", True), ("purchase", True), ("grant", False)]
)
def test_lease_build_for_and_purchase_are_handed_over_with_their_contract(
    found: Served, mode: str, fires: bool
) -> None:
    found.edit(land_mode=mode)
    found.reach("premises_contracted")
    assert Handing.objects.exists() is fires


def test_the_hand_over_waits_for_how_the_site_is_had_and_follows_when_that_is_filled_in(
    found: Served,
) -> None:
    found.reach("premises_contracted")
    assert not Handing.objects.exists()
    found.edit(land_mode="lease")
    assert Handing.objects.get().rule == "into_construction"


def test_a_project_outside_the_scope_is_not_handed_over() -> None:
    small = signed(fixed_asset="5000万元")
    small.reach("supplement_signed", "land_prepaid")
    assert not Handing.objects.exists()


def test_all_receivers_are_pushed_to_at_once_each_with_a_clock_and_a_message(handed: Served) -> None:
    rows = {row.part: row for row in Receipt.objects.all()}
    assert set(rows) == RECEIVERS
    for row in rows.values():
        assert (row.deadline.due_on, row.deadline.responsible_unit) == (date(2026, 3, 5), row.unit)
        assert Message.objects.get(key=f"receipt:{row.pk}").tells == {"units": [row.unit_id]}


def test_once_all_have_acknowledged_the_milestone_is_reached(handed: Served) -> None:
    acknowledge(handed, "guarantee", "landing")
    assert "information_handed_over" not in reached_codes(handed.project)
    acknowledge(handed, "supervising")
    assert "information_handed_over" in reached_codes(handed.project)
    assert Handing.objects.get().completed_on == NEXT
    assert not Deadline.objects.open().filter(rule="handing:into_construction").exists()


def test_another_unit_does_not_acknowledge(handed: Served) -> None:
    stranger = handed.person("reviewer", "economy-information")
    with pytest.raises(Refused) as refused:
        actions.acknowledge(receipt=receipt("landing"), by=stranger, on=NEXT)
    assert (refused.value.status, codes(refused)) == ("forbidden", ["not_receiver"])


def test_whoever_hands_over_does_not_acknowledge_for_the_others(handed: Served) -> None:
    with pytest.raises(Refused) as refused:
        actions.acknowledge(receipt=receipt("landing"), by=handed.clerk, on=NEXT)
    assert codes(refused) == ["not_receiver"]


def test_nobody_answers_twice(handed: Served) -> None:
    acknowledge(handed, "landing")
    for act in (
        lambda by: actions.acknowledge(receipt=receipt("landing"), by=by, on=NEXT),
        lambda by: actions.decline(receipt=receipt("landing"), reason="不属本单位", by=by, on=NEXT),
    ):
        with pytest.raises(Refused) as refused:
            act(answerer(handed, "landing"))
        assert (refused.value.status, codes(refused)) == ("conflict", ["already_answered"])


def test_what_is_given_back_goes_to_whoever_handed_over_and_may_be_pushed_again(handed: Served) -> None:
    by = answerer(handed, "guarantee")
    row = actions.decline(receipt=receipt("guarantee"), reason="资料不全", by=by, on=NEXT)
    assert Deadline.objects.get(pk=row.deadline_id).cancelled_on == NEXT
    told = Message.objects.get(key=f"receipt:{row.pk}:declined")
    assert told.tells == {"units": [handed.district.bureau.pk]}
    again = actions.push_again(receipt=row, by=handed.clerk, on=NEXT)
    row.refresh_from_db()
    assert (row.replaced_by, again.unit, again.deadline.started_on) == (again, row.unit, NEXT)
    acknowledge(handed, "guarantee")
    assert not receipt("guarantee").is_waiting


def test_giving_back_takes_a_reason(handed: Served) -> None:
    with pytest.raises(Refused) as refused:
        actions.decline(receipt=receipt("landing"), reason=" ", by=answerer(handed, "landing"), on=NEXT)
    assert refused.value.unmet[0].field == "reason"


def test_only_what_was_given_back_is_pushed_again_and_only_once(handed: Served) -> None:
    with pytest.raises(Refused) as refused:
        actions.push_again(receipt=receipt("landing"), by=handed.clerk, on=NEXT)
    assert codes(refused) == ["not_declined"]
    row = actions.decline(
        receipt=receipt("landing"), reason="用地未落实", by=answerer(handed, "landing"), on=NEXT
    )
    actions.push_again(receipt=row, by=handed.clerk, on=NEXT)
    with pytest.raises(Refused) as refused:
        actions.push_again(receipt=row, by=handed.clerk, on=NEXT)
    assert codes(refused) == ["not_declined"]


def test_a_part_is_not_taken_from_its_holder_by_pushing_to_another(handed: Served) -> None:
    row = actions.decline(
        receipt=receipt("guarantee"), reason="不属本单位", by=answerer(handed, "guarantee"), on=NEXT
    )
    with pytest.raises(Refused) as refused:
        actions.push_again(receipt=row, unit=handed.unit("commerce"), by=handed.clerk, on=NEXT)
    assert codes(refused) == ["not_holder"]
    assert refused.value.unmet[0].url == f"/projects/{handed.project.pk}/team/"


def test_a_new_holder_of_a_part_that_gave_it_back_is_pushed_to_by_itself(handed: Served) -> None:
    declined = actions.decline(
        receipt=receipt("guarantee"), reason="不属本单位", by=answerer(handed, "guarantee"), on=NEXT
    )
    old = handed.holder("guarantee")
    team.replace(
        project=handed.project, part=old, unit=handed.unit("commerce"), by=handed.clerk,
        on=NEXT + timedelta(days=1), reason="改由商务委包保",
    )  # fmt: skip
    declined.refresh_from_db()
    assert receipt("guarantee").unit.code == "commerce"
    assert declined.replaced_by == receipt("guarantee")


def test_a_receiver_who_is_not_named_yet_is_pushed_to_when_it_is() -> None:
    found = signed()
    found.reach("supplement_signed", "land_prepaid")
    assert set(Receipt.objects.values_list("part", flat=True)) == RECEIVERS - {"guarantee"}
    team.fill(
        project=found.project, post="lead_department", unit=found.unit("commerce"), by=found.clerk, on=NEXT
    )
    assert receipt("guarantee").pushed_on == NEXT


def test_what_the_predecessor_has_not_answered_is_the_new_holders_to_answer(handed: Served) -> None:
    team.replace(
        project=handed.project, part=handed.holder("guarantee"), unit=handed.unit("commerce"),
        by=handed.clerk, on=NEXT, reason="分工调整",
    )  # fmt: skip
    row = receipt("guarantee")
    commerce = handed.unit("commerce")
    assert (row.unit, row.deadline.responsible_unit) == (commerce, commerce)
    assert Receipt.objects.filter(part="guarantee").count() == 1


def test_with_its_milestone_withdrawn_the_hand_over_is_undone(handed: Served) -> None:
    acknowledge(handed, *RECEIVERS)
    handed.withdraw("land_prepaid")
    row = Handing.objects.get()
    assert row.withdrawn_on == NEXT
    assert "information_handed_over" not in reached_codes(handed.project)
    assert Event.objects.filter(kind="handing.withdrawn").count() == 1


def test_reached_again_it_is_handed_over_again(handed: Served) -> None:
    handed.withdraw("land_prepaid")
    with pytest.raises(Refused) as refused:
        acknowledge(handed, "landing")
    assert codes(refused) == ["withdrawn"]
    handed.reach("land_prepaid", on=NEXT)
    assert Handing.objects.filter(withdrawn_on=None).count() == 1
    acknowledge(handed, "landing")


def test_two_hand_overs_by_one_rule_never_stand_side_by_side(handed: Served) -> None:
    row = Handing.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Handing.objects.create(
            project=row.project, rule=row.rule, name=row.name, from_unit=row.from_unit, way="platform",
            on=TODAY, by=handed.clerk,
        )  # fmt: skip


def test_a_late_receipt_is_urged_by_the_ladder(handed: Served) -> None:
    sweep(date(2026, 3, 6))
    urged = Assignment.objects.filter(kind="urge", deadline__rule="handing:into_construction")
    assert set(urged.values_list("unit", flat=True)) == set(Receipt.objects.values_list("unit", flat=True))
    acknowledge(handed, "landing", on=date(2026, 3, 6))
    assert urged.filter(state="closed").count() == 1


def test_a_corrected_day_moves_the_clocks_that_still_run(handed: Served) -> None:
    acknowledge(handed, "landing", on=TODAY)
    change = MilestoneChange(handed.project, "land_prepaid", date(2026, 2, 27), handed.clerk, "corrected")
    following.on_milestone(change)
    assert receipt("guarantee").deadline.due_on == date(2026, 3, 3), "28 February is a working Saturday"
    assert receipt("landing").deadline.started_on == TODAY


def test_after_acceptance_the_project_goes_to_the_operating_department(handed: Served) -> None:
    handed.reach("construction_started", "works_completed", "accepted")
    row = Handing.objects.get(rule="into_operation")
    assert (row.from_unit.code, receipt("operating").unit.code) == (
        "government-services",
        "economy-information",
    )
    assert handed.held_by("operating").code == "economy-information"
    acknowledge(handed, "operating")
    assert "handed_to_operating" in reached_codes(handed.project)


def test_what_the_push_had_opened_closes_when_it_is_given_back(handed: Served) -> None:
    handed.reach("construction_started", "works_completed", "accepted")
    actions.decline(
        receipt=receipt("operating"), reason="尚未投产", by=answerer(handed, "operating"), on=NEXT
    )
    assert handed.holder("operating") is None


def test_by_letter_what_is_missing_is_named_with_its_clause(found: Served) -> None:
    with pytest.raises(Refused) as refused:
        actions.by_letter(
            project=found.project, rule="into_construction", number="天招函〔2026〕3号", paper=upload(),
            by=found.clerk, on=TODAY,
        )  # fmt: skip
    assert set(codes(refused)) == {
        "milestone:supplement_signed", "milestone:land_prepaid", "milestone:premises_contracted",
    }  # fmt: skip
    assert all(item.clause and item.url for item in refused.value.unmet)


def test_a_letter_joins_the_hand_over_that_the_platform_made_once(handed: Served) -> None:
    said = {"project": handed.project, "rule": "into_construction", "by": handed.clerk, "on": TODAY}
    row = actions.by_letter(number="天招函〔2026〕3号", paper=upload(), **said)
    assert row.letter is not None
    assert (row.letter_no, row.letter.kind) == ("天招函〔2026〕3号", "handover_letter")
    assert Handing.objects.count() == 1
    with pytest.raises(Refused) as refused:
        actions.by_letter(number="天招函〔2026〕4号", paper=upload(), **said)
    assert codes(refused) == ["already_by_letter"]


def test_what_an_old_ledger_brought_in_is_handed_over_by_letter(found: Served) -> None:
    Project.objects.filter(pk=found.project.pk).update(from_ledger=True)
    project = Project.objects.select_related("case").get(pk=found.project.pk)
    for code in ("supplement_signed", "land_prepaid"):
        ReachedMilestone.objects.create(project=project, code=code, on=TODAY, recorded_by=found.clerk)
    row = actions.by_letter(
        project=project, rule="into_construction", number="天招函〔2026〕5号", paper=upload(), by=found.clerk,
        on=TODAY,
    )  # fmt: skip
    assert (row.way, row.receipts.count()) == ("letter", len(RECEIVERS))


@pytest.mark.parametrize("role", ["park_clerk", "reviewer", "leader"])
def test_only_the_unit_that_the_plan_names_hands_over_by_letter(found: Served, role: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.by_letter(
            project=found.project, rule="into_construction", number="1", paper=upload(),
            by=found.person(role, found.park.code), on=TODAY,
        )  # fmt: skip
    assert refused.value.status == "forbidden"


def test_a_hand_over_made_in_error_is_undone_with_a_reason_by_whoever_made_it(handed: Served) -> None:
    row = Handing.objects.get()
    with pytest.raises(Refused):
        actions.withdraw(handing=row, reason="误", by=handed.person("park_clerk", handed.park.code), on=NEXT)
    with pytest.raises(Refused):
        actions.withdraw(handing=row, reason=" ", by=handed.clerk, on=NEXT)
    actions.withdraw(handing=row, reason="企业信息有误", by=handed.clerk, on=NEXT)
    assert not Receipt.objects.waiting().exists()
    assert Part.objects.filter(case=handed.project.case, part="landing", valid_to=None).exists()
