"""Elements (要素): what a project needs from outside to be built and to run, and who sees to it."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from policies.schema.base import Code, Item, Limit, Listed, Rule, Text


class Platform(Item):
    """An outside platform where such a need is matched (“信易贷·渝惠融”); its address if known."""

    name: Text
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$", max_length=300)] = ""


class Element(Rule):
    """Land, water, power, labour, financing …, in ``measure``.

    The first of ``asks_units`` that exists sees to it, else who holds the first of ``asks_parts`` that is
    held, within ``limit`` unless the need names a day of its own.
    """

    code: Code
    measure: str = ""
    asks_units: Listed[Code] = ()
    asks_parts: Listed[Code] = ()
    limit: Limit | None = None
    platforms: Listed[Platform] = ()

    @model_validator(mode="after")
    def _somebodys(self) -> Self:
        if not (self.asks_units or self.asks_parts):
            raise PydanticCustomError("element_owner", "", {})
        return self
