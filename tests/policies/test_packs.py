"""The shipped packs say what the two plans say."""

from decimal import Decimal
from pathlib import Path

import pytest

from accounts.organisation import SHIPPED, read_units
from kernel.money import fen, parse_yuan
from policies.loader import parse_pack
from policies.packs import PACKS
from policies.rulebook import merge
from policies.schema import PHASES, Pack, PolicyVersionRef

FILES = sorted(PACKS.glob("*.toml"))


@pytest.fixture
def units(db: None) -> set[str]:
    return {row.code for row in read_units((SHIPPED / "fuling-units.toml").read_text())}


@pytest.fixture
def lifecycle() -> Pack:
    return parse_pack(PACKS / "fuling-lifecycle-2024.toml")


@pytest.fixture
def promotion() -> Pack:
    return parse_pack(PACKS / "fuling-promotion-2021.toml")


def book(*packs: Pack):
    return merge(
        [
            (PolicyVersionRef(n, p.policy.code, p.policy.version, p.policy.title), p)
            for n, p in enumerate(packs, 1)
        ]
    )


def class_of(pack: Pack, **facts: object) -> str:
    amounts = {k: fen(parse_yuan(v)) for k, v in facts.items() if isinstance(v, str) and k != "sector"}
    found = book(pack).classify({"total": None, "output": None, "sector": None} | facts | amounts)
    return found.code if found else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_pack_is_sound_against_the_shipped_organisation(path: Path, units):
    assert parse_pack(path, units=units).policy.division == "500102"


def test_the_two_packs_claim_no_key_in_common(lifecycle, promotion):
    assert not lifecycle.claims() & promotion.claims()


def test_the_lifecycle_pack_has_the_five_phases_and_the_five_batches(lifecycle):
    assert [phase.code for phase in lifecycle.phases] == list(PHASES)
    assert [phase.name for phase in lifecycle.phases] == [
        "谋划生成",
        "对接洽谈",
        "签约落地",
        "开工建设",
        "竣工投产",
    ]
    assert [state.name for state in lifecycle.portfolio] == ["储备", "在谈", "签约", "开工", "投产"]


def test_the_lifecycle_pack_lists_every_clause_of_the_plan(lifecycle):
    numbers = {clause.no for clause in lifecycle.clauses}
    tasks = {
        1: "一",
        2: "一",
        3: "一",
        4: "二",
        5: "二",
        6: "二",
        7: "三",
        8: "四",
        9: "四",
        10: "四",
        11: "五",
        12: "五",
    }
    assert {f"三({section}){n}" for n, section in (tasks | {13: "五"}).items()} <= numbers
    assert {"文首", "一", "二", "四(一)", "四(二)", "四(三)", "落款"} <= numbers


def test_each_of_the_thirteen_tasks_has_a_lead(lifecycle):
    assert [duty.no for duty in lifecycle.duties] == list(range(1, 14))
    assert all(duty.lead or duty.lead_kinds for duty in lifecycle.duties)
    assert [duty.lead[0] for duty in lifecycle.duties[:7]] == ["investment-bureau"] * 7


def test_the_assessment_looks_at_seven_aspects_each_asked_of_somebody(lifecycle):
    step = book(lifecycle).step("assessment")
    assert [aspect.name for aspect in step.aspects] == [
        "看行业",
        "看技术",
        "看团队",
        "看市场前景",
        "看投资实力",
        "算代价",
        "算回报",
    ]
    assert all(aspect.asks_units and aspect.answer == "words_and_score" for aspect in step.aspects)
    assert {verdict.code for verdict in step.verdicts} == {"feasible", "not_feasible", "more_work"}
    assert all(verdict.needs_reason for verdict in step.verdicts)


def test_the_assessment_strives_for_seven_working_days_from_first_talk_and_says_that_this_is_a_choice(
    lifecycle,
):
    rules = book(lifecycle)
    step = rules.step("assessment")
    assert (step.limit.count, step.limit.unit, step.limit.strength) == (7, "working_day", "strive")
    assert step.opens_on.milestone == "first_talk_registered"
    assert rules.steps_opened_by("first_talk_registered") == (step,)
    assert any(
        choice.rule == "steps.assessment.opens_on" for choice in rules.choices_about("steps", "assessment")
    )


def test_first_talk_needs_two_conditions_and_names_one_person(lifecycle):
    step = book(lifecycle).step("first_talk")
    assert [check.code for check in step.checks] == ["first_talk_held", "clear_intention"]
    assert lifecycle.codes("parts") >= {"first_contact"}
    part = book(lifecycle).part("first_contact")
    assert part.exclusive and part.person


def test_environment_energy_and_safety_can_each_veto_and_signing_waits_for_the_review(lifecycle):
    rules = book(lifecycle)
    review = rules.step("joint_review")
    assert [a.name for a in review.aspects] == ["环保", "能耗", "安全"]
    assert review.veto == "any"
    assert "joint_review_passed" in rules.milestone("signed").guard.milestones


def test_approval_is_limited_to_34_working_days_or_11_natural_days_for_small_projects(lifecycle):
    rules = book(lifecycle)
    general, small = rules.limit("approval_general"), rules.limit("approval_small")
    assert (general.limit.count, general.limit.unit) == (34, "working_day")
    assert (small.limit.count, small.limit.unit) == (11, "natural_day")
    assert rules.limits_started_by("approvals_applied") == (general, small)


def test_permits_force_no_sequence(lifecycle):
    permits = [step for step in lifecycle.steps if step.kind == "permit"]
    assert len(permits) >= 6
    assert not any(step.prerequisites for step in permits)


def test_every_permit_has_its_own_limit_and_guide_and_both_are_named_as_the_offices_choice(lifecycle):
    chosen = {choice.rule for choice in lifecycle.choices}
    for step in (step for step in lifecycle.steps if step.kind == "permit"):
        assert step.limit and step.guide, step.code
        assert step.guide.clause == "四(二)"
        assert step.guide.procedure and step.guide.standard and len(step.guide.materials) >= 3
        assert {f"steps.{step.code}.limit", f"steps.{step.code}.guide"} <= chosen


def test_no_permit_on_the_way_to_construction_may_take_longer_than_all_of_them_together(lifecycle):
    whole = book(lifecycle).limit("approval_general").limit
    for code in ("planning_permit", "construction_permit", "environment_assessment", "energy_review"):
        own = book(lifecycle).step(code).limit
        assert own.unit == whole.unit and own.count <= whole.count


def test_other_papers_are_the_programs_own_and_carry_no_clause(lifecycle):
    assert "other" not in lifecycle.codes("documents")


def test_the_commissioner_is_one_person_named_by_the_mechanism_of_the_program(lifecycle):
    rules = book(lifecycle)
    part = rules.part("commissioner")
    assert part.exclusive and part.person
    assert rules.milestone_of_action("name_commissioner").code == "service_commissioner_named"


def test_the_batch_follows_the_last_milestone(lifecycle):
    rules = book(lifecycle)
    assert rules.portfolio_of([]) == "reserve"
    assert rules.portfolio_of(["first_talk_registered", "signed"]) == "signed"
    assert rules.portfolio_of(["in_production", "signed"]) == "producing"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"total": "20亿元"}, "major"),
        ({"total": "199999.9999万元"}, "larger"),
        ({"output": "50亿元"}, "major"),
        ({"output": "49.99亿元"}, "larger"),
        ({"total": "10亿元"}, "larger"),
        ({"total": "1000万元", "output": "30亿元"}, "larger"),
        ({"total": "9.99亿元", "output": "29.99亿元"}, "key"),
        ({"total": "1亿元"}, "key"),
        ({"total": "9999万元", "sector": "industry"}, "general"),
        ({"total": "2000万元", "sector": "industry"}, "general"),
        ({"total": "1999万元", "sector": "industry"}, ""),
        ({"total": "500万元", "sector": "service"}, "general"),
        ({"total": "499万元", "sector": "service"}, ""),
        ({"total": "9999万元", "sector": "agriculture"}, ""),
        ({}, ""),
    ],
)
def test_a_project_falls_into_its_class(promotion, facts, code):
    assert class_of(promotion, **facts) == code


@pytest.mark.parametrize("measure", ["agreed_funds", "paid_in_funds"])
@pytest.mark.parametrize(
    ("origin", "factor"),
    [("outside_city", Decimal(1)), ("city_outside_district", Decimal("0.2")), ("district", Decimal(0))],
)
def test_funds_are_weighted_by_origin(promotion, measure, origin, factor):
    assert book(promotion).weight(measure, {"origin": origin}).factor == factor


def test_an_unknown_origin_has_no_weight(promotion):
    assert book(promotion).weight("agreed_funds", {"origin": ""}) is None


def test_joint_work_divides_agreed_funds_only(promotion):
    rules = book(promotion)
    joint = rules.credit_for("agreed_funds").joint
    assert (joint.lead, joint.supporting, joint.several) == (Decimal("0.8"), Decimal("0.2"), "equal")
    assert rules.credit_for("paid_in_funds").joint is None


def test_what_the_text_leaves_open_is_recorded_with_a_reason(promotion, lifecycle):
    rules = {choice.rule for pack in (promotion, lifecycle) for choice in pack.choices}
    assert {"credit.agreed_funds.joint", "credit.agreed_funds.weights", "steps.decision.aspects"} <= rules


def test_intention_agreement_and_contract_are_three_grades(promotion):
    assert [grade.name for grade in promotion.grades] == ["意向", "协议", "合同"]
