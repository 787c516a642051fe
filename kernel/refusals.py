"""How an action says no: what is missing, which clause asks for it, and where to mend it."""

from dataclasses import asdict, dataclass
from typing import Literal, Self

Status = Literal["unmet", "forbidden", "invalid", "conflict"]


@dataclass(frozen=True, slots=True)
class Unmet:
    """One thing that stands in the way.

    ``code`` is stable for programs, ``message`` is for people in their language, ``clause`` cites the
    plan ("三(二)5"), ``url`` leads to where it can be mended, ``field`` names the form field at fault.
    """

    code: str
    message: str
    clause: str = ""
    url: str = ""
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class Refused(Exception):
    """Raised by an action before it has changed anything.

    ``unmet``: a gate or rule is not met (REST 409); ``conflict``: somebody else was faster (409);
    ``forbidden``: this person may not (403); ``invalid``: the input itself is wrong (400).
    """

    def __init__(self, unmet: list[Unmet], status: Status = "unmet") -> None:
        self.unmet = list(unmet)
        self.status: Status = status
        super().__init__("；".join(item.message for item in self.unmet))

    @property
    def codes(self) -> list[str]:
        return [item.code for item in self.unmet]

    @classmethod
    def because(
        cls,
        code: str,
        message: str,
        *,
        clause: str = "",
        url: str = "",
        field: str = "",
        status: Status = "unmet",
    ) -> Self:
        return cls([Unmet(code, str(message), clause, url, field)], status)

    @classmethod
    def forbidden(cls, message: str, *, code: str = "forbidden") -> Self:
        return cls([Unmet(code, str(message))], "forbidden")

    @classmethod
    def invalid(cls, field: str, message: str, *, code: str = "invalid") -> Self:
        return cls([Unmet(code, str(message), field=field)], "invalid")

    @classmethod
    def conflict(cls, message: str, *, code: str = "changed_meanwhile") -> Self:
        return cls([Unmet(code, str(message))], "conflict")
