"""Agreements: what kinds there are, which terms they fix, and in which words a clause is written down."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from policies.schema.base import Code, Limit, Listed, Rule, Text

PLACE = re.compile(r"\{([^{}]*)\}")
OWN_PLACES = frozenset({"project", "enterprise", "title", "grade", "number", "commitments"})
"""What a clause may name beside the terms: the program fills these in itself."""


class AgreementKind(Rule):
    """A kind of agreement that steps may be bound to (``bound_to``).

    ``settled_by`` and ``signed_by`` are the milestones that settle and sign it; ``documents`` the kinds of
    paper that a version may consist of. ``commitment_limit``: until when a department's commitment is to be
    kept that names no day, counted from the signing; without it such a commitment has no clock.
    ``conditions_to_parts``: who keeps the conditions under which departments passed it (有条件通过), each an
    assignment from the signing on; nobody named, they are only shown.
    """

    code: Code
    settled_by: Code
    signed_by: Code
    documents: Annotated[tuple[Code, ...], Field(strict=False, min_length=1)]
    commitment_limit: Limit | None = None
    conditions_to_parts: Listed[Code] = ()


class Term(Rule):
    """One thing that an agreement fixes, as a value: ``party`` owes it, ``measure`` is its unit ("万元/亩").

    ``required_for`` names the grades that cannot do without it. ``fact`` is the project field that fills the
    form. What the government owes is answered for by ``to_units`` or who plays ``to_parts``: once signed, it
    becomes an assignment, until the day of a ``date`` or within ``limit`` of signing.
    """

    code: Code
    party: Literal["enterprise", "government"]
    kind: Literal["money", "date", "number", "text", "ratio"]
    measure: str = ""
    required_for: Listed[Code] = ()
    fact: Code | None = None
    to_units: Listed[Code] = ()
    to_parts: Listed[Code] = ()
    limit: Limit | None = None
    hint: str = ""

    @model_validator(mode="after")
    def _answered_for(self) -> "Term":
        answered = bool(self.to_units or self.to_parts)
        if answered is not (self.party == "government"):
            raise PydanticCustomError("government_answers", "", {})
        return self


class ClauseTemplate(Rule):
    """A clause as it is written into the agreement: ``{term}`` stands for the value of a term.

    ``grades``: for which grades it is written; none named means all.
    """

    code: Code
    text: Text
    grades: Listed[Code] = ()

    @model_validator(mode="after")
    def _braces_in_pairs(self) -> "ClauseTemplate":
        if set("{}") & set(PLACE.sub("", self.text)):
            raise PydanticCustomError("braces_in_pairs", "", {})
        return self

    @property
    def places(self) -> list[str]:
        """The codes in braces, in their order."""
        return PLACE.findall(self.text)
