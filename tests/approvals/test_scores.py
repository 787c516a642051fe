"""Scores are weighed as the plan says; below its pass mark no verdict reaches a milestone."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import Opinion, Step
from approvals.scores import score_of
from kernel.refusals import Refused
from policies.schema import Score
from policies.schema import Step as StepRule
from projects.gates import reached_codes
from tests import factories
from tests.approvals.story import Story

pytestmark = pytest.mark.django_db
WEIGHTS = {"industry": "3", "technology": "2"}


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan in which industry weighs three, technology two, all else one, and 70 must be reached."""
    from approvals import serializers
    from approvals.actions import conclusion
    from approvals.views import steps

    plain = conclusion.rule_of

    def rule_of(step: Step) -> StepRule:
        rule = plain(step)
        weighed = [
            aspect.model_copy(update={"weight": Decimal(WEIGHTS.get(aspect.code, "1"))})
            for aspect in rule.aspects
        ]
        change = {"aspects": tuple(weighed), "pass_mark": 70, "concludes": "any_time"}
        return rule.model_copy(update=change).sourced(rule.source)

    for module in (conclusion, steps, serializers):
        monkeypatch.setattr(module, "rule_of", rule_of)


def given(story: Story, step: Step, **scores: int) -> None:
    for aspect, score in scores.items():
        rows = step.opinions.filter(aspect=aspect, in_force=True).select_related("unit")
        story.answer(rows[0], words="已研判", score=score)


def test_below_the_pass_mark_no_favourable_verdict_is_given(story: Story, marked: None) -> None:
    step = story.assessment()
    given(story, step, industry=60, technology=80)
    with pytest.raises(Refused) as refused:
        story.conclude(step, "feasible")
    assert refused.value.codes == ["below_pass_mark"]
    assert "68.0" in str(refused.value)
    assert "（60.0×3 + 80.0×2）÷5 = 68.0" in str(refused.value)
    assert "assessed" not in reached_codes(step.case.project)


def test_at_the_pass_mark_it_is(story: Story, marked: None) -> None:
    step = story.assessment()
    given(story, step, industry=70, technology=70)
    assert story.conclude(step, "feasible").verdict == "feasible"


def test_an_unfavourable_verdict_needs_no_mark(story: Story, marked: None) -> None:
    step = story.assessment()
    given(story, step, industry=10)
    assert story.conclude(step, "not_feasible").verdict == "not_feasible"


def test_without_any_score_the_mark_is_not_reached(story: Story, marked: None) -> None:
    with pytest.raises(Refused, match="尚无评分"):
        story.conclude(story.assessment(), "feasible")


def test_a_changed_opinion_counts_in_place_of_the_first(story: Story, marked: None) -> None:
    step = story.assessment()
    given(story, step, industry=10)
    row = step.opinions.get(aspect="industry", in_force=True)
    story.answer(row, words="补充材料后重新研判", score=90, supersede=True)
    assert story.conclude(step, "feasible").verdict == "feasible"


def test_page_sheet_and_rest_show_the_score_with_its_arithmetic(story: Story, marked: None) -> None:
    step = story.assessment()
    given(story, step, industry=60, technology=80)
    browser = Client()
    browser.force_login(story.clerk)
    for name in ("step", "step-sheet"):
        page = browser.get(reverse(name, args=[step.pk])).content.decode()
        assert "68.0" in page, name
        assert "（60.0×3 + 80.0×2）÷5 = 68.0" in page, name
        assert "70" in page
    body = factories.api(story.clerk).get(f"/api/v1/steps/{step.pk}/").json()
    assert (body["score"], body["pass_mark"]) == ("68.0", 70)


def rule(**aspects: Any) -> Any:
    """A step's rule as far as scores ask about it."""
    made = [
        SimpleNamespace(code=code, name=code, **({"score": None, "weight": Decimal(1)} | said))
        for code, said in aspects.items()
    ]
    return SimpleNamespace(aspects=made)


def scores(**given: list[int]) -> list[Opinion]:
    return [Opinion(aspect=code, score=score) for code, found in given.items() for score in found]


def test_units_asked_about_one_aspect_count_alike() -> None:
    total = score_of(rule(cost={}, team={}), scores(cost=[60, 80, 100], team=[50]))
    assert total is not None
    assert total.points == Decimal("65.0")


def test_a_scale_of_its_own_is_brought_to_a_hundred() -> None:
    total = score_of(rule(team={"score": Score(min=1, max=5)}), scores(team=[4]))
    assert total is not None
    assert total.points == Decimal("75.0")


def test_half_a_tenth_is_rounded_up() -> None:
    total = score_of(rule(a={}), scores(a=[70] * 19 + [71]))
    assert total is not None
    assert total.points == Decimal("70.1")


def test_what_weighs_nothing_and_what_nobody_scored_is_left_out() -> None:
    total = score_of(rule(a={"weight": Decimal(0)}, b={}, c={}), scores(a=[0], b=[90]))
    assert total is not None
    assert total.points == Decimal("90.0")
    assert score_of(rule(a={"weight": Decimal(0)}), scores(a=[100])) is None
    assert score_of(rule(a={}), []) is None
