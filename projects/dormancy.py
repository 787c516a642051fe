"""The sweep over leads that stand still: first a warning, then the mark. Set-based, safe to repeat.

Each chunk is its own transaction: the rows are found by an index and locked, passing by those that somebody
works on (the next sweep finds them), then the mark, the events and the messages are written together. A
movement that came in meanwhile is seen, for the condition is asked again of the locked row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Event, Part
from kernel.clock import now
from kernel.language import house_language
from notices.actions import Draft, post_many
from policies.models import PolicySet
from policies.rulebook import Rulebook, rulebook
from policies.schema import Dormancy
from projects import hooks, stillness
from projects.models import Project, ProjectQuerySet

CHUNK = 1000
EVENT = "project.dormant"
hooks.CONSEQUENCES.add(EVENT)  # nobody touched the project: an import may still be undone


@dataclass(slots=True)
class Swept:
    """How many leads were warned of, and how many marked."""

    warned: int = 0
    dormant: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """One rule of one set of packs, on a day."""

    policy_set: int
    rules: Rulebook
    rule: Dormancy
    bounds: stillness.Bounds
    today: date


def sweep(today: date, chunk: int = CHUNK) -> Swept:
    """Warn of and mark what has stood still too long by ``today`` (business date, Asia/Shanghai)."""
    done = Swept()
    for watch in _watches(today):
        while (count := _mark(watch, chunk)) == chunk:
            done.dormant += count
        done.dormant += count
        if watch.bounds.warned is None:
            continue
        while (count := _warn(watch, chunk)) == chunk:
            done.warned += count
        done.warned += count
    return done


def _watches(today: date) -> Iterable[Watch]:
    for key in PolicySet.objects.order_by("pk").values_list("pk", flat=True):
        rules = rulebook(key)
        for rule in rules.dormancy:
            yield Watch(key, rules, rule, stillness.bounds(rule, today), today)


def _still(watch: Watch, moved_until: date, explained_until: Q) -> ProjectQuerySet:
    rows = Project.objects.running().filter(
        merged_on__isnull=True, dormant_on__isnull=True, batch__in=watch.rule.states
    )
    rows = rows.exclude(division="").filter(case__policy_set=watch.policy_set, moved_on__lte=moved_until)
    return rows.filter(Q(explained_until__isnull=True) | explained_until)


def _locked(rows: ProjectQuerySet, chunk: int) -> list[dict[str, Any]]:
    skip = connection.features.has_select_for_update_skip_locked
    rows = rows.select_for_update(of=("self",), skip_locked=skip, no_key=True).order_by(
        "batch", "moved_on", "pk"
    )
    found: list[Any] = list(rows.values("pk", "name", "moved_on", "introducing_unit_id")[:chunk])
    return found


@transaction.atomic
def _mark(watch: Watch, chunk: int) -> int:
    rows = _locked(_still(watch, watch.bounds.dormant, Q(explained_until__lt=watch.today)), chunk)
    if not rows:
        return 0
    marked = Project.objects.filter(pk__in=[row["pk"] for row in rows])
    marked.update(dormant_on=watch.today, still_warned_on=None, updated_at=now())
    Event.objects.bulk_create(_event(watch, row) for row in rows)
    with house_language():
        text = _("“%(title)s”自 %(day)s 起没有进展，已标为休眠（%(clause)s）")
        _tell(watch, rows, "dormant", text)
    return len(rows)


def _event(watch: Watch, row: dict[str, Any]) -> Event:
    days = (watch.today - row["moved_on"]).days
    data = {"days": days, "moved": str(row["moved_on"]), "rule": watch.rule.name, "clause": watch.rule.clause}
    return Event(case_id=row["pk"], kind=EVENT, on=watch.today, data=data)


@transaction.atomic
def _warn(watch: Watch, chunk: int) -> int:
    assert watch.bounds.warned is not None
    explained = Q(explained_until__lte=watch.bounds.soon)
    rows = _locked(_still(watch, watch.bounds.warned, explained).filter(still_warned_on__isnull=True), chunk)
    if not rows:
        return 0
    Project.objects.filter(pk__in=[row["pk"] for row in rows]).update(still_warned_on=watch.today)
    with house_language():
        text = _("“%(title)s”自 %(day)s 起没有进展，请登记进展或说明原因，否则将标为休眠（%(clause)s）")
        _tell(watch, rows, "still", text)
    return len(rows)


def _tell(watch: Watch, rows: list[dict[str, Any]], topic: str, text: str) -> None:
    """The first receiver of each; its lead unit where there is none."""
    receivers = _receivers(watch.rules, [row["pk"] for row in rows])
    post_many(drafts=[_draft(watch, row, topic, text, receivers.get(row["pk"])) for row in rows])


def _draft(watch: Watch, row: dict[str, Any], topic: str, text: str, receiver: int | None) -> Draft:
    unit = row["introducing_unit_id"]
    words = {"title": row["name"], "day": row["moved_on"], "clause": watch.rule.clause}
    return Draft(
        key=f"{topic}:{row['pk']}:{watch.today}",
        topic=f"project.{topic}",
        case_id=row["pk"],
        text=text % words,
        url=f"/projects/{row['pk']}/stillness/",
        users=[receiver] if receiver else [],
        units=[unit] if unit and not receiver else [],
    )


def _receivers(rules: Rulebook, keys: list[int]) -> dict[int, int]:
    rule = rules.claim_rule
    if rule is None:
        return {}
    parts = Part.objects.filter(case__in=keys, part=rule.part, valid_to__isnull=True, user__isnull=False)
    return dict(parts.order_by("id").values_list("case_id", "user_id"))
