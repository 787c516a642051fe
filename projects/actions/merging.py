"""A double is merged into the project that is kept, and the merge is undone: nothing is copied or deleted.

The double keeps its contacts, figures, papers and events; the kept one's case file leads to them. Until the
merge is undone its case is voided: no list, sum, board or clock counts it, and its units play no part.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Part
from cases.permissions import wide_on
from deadlines import withholding
from kernel.language import house_language
from kernel.refusals import Refused
from projects import hooks, stillness
from projects.actions import saving
from projects.actions.pool import needed, open_pair
from projects.models import Batch, DuplicatePair, Project
from projects.permissions import lock, require_on

SIGNED = (Batch.SIGNED, Batch.STARTED, Batch.PRODUCING)


@transaction.atomic
def merge(*, pair: DuplicatePair, keep: Project, by: User, on: date, reason: str) -> DuplicatePair:
    """Merge the other project of a pair into ``keep``.

    Raises Refused: forbidden; invalid for a project outside the pair or no reason; conflict when the pair
    is judged already, both are signed, the signed one would vanish, or others were merged into that one.
    """
    if keep.pk not in (pair.first_id, pair.second_id):
        raise Refused.invalid("keep", _("请在这两个项目中选择保留哪一个"))
    first, second = lock(Project(pk=pair.first_id)), lock(Project(pk=pair.second_id))
    kept, gone = (first, second) if keep.pk == first.pk else (second, first)
    for row in (gone, kept):
        require_on(by, Can.MERGE_PROJECTS, row)
    pair = open_pair(pair)
    reason = needed(reason)
    _require_mergeable(kept, gone, on)
    pair.merged_on, pair.merged_by, pair.merged_reason = on, by, reason
    pair.kept = {"gone": gone.pk, "clocks": _stop(gone, kept, by, on), "parts": _end_parts(gone, kept, on)}
    pair.save(update_fields=["merged_on", "merged_by", "merged_reason", "kept"])
    gone.merged_into, gone.merged_on, gone.merged_by, gone.merged_reason = kept, on, by, reason
    _void(gone, on, by, reason)
    hooks.tell_void([gone.pk], by, on)
    _tell(kept, gone, reason, by, on)
    return pair


def _require_mergeable(kept: Project, gone: Project, on: date) -> None:
    if gone.batch in SIGNED and kept.batch in SIGNED:
        message = _(
            "两个项目都已签约，各有协议和到位资金，不能合并；确属同一协议重复登记的，先撤销其中一个的签约"
        )
        raise Refused.because("both_signed", message, status="conflict")
    if gone.batch in SIGNED:
        message = _("“%(name)s”已签约，请保留它，把另一个并入") % {"name": gone.name}
        raise Refused.because("keep_the_signed", message, field="keep", status="conflict")
    if Project.objects.filter(merged_into=gone).exists():
        message = _("已有项目并入“%(name)s”，请保留它，或先撤销那次合并") % {"name": gone.name}
        raise Refused.because("holds_others", message, field="keep", status="conflict")
    opened = max(kept.case.opened_on, gone.case.opened_on)
    if on < opened:
        raise Refused.invalid("on", _("合并日期不能早于建档日期 %(day)s") % {"day": opened})


def _stop(gone: Project, kept: Project, by: User, on: date) -> list[int]:
    return withholding.withhold(case=gone.case, reason=_into(kept), by=by, on=on)


def _end_parts(gone: Project, kept: Project, on: date) -> list[list[object]]:
    """End every open part; returns their keys and words, for undoing."""
    parts = list(Part.objects.filter(case_id=gone.pk, valid_to__isnull=True).order_by("pk"))
    notes: list[list[object]] = [[part.pk, part.reason] for part in parts]
    cases.end_parts(parts=parts, on=on, reason=_into(kept))
    return notes


@house_language()
def _into(kept: Project) -> str:
    return _("并入 %(code)s“%(name)s”") % {"code": kept.case.code, "name": kept.name}


def _void(gone: Project, on: date, by: User, reason: str) -> None:
    gone.case.voided_on, gone.division = on, ""
    stillness.leave_out(gone)
    gone.case.save(update_fields=["voided_on"])
    saving.save(gone, by, reason)


def _tell(kept: Project, gone: Project, reason: str, by: User, on: date) -> None:
    for here, there, kind in ((gone, kept, "project.merged"), (kept, gone, "project.absorbed")):
        data = {"other": there.name, "code": there.case.code, "project": there.pk, "reason": reason}
        cases.record(case=here.case, kind=kind, by=by, on=on, data=data)


@transaction.atomic
def undo_merge(*, pair: DuplicatePair, by: User, on: date, reason: str) -> DuplicatePair:
    """Take a merge back: parts, clocks and credit of the double stand again as they did; the pair is open.

    Raises Refused: forbidden; invalid without a reason or for a day before the merge; conflict when the pair
    is not merged, or what was kept has itself been merged away since.
    """
    first, second = lock(Project(pk=pair.first_id)), lock(Project(pk=pair.second_id))
    row = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if row.merged_on is None:
        raise Refused.conflict(_("这两个项目没有合并"), code="not_merged")
    gone, kept = (first, second) if row.kept["gone"] == first.pk else (second, first)
    require_on(by, Can.MERGE_PROJECTS, kept)
    reason = needed(reason)
    if on < row.merged_on:
        raise Refused.invalid("on", _("撤销日期不能早于合并日期 %(day)s") % {"day": row.merged_on})
    _give_back(row, gone, by, on, reason)
    row.merged_on, row.merged_by, row.merged_reason, row.kept = None, None, "", {}
    row.save(update_fields=["merged_on", "merged_by", "merged_reason", "kept"])
    for here, there in ((gone, kept), (kept, gone)):
        data = {"other": there.name, "code": there.case.code, "reason": reason}
        cases.record(case=here.case, kind="project.merge_undone", by=by, on=on, data=data)
    hooks.tell_money(gone, by, on)
    return row


def _give_back(row: DuplicatePair, gone: Project, by: User, on: date, reason: str) -> None:
    gone.case.voided_on, gone.division = None, gone.case.division
    gone.case.save(update_fields=["voided_on"])
    gone.merged_into, gone.merged_on, gone.merged_by, gone.merged_reason = None, None, None, ""
    stillness.restart(gone, on)
    saving.save(gone, by, reason)
    parts = Part.objects.in_bulk([key for key, _words in row.kept["parts"]])
    cases.reopen_parts(parts=[(parts[key], words) for key, words in row.kept["parts"]])
    withholding.restore(case=gone.case, keys=row.kept["clocks"], reason=reason, by=by, on=on)


def may_judge(user: User, pair: DuplicatePair) -> bool:
    """Whether the user may keep apart, merge or undo: the bureau, over both cases."""
    valid = [row for row in (pair.first, pair.second) if row.merged_into_id is None]
    return all(wide_on(user, Can.MERGE_PROJECTS, row.case) for row in valid)
