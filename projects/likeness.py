"""How like two leads are: sign by sign, in points that the plan lays down, graded and said in words.

Pure: two small records in, a verdict out. Where candidates come from is ``projects.duplicates``; the points
are ``[[likeness]]`` of the pack, and where a plan says nothing, ``DEFAULTS``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, pgettext_lazy

from kernel.money import show_fen
from kernel.names import core, nearness, phase_of, sound, without_phase
from kernel.text import normal
from policies.rulebook import Rulebook

NEAR = 0.6
"""Share of pairs of characters from which on two cores are near; less is another name."""


class Grade(TextChoices):
    """How sure it is that two leads are one, the surest first."""

    SURE = "sure", pgettext_lazy("likeness", "确定")
    LIKELY = "likely", pgettext_lazy("likeness", "很可能")
    POSSIBLE = "possible", pgettext_lazy("likeness", "可能")


@dataclass(frozen=True, slots=True)
class Points:
    """The points of each sign, the least of each grade, and how far amounts may differ in per cent."""

    of: Mapping[str, int]
    within: Mapping[str, int]

    def grade(self, points: int) -> Grade | None:
        return next((grade for grade in Grade if points >= self.of[grade.value]), None)


DEFAULTS = Points(
    {
        "same_code": 50, "other_code": -15, "same_investor": 40, "sound_investor": 30, "near_investor": 20,
        "other_investor": -15, "same_name": 50, "sound_name": 40, "near_name": 25, "other_round": -20,
        "same_amount": 10, "far_amount": -10, "same_site": 5, "sure": 90, "likely": 60, "possible": 35,
    },
    {"same_amount": 10, "far_amount": 60},
)  # fmt: skip
"""For a plan without ``[[likeness]]``."""


def points_of(rules: Rulebook) -> Points:
    """The points that the plan lays down."""
    if not rules.likeness:
        return DEFAULTS
    rows = rules.likeness.values()
    within = {row.code: row.within for row in rows if row.within is not None}
    return Points({row.code: row.points for row in rows}, within)


@dataclass(frozen=True)
class Lead:
    """What is compared: names as written, the credit code in capitals, the total investment in 分."""

    name: str = ""
    investor: str = ""
    credit_code: str = ""
    total_fen: int | None = None
    site: str = ""
    park: int | None = None

    @cached_property
    def core(self) -> str:
        return core(self.name)

    @cached_property
    def firm(self) -> str:
        return core(self.investor)


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign: what was compared, both sides as written, and what it counts."""

    sign: str
    points: int
    ours: str = ""
    theirs: str = ""

    @property
    def agrees(self) -> bool:
        return self.points > 0

    @property
    def label(self) -> str:
        return str(LABELS[self.sign])

    def as_dict(self) -> dict[str, Any]:
        return {"sign": self.sign, "points": self.points, "ours": self.ours, "theirs": self.theirs}


LABELS = {
    "same_code": gettext_lazy("信用代码相同"),
    "other_code": gettext_lazy("信用代码不同"),
    "same_investor": gettext_lazy("投资方名称相同"),
    "sound_investor": gettext_lazy("投资方名称同音"),
    "near_investor": gettext_lazy("投资方名称相近"),
    "other_investor": gettext_lazy("投资方不同"),
    "same_name": gettext_lazy("项目名称相同"),
    "sound_name": gettext_lazy("项目名称同音"),
    "near_name": gettext_lazy("项目名称相近"),
    "other_round": gettext_lazy("期次、规模或扩建不同"),
    "same_amount": gettext_lazy("总投资相近"),
    "far_amount": gettext_lazy("总投资悬殊"),
    "same_site": gettext_lazy("选址或园区相同"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade with its reasons, the weightiest first; ``grade`` None: two different leads."""

    grade: Grade | None
    points: int = 0
    reasons: list[Reason] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "；".join(reason.label for reason in self.reasons)


def compare(ours: Lead, theirs: Lead, points: Points = DEFAULTS) -> Verdict:
    """How like two leads are. Names alone or an investor alone never make it sure."""
    found = [
        Reason(sign, points.of[sign], *sides)
        for sign, *sides in (
            *_investors(ours, theirs),
            *_names(ours, theirs),
            *_amounts(ours, theirs, points),
            *_sites(ours, theirs),
        )
    ]
    total = sum(reason.points for reason in found)
    found.sort(key=lambda reason: -abs(reason.points))
    return Verdict(points.grade(total), total, found)


Sign = tuple[str, str, str]


def _investors(ours: Lead, theirs: Lead) -> Iterator[Sign]:
    codes = ours.credit_code, theirs.credit_code
    if all(codes):
        yield ("same_code" if codes[0] == codes[1] else "other_code", *codes)
        return
    if ours.firm and theirs.firm:
        sign = _nearest(ours.investor, theirs.investor, ours.firm, theirs.firm)
        yield (f"{sign}_investor", ours.investor, theirs.investor)


def _names(ours: Lead, theirs: Lead) -> Iterator[Sign]:
    if not ours.core or not theirs.core:
        return
    names = ours.name, theirs.name
    if phase_of(ours.name) != phase_of(theirs.name):
        if nearness(without_phase(ours.name), without_phase(theirs.name)) >= NEAR:
            yield ("near_name", *names)
        yield ("other_round", *names)
        return
    sign = _nearest(*names, without_phase(ours.name), without_phase(theirs.name))
    if sign != "other":
        yield (f"{sign}_name", *names)


def _nearest(one: str, other: str, core_of_one: str, core_of_other: str) -> str:
    if core_of_one == core_of_other:
        return "same"
    if sound(one) == sound(other):
        return "sound"
    return "near" if _near(core_of_one, core_of_other) else "other"


@lru_cache(maxsize=10_000)
def _near(one: str, other: str) -> bool:
    return nearness(one, other) >= NEAR


def _amounts(ours: Lead, theirs: Lead, points: Points) -> Iterator[Sign]:
    low, high = sorted((ours.total_fen or 0, theirs.total_fen or 0))
    if low <= 0:
        return
    sides = show_fen(ours.total_fen), show_fen(theirs.total_fen)
    below = (high - low) * 100
    if below <= high * points.within["same_amount"]:
        yield ("same_amount", *sides)
    elif below > high * points.within["far_amount"]:
        yield ("far_amount", *sides)


def _sites(ours: Lead, theirs: Lead) -> Iterator[Sign]:
    sites = normal(ours.site), normal(theirs.site)
    if (all(sites) and sites[0] == sites[1]) or (ours.park is not None and ours.park == theirs.park):
        yield ("same_site", ours.site, theirs.site)


def told(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored reasons with their words in the reader's language."""
    return [row | {"label": str(LABELS.get(row["sign"], row["sign"]))} for row in reasons]
