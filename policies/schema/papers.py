"""Numbered documents: how a series counts, and what stands in a report that the program drafts."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from policies.schema.base import Code, Item, Limit, Listed, RoleCode, Rule, Text

SeriesCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$", max_length=20)]
MOST_CONTACTS = 20


class Series(Rule):
    """How documents of one kind are numbered: ``format`` has ``{number}`` and, counting by years, ``{year}``.

    With ``{unit}``, the short name of who issues it, each unit counts for itself. ``document`` is the kind of
    paper under which the rendered file is kept.
    """

    code: SeriesCode
    document: Code
    format: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    restarts: Literal["yearly", "never"] = "yearly"

    @model_validator(mode="after")
    def _tells_apart(self) -> "Series":
        wanted = {"number", "year"} if self.restarts == "yearly" else {"number"}
        plain = self.format
        for place in ("number", "year", "unit"):
            plain = plain.replace(f"{{{place}}}", "")
        missing = [place for place in sorted(wanted) if f"{{{place}}}" not in self.format]
        if missing or "{" in plain or "}" in plain:
            raise PydanticCustomError("series_format", "", {"missing": "、".join(missing) or "—"})
        return self

    @property
    def by_unit(self) -> bool:
        return "{unit}" in self.format

    def written(self, year: int, number: int, unit: str = "") -> str:
        """The number as it stands in the head: "涪招专报〔2026〕3号"."""
        return self.format.format(year=year, number=number, unit=unit)


class ReportSection(Item):
    """One section under a heading (一、): what of the case goes there, and the words it begins with.

    ``facts``: project fields, as a table; ``step``: the verdict and opinions of a procedure; ``contacts``: so
    many of the latest contacts. What is drafted from step, contacts and ``text`` may be edited, figures not.
    """

    code: Code
    heading: Text
    facts: Listed[Code] = ()
    step: Code | None = None
    contacts: Annotated[int, Field(ge=0, le=MOST_CONTACTS)] = 0
    text: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> "ReportSection":
        if self.step and self.contacts:
            raise PydanticCustomError("section_one_source", "", {})
        return self


class ReportRule(Rule):
    """A report to the leadership that the program drafts from the case, numbers and sends.

    Issuing it ``reaches`` a milestone of the mechanism "issue_report". ``title`` may have ``{project}`` and
    ``{enterprise}``; ``instruction_limit`` is how long an answer to an instruction takes if it names no day.
    """

    code: Code
    series: SeriesCode
    reaches: Code
    title: Text
    addressee: Text
    signed_by: Code
    issued_by_roles: Annotated[tuple[RoleCode, ...], Field(strict=False, min_length=1)]
    tells_roles: Listed[RoleCode] = ()
    tells_units: Listed[Code] = ()
    instruction_limit: Limit | None = None
    sections: Annotated[tuple[ReportSection, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _title_can_be_filled(self) -> "ReportRule":
        plain = self.title.replace("{project}", "").replace("{enterprise}", "")
        if "{" in plain or "}" in plain:
            raise PydanticCustomError("title_places", "", {})
        return self

    def section(self, code: str) -> ReportSection | None:
        return next((one for one in self.sections if one.code == code), None)
