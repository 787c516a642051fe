"""A plan of one page: the kinds of paper are all that matters here."""

from collections.abc import Iterator

import pytest

from cases.models import Case
from policies import rulebook
from policies.models import PolicySet
from tests import factories

PLAN = """
[policy]
code = "papers"
version = "1"
title = "材料"
issuer = "某区"
issued_on = 2020-01-01
effective_from = 2020-01-01
division = "500102"

[[documents]]
code = "minutes"
name = "会议纪要"
clause = "一"
"""


@pytest.fixture(autouse=True)
def fresh_rulebooks() -> Iterator[None]:
    rulebook.forget()
    yield
    rulebook.forget()


@pytest.fixture
def case(db: None) -> Case:
    plan = PolicySet.objects.create(key="papers")
    plan.versions.add(factories.published_policy(code="papers", body=PLAN))
    return factories.case(policy_set=plan)
