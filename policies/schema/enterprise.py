"""The enterprise's own account: what it sees of its project, what it may ask, which policies concern it."""

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Limit, Listed, Rule, Text
from policies.schema.life import PhaseCode


class PortalRule(Rule):
    """What the enterprise's account sees of its own project, beside what it handed in itself.

    ``phases`` it follows, ``milestones`` shown with their day, kinds of paper (``documents``) it may read,
    those it may hand in beside its own kind (``uploads``), and the parts whose holder it may turn to
    (``contacts``). What is not listed stays unseen.
    """

    code: Code
    phases: Listed[PhaseCode] = ()
    milestones: Listed[Code] = ()
    documents: Listed[Code] = ()
    uploads: Listed[Code] = ()
    contacts: Listed[Code] = ()


class RequestRule(Rule):
    """A kind of request (诉求) that the enterprise's account may send, and who answers it within what limit.

    It becomes an assignment of ``kind`` for whoever plays the first filled part of ``to_parts``, else for the
    first of ``to_units``. ``phases``: in which it is offered; none means in all. ``once``: only one of the
    kind at a time.
    """

    code: Annotated[Code, StringConstraints(max_length=40)]
    kind: Literal["complaint", "problem", "task"] = "complaint"
    text: str = ""
    to_parts: Listed[Code] = ()
    to_units: Listed[Code] = ()
    limit: Limit | None = None
    phases: Listed[PhaseCode] = ()
    once: bool = False

    @model_validator(mode="after")
    def _somebody_answers(self) -> "RequestRule":
        if not self.to_parts and not self.to_units:
            raise PydanticCustomError("request_to_nobody", "", {})
        return self


class Benefit(Rule):
    """A policy or service in the enterprise's favour (惠企政策), shown to those whom it concerns.

    ``link`` is the address of the platform where it is had, ``office`` who tells more.
    """

    code: Code
    text: Text
    office: str = ""
    link: Annotated[str, StringConstraints(pattern=r"^(https://\S+)?$", max_length=300)] = ""
    phases: Listed[PhaseCode] = ()
    when: Condition = Condition()
