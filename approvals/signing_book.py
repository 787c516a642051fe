"""The signings of a project follow its milestone and its figures, whichever door those came in by."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.signing import mark_void
from approvals.models import Signing
from approvals.signing_rules import first_from, gate_of
from kernel.bulk import Sql, insert_select
from kernel.language import house_language
from policies.rulebook import Rulebook
from projects.facts import rules_of
from projects.hooks import MilestoneChange
from projects.models import ImportBatch, ImportRow, Measure, Money, Outcome, Project, ReachedMilestone


def follow(change: MilestoneChange) -> None:
    """The handler of ``projects.hooks.on_milestone``; runs inside the action that moved the milestone."""
    gate = gate_of(rules_of(change.project))
    if gate is None or gate.code != change.milestone:
        return
    row = Signing.objects.standing().filter(case_id=change.project.pk, first__isnull=True).first()
    if change.kind in ("reached", "evidenced"):
        made = first_from(change.project, change.milestone, change.by) if row is None else row
        if change.kind == "evidenced":
            _show_paper(change, made)
    elif row is not None and change.kind == "withdrawn":
        mark_void(row, change.by, change.on, _why(change))
    elif row is not None and change.kind == "corrected":
        row.signed_on = change.on
        row.save(update_fields=["signed_on"])


def bring_in(batch: ImportBatch, rules: Rulebook) -> None:
    """The first signings of what an import brought in as signed, set-based: the rows ``first_from`` makes."""
    gate = gate_of(rules)
    if gate is None:
        return
    values = {
        "case_id": Sql("r.project_id"),
        "signed_on": Sql('r."on"'),
        "unit_id": Sql("COALESCE(p.landing_unit_id, p.introducing_unit_id)"),
        "grade": Sql("p.agreement_grade"),
        "money_id": Sql("m.id"),
        "from_ledger": True,
        "recorded_by_id": batch.user_id,
    }
    tables = {model: model._meta.db_table for model in (ReachedMilestone, ImportRow, Project, Money)}
    source = (
        f'FROM "{tables[ReachedMilestone]}" r'
        f' JOIN "{tables[ImportRow]}" w ON w.project_id = r.project_id AND w.batch_id = %s AND w.outcome = %s'
        f' JOIN "{tables[Project]}" p ON p.case_id = r.project_id'
        f' LEFT JOIN "{tables[Money]}" m ON m.project_id = r.project_id AND m.measure = %s'
        " WHERE r.code = %s AND r.withdrawn_on IS NULL ORDER BY r.id"
    )
    insert_select(Signing, values, source, [batch.pk, Outcome.NEW, Measure.CONTRACT, gate.code])


def _show_paper(change: MilestoneChange, row: Signing) -> None:
    """What a ledger had only stated has its paper now."""
    rows = ReachedMilestone.objects.filter(
        project=change.project, code=change.milestone, withdrawn_on__isnull=True
    )
    reached = rows.exclude(evidence=None).select_related("evidence").first()
    row.from_ledger, row.paper = False, reached.evidence if reached else row.paper
    row.save(update_fields=["from_ledger", "paper"])


def _why(change: MilestoneChange) -> str:
    """The reason given for withdrawing the milestone."""
    rows = ReachedMilestone.objects.filter(
        project=change.project, code=change.milestone, withdrawn_on__isnull=False
    )
    said = rows.order_by("-withdrawn_on", "-id").values_list("withdrawn_reason", flat=True).first()
    with house_language():
        return said or _("签约里程碑已撤销")


def on_money(project: Project, by: User, on: date) -> None:
    """A figure put right, or stated anew, is that of the signing from now on."""
    rows = Signing.objects.standing().filter(case_id=project.pk, money__superseded_by__isnull=False)
    for row in rows.select_related("money"):
        row.money = _newest(row.money)
        if row.first_id and row.money:
            row.signed_on = row.money.on
        row.save(update_fields=["money", "signed_on"])


def _newest(row: Money | None) -> Money | None:
    while row is not None:
        newer = Money.objects.filter(supersedes=row).first()
        if newer is None:
            return row
        row = newer
    return None
