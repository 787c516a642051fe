"""What one permit ends with is another's material: it comes into the application by itself (信息共享)."""

from approvals.models import Material, Permit
from approvals.permits import recording
from approvals.permits.actions.base import joined_names, note
from approvals.permits.closing import touch
from approvals.rules import rule_of
from projects.hooks import MilestoneChange


def follow(change: MilestoneChange) -> None:
    """The handler of ``projects.hooks.on_milestone``: waiting applications take what was just reached.

    Runs inside the action that reached it, which holds the project's lock.
    """
    if change.kind not in ("reached", "withdrawn") or change.past:
        return
    waiting = Permit.objects.filter(
        case_id=change.project.pk, closed_on__isnull=True, complete_on__isnull=True, applied_on__isnull=False
    )
    related = ("step__case", "step__deadline", "step__lead_unit")
    for permit in waiting.select_for_update(of=("self",)).select_related(*related).order_by("pk"):
        _take(permit, change) if change.kind == "reached" else _give_back(permit, change)


def _take(permit: Permit, change: MilestoneChange) -> None:
    rows = [row for row in _given(permit, change) if not row.there]
    if not rows:
        return
    for row in rows:
        row.in_case = True
    Material.objects.bulk_update(rows, ["in_case"])
    note(permit, "permit.supplemented", change.by, change.on, what=joined_names(rows))
    materials = list(permit.materials.all())
    recording.go_on(permit, rule_of(permit.step), change.project, materials, by=change.by, on=change.on)
    touch(permit)


def _give_back(permit: Permit, change: MilestoneChange) -> None:
    """What was withdrawn is no longer in the case of those that still wait for other material."""
    keys = [row.pk for row in _given(permit, change) if row.in_case]
    Material.objects.filter(pk__in=keys).update(in_case=False)


def _given(permit: Permit, change: MilestoneChange) -> list[Material]:
    """The lines of the application that the milestone gives."""
    rule = rule_of(permit.step)
    guide = rule.guide.materials if rule.guide else ()
    names = {item.name for item in guide if item.milestone == change.milestone}
    return [row for row in permit.materials.all() if row.name in names]
