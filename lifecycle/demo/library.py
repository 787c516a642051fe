"""The library of leads in the demo: where each lead came from, and what is said of those that stand still."""

from datetime import date, timedelta
from random import Random

from lifecycle.demo import words
from lifecycle.demo.people import People
from lifecycle.demo.walk import Walk
from projects import actions as projects
from projects import dormancy
from projects.models import Project

TAGS = ("high_tech", "high_value", "high_growth", "fund_industry", "supply_plant", "supply_land",
        "supply_finance", "supply_tax", "supply_labour")  # fmt: skip

LONG = timedelta(days=40)
"""After so long asleep a lead may stir."""


def marks(walk: Walk) -> dict[str, object]:
    """Channel, classes and tags, from a generator of their own: the rest of the walk stays as it was."""
    rng = Random(f"{walk.investor.name} {walk.total}")  # noqa: S311
    if rng.random() < 0.1:  # nobody wrote it down
        return {}
    channel = rng.choices(list(words.SOURCES), [often for often, _lines in words.SOURCES.values()])[0]
    classes: tuple[str, ...] = ("invited",) if rng.random() < 0.4 else ()
    classes += ("intention", "priority")[: rng.randint(0, 2)]
    return {
        "lead_channel": channel,
        "lead_source": rng.choice(words.SOURCES[channel][1]),
        "target_classes": classes,
        "lead_tags": rng.sample(TAGS, rng.randint(0, 3)),
    }


def sweep(on: date) -> None:
    """As beat does it, every day."""
    dormancy.sweep(on)


def tidy(people: People, rng: Random, on: date) -> None:
    """Once a week: two of three warned of get explained, two of three long dormant stir again."""
    running = Project.objects.running().select_related("case").order_by("pk")
    for row in running.filter(still_warned_on__isnull=False, dormant_on__isnull=True):
        if row.moved_on.day % 3:
            why = rng.choice(words.STILL)
            projects.explain_stillness(project=row, by=people["clerk"], on=on, reason=why)
    for row in running.filter(dormant_on__lte=on - LONG):
        if int(row.case.code[-5:]) % 3:
            projects.wake(project=row, by=people["clerk"], on=on, reason=words.STIRRED)
