"""Kinds of agreement, terms and clauses as pack data: what a pack may say, what is refused, how it reads."""

from collections.abc import Callable
from textwrap import dedent

import pytest

from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.packs import PACKS
from policies.schema import Pack
from policies.wording import Names, rule_lines
from tests.policies.conftest import BARE

AGREEMENT = dedent(
    """
    [[documents]]
    code = "draft"
    name = "草案"
    clause = "一"

    [[milestones]]
    code = "signed"
    name = "签订"
    phase = "planning"
    clause = "一"
    recorded_by_parts = ["handler"]

    [[agreements]]
    code = "contract"
    name = "入园合同"
    clause = "一"
    settled_by = "begun"
    signed_by = "signed"
    documents = ["draft"]

    [[terms]]
    code = "output"
    name = "产值"
    clause = "一"
    party = "enterprise"
    kind = "money"

    [[clause_templates]]
    code = "promise"
    name = "承诺"
    clause = "一"
    text = "{enterprise}承诺年产值{output}"
    """
)
BOUND = BARE.replace('veto = "any"', 'veto = "any"\nbound_to = "contract"').replace(
    'answer = "pass_or_veto"', 'answer = "pass_or_veto", reopened_by = ["output", "grade"]'
)


def refused(text: str) -> str:
    with pytest.raises(PackRefused) as caught:
        parse_pack(text)
    return "\n".join(error.message_zh for error in caught.value.errors)


def test_a_locality_binds_its_own_review_to_its_own_terms() -> None:
    (step,) = parse_pack(BOUND + AGREEMENT).steps
    assert (step.bound_to, step.aspects[0].reopened_by) == ("contract", ("output", "grade"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text.replace('bound_to = "contract"', 'bound_to = "lease"'), "没有协议种类“lease”"),
        (lambda text: text.replace('bound_to = "contract"', ""), "只有写了 bound_to 的步骤可以重新征求意见"),
        (lambda text: text.replace('["output", "grade"]', '["input"]'), "没有协议条款项“input”"),
        (lambda text: text.replace("年产值{output}", "年产值{input}"), "没有协议条款项“input”"),
        (lambda text: text.replace("年产值{output}", "年产值{output"), "花括号应成对"),
        (lambda text: text.replace('signed_by = "signed"', 'signed_by = "sealed"'), "没有里程碑“sealed”"),
        (lambda text: text.replace('documents = ["draft"]', "documents = []"), "至少要有 1 项"),
        (lambda text: text.replace('kind = "money"', 'kind = "gold"'), "不在允许的写法之内"),
        (lambda text: text.replace('"enterprise"', '"government"'), "政府一方的条款要写由谁落实"),
        (lambda text: text.replace("output", "grade"), "系统用语"),
    ],
)  # fmt: skip
def test_what_does_not_hang_together_is_refused_in_words(spoil: Callable[[str], str], words: str) -> None:
    assert words in refused(spoil(BOUND + AGREEMENT))


@pytest.fixture
def lifecycle() -> Pack:
    return parse_pack(PACKS / "fuling-lifecycle-2024.toml")


def test_the_agreement_fixes_investment_schedule_energy_tax_and_jobs(lifecycle: Pack) -> None:
    assert {term.code for term in lifecycle.terms} >= {
        "total_investment", "fixed_investment", "intensity", "progress", "start_on", "finish_on",
        "production_on", "energy_use", "emission", "tax_per_year", "jobs", "land",
    }  # fmt: skip


def test_review_and_decision_examine_a_version_and_every_aspect_says_what_reopens_it(lifecycle: Pack) -> None:
    steps = {step.code: step for step in lifecycle.steps}
    assert all(aspect.reopened_by for aspect in steps["joint_review"].aspects)
    assert all(aspect.every_version for aspect in steps["decision"].aspects)
    assert {steps[code].bound_to for code in ("joint_review", "decision")} == {"agreement"}


def test_rules_of_agreements_read_as_sentences(lifecycle: Pack) -> None:
    names = Names.of([lifecycle], {"planning-natural-resources": "区规划自然资源局"})
    (kind,) = lifecycle.agreements
    assert "“投资协议经双方商定一致”时商定，“签订投资协议”时签订" in rule_lines(kind, names)
    land = next(term for term in lifecycle.terms if term.code == "land_ready_on")
    assert rule_lines(land, names) == ["政府承诺，按日期约定", "签订后交办区规划自然资源局"]
    review = next(step for step in lifecycle.steps if step.code == "joint_review")
    said = "\n".join(rule_lines(review, names))
    assert "改动以下条款时重新征求：综合能耗、建设内容" in said
    assert "审议“投资协议”的一个版本" in said
