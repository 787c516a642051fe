"""补齐佐证: the paper of a milestone that an old ledger brought in, and its day where the ledger had none."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects import hooks
from projects.actions.milestones import require_recorder
from projects.facts import rules_of
from projects.models import Project, ReachedMilestone
from projects.models.records import Precision
from projects.permissions import lock, require_on


@transaction.atomic
def supply_evidence(
    *,
    project: Project,
    milestone: str,
    by: User,
    on: date,
    day: date | None = None,
    part_no: int = 1,
    evidence: Attachment | None = None,
    document_no: str = "",
    note: str = "",
) -> ReachedMilestone:
    """Show the paper of a milestone whose evidence is outstanding (存量补录). ``on``: the day of the act.

    Papers that the plan asks for must be in the case; where it asks for none, any paper or the number of
    one will do. ``day``: the exact day (Asia/Shanghai), wanted where the ledger told none. Nothing starts
    for what is long over; credit that waited for the paper is booked. Raises Refused: forbidden; unmet
    papers with clause and link; invalid day, paper or number; conflict when nothing is outstanding.
    """
    project = lock(project)
    rules = rules_of(project)
    if milestone not in rules.milestones:
        raise Refused.invalid("milestone", _("制度中没有里程碑“%(code)s”") % {"code": milestone})
    rule = rules.milestone(milestone)
    require_supplier(project, rule, by)
    row = _outstanding(project, rule, part_no)
    exact = _exact(row, rule, day, on)
    paper = _paper(project, rule, rules, evidence, document_no.strip())
    words = [_("文号：%(no)s") % {"no": document_no.strip()}] if document_no.strip() else []
    row.note = "；".join(filter(None, [row.note, *words, note.strip()]))[:300]
    if exact:
        row.on, row.precision = exact, Precision.DAY
    row.evidence, row.evidence_outstanding = paper, False
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    data = {
        "name": rule.name,
        "milestone": milestone,
        "day": row.said_on,
        "paper": paper.name if paper else document_no.strip(),
        "clause": rule.clause,
    }
    cases.record(case=project.case, kind="milestone.evidenced", by=by, on=on, data=data)
    hooks.tell(hooks.MilestoneChange(project, milestone, on, by, "evidenced", past=True))
    return row


def require_supplier(project: Project, rule: Milestone, by: User) -> None:
    """Raises Refused unless this one records the milestone; one that a step forms anybody who records may."""
    if rule.produced_by == "record":
        require_recorder(project, rule, by)
    else:
        require_on(by, Can.RECORD_MILESTONE, project)


def papers_of(rule: Milestone) -> list[str]:
    """The kinds of paper that the plan asks for with a milestone or before it."""
    return list(dict.fromkeys((*rule.documents, *rule.guard.documents)))


def _outstanding(project: Project, rule: Milestone, part_no: int) -> ReachedMilestone:
    rows = ReachedMilestone.objects.filter(project=project, code=rule.code, withdrawn_on__isnull=True)
    row = rows.filter(part_no=part_no).first()
    if row is None:
        raise Refused.conflict(_("“%(name)s”尚未登记或已撤销") % {"name": rule.name})
    if not row.evidence_outstanding:
        raise Refused.conflict(
            _("“%(name)s”的佐证已经补齐") % {"name": rule.name}, code="nothing_outstanding"
        )
    return row


def _exact(row: ReachedMilestone, rule: Milestone, day: date | None, on: date) -> date | None:
    """The exact day, if it was told."""
    if day is None:
        if row.precision == Precision.UNKNOWN:
            raise Refused.invalid("day", _("台账没有“%(name)s”的日期，请填写实际日期") % {"name": rule.name})
        return None
    if day > on:
        raise Refused.invalid("day", _("日期不能晚于今天（%(today)s）") % {"today": on})
    if not row.may_be(day):
        text = _("与台账所记“%(said)s”不符；台账有误的，请先“更正”日期再补佐证")
        raise Refused.invalid("day", text % {"said": row.said_on})
    return day


def _paper(
    project: Project, rule: Milestone, rules: Rulebook, evidence: Attachment | None, document_no: str
) -> Attachment | None:
    """The paper that shows it: that which was named, else the newest of a kind that the plan asks for."""
    require_of_case(evidence, project.pk, "evidence")
    wanted = papers_of(rule)
    if not wanted:
        if evidence is None and not document_no:
            text = _("请上传“%(name)s”的佐证材料，或填写其文号") % {"name": rule.name}
            raise Refused.because(
                "no_evidence", text, clause=rule.clause, field="document_no", status="invalid"
            )
        return evidence
    there = Attachment.objects.filter(case_id=project.pk, kind__in=wanted, withdrawn_on__isnull=True)
    newest = {row.kind: row for row in there.order_by("id")}
    missing = [kind for kind in wanted if kind not in newest]
    if missing:
        raise Refused([_missing(project, rule, rules, kind) for kind in missing])
    return evidence or newest[wanted[0]]


def _missing(project: Project, rule: Milestone, rules: Rulebook, kind: str) -> Unmet:
    url = reverse("project-attach", args=[project.pk])
    text = _("缺少材料“%(name)s”") % {"name": rules.document(kind).name}
    return Unmet(f"document:{kind}", text, rule.clause, f"{url}?kind={kind}")
