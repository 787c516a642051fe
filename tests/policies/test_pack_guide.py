"""The guide to writing a pack is true: its pieces together are a sound pack, and it names what there is."""

import re
from pathlib import Path

import pytest

from accounts.models import Unit
from deadlines.calendar import LimitUnit
from policies import actions
from policies.facts import FACTS
from policies.loader import parse_pack
from policies.models import Status
from policies.schema import Pack
from tests import factories

GUIDE = (Path(__file__).parents[2] / "docs" / "pack-guide.md").read_text()


def example() -> str:
    return "\n".join(re.findall(r"```toml\n(.*?)```", GUIDE, re.S))


@pytest.fixture
def pack() -> Pack:
    return parse_pack(example(), file="pack-guide.md")


def test_its_example_shows_what_a_locality_may_want_to_change(pack: Pack) -> None:
    limits = {step.limit.unit for step in pack.steps if step.limit} | {
        rule.limit.unit for rule in pack.limits
    }
    assert {"hour", "week", "working_day", "month"} <= limits
    assert any(step.pass_mark for step in pack.steps)
    assert any(step.veto == "any" for step in pack.steps)
    assert {aspect.answer for step in pack.steps for aspect in step.aspects} == {
        *("words", "words_and_score", "pass_or_veto", "outcome", "acceptance")
    }


def test_it_can_be_loaded_and_published_in_an_organisation_of_that_kind(organisation: None) -> None:
    version = actions.load(text=example(), by=None, on=factories.TODAY)
    assert actions.publish(version=version, by=None, on=factories.TODAY).status == Status.PUBLISHED
    assert Unit.objects.filter(code="investment-bureau").exists()


def test_it_names_every_fact_and_every_unit_of_limits() -> None:
    named = set(re.findall(r"`([a-z_]+)`", GUIDE))
    assert not set(FACTS) - named
    assert not {unit.value for unit in LimitUnit} - named
