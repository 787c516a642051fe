"""First contact: who claims a lead and for how long, how often it is kept warm, what a site visit records."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
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
    """经常性联系: whoever plays ``part`` is in touch ``every`` so often, by one of these ``channels``.

    ``asks`` says how: ``due``: a clock runs; ``open``: the plan names no interval (定期或不定期), nothing is
    timed; ``on_request``: nobody calls unasked (无事不扰), and a visit follows the enterprise's wish.
    ``counted`` from the last contact (``rolling``), or by ``calendar`` weeks or months: then each whole one
    with a working day in it wants its contact until its last working day; one without any is passed over.
    ``roll_forward``: a rolling end on a rest day moves to the next working day. ``by``: whose contact counts,
    the holder's own (``person``) or a colleague's too (``unit``). ``when``: which projects it is for.
    """

    code: Code
    part: Code
    phases: SomePhases
    asks: Literal["due", "open", "on_request"] = "due"
    every: Every | None = None
    counted: Literal["rolling", "calendar"] = "rolling"
    roll_forward: bool = False
    channels: SomeChannels
    by: Literal["unit", "person"] = "unit"
    when: Condition = Condition()

    @model_validator(mode="after")
    def _timed_or_not(self) -> Self:
        if (self.asks == "due") is (self.every is None):
            raise PydanticCustomError("cadence_every", "", {})
        every = self.every
        if self.counted == "calendar" and not (
            every and every.count == 1 and every.unit in ("week", "month") and every.weekday is None
        ):
            raise PydanticCustomError("cadence_calendar", "", {})
        return self

    @property
    def limit(self) -> Limit:
        """Of a rolling cadence, as clocks count it. Raises ValueError where nothing is timed."""
        if self.every is None:
            raise ValueError("this cadence has no interval")
        return self.every.limit.model_copy(update={"roll_forward": self.roll_forward})


class Topic(Rule):
    """One matter of a site visit's record, asked for where contact is by these channels in these phases."""

    code: Code
    phases: SomePhases
    channels: SomeChannels
