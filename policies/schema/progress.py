"""From start to production: what counts as started, who states which day, the monthly report, guidance."""

from typing import Annotated, Literal

from pydantic import Field

from policies.schema.base import Code, Item, Listed, Rule, Text

Ceiling = Literal["total", "fixed_asset", "contract"]


class Ground(Item):
    """One kind of fact by which a milestone is recognised (打桩、施工许可、主体施工 …).

    ``counts``: without it the fact is written down, but recognises nothing. ``documents``: the kinds of
    paper of which one shows it. ``milestone``: whose own day shows it, if it is reached.
    """

    code: Code
    name: Text
    clause: str = ""
    counts: bool = True
    documents: Listed[Code] = ()
    milestone: Code | None = None


class Reading(Item):
    """口径: whose day stands beside the others', stated by one of the ``units`` or whoever plays a part.

    ``leading``: the day against which the others, and the milestone's own, are measured.
    """

    code: Code
    name: Text
    clause: str = ""
    units: Listed[Code] = ()
    parts: Listed[Code] = ()
    leading: bool = False


class Recognition(Rule):
    """认定: by which ``grounds`` a milestone is reached, and in which ``readings`` its day is stated.

    ``needs``: any ground that counts (the earliest gives the day), or all of them (the latest does).
    ``tolerance``: how many days the readings may lie apart before they are shown as different.
    """

    code: Code
    milestone: Code
    needs: Literal["any", "all"] = "any"
    grounds: Listed[Ground] = ()
    readings: Listed[Reading] = ()
    tolerance: Annotated[int, Field(ge=0, le=3650)] = 0

    def ground(self, code: str) -> Ground | None:
        return next((one for one in self.grounds if one.code == code), None)

    def reading(self, code: str) -> Reading | None:
        return next((one for one in self.readings if one.code == code), None)

    @property
    def counting(self) -> tuple[Ground, ...]:
        return tuple(one for one in self.grounds if one.counts)

    @property
    def leading(self) -> Reading | None:
        return next((one for one in self.readings if one.leading), None)


class FigureStage(Item):
    """One stage of the figure progress (形象进度), in their order."""

    code: Code
    name: Text


class MonthlyReport(Rule):
    """进度月报: from the month of one milestone to that of the other, due on a day of the month after.

    ``parts`` report, with ``by_enterprise`` its own account too. ``ceilings``: the figures of the project
    that completed investment should not exceed without a reason.
    """

    code: Code
    from_milestone: Code
    until_milestone: Code
    due_day: Annotated[int, Field(ge=1, le=28)]
    roll_forward: bool = False
    parts: Listed[Code] = ()
    by_enterprise: bool = False
    ceilings: Listed[Ceiling] = ("total",)
    stages: Annotated[tuple[FigureStage, ...], Field(strict=False, min_length=1)]

    def place(self, stage: str) -> int:
        """The place of a stage, from 0; -1 for one that the plan does not have (any more)."""
        return next((n for n, one in enumerate(self.stages) if one.code == stage), -1)


class StagingRule(Rule):
    """分期验收: by which ``step`` a stage is accepted, and which steps are applied for ``along_with`` it and
    processed in parallel (验收和登记一次申请、并联办理)."""

    code: Code
    step: Code
    along_with: Listed[Code] = ()


class GuidanceRule(Rule):
    """验收前指导、提前介入: free guidance before acceptance, which starts no clock.

    ``parts`` ask for it, with ``by_enterprise`` the enterprise's own account too; one of the ``units`` is
    asked. ``from_milestone``: not before it.
    """

    code: Code
    parts: Listed[Code] = ()
    by_enterprise: bool = False
    units: Annotated[Listed[Code], Field(min_length=1)]
    from_milestone: Code | None = None
