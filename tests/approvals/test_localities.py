"""The same project under three localities' packs: where their plans differ, it ends otherwise."""

from dataclasses import dataclass
from datetime import date

import pytest

from approvals import actions
from approvals.models import Step
from deadlines.models import Deadline
from documents.actions import attach
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project
from tests.approvals.story import Story, settled
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import open_district

pytestmark = pytest.mark.django_db
FULING, GUIZHOU, OPTIMISATION = (
    "fuling-lifecycle-2024",
    "elsewhere/guizhou-landing-2021",
    "elsewhere/optimisation-2022",
)
BESIDE = {FULING: ("fuling-promotion-2021",)}
BEFORE_REVIEW = {
    FULING: ("first_talk_registered", "assessed", "dispatched"),
    GUIZHOU: ("talks_begun",),
    OPTIMISATION: ("prescreened",),
}


@dataclass
class Told:
    story: Story
    pack: str
    project: Project

    def reviewed(self, vetoed: str) -> None:
        """Joint review: everybody agrees, but for one aspect where the plan asks about it."""
        step = self.story.open(self.project, "joint_review")
        for opinion in step.opinions.filter(in_force=True).select_related("unit"):
            if opinion.aspect == vetoed:
                self.story.answer(opinion, answer="veto", words="不符合要求")
            else:
                self.story.answer(opinion)
        against = step.opinions.filter(answer="veto").exists()
        self.story.conclude(step, "vetoed" if against else "passed")

    def sign(self) -> None:
        story, project = self.story, self.project
        if self.pack == FULING:
            story.reach(settled(story, project), "decided")
        attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
        projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=TODAY)
        if self.pack == FULING:
            changes = {"agreement_grade": "contract"}
            projects.edit(project=project, by=story.clerk, on=TODAY, changes=changes)
        deed = actions.Deed()
        actions.sign(project=project, deed=deed, by=story.district.head, on=TODAY, today=TODAY)


def told(pack: str) -> Told:
    story = Story(open_district(packs=[pack, *BESIDE.get(pack, ())]))
    project = story.district.project()
    projects.set_money(project=project, measure="total", raw="8亿元", by=story.clerk, on=TODAY)
    projects.set_parts(
        project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY, produced=True
    )
    story.reach(project, *BEFORE_REVIEW[pack])
    if pack == FULING:  # whose review examines an agreement
        story.draft(project)
    return Told(story, pack, Project.objects.get(pk=project.pk))


@pytest.mark.parametrize(
    ("vetoed", "refused_under"),
    [
        ("", set()),
        ("environment", {FULING, GUIZHOU, OPTIMISATION}),
        ("energy", {FULING}),
        ("over_capacity", {GUIZHOU}),
        ("vanity", {GUIZHOU}),
        ("land", {OPTIMISATION}),
    ],
)
@pytest.mark.parametrize("pack", [FULING, GUIZHOU, OPTIMISATION])
def test_what_forbids_signing_is_what_the_locality_examines(
    pack: str, vetoed: str, refused_under: set[str]
) -> None:
    told_one = told(pack)
    told_one.reviewed(vetoed)
    if pack not in refused_under:
        told_one.sign()
        assert "signed" in reached_codes(told_one.project)
        return
    with pytest.raises(Refused) as refused:
        told_one.sign()
    assert "milestone:joint_review_passed" in refused.value.codes
    clause = told_one.story.district.rules.steps["joint_review"].clause
    assert clause in {item.clause for item in refused.value.unmet}
    assert "signed" not in reached_codes(told_one.project)


def test_in_guizhou_the_platform_must_have_it_within_a_month_of_signing() -> None:
    """R295; elsewhere no such clock runs."""
    here = told(GUIZHOU)
    here.reviewed("")
    here.sign()
    clock = Deadline.objects.get(case_id=here.project.pk, rule="limit:platform_entry")
    assert (clock.started_on, clock.due_on, clock.clause) == (TODAY, date(2026, 4, 2), "一(五)3")


def test_without_the_platform_s_receipt_construction_is_not_entered() -> None:
    here = told(GUIZHOU)
    here.reviewed("")
    here.sign()
    for _phase in ("negotiation", "landing"):
        projects.advance(project=here.project, by=here.story.district.head, on=TODAY)
    with pytest.raises(Refused) as refused:
        projects.advance(project=here.project, by=here.story.district.head, on=TODAY)
    assert refused.value.codes == ["milestone:entered_in_platform"]


@pytest.mark.parametrize(("score", "passes"), [(59, False), (60, True)])
def test_where_a_plan_weighs_scores_its_pass_mark_decides(score: int, passes: bool) -> None:
    story = Story(open_district(packs=[OPTIMISATION]))
    project = story.district.project()
    step: Step = story.open(project, "prescreen")
    for opinion in step.opinions.select_related("unit"):
        story.answer(opinion, words="已研判", score=score)
    if passes:
        story.conclude(step, "go_on")
    else:
        with pytest.raises(Refused, match=r"综合得分 59\.0 分"):
            story.conclude(step, "go_on")
    assert ("prescreened" in reached_codes(project)) is passes
