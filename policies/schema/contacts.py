"""First contact: who claims a lead and for how long, how often it is kept warm, what a site visit records."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from policies.schema.base import Code, Item, Limit, Rule, Weekday, one_of
from policies.schema.life import PhaseCode

CHANNELS = ("phone", "wechat", "visit", "reception", "meeting", "mail", "other")
ChannelCode = Annotated[str, AfterValidator(one_of(list(CHANNELS)))]
SomeChannels = Annotated[tuple[ChannelCode, ...], Field(strict=False, min_length=1)]
SomePhases = Annotated[tuple[PhaseCode, ...], Field(strict=False, min_length=1)]


class Every(Item):
    """A stretch of time, also in weeks, or to a ``weekday`` (``Limit``); ``limit`` as clocks count it."""

    count: Annotated[int, Field(ge=1, le=500)]
    unit: Literal["working_day", "natural_day", "week", "month"]
    weekday: Weekday | None = None

    @property
    def limit(self) -> Limit:
        return Limit(count=self.count, unit=self.unit, weekday=self.weekday)


class ClaimRule(Rule):
    """首接: in which ``phases`` a lead is claimed, and which ``part`` follows the claim.

    The protection window: none (neither ``window`` nor ``until``: a claim stands until it is ended); until a
    milestone (``until``); or for a ``window`` from the claim, kept beyond it where ``kept_by`` was reached in
    time. ``offered_part`` opens the case to whom the responsibility is offered, until the answer.
    """

    code: Code
    part: Code
    phases: SomePhases
    window: Every | None = None
    kept_by: Code | None = None
    until: Code | None = None
    offered_part: Code

    @model_validator(mode="after")
    def _kept_in_a_window(self) -> Self:
        if self.kept_by and self.window is None:
            raise PydanticCustomError("kept_by_needs_window", "", {})
        return self


class Cadence(Rule):
    """经常性联系: whoever plays ``part`` is in touch ``every`` so often, by one of these ``channels``."""

    code: Code
    part: Code
    phases: SomePhases
    every: Every
    channels: SomeChannels


class Topic(Rule):
    """One matter of a site visit's record, asked for where contact is by these channels in these phases."""

    code: Code
    phases: SomePhases
    channels: SomeChannels
