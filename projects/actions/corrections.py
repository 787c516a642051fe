"""更正: a wrong date or figure is put right with a reason; before, one sees what moves with it."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from deadlines import actions as deadlines
from deadlines.saving import due_words
from deadlines.wording import due_text
from documents.models import Attachment
from kernel.language import house_language
from kernel.money import show_fen
from kernel.refusals import Refused
from projects import clocks, hooks
from projects.actions import money, saving, sums
from projects.actions.money import Statement
from projects.actions.sums import Sum
from projects.facts import class_of, facts_of, rules_of
from projects.gates import whole
from projects.hooks import Proposal
from projects.models import Measure, Money, Project, ReachedMilestone
from projects.models.records import Precision
from projects.permissions import lock, require_fresh, require_on


@dataclass(frozen=True, slots=True)
class Change:
    """What is put right: the ``day`` of a milestone, or a figure.

    A figure is that in force of a ``measure``, or one row (``figure``, its key): funds paid in have many.
    What is left empty or None stays as it was stated; ``day`` is then the day of the figure.
    """

    milestone: str = ""
    day: date | None = None
    part_no: int = 1
    measure: str = ""
    figure: int | None = None
    raw: str = ""
    currency: str = ""
    rate: str = ""
    rate_on: date | None = None
    qualifier: str | None = None
    source: str | None = None
    evidence: Attachment | None = None


def preview_correction(*, project: Project, change: Change, by: User, on: date | None = None) -> list[str]:
    """What would move, as sentences; writes nothing. Raises Refused like ``correct``, days to come included
    where ``on``, the day of the act, is known."""
    require_on(by, Can.CORRECT_PROJECT, project)
    return _moves(_proposal(project, change, on))


@transaction.atomic
def correct(
    *,
    project: Project,
    change: Change,
    by: User,
    on: date,
    reason: str,
    expected_version: int | None = None,
) -> list[str]:
    """Make the correction and return what moved. The old value stays in history, the old figure superseded.

    Raises Refused: forbidden; invalid without a reason, for a day in the future or an unreadable figure;
    conflict with what changed since ``expected_version``, or when the milestone is not reached, or the figure
    not stated or superseded already.
    """
    project = lock(project)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写更正原因"))
    require_on(by, Can.CORRECT_PROJECT, project)
    require_fresh(project, expected_version)
    proposal = _proposal(project, change, on)
    moved = _moves(proposal)
    if change.milestone:
        _correct_day(proposal, change, by, on, reason.strip())
    else:
        row = _figure(project, change)
        stated = replace(_stated(row, change), reason=reason.strip())
        money.restate(project=project, row=row, stated=stated, by=by, on=on)
    return moved


def _proposal(project: Project, change: Change, on: date | None) -> Proposal:
    if on is not None and change.day is not None and change.day > on:
        raise Refused.invalid("day", _("日期不能晚于今天（%(today)s）") % {"today": on})
    facts = facts_of(project)
    if change.milestone or not (change.measure or change.figure):
        return Proposal(project, facts, facts, days=_days(project, change))
    row = _figure(project, change)
    stated = _stated(row, change)
    rows = Money.objects.filter(project=project, superseded_by__isnull=True).exclude(pk=row.pk).order_by("id")
    then = money.cached_of([*rows, Money(measure=row.measure, fen=stated.sum.fen, adds=row.adds)])
    outstanding = money.outstanding(row, stated)
    return Proposal(project, facts, facts | then, figures={row.pk: (stated.sum.fen, stated.on, outstanding)})


def _moves(proposal: Proposal) -> list[str]:
    lines = [
        line for code, day in proposal.days.items() for line in _clock_lines(proposal.project, code, day)
    ]
    return (
        lines
        + _paid_in_lines(proposal)
        + _class_lines(proposal)
        + hooks.preview(proposal)
        + _reopened(proposal)
    )


def _reopened(proposal: Proposal) -> list[str]:
    return hooks.reopens(proposal) if proposal.facts_before != proposal.facts_after else []


def _clock_lines(project: Project, milestone: str, day: date) -> list[str]:
    lines = []
    for deadline in clocks.moved_by(project, milestone):
        due = deadlines.preview_restart(deadline, day)
        if due.on != deadline.due_on:
            new = due_text(due.on, provisional=due.provisional)
            moved = {"name": deadline.name, "old": due_words(deadline), "new": new}
            lines.append(_("%(name)s：%(old)s → %(new)s") % moved)
    for deadline in clocks.met_by(project, milestone):
        if deadline.met_on != day:
            late = _("（逾期）") if day > deadline.due_on else ""
            data = {"name": deadline.name, "old": deadline.met_on, "new": f"{day}{late}"}
            lines.append(_("%(name)s办结日期：%(old)s → %(new)s") % data)
    return lines


def _paid_in_lines(proposal: Proposal) -> list[str]:
    """The one sum that no row shows: what has been paid in altogether."""
    old, new = (facts[Measure.PAID_IN.value] for facts in (proposal.facts_before, proposal.facts_after))
    if old == new:
        return []
    data = {"old": _said(old), "new": _said(new)}
    return [_("到位资金合计：%(old)s → %(new)s") % data]


def _said(fen: object) -> str:
    return show_fen(fen if isinstance(fen, int) else None)


def _class_lines(proposal: Proposal) -> list[str]:
    rules = rules_of(proposal.project)
    old, new = class_of(proposal.facts_before, rules), class_of(proposal.facts_after, rules)
    if old == new:
        return []
    names = {row.code: row.name for row in rules.classes} | {"": _("未定级")}
    return [_("项目等级：%(old)s → %(new)s") % {"old": names[old], "new": names[new]}]


def _figure(project: Project, change: Change) -> Money:
    """The row meant. Raises Refused."""
    if change.figure is None:
        if change.measure == Measure.PAID_IN:
            raise Refused.invalid("measure", _("到位资金逐笔登记，请选择要更正的那一笔"))
        found = money.in_force(project, change.measure)
    else:
        found = Money.objects.filter(project=project, pk=change.figure).first()
    if found is None:
        raise Refused.conflict(_("没有可更正的这笔金额，请先登记"))
    newer = Money.objects.filter(supersedes=found).select_related("recorded_by").first()
    if newer is not None:
        data = {"who": newer.recorded_by.name, "raw": newer.raw}
        raise Refused.conflict(_("这笔金额已由%(who)s改为“%(raw)s”，请更正现行的一笔") % data)
    return found


def _stated(row: Money, change: Change) -> Statement:
    """The figure as it would stand: what the change leaves empty is taken over from the row."""
    return Statement(
        measure=row.measure,
        sum=_sum(row, change),
        on=change.day or row.on,
        qualifier=row.qualifier if change.qualifier is None else change.qualifier.strip(),
        source=row.source if change.source is None else change.source.strip(),
        evidence=change.evidence or row.evidence,
        adds=row.adds,
    )


def _sum(row: Money, change: Change) -> Sum:
    """Read anew; a sum left as it was is kept to the letter, however a ledger had worded it."""
    if not (change.raw or change.currency or change.rate or change.rate_on):
        return Sum(row.raw, row.currency, row.original, row.fen, row.rate, row.rate_on)
    currency = change.currency or row.currency
    same = currency == row.currency
    rate = change.rate or (row.rate if same else "")
    rate_on = change.rate_on or (row.rate_on if same else None)
    found = sums.read(change.raw or row.original or row.raw, currency, rate, rate_on)
    return found if change.raw else replace(found, raw=row.raw)


def _part(project: Project, change: Change) -> ReachedMilestone:
    """The part of the milestone that is put right. Raises Refused."""
    rule = rules_of(project).milestones.get(change.milestone)
    if rule is None or change.day is None:
        raise Refused.invalid("milestone", _("请选择要更正的里程碑和日期"))
    rows = ReachedMilestone.objects.filter(project=project, code=rule.code, withdrawn_on__isnull=True)
    row = rows.filter(part_no=change.part_no).first()
    if row is None:
        raise Refused.conflict(_("“%(name)s”尚未登记或已撤销") % {"name": rule.name})
    return row


def _days(project: Project, change: Change) -> dict[str, date]:
    """The milestone's day as it would move: that of its last part; {} where not all parts are there yet."""
    row = _part(project, change)
    assert change.day is not None
    rows = ReachedMilestone.objects.filter(project=project, code=row.code, withdrawn_on__isnull=True)
    parts = list(rows.values_list("part_no", "parts_total", "on"))
    if not whole((row.code, number, total) for number, total, _on in parts):
        return {}
    others = [on for number, _total, on in parts if number != row.part_no]
    old, new = max([*others, row.on]), max([*others, change.day])
    return {row.code: new} if new != old else {}


def _correct_day(proposal: Proposal, change: Change, by: User, on: date, reason: str) -> None:
    project = proposal.project
    row = _part(project, change)
    assert change.day is not None
    before, row.on, row.precision = row.on, change.day, Precision.DAY
    row._history_user, row._change_reason = by, reason  # type: ignore[attr-defined]
    row.save()
    name = rules_of(project).milestone(row.code).name
    data = {"name": name, "before": str(before), "after": str(change.day), "reason": reason}
    cases.record(case=project.case, kind="project.corrected", by=by, on=on, data=data)
    # A new version, so that whoever corrects what they read before is told.
    with house_language():
        moved = _("%(name)s：%(before)s → %(after)s") % data
    saving.save(project, by, moved)
    for code, day in proposal.days.items():
        clocks.on_corrected(project, code, day, by=by, on=on, reason=reason)
        hooks.tell(hooks.MilestoneChange(project, code, day, by, "corrected"))
