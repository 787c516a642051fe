"""A step's score (评分): what the units gave each aspect, weighed as the plan says, out of a hundred."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from approvals.models import Opinion
from policies.schema import Aspect, Score
from policies.schema import Step as StepRule

_TENTH = Decimal("0.1")
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """One aspect: the mean of its scores out of a hundred, and its weight."""

    name: str
    points: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """The weighted mean out of a hundred, to one decimal, and what it is made of."""

    points: Decimal
    shares: tuple[Share, ...]

    @property
    def sum(self) -> str:
        """The arithmetic: "（80.0×2 + 60.0×1）÷3 = 73.3"."""
        parts = " + ".join(f"{_tenths(share.points)}×{share.weight.normalize():f}" for share in self.shares)
        weight = sum((share.weight for share in self.shares), Decimal(0))
        return f"（{parts}）÷{weight.normalize():f} = {self.points}"


def score_of(rule: StepRule, opinions: Iterable[Opinion]) -> Total | None:
    """What the scores in force come to; None where none was given, or every aspect that was weighs nothing.

    Units asked about the same aspect count alike; an aspect without a score is left out of the weights.
    """
    given: dict[str, list[int]] = {}
    for row in opinions:
        if row.in_force and row.score is not None:
            given.setdefault(row.aspect, []).append(row.score)
    shares = tuple(_share(aspect, given[aspect.code]) for aspect in rule.aspects if aspect.code in given)
    weight = sum((share.weight for share in shares), Decimal(0))
    if not weight:
        return None
    whole = sum((share.points * share.weight for share in shares), Decimal(0))
    return Total(_tenths(whole / weight), shares)


def _share(aspect: Aspect, scores: list[int]) -> Share:
    span = aspect.score or Score()
    mean = Decimal(sum(scores)) / len(scores)
    return Share(aspect.name, (mean - span.min) / (span.max - span.min) * _WHOLE, aspect.weight)


def _tenths(number: Decimal) -> Decimal:
    return number.quantize(_TENTH, ROUND_HALF_UP)
