"""The library of leads: where a lead comes from, what kind of target it is, and when it counts as dormant."""

from typing import Annotated, Literal

from pydantic import Field

from policies.schema.base import Code, Limit, Listed, Rule, Text
from policies.schema.contacts import Every

Movement = Literal["contact", "step", "milestone", "phase", "money"]
MOVEMENTS: tuple[Movement, ...] = ("contact", "step", "milestone", "phase", "money")


class LeadChannel(Rule):
    """线索渠道: by which way a lead came to the office (领导资源、以商招商 …)."""

    code: Code


class TargetClass(Rule):
    """重点对象类别: what kind of target the enterprise is (邀约企业、推介重点对象、优强企业 …)."""

    code: Code


class LeadTag(Rule):
    """A mark that a lead may carry; ``group`` is what people know its row of marks by (三高、政策供给)."""

    code: Code
    group: Text


class Dormancy(Rule):
    """停滞与休眠: a lead in one of the portfolio ``states`` that has not moved ``after`` so long is
    explained, or marked dormant. ``warn``: so long before, its people are told.
    ``movements``: what counts as one.

    An explanation holds until the day it names, ``after`` at the most; marked or not, nothing is deleted.
    """

    code: Code
    states: Annotated[Listed[Code], Field(min_length=1)]
    after: Limit
    warn: Every | None = None
    movements: Annotated[Listed[Movement], Field(min_length=1)] = MOVEMENTS
