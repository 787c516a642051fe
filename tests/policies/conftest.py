"""What the tests of policies share: the shipped packs, an organisation, a bare pack to spoil."""

from pathlib import Path
from textwrap import dedent

import pytest

from accounts.models import User
from accounts.organisation import SHIPPED, load_units
from policies import actions
from policies.models import PolicyVersion
from policies.packs import PACKS
from tests import factories

BARE = dedent(
    """
    [policy]
    code = "bare"
    version = "1"
    title = "试行方案"
    issuer = "某区"
    issued_on = 2026-01-01
    effective_from = 2026-01-01
    division = "500102"

    [[clauses]]
    no = "一"
    gist = "只有一条"

    [[parts]]
    code = "handler"
    name = "经办"
    clause = "一"

    [[milestones]]
    code = "begun"
    name = "开始"
    phase = "planning"
    clause = "一"
    recorded_by_parts = ["handler"]

    [[milestones]]
    code = "done"
    name = "办结"
    phase = "planning"
    clause = "一"
    produced_by = "step"

    [[steps]]
    code = "work"
    name = "办理"
    phase = "planning"
    clause = "一"
    kind = "review"
    opens_on = { milestone = "begun" }
    led_by_parts = ["handler"]
    limit = { count = 5, unit = "working_day" }
    concludes = "all_opinions_or_limit"
    veto = "any"
    aspects = [{ code = "look", name = "看", asks_parts = ["handler"], answer = "pass_or_veto" }]
    verdicts = [{ code = "yes", name = "可", reaches = ["done"] }]
    """
)


@pytest.fixture
def organisation(db: None) -> None:
    load_units(text=(SHIPPED / "fuling-units.toml").read_text(), by=None)


@pytest.fixture
def head(organisation: None) -> User:
    """The head of the bureau, who may load and publish."""
    return factories.user("bureau_head", unit=factories.unit("investment-bureau"))


def shipped(name: str) -> str:
    return (Path(PACKS) / f"{name}.toml").read_text()


def publish(text: str, by: User | None = None) -> PolicyVersion:
    version = actions.load(text=text, by=by, on=factories.TODAY)
    return actions.publish(version=version, by=by, on=factories.TODAY)


@pytest.fixture
def in_force(organisation: None) -> list[PolicyVersion]:
    """Both shipped packs, published."""
    return [publish(shipped("fuling-lifecycle-2024")), publish(shipped("fuling-promotion-2021"))]
