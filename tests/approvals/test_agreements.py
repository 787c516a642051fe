"""Agreements in versions: what one may say, what it reopens, what counts no longer, what signing opens."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Unit
from approvals import actions
from approvals.actions import Commitment, Deed
from approvals.models import Agreement, AgreementState, AgreementVersion, Opinion, Step
from assignments.models import Assignment, Kind, State
from documents.actions import attach, withdraw_attachment
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.approvals.story import TOMORROW, Story, settled, wording
from tests.documents.files import PNG, PROGRAM, upload
from tests.factories import TODAY

DIRTY, CLEAN = "COD 120吨/年", "COD 20吨/年"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def project(story: Story) -> Project:
    return settled(story, story.ready_for_review())


def newest(project: Project) -> AgreementVersion:
    return AgreementVersion.objects.filter(agreement__case_id=project.pk).latest("pk")


def latest(project: Project, code: str) -> Step:
    return Step.objects.filter(case_id=project.pk, code=code).select_related("case").latest("round")


def asked(step: Step, aspect: str) -> Opinion:
    return step.opinions.select_related("unit").get(aspect=aspect, in_force=True)


def reviewed(story: Story, project: Project) -> Step:
    step = story.open(project, "joint_review")
    story.answer_all(step)
    return story.conclude(step, "passed")


def decided(story: Story, project: Project) -> Step:
    step = story.open(project, "decision")
    story.answer_all(step)
    return story.conclude(step, "approved")


def signed(story: Story, project: Project, on: date = TODAY) -> None:
    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=on)
    projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=on)
    projects.edit(project=project, by=story.clerk, on=on, changes={"agreement_grade": "agreement"})
    actions.sign(project=project, deed=Deed(), by=story.clerk, on=on, today=on)


def refused(run: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


# ---- what a version may say


def test_a_version_keeps_values_and_not_words(story: Story) -> None:
    version = story.draft(
        story.district.project(), total_investment="２亿元", intensity="350.50", start_on="2026-06-01",
        local_share="30%",
    )  # fmt: skip
    kept = {
        code: version.values[code] for code in ("total_investment", "intensity", "start_on", "local_share")
    }
    expected = {"total_investment": 20_000_000_000, "intensity": "350.5", "start_on": "2026-06-01"}
    assert kept == expected | {"local_share": "30"}


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("total_investment", "很多"), ("total_investment", "-1亿元"), ("total_investment", "0.001元"),
        ("total_investment", "99999999亿元"), ("intensity", "高"), ("intensity", "-3"), ("intensity", "NaN"),
        ("intensity", "1e400000"), ("start_on", "2026-02-30"), ("start_on", "明年"),
        ("start_on", "9999-01-01"),
        ("local_share", "101"), ("content", "长" * 1001), ("nonsense", "1"),
    ],
)  # fmt: skip
def test_an_unreadable_term_is_named_and_nothing_is_saved(story: Story, term: str, text: str) -> None:
    project = story.district.project()
    why = refused(lambda: story.draft(project, **{term: text}))
    assert (why.status, why.unmet[0].field) == ("invalid", term)
    assert not Agreement.objects.exists()


def test_what_a_grade_requires_is_missed_with_its_clause(story: Story) -> None:
    why = refused(lambda: story.draft(story.district.project(), grade="contract"))
    assert why.codes == ["term:start_on", "term:finish_on", "term:production_on"]
    assert {item.clause for item in why.unmet} == {"三(二)6"}


def test_an_unknown_grade_names_those_there_are(story: Story) -> None:
    assert "意向（intention）" in str(refused(lambda: story.draft(story.district.project(), grade="框架")))


def test_a_version_without_a_paper_is_refused(story: Story) -> None:
    draft = replace(wording(), paper=None)
    project = story.district.project()
    why = refused(
        lambda: actions.draft_agreement(project=project, title="协议", draft=draft, by=story.clerk, on=TODAY)
    )
    assert why.unmet[0].field == "paper"


def test_a_program_is_no_agreement(story: Story) -> None:
    project = story.district.project()
    why = refused(lambda: story.draft(project, paper=upload(PROGRAM, "协议.pdf")))
    assert why.status == "invalid"
    assert not AgreementVersion.objects.exists()


def test_another_projects_paper_or_one_withdrawn_is_refused(story: Story) -> None:
    project, other = story.district.project("甲"), story.district.project("乙")
    strange = attach(case=other.case, kind="draft_agreement", upload=upload(), by=story.clerk, on=TODAY)
    assert refused(lambda: story.draft(project, paper=strange)).unmet[0].field == "paper"
    own = attach(case=project.case, kind="draft_agreement", upload=upload(), by=story.clerk, on=TODAY)
    withdraw_attachment(attachment=own, by=story.clerk, on=TODAY, reason="传错")
    own.refresh_from_db()
    assert refused(lambda: story.draft(project, paper=own)).unmet[0].field == "paper"
    photo = attach(case=project.case, kind="other", upload=upload(PNG, "图.png"), by=story.clerk, on=TODAY)
    assert refused(lambda: story.draft(project, paper=photo)).codes == ["wrong_kind"]


@pytest.mark.parametrize(
    "rows",
    [
        [("finance", " ", None)], [("finance", "兑现奖补", TODAY)], [("finance", "长" * 121, None)],
        [("finance", "兑现奖补", None), ("finance", "兑现奖补", None)],
    ],
)  # fmt: skip
def test_a_commitment_needs_words_a_day_to_come_and_stands_once(story: Story, rows: Any) -> None:
    project = story.district.project()
    promised = tuple(Commitment(story.district.unit(code), what, by) for code, what, by in rows)
    assert refused(lambda: story.draft(project, commitments=promised)).unmet[0].field == "commitments"


def test_a_second_agreement_must_say_why_it_replaces_the_first(story: Story) -> None:
    project = story.district.project()
    first = story.draft(project, grade="intention").agreement
    assert refused(lambda: story.draft(project)).codes == ["agreement_under_way"]
    actions.draft_agreement(
        project=project, title="投资合同", draft=wording(), by=story.clerk, on=TODAY, supersede="意向转为协议"
    )
    first.refresh_from_db()
    assert first.state == AgreementState.SUPERSEDED
    assert refused(lambda: story.revise(AgreementVersion.objects.get(agreement=first))).status == "conflict"


@pytest.mark.parametrize(
    "who", [("reviewer", "finance"), ("leader", "district-government"), ("park_clerk", None)]
)
def test_who_does_not_work_on_the_project_writes_no_agreement(story: Story, who: Any) -> None:
    project = story.district.project()
    by = story.person(who[1], who[0]) if who[1] else factories.user(who[0])
    draft = wording()
    why = refused(
        lambda: actions.draft_agreement(project=project, title="协议", draft=draft, by=by, on=TODAY)
    )
    assert why.status == "forbidden"


def test_versions_are_added_and_never_changed(story: Story) -> None:
    first = story.draft(story.district.project())
    second = story.revise(first, emission=CLEAN)
    assert (first.number, second.number) == (1, 2)
    assert "emission" not in AgreementVersion.objects.get(pk=first.pk).values
    with pytest.raises(Exception, match="append-only"):
        AgreementVersion.objects.filter(pk=first.pk).update(note="改")


def test_the_same_wording_and_paper_again_is_no_version(story: Story) -> None:
    first = story.draft(story.district.project())
    assert refused(lambda: story.revise(first)).unmet[0].field == "paper"


def test_whoever_read_an_older_version_is_told(story: Story) -> None:
    first = story.draft(story.district.project())
    story.revise(first, emission=CLEAN)
    why = refused(
        lambda: actions.revise_agreement(
            agreement=first.agreement, draft=wording(emission=DIRTY), by=story.clerk, on=TODAY, expected=1
        )
    )
    assert (why.status, "第 2 版" in str(why)) == ("conflict", True)


def test_a_version_is_not_older_than_the_one_before(story: Story) -> None:
    first = story.draft(story.district.project())
    why = refused(lambda: story.revise(first, on=TODAY - timedelta(days=1), emission=CLEAN))
    assert why.unmet[0].field == "on"


# ---- the review is bound to one version


def test_a_review_without_a_version_to_examine_is_refused_with_the_way_to_it(story: Story) -> None:
    project = story.district.project()
    projects.set_parts(
        project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY, produced=True
    )
    story.reach(project, "first_talk_registered", "assessed", "dispatched")
    (item,) = refused(lambda: story.open(project, "joint_review")).unmet
    assert (item.code, item.clause) == ("agreement:agreement", "三(三)7")
    assert item.url == f"/projects/{project.pk}/agreement/new/"


def test_a_review_records_the_version_it_examines(story: Story, project: Project) -> None:
    assert story.open(project, "joint_review").agreement_version == newest(project)


def test_only_what_the_change_touches_is_asked_again(story: Story, project: Project) -> None:
    step = story.open(project, "joint_review")
    story.answer_all(step)
    second = story.revise(newest(project), emission=CLEAN)
    step.refresh_from_db()
    assert step.agreement_version == second
    assert asked(step, "environment").given_on is None
    assert asked(step, "energy").answer == asked(step, "safety").answer == "pass"
    assert step.opinions.filter(aspect="environment", in_force=False, answer="pass").count() == 1


def test_a_preview_says_the_same_and_changes_nothing(story: Story, project: Project) -> None:
    reviewed(story, project)
    version = newest(project)
    found = actions.preview_agreement(
        agreement=version.agreement,
        draft=replace(wording(emission=CLEAN), paper=None),
        by=story.clerk,
        on=TODAY,
    )
    assert [one.code for one in found.changes] == ["emission"]
    assert found.lines == [
        "联合预审：撤回“联合预审通过”",
        "联合预审：重新征求环保（区生态环境局），其余意见沿用",
    ]
    assert "joint_review_passed" in reached_codes(project)
    assert newest(project) == version


def test_a_change_after_the_review_passed_withdraws_it_and_opens_another_round(
    story: Story, project: Project
) -> None:
    first = reviewed(story, project)
    story.revise(newest(project), emission=CLEAN, on=TOMORROW)
    again = latest(project, "joint_review")
    assert "joint_review_passed" not in reached_codes(project)
    assert (again.round, again.is_running) == (2, True)
    assert asked(again, "environment").given_on is None
    assert asked(again, "energy").carried_from == asked(first, "energy")
    story.answer(asked(again, "environment"), on=TOMORROW)
    story.conclude(again, "passed", on=TOMORROW)
    assert "joint_review_passed" in reached_codes(project)


def test_a_change_that_touches_no_aspect_carries_the_review_over(story: Story, project: Project) -> None:
    reviewed(story, project)
    story.revise(newest(project), jobs="300")
    assert "joint_review_passed" in reached_codes(project)
    assert latest(project, "joint_review").round == 1


def test_a_veto_is_lifted_only_by_a_new_opinion_of_the_same_unit(story: Story, project: Project) -> None:
    step = story.open(project, "joint_review")
    story.answer(asked(step, "environment"), answer="veto", words="排放超标")
    story.answer_all(step)
    story.revise(newest(project), energy_use="5000")  # touches energy only
    story.answer_all(step)
    assert "veto:environment:ecology-environment" in refused(lambda: story.conclude(step, "passed")).codes
    story.revise(newest(project), energy_use="5000", emission=CLEAN)
    why = refused(lambda: story.conclude(step, "passed"))
    assert "veto:environment:ecology-environment" in why.codes  # asked again, not answered yet
    story.answer(asked(step, "environment"), answer="pass")
    assert story.conclude(step, "passed").verdict == "passed"


def test_after_a_concluded_veto_the_changed_term_alone_is_asked_again(story: Story, project: Project) -> None:
    step = story.open(project, "joint_review")
    story.answer(asked(step, "environment"), answer="veto", words="排放超标")
    story.answer_all(step)
    story.conclude(step, "vetoed", reason="环保否决")
    story.revise(newest(project), emission=CLEAN)
    again = latest(project, "joint_review")
    waiting = again.opinions.filter(in_force=True, given_on=None).values_list("aspect", flat=True)
    assert (again.round, list(waiting)) == (2, ["environment"])


def test_an_opinion_on_a_version_read_before_the_new_one_does_not_count(
    story: Story, project: Project
) -> None:
    step, old = story.open(project, "joint_review"), newest(project)
    story.revise(old, emission=CLEAN)
    row = asked(step, "environment")
    why = refused(lambda: story.answer(row, answer="pass", agreement_version=old.pk))
    assert (why.codes, why.unmet[0].clause, why.status) == (["superseded_version"], "三(三)7", "conflict")


def test_concluding_on_a_superseded_version_is_refused_with_the_clause(
    story: Story, project: Project
) -> None:
    step, old = story.open(project, "joint_review"), newest(project)
    story.answer_all(step)
    story.revise(old, jobs="300")
    why = refused(lambda: story.conclude(step, "passed", agreement_version=old.pk))
    assert (why.codes, why.unmet[0].clause) == (["superseded_version"], "三(三)7")
    assert story.conclude(step, "passed", agreement_version=newest(project).pk).verdict == "passed"


def test_a_paper_from_before_the_new_version_is_not_entered_for_it(story: Story, project: Project) -> None:
    step = story.open(project, "joint_review")
    paper = {"scan": upload(), "by": story.clerk, "answer": "pass"}
    actions.record_on_behalf(opinion=asked(step, "environment"), on=TODAY, **paper)
    story.revise(newest(project), emission=CLEAN, on=TOMORROW)
    why = refused(
        lambda: actions.record_on_behalf(
            opinion=asked(step, "environment"), on=TOMORROW, given_on=TODAY, **paper
        )
    )
    assert (why.codes, why.unmet[0].clause) == (["superseded_version"], "三(三)7")


def test_a_new_version_withdraws_the_decision_which_is_then_taken_anew(
    story: Story, project: Project
) -> None:
    reviewed(story, project)
    decided(story, project)
    story.revise(newest(project), jobs="300")
    assert "decided" not in reached_codes(project)
    assert latest(project, "decision").round == 1
    assert refused(lambda: signed(story, project)).codes == ["milestone:decided"]
    again = story.open(project, "decision", reason="协议更新")
    assert again.agreement_version == newest(project)


def test_another_agreement_is_a_new_version_to_the_reviews_of_the_one_before(
    story: Story, project: Project
) -> None:
    reviewed(story, project)
    actions.draft_agreement(
        project=project,
        title="投资合同",
        draft=wording(energy_use="9000"),
        by=story.clerk,
        on=TODAY,
        supersede="协议改为合同",
    )
    again = latest(project, "joint_review")
    waiting = again.opinions.filter(in_force=True, given_on=None).values_list("aspect", flat=True)
    assert (list(waiting), again.agreement_version) == (["energy"], newest(project))


def test_a_given_up_agreement_ends_its_reviews_and_what_they_had_reached(
    story: Story, project: Project
) -> None:
    reviewed(story, project)
    running = story.open(project, "decision")
    agreement = newest(project).agreement
    assert (
        refused(
            lambda: actions.give_up_agreement(agreement=agreement, by=story.clerk, on=TODAY, reason=" ")
        ).status
        == "invalid"
    )
    actions.give_up_agreement(agreement=agreement, by=story.clerk, on=TODAY, reason="企业放弃投资")
    running.refresh_from_db()
    assert (running.cancelled_reason, "joint_review_passed" in reached_codes(project)) == (
        "企业放弃投资",
        False,
    )
    assert refused(lambda: story.revise(newest(project), jobs="3")).codes == ["agreement_ended"]
    assert refused(lambda: story.open(project, "joint_review", reason="再来")).codes == [
        "agreement:agreement"
    ]


# ---- after signing


def promised(story: Story) -> tuple[Commitment, ...]:
    finance, energy = (story.district.unit(code) for code in ("finance", "economy-information"))
    return Commitment(finance, "兑现设备奖补", date(2026, 5, 29)), Commitment(energy, "协调双回路供电")


def commitments(project: Project) -> dict[str, Assignment]:
    rows = Assignment.objects.filter(case_id=project.pk, kind=Kind.COMMITMENT).select_related(
        "deadline", "unit"
    )
    return {row.title: row for row in rows.order_by("pk")}


def test_signing_hands_each_commitment_to_its_unit_with_its_day(story: Story, project: Project) -> None:
    story.revise(
        newest(project), commitments=promised(story), land_ready_on="2026-04-30", site_service="七通一平"
    )
    reviewed(story, project)
    decided(story, project)
    signed(story, project)
    found = commitments(project)
    assert {title: row.unit.code for title, row in found.items()} == {
        "兑现设备奖补": "finance",
        "协调双回路供电": "economy-information",
        "净地交付日期：2026-04-30": "planning-natural-resources",
        "水电气讯接入：七通一平": story.district.park.code,
    }
    days = [found[title].deadline for title in ("兑现设备奖补", "协调双回路供电", "净地交付日期：2026-04-30")]
    assert [clock.due_on for clock in days if clock] == [
        date(2026, 5, 29),
        date(2026, 4, 14),
        date(2026, 4, 30),
    ]
    agreement = newest(project).agreement
    assert (agreement.state, agreement.signed_version) == (AgreementState.SIGNED, newest(project))


def test_a_signing_withdrawn_takes_them_back_and_one_repeated_opens_them_once(
    story: Story, project: Project
) -> None:
    story.revise(newest(project), commitments=promised(story))
    reviewed(story, project)
    decided(story, project)
    signed(story, project)
    projects.withdraw(
        project=project, milestone="signed", by=story.district.head, on=TODAY, reason="登记有误"
    )
    assert {row.state for row in commitments(project).values()} == {State.REVOKED}
    assert newest(project).agreement.state == AgreementState.SETTLED
    actions.sign(project=project, deed=Deed(), by=story.clerk, on=TODAY, today=TODAY)
    rows = Assignment.objects.filter(case_id=project.pk, kind=Kind.COMMITMENT)
    assert rows.exclude(state=State.REVOKED).count() == len(promised(story))


def test_a_signed_agreement_takes_no_further_version(story: Story, project: Project) -> None:
    reviewed(story, project)
    decided(story, project)
    signed(story, project)
    why = refused(lambda: story.revise(newest(project), jobs="300"))
    assert (why.codes, why.status) == (["already_signed"], "conflict")


def test_a_unit_that_has_gone_hands_its_commitment_to_its_heir(story: Story, project: Project) -> None:
    story.revise(newest(project), commitments=promised(story))
    heir = story.district.unit("commerce")
    Unit.objects.filter(code="finance").update(valid_to=TODAY - timedelta(days=1), successor=heir)
    reviewed(story, project)
    decided(story, project)
    signed(story, project)
    assert commitments(project)["兑现设备奖补"].unit == heir
