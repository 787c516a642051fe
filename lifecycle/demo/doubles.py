"""Leads that come in a second time: one waits in the review pool, one was merged, one is another project."""

from datetime import date

from lifecycle.demo.people import People
from projects import actions
from projects.models import Batch, DuplicatePair, Project

AGAIN = 3
REASON = "园区上门走访时登记，与招商局登记的是否同一项目请核对"


def register_again(people: People, on: date) -> None:
    """Parks register again what the bureau has in its reserve, under a shorter name."""
    rows = Project.objects.filter(batch=Batch.RESERVE, enterprise__isnull=False).running()
    known = list(rows.select_related("enterprise", "case").order_by("-pk")[:AGAIN])
    pairs = [pair for project in known for pair in _again(project, people, on)]
    for pair, judge in zip(pairs[1:], (_merge, _keep_apart), strict=False):
        judge(pair, people, on)


def _again(project: Project, people: People, on: date) -> list[DuplicatePair]:
    name = project.name.removesuffix("项目").removesuffix("建设")
    other, _alike = actions.register_lead(
        by=people.at("baitao-park"),
        on=on,
        name=name,
        enterprise=project.enterprise,
        distinct_reason=REASON,
    )
    return list(DuplicatePair.objects.filter(first=project, second=other).select_related("first", "second"))


def _merge(pair: DuplicatePair, people: People, on: date) -> None:
    reason = "企业确认只有一个项目，园区系重复登记"
    actions.merge(pair=pair, keep=pair.first, by=people["clerk"], on=on, reason=reason)


def _keep_apart(pair: DuplicatePair, people: People, on: date) -> None:
    reason = "企业在两处各建一条生产线，分别备案"
    actions.keep_apart(pair=pair, by=people["clerk"], on=on, reason=reason)
