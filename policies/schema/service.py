"""After the signing: whom a scheme takes in, which posts serve a project, to whom it is handed over, and
how a problem climbs."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Item, Limit, Listed, RoleCode, Rule, Text

MATTERS = ("problem", "complaint", "commitment", "decision", "task")
MatterKind = Literal["problem", "complaint", "commitment", "decision", "task"]


class Scope(Rule):
    """适用范围: which projects a scheme takes in, by what they are (``when``) or by a ``milestone`` that
    somebody records with its paper (a special meeting has named the project).

    What is not known about a project leaves it undecided: nothing is asked of anybody, the page says what is
    missing.
    """

    code: Code
    when: Condition | None = None
    milestone: Code | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Scope":
        if (self.when is None) is (self.milestone is None):
            raise PydanticCustomError("scope_one_way", "", {})
        return self


class Post(Rule):
    """A post of a project's service team, from a milestone on.

    It is filled by who plays ``part`` (``least`` of them), by the plan itself where ``units`` are named
    (they join by themselves), or, what is no person, by a kind of paper on file (``document``).
    ``scopes``: only for projects that one of these takes in. ``limit``: until when it is to be filled, by
    who plays ``to_parts`` or ``to_units``. ``rank`` is who is meant ("县级干部"), ``duties`` what the post
    has to do, in the plan's words, ``answers`` who answers for it in the unit (第一责任人). ``overall``:
    bears the overall responsibility. ``of_body``: its holder belongs to the unit that serves the project.
    """

    code: Code
    group: Text
    part: Code | None = None
    units: Listed[Code] = ()
    document: Code | None = None
    least: Annotated[int, Field(ge=1, le=20)] = 1
    from_milestone: Code
    scopes: Listed[Code] = ()
    limit: Limit | None = None
    to_parts: Listed[Code] = ()
    to_units: Listed[Code] = ()
    rank: str = ""
    duties: Listed[Text] = ()
    answers: str = ""
    overall: bool = False
    of_body: bool = False

    @model_validator(mode="after")
    def _filled_one_way(self) -> "Post":
        if (self.part is None) is (self.document is None) or (self.units and self.part is None):
            raise PydanticCustomError("post_filled_one_way", "", {})
        if self.limit is not None and not (self.to_parts or self.to_units):
            raise PydanticCustomError("post_limit_for_nobody", "", {})
        return self


class Trigger(Item):
    """One way for a hand-over to come about: every one of ``milestones`` reached, for projects such as
    ``when`` says."""

    milestones: Annotated[tuple[Code, ...], Field(strict=False, min_length=1)]
    when: Condition = Condition()


class ReceiverRule(Item):
    """Who receives: whoever plays ``part``, or the ``unit`` named, which from then on plays it.

    ``limit``: within which the receipt is acknowledged, else that of the hand-over.
    """

    part: Code
    unit: Code | None = None
    limit: Limit | None = None


class HandoverRule(Rule):
    """移交: a project is pushed to all receivers at once as soon as one of the ``triggers`` is complete.

    ``from_units``: who hands over, and by letter (with number and paper) where the program has not.
    ``reaches``: the milestone (of the mechanism "hand_over") once every receiver has acknowledged.
    """

    code: Code
    triggers: Annotated[tuple[Trigger, ...], Field(strict=False, min_length=1)]
    scopes: Listed[Code] = ()
    from_units: Annotated[tuple[Code, ...], Field(strict=False, min_length=1)]
    receivers: Annotated[tuple[ReceiverRule, ...], Field(strict=False, min_length=1)]
    limit: Limit
    reaches: Code | None = None
    letter: Code | None = None


class ProblemLevel(Rule):
    """One level up which a problem climbs, lowest first: who takes it, and within which limit it is decided.

    The first of ``to_parts`` that is held, else the first of ``to_units``; ``tells_roles`` hear of it as
    well.
    """

    code: Code
    to_parts: Listed[Code] = ()
    to_units: Listed[Code] = ()
    tells_roles: Listed[RoleCode] = ()
    limit: Limit | None = None

    @model_validator(mode="after")
    def _somebody_takes_it(self) -> "ProblemLevel":
        if not (self.to_parts or self.to_units):
            raise PydanticCustomError("level_of_nobody", "", {})
        return self


class Matter(Rule):
    """What the plan asks of a kind of duty that people hand out (问题、企业诉求): who collects it where
    nobody is named, within which ``limit`` it is done where no day is named, whether a ``person`` must be
    named."""

    code: MatterKind
    to_parts: Listed[Code] = ()
    to_units: Listed[Code] = ()
    limit: Limit | None = None
    person: bool = False
