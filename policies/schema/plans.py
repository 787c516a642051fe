"""Plans of a project (两单一表, 倒排工期表): lists, a table, items counted backwards from agreed days,
seals.
"""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Item, Listed, Rule, Text

AnchorCode = Literal["start", "finish", "production"]
_PLACE = re.compile(r"\{([^{}]*)\}")


class Duration(Item):
    """How long something takes; the day on which it begins is not counted."""

    count: Annotated[int, Field(ge=1, le=3650)]
    unit: Literal["working_day", "natural_day", "week", "month"]

    @property
    def weekday(self) -> None:
        """None: a duration ends on whatever day it ends (``policies.spans``)."""
        return None


class PlanAnchor(Item):
    """An agreed day that the plan counts back from; ``term`` is the agreement's term that fixes it."""

    code: AnchorCode
    name: Text
    term: Code | None = None


class PlanColumn(Item):
    name: Text
    shows: Literal["no", "name", "goal", "planned", "note"]


class PlanList(Item):
    """One list of tasks as a form: its columns by name. ``owner``: who keeps it."""

    code: Code
    name: Text
    clause: Text
    owner: Literal["task_force", "enterprise"] = "task_force"
    columns: Annotated[tuple[PlanColumn, ...], Field(strict=False, min_length=2)]


_Days = Literal["signed_on", "start_on", "finish_on", "production_on"]
Shown = Literal["enterprise", "contact", "unit", "land_mu", "months"] | _Days


class PlanField(Item):
    """A place in the head of the table: what stands there; ``seal`` says of whom."""

    name: Text
    shows: Shown
    seal: Code | None = None


class PlanFigures(Item):
    """A sentence of figures: ``{invest}`` in 万元, ``{area}`` in ㎡, and the number of each kind of
    building.
    """

    name: Text
    text: Text

    @property
    def places(self) -> list[str]:
        return _PLACE.findall(self.text)


class PlanTrack(Item):
    code: Code
    name: Text


class Building(Item):
    code: Code
    name: Text


class PlanTable(Item):
    """The table: its head, the figures of the whole plan and of a year, and two tracks of items side by
    side.
    """

    code: Code
    name: Text
    clause: Text
    fields: Listed[PlanField] = ()
    buildings: Listed[Building] = ()
    total: PlanFigures
    year: PlanFigures
    tracks: Annotated[tuple[PlanTrack, ...], Field(strict=False, min_length=2, max_length=2)]


class PlanItemRule(Item):
    """A preset item of one of the lists (``form``), or of the table (``track`` says on which side).

    It ends ``lasts`` after everything in ``after`` has ended; ``ends_on`` is the agreed day on which it is
    due. With ``timing`` ("每周") it has words in place of a day. ``milestone`` fills its actual day; ``key``
    shows it on the wall chart. In the table the second track stands ``beside`` rows of the first, ``suffix``
    after a day.
    """

    code: Code
    name: Text
    form: Code
    clause: str = ""
    goal: str = ""
    timing: str = ""
    note: str = ""
    track: Code | None = None
    beside: Listed[Code] = ()
    suffix: str = ""
    lasts: Duration | None = None
    after: Listed[Code] = ()
    ends_on: AnchorCode | None = None
    milestone: Code | None = None
    key: bool = False
    when: Condition = Condition()

    @model_validator(mode="after")
    def _day_or_words(self) -> "PlanItemRule":
        if self.timing and (self.lasts or self.after or self.ends_on):
            raise PydanticCustomError("plan_day_or_words", "", {})
        return self


class PlanSealRule(Item):
    """Who seals: whoever plays ``part``, or without one the enterprise. ``signer`` as the form calls him."""

    code: Code
    name: Text
    signer: Text
    part: Code | None = None


class PlanRule(Rule):
    """A kind of plan. ``needs`` are the milestones before which there is none; ``made_by_parts`` make and
    edit it.

    Sealed by all of ``seals`` it stands; it is kept as a paper of the kind ``document``, and filed with
    whoever plays ``filed_with_parts``.
    """

    code: Code
    needs: Listed[Code] = ()
    made_by_parts: Annotated[tuple[Code, ...], Field(strict=False, min_length=1)]
    anchors: Annotated[tuple[PlanAnchor, ...], Field(strict=False, min_length=1)]
    lists: Annotated[tuple[PlanList, ...], Field(strict=False, min_length=1)]
    table: PlanTable | None = None
    items: Annotated[tuple[PlanItemRule, ...], Field(strict=False, min_length=1)]
    seals: Annotated[tuple[PlanSealRule, ...], Field(strict=False, min_length=1)]
    document: Code
    filed_with_parts: Listed[Code] = ()

    @property
    def forms(self) -> dict[str, PlanList | PlanTable]:
        """Lists and table by code, in the order of the annex."""
        found: dict[str, PlanList | PlanTable] = {form.code: form for form in self.lists}
        return found | ({self.table.code: self.table} if self.table else {})

    def item(self, code: str) -> PlanItemRule | None:
        return next((one for one in self.items if one.code == code), None)

    def anchor(self, code: str) -> PlanAnchor | None:
        return next((one for one in self.anchors if one.code == code), None)

    def seal(self, code: str) -> PlanSealRule | None:
        return next((one for one in self.seals if one.code == code), None)

    def owner_of(self, form: str) -> str:
        found = self.forms.get(form)
        return found.owner if isinstance(found, PlanList) else "task_force"
