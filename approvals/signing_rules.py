"""What the plan says of signing: its milestone and agreement, and the first signing of a project."""

from accounts.models import User
from approvals.models import Signing
from policies.rulebook import Rulebook
from policies.schema import AgreementKind, Milestone
from projects.actions import money as figures
from projects.models import Batch, Measure, Project, ReachedMilestone

ACTION = "sign_agreement"


def gate_of(rules: Rulebook) -> Milestone | None:
    """The milestone that the first signing reaches: that of the mechanism, else that of the portfolio."""
    named = rules.milestone_of_action(ACTION)
    if named is not None:
        return named
    code = next((row.from_milestone for row in rules.portfolio if row.code == Batch.SIGNED), None)
    return rules.milestones.get(code or "")


def kind_of(rules: Rulebook) -> AgreementKind | None:
    """The kind of agreement that is signed with it, where the plan has one."""
    gate = gate_of(rules)
    return next((k for k in rules.agreements.values() if gate and k.signed_by == gate.code), None)


def first_of(project: Project, milestone: str, by: User) -> Signing:
    """The first signing of a project whose milestone is reached; one that came with a ledger is made from it.

    The caller holds the project's lock.
    """
    found = Signing.objects.standing().filter(case_id=project.pk, first__isnull=True).first()
    return found or first_from(project, milestone, by)


def first_from(project: Project, milestone: str, by: User) -> Signing:
    """Make the first signing from the milestone as it was recorded, with what is known."""
    rows = ReachedMilestone.objects.filter(project=project, code=milestone, withdrawn_on__isnull=True)
    reached = rows.order_by("-on", "-id").first()
    assert reached is not None
    row = Signing.objects.create(
        case=project.case,
        signed_on=reached.on,
        unit=project.landing_unit or project.introducing_unit,
        grade=project.agreement_grade or "",
        money=figures.in_force(project, Measure.CONTRACT),
        paper=reached.evidence,
        from_ledger=reached.evidence_outstanding,
        recorded_by=by,
    )
    Signing.objects.standing().filter(case_id=project.pk, first__isnull=False).update(first=row)
    return row
