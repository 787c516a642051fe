"""One project from lead to production under the shipped packs, and the ways in which it may go wrong."""

from datetime import timedelta

import pytest

from approvals import actions as approvals
from assignments.models import Assignment
from cases.models import Event, Part
from deadlines.actions import approve_pause
from deadlines.models import Deadline, PauseRequest
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import unmet_for_next_phase
from scoring.models import Credit
from tests.law import open_district
from tests.stories.life import AUTHORITIES, Life


@pytest.fixture
def life(db: None) -> Life:
    return Life(open_district())


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {item.code for item in refused.value.unmet}


def clock(life: Life, rule: str) -> Deadline:
    return Deadline.objects.filter(case_id=life.pk, rule=rule).latest("pk")


def test_a_lead_becomes_a_factory_that_produces(life: Life) -> None:
    life.started()
    assert (life.project.phase, life.project.batch) == ("construction", "started")
    life.pass_a_year()
    life.record("works_completed", by=life.commissioner)
    assert life.advance() == "production"
    life.open(life.project, "joint_acceptance", by=life.park_clerk, on=life.day)
    life.accept()
    life.permit("property_registration")
    life.record("in_production", by=life.commissioner)
    row = life.project
    assert (row.phase, row.batch, row.project_class) == ("production", "producing", "major")
    assert unmet_for_next_phase(row) == []
    assert set(life.district.rules.milestones) - life.reached() == {
        "planned", "judged_good", "specially_reported", "utilities_connected", "land_delivered",
        "trial_production", "full_production",
    }  # fmt: skip


def test_every_phase_entered_is_written_down_with_its_clause(life: Life) -> None:
    life.started()
    life.record("works_completed", by=life.commissioner)
    life.advance()
    moves = Event.objects.filter(case_id=life.pk, kind="project.advanced").order_by("pk")
    assert [(event.data["phase"], event.data["clause"]) for event in moves] == [
        ("negotiation", "三(二)"),
        ("landing", "三(三)"),
        ("construction", "三(四)"),
        ("production", "三(五)"),
    ]


def test_the_clocks_of_the_plan_run_and_are_met(life: Life) -> None:
    life.started()
    met = Deadline.objects.filter(case_id=life.pk, met_on__isnull=False)
    permits = {f"step:{code}" for code in AUTHORITIES if code != "property_registration"}
    assert set(met.values_list("rule", flat=True)) == {
        "step:assessment", "step:dispatch:park_answer", "task:name_commissioner", "limit:approval_general",
        *permits,
    }  # fmt: skip
    assert all(row.met_on and row.met_on <= row.due_on for row in met)


def test_signing_books_credit_to_who_introduced(life: Life) -> None:
    life.signed()
    credit = Credit.objects.get(case_id=life.pk, measure="agreed_funds")
    assert (credit.unit, credit.after_fen, credit.factor) == (life.bureau, 24 * 10**10, "1")


def test_signing_asks_the_park_for_a_commissioner_and_naming_one_answers(life: Life) -> None:
    life.signed()
    task = Assignment.objects.get(case_id=life.pk, rule="name_commissioner")
    assert (task.unit, task.state) == (life.district.park, "issued")
    life = Life(life.district, life.people)
    life.served()
    assert Assignment.objects.get(case_id=life.pk, rule="name_commissioner").state == "closed"
    held = Part.objects.get(case_id=life.pk, part="commissioner", valid_to__isnull=True)
    assert held.user == life.commissioner


def test_what_is_not_feasible_goes_no_further_and_is_given_up(life: Life) -> None:
    life.first_talk()
    life.end("assessment", "not_feasible", reason="资金来源不落实")
    with pytest.raises(Refused) as refused:
        life.advance()
    assert {"milestone:assessed", "milestone:dispatched"} <= codes(refused)
    projects.exit_project(project=life.project, by=life.district.head, on=life.day, reason="评估未通过")
    assert not Deadline.objects.filter(case_id=life.pk).open().exists()
    with pytest.raises(Refused, match="已于"):
        life.open(life.project, "assessment", on=life.day, reason="再评一次")


def test_more_work_leads_to_a_second_round(life: Life) -> None:
    life.first_talk()
    life.end("assessment", "more_work", reason="补充资金证明")
    approvals.reopen(step=life.latest("assessment"), by=life.clerk, on=life.day, reason="材料已补充")
    life.end("assessment", "feasible")
    assert (life.latest("assessment").round, "assessed" in life.reached()) == (2, True)


def test_a_veto_blocks_signing_until_a_new_review_passes(life: Life) -> None:
    life.settled()
    step = life.open(life.project, "joint_review", on=life.day)
    life.answer(step.opinions.get(aspect="environment"), life.day, answer="veto", words="排放指标不足")
    life.answer_all(step, life.day)
    with pytest.raises(Refused) as refused:
        approvals.conclude(step=step, verdict="passed", by=life.clerk, on=life.day)
    assert codes(refused) == {"veto:environment:ecology-environment"}
    approvals.conclude(step=step, verdict="vetoed", by=life.clerk, on=life.day, reason="环保否决")
    life.open(life.project, "decision", on=life.day)
    life.end("decision", "approved")
    life.ready_to_sign()
    with pytest.raises(Refused) as refused:
        life.sign()
    assert codes(refused) == {"milestone:joint_review_passed"}
    approvals.reopen(step=step, by=life.clerk, on=life.day, reason="已落实减排")
    life.end("joint_review", "passed")
    life.sign()
    assert life.project.batch == "signed"


def test_what_a_body_puts_off_is_taken_up_again(life: Life) -> None:
    life.reviewed()
    step = life.open(life.project, "decision", on=life.day)
    life.answer(step.opinions.get(aspect="park_committee"), life.day)
    life.answer(step.opinions.get(aspect="government_meeting"), life.day, answer="defer", words="补充测算")
    assert not step.opinions.filter(aspect="standing_committee").exists()
    with pytest.raises(Refused):
        approvals.conclude(step=step, verdict="approved", by=life.clerk, on=life.day)
    approvals.conclude(step=step, verdict="deferred", by=life.clerk, on=life.day, reason="补充测算")
    approvals.reopen(step=step, by=life.clerk, on=life.day, reason="测算已补充")
    life.end("decision", "approved")
    assert "decided" in life.reached()


def test_a_small_project_is_decided_by_the_park_alone(life: Life) -> None:
    life.total = "3亿元"
    life.reviewed()
    step = life.open(life.project, "decision", on=life.day)
    assert list(step.opinions.values_list("aspect", flat=True)) == ["park_committee"]


def test_building_does_not_start_without_permit_and_commissioner(life: Life) -> None:
    life.signed()
    life.advance()
    with pytest.raises(Refused) as refused:
        life.start(by=life.clerk)
    assert codes(refused) == {"milestone:service_commissioner_named", "milestone:construction_permitted"}


def test_a_refused_permit_takes_the_milestone_back(life: Life) -> None:
    life.served()
    for code in ("project_filing", "land_grant", "planning_permit", "construction_permit"):
        life.permit(code)
    approvals.reopen(
        step=life.latest("construction_permit"), by=life.park_clerk, on=life.day, reason="图纸变更"
    )
    by = life.person("housing-construction")
    life.end("construction_permit", "refused", by=by, reason="图审未通过")
    assert "construction_permitted" not in life.reached()
    with pytest.raises(Refused) as refused:
        life.start()
    assert codes(refused) == {"milestone:construction_permitted"}


def test_a_shelved_project_stands_still_with_its_clocks_and_goes_on(life: Life) -> None:
    life.first_talk()
    due = clock(life, "step:assessment").due_on
    head = life.district.head
    projects.shelve(project=life.project, by=life.clerk, on=life.day, reason="企业缓投", approved_by=head)
    assert clock(life, "step:assessment").paused_from is None
    for asked in PauseRequest.objects.pending():
        approve_pause(request=asked, by=head, on=life.day)
    with pytest.raises(Refused, match="搁置"):
        life.end("assessment", "feasible")
    life.wait(10)
    projects.resume(project=life.project, by=life.clerk, on=life.day)
    assert clock(life, "step:assessment").due_on > due + timedelta(days=10)
    life.end("assessment", "feasible")
    assert "assessed" in life.reached()


def test_works_in_two_stages_are_accepted_stage_by_stage(life: Life) -> None:
    life.started()
    for stage in (1, 2):
        with pytest.raises(Refused):
            life.advance()
        life.record("works_completed", by=life.commissioner, part_no=stage, parts_total=2)
        life.open(life.project, "joint_acceptance", by=life.park_clerk, on=life.day, reason=f"第{stage}期")
        life.accept(part_no=stage, parts_total=2)
        if stage == 1:
            with pytest.raises(Refused):
                life.record("in_production", by=life.commissioner)
        life.wait(20)
    assert life.advance() == "production"
    life.record("in_production", by=life.commissioner)
    assert life.project.batch == "producing"


def test_what_must_be_mended_is_accepted_the_second_time(life: Life) -> None:
    life.started()
    step = life.open(life.project, "joint_acceptance", by=life.park_clerk, on=life.day)
    life.answer(step.opinions.get(aspect="construction"), life.day, answer="veto", words="消防整改")
    with pytest.raises(Refused):
        life.accept()
    life.accept(verdict="rectify")
    approvals.reopen(step=step, by=life.park_clerk, on=life.day, reason="已整改")
    life.accept()
    assert "accepted" in life.reached()
