"""Platforms of other offices into which projects are entered beside this system (“智慧安商”, R226)."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from policies.schema.base import Code, Item, Listed, Rule, Text
from policies.schema.life import PhaseCode

PlatformField = Literal[
    "code", "name", "enterprise", "credit_code", "content", "park", "site", "introducing_unit", "phase",
    "industry_code", "land", "jobs", "total", "fixed_asset", "contract", "signed_on", "month", "invested",
    "completed", "percent", "words", "problems", "number",
]  # fmt: skip


class PlatformColumn(Item):
    """A column of the platform's own table: its ``heading`` there, and our ``field`` that fills it."""

    heading: Text
    field: PlatformField


class OutsidePlatform(Rule):
    """A platform that projects in ``phases`` are entered into, by hand or by its table of ``columns``.

    The column of ``number`` is what the platform calls a project; the table comes back with it filled in and
    finds its project by the column of ``code``, else of ``name``. ``link`` is the platform's address.
    """

    code: Annotated[Code, StringConstraints(max_length=40)]
    link: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", max_length=300)] = ""
    phases: Annotated[Listed[PhaseCode], Field(min_length=1)]
    columns: Annotated[Listed[PlatformColumn], Field(min_length=1)]
    text: str = ""

    @model_validator(mode="after")
    def _can_come_back(self) -> Self:
        fields = [column.field for column in self.columns]
        if "number" not in fields or not {"code", "name"} & set(fields):
            raise PydanticCustomError("platform_without_number", "", {})
        twice = {field for field in fields if fields.count(field) > 1}
        headings = [column.heading for column in self.columns]
        if twice or len(set(headings)) < len(headings):
            raise PydanticCustomError("platform_column_twice", "", {})
        return self
