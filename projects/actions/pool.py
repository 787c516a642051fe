"""The review pool (查重池): pairs are noted as they are found, looked at and kept apart by people."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from kernel.language import house_language
from kernel.refusals import Refused
from projects.duplicates import Candidate, lead_of
from projects.facts import rules_of
from projects.likeness import Grade, Verdict, compare, points_of
from projects.models import DuplicatePair, FoundBy, Project
from projects.permissions import lock, require_on

POOLED = (Grade.SURE, Grade.LIKELY)
"""What goes into the pool by itself; what is only possible is shown and left."""


def note_pairs(
    *, project: Project, found: Iterable[Candidate], source: FoundBy, on: date, note: str = ""
) -> list[DuplicatePair]:
    """Put what a new project resembles into the pool; a pair that is there already stays as it was judged.

    The registering action calls this in its transaction and records the event.
    """
    rows = [
        _pair(project, one.project, one.verdict, found_by=source, on=on, note=note)
        for one in found
        if one.verdict.grade in POOLED
    ]
    return DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True)


@house_language()
def _pair(
    one: Project, other: Project, verdict: Verdict, *, found_by: FoundBy, on: date, note: str = ""
) -> DuplicatePair:
    first, second = sorted((one.pk, other.pk))
    return DuplicatePair(
        first_id=first,
        second_id=second,
        grade=verdict.grade or Grade.POSSIBLE,
        points=verdict.points,
        reasons=[reason.as_dict() for reason in verdict.reasons],
        found_on=on,
        found_by=found_by,
        note=note[:300],
    )


@transaction.atomic
def pair_up(*, project: Project, other: Project, by: User, on: date) -> DuplicatePair:
    """Put two projects into the pool by hand, however little they resemble; the pair that is there is given.

    Raises Refused: forbidden; invalid for one and the same project; conflict where one was merged away.
    """
    one, two = _both(project, other)
    for row in (one, two):
        require_on(by, Can.MERGE_PROJECTS, row)
    there = DuplicatePair.objects.filter(first=one, second=two).first()
    if there is not None:
        return there
    verdict = compare(lead_of(one), lead_of(two), points_of(rules_of(one)))
    pair = _pair(one, two, verdict, found_by=FoundBy.PERSON, on=on)
    pair.save()
    return pair


@transaction.atomic
def keep_apart(*, pair: DuplicatePair, by: User, on: date, reason: str) -> DuplicatePair:
    """Two projects are not the same (不是同一项目), with the reason; both cases tell of it.

    Raises Refused: forbidden; invalid without a reason; conflict when the pair is judged already.
    """
    one, two = _both(pair.first, pair.second)
    for row in (one, two):
        require_on(by, Can.MERGE_PROJECTS, row)
    pair = open_pair(pair)
    pair.distinct_on, pair.distinct_by, pair.distinct_reason = on, by, needed(reason)
    pair.save(update_fields=["distinct_on", "distinct_by", "distinct_reason"])
    for here, there in ((one, two), (two, one)):
        data = {"other": there.name, "code": there.case.code, "reason": pair.distinct_reason}
        cases.record(case=here.case, kind="project.kept_apart", by=by, on=on, data=data)
    return pair


def _both(one: Project, other: Project) -> tuple[Project, Project]:
    """Both locked, in the order of their keys: two who judge the same pair never wait for each other."""
    if one.pk == other.pk:
        raise Refused.invalid("other", _("请选择另一个项目比对"))
    first, second = sorted((one.pk, other.pk))
    return lock(Project(pk=first)), lock(Project(pk=second))


def open_pair(pair: DuplicatePair) -> DuplicatePair:
    """The row as it is now, its projects being locked. Raises Refused (conflict) when it is judged."""
    row = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if row.merged_on is not None:
        raise Refused.conflict(_("这两个项目已于 %(day)s 合并") % {"day": row.merged_on}, code="pair_judged")
    if row.distinct_on is not None:
        raise Refused.conflict(
            _("已于 %(day)s 认定不是同一项目：%(why)s")
            % {"day": row.distinct_on, "why": row.distinct_reason},
            code="pair_judged",
        )
    return row


def needed(reason: str) -> str:
    """The reason without blanks around it. Raises Refused (invalid) when there is none or it is too long."""
    plain = reason.strip()
    if not plain:
        raise Refused.invalid("reason", _("请填写理由"))
    if len(plain) > 300:
        raise Refused.invalid("reason", _("理由最多300字"))
    return plain
