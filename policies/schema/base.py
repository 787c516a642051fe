"""What every row of a pack has in common: strict types, a clause, and the version it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from accounts.models import UnitKind
from accounts.roles import Role

T = TypeVar("T")

# TOML arrays arrive as lists; a loaded pack is immutable, hence tuples.
Listed = Annotated[tuple[T, ...], Field(strict=False)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def one_of(options: list[str]) -> Callable[[str], str]:
    """A validator that accepts only the given words."""

    def check(value: str) -> str:
        if value not in options:
            raise PydanticCustomError("unknown_word", "", {"value": value, "options": "、".join(options)})
        return value

    return check


RoleCode = Annotated[str, AfterValidator(one_of(list(Role.values)))]
KindCode = Annotated[str, AfterValidator(one_of(list(UnitKind.values)))]


def _decimal(value: object) -> object:
    """Factors are written as text ("0.2"): TOML's own numbers would be binary floats."""
    if not isinstance(value, str):
        raise PydanticCustomError("factor_as_text", "", {})
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise PydanticCustomError("factor_as_text", "", {}) from error
    if not number.is_finite() or number < 0:
        raise PydanticCustomError("factor_as_text", "", {})
    return number


Factor = Annotated[Decimal, BeforeValidator(_decimal)]


@dataclass(frozen=True, slots=True)
class PolicyVersionRef:
    """Where a rule comes from: the published version it stands in."""

    id: int
    code: str
    version: str
    title: str

    def __str__(self) -> str:
        return f"{self.title}（{self.version}）"


class Item(BaseModel):
    """A table of the pack: strict, frozen, and any key that the schema does not know is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Rule(Item):
    """An item that rests on a clause of the plan ("三(二)5")."""

    name: Text
    clause: Text
    _source: PolicyVersionRef | None = PrivateAttr(default=None)

    @property
    def key(self) -> str:
        """What tells the rule from its neighbours in the table."""
        return str(getattr(self, "code", ""))

    @property
    def source(self) -> PolicyVersionRef:
        """The version the rule stands in. Raises LookupError for a pack that was never stored."""
        if self._source is None:
            raise LookupError("the rule was read from a file and belongs to no stored version")
        return self._source

    def sourced(self, ref: PolicyVersionRef) -> Self:
        copy = self.model_copy()
        copy._source = ref
        return copy


Weekday = Annotated[int, Field(ge=1, le=7)]


class Limit(Item):
    """A time limit. The day of the event is not counted; ``strive`` (力争) is a target, ``must`` a duty.

    ``roll_forward``: whether an end on a rest day moves to the next working day (never of working days).
    Hours run on over rest days from the end of the event's day; the last one's day is the last day.
    ``weekday`` (1 Monday … 7 Sunday): the end moves on to the next such day, itself included (逢周五).
    """

    count: Annotated[int, Field(ge=1, le=3650)]
    unit: Literal["working_day", "natural_day", "hour", "week", "month"]
    strength: Literal["strive", "must"] = "must"
    roll_forward: bool = False
    weekday: Weekday | None = None


class Needs(Item):
    """What must be there: milestones reached, project fields filled, kinds of document attached."""

    milestones: Listed[Code] = ()
    fields: Listed[Code] = ()
    documents: Listed[Code] = ()

    @property
    def empty(self) -> bool:
        return not (self.milestones or self.fields or self.documents)
