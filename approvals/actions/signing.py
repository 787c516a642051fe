"""签约: an agreement is signed, for the first time or on top of what was; a signing is voided with a reason.

The first signing of a project reaches the milestone that its plan names and alone counts as one; a later one
(补充协议、增资) is an increment of contract money on its own day and moves nothing else.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import Unit, User
from accounts.roles import Can
from approvals.binding import current_versions
from approvals.models import AgreementVersion, Signing
from approvals.signing_rules import first_of, gate_of, kind_of
from cases import actions as cases
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects import actions as projects
from projects.actions import money as figures
from projects.actions import sums
from projects.actions.days import require_since_opening
from projects.actions.milestones import require_named
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Measure, Money, Project
from projects.permissions import lock, require_on, require_running, require_sight, require_unmerged


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is said of a signing. ``raw`` is the sum as written (first: left empty, the figure on file holds);
    ``paper`` an upload or a paper of the case; ``version`` the wording that the signer had before the eyes;
    ``adds`` says that it is meant as an increment: nobody signs twice by a second click.
    """

    raw: str = ""
    currency: str = "CNY"
    rate: str = ""
    rate_on: date | None = None
    grade: str = ""
    place: str = ""
    unit: Unit | None = None
    counterparty: str = ""
    event: str = ""
    note: str = ""
    paper: "File[bytes] | Attachment | None" = None
    version: int | None = None
    adds: bool = False


@transaction.atomic
def sign(*, project: Project, deed: Deed, by: User, on: date, today: date) -> Signing:
    """Sign on a business day (Asia/Shanghai). The first signing passes the gate of the plan's milestone.

    Raises Refused: forbidden for whom the plan does not name; unmet guard, field or paper with clause and
    link; invalid for a day to come, before the first signing, or an increment without sum or paper; conflict
    for another version than the current one, or a project merged into another, naming the one that was kept.
    """
    project = lock(project)
    rules = rules_of(project)
    rule = _require_signer(project, rules, by)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today}, code="future")
    require_since_opening(project, on)
    version = _version(project, rules, rule, deed)
    _require_grade(rules, deed.grade)
    if _is_increment(project, rule, deed):
        return _increment(project, rule, deed, by, on)
    row = _first(project, rule, deed, version, by=by, on=on)
    projects.reach(
        project=project, milestone=rule.code, by=by, on=on, today=today, evidence=row.paper,
        note=deed.note[:300], produced=True,
    )  # fmt: skip
    data = row.as_dict() | {"name": rule.name, "clause": rule.clause}
    cases.record(case=project.case, kind="signing.first", by=by, on=on, data=data)
    return row


def _is_increment(project: Project, rule: Milestone, deed: Deed) -> bool:
    """Raises Refused (conflict) where the deed is not what it is meant as: signed already, or not yet."""
    signed = rule.code in reached_codes(project)
    if signed == deed.adds:
        return signed
    url = reverse("signings-of", args=[project.pk])
    code, message = (
        ("already_signed", _("本项目已签约；补充协议、增资等再次签约请按增量登记"))
        if signed
        else ("not_signed", _("本项目尚未签约，不能登记增量"))
    )
    raise Refused.because(code, message, clause=rule.clause, url=url, status="conflict")


def _require_signer(project: Project, rules: Rulebook, by: User) -> Milestone:
    require_unmerged(by, project)
    require(by, Can.RECORD_MILESTONE)
    require_sight(by, project)
    rule = gate_of(rules)
    if rule is None:
        raise Refused.because("not_in_plan", _("所适用的制度没有签约的规定"))
    require_named(project, rule, by)
    require_running(project)
    return rule


def _version(project: Project, rules: Rulebook, rule: Milestone, deed: Deed) -> AgreementVersion | None:
    """The wording that is signed: the current one, which review and decision are bound to."""
    kind = kind_of(rules)
    current = current_versions(project.pk).get(kind.code) if kind else None
    if deed.version is None or (current is not None and current.pk == deed.version):
        return current
    message = _("要签订的不是协议的现行版本，请核对现行版本后再签")
    url = reverse("agreement", args=[current.agreement_id]) if current else ""
    raise Refused.because("superseded_version", message, clause=rule.clause, url=url, status="conflict")


def _require_grade(rules: Rulebook, grade: str) -> None:
    if grade and grade not in {row.code for row in rules.grades}:
        names = "、".join(f"{row.name}（{row.code}）" for row in rules.grades) or "—"
        raise Refused.invalid("grade", _("请选择协议等级：%(names)s") % {"names": names})


def _first(
    project: Project, rule: Milestone, deed: Deed, version: AgreementVersion | None, *, by: User, on: date
) -> Signing:
    """Figure, grade and paper are put on file, where the gate looks for them; the row comes with them."""
    paper = _paper(project, rule, deed, by, on)
    if deed.raw.strip():
        _state(project, deed, paper, by, on)
    if deed.grade and deed.grade != project.agreement_grade:
        projects.edit(project=project, by=by, on=on, changes={"agreement_grade": deed.grade})
    row = _row(project, deed, paper, by, on)
    row.version, row.grade = version, deed.grade or (version.grade if version else "")
    row.money = figures.in_force(project, Measure.CONTRACT)
    row.save()
    Signing.objects.standing().filter(case_id=project.pk, first__isnull=False).update(first=row)
    return row


def _increment(project: Project, rule: Milestone, deed: Deed, by: User, on: date) -> Signing:
    first = first_of(project, rule.code, by)
    if on < first.signed_on:
        words = _("增量签约不能早于首次签约之日 %(day)s") % {"day": first.signed_on}
        raise Refused.invalid("on", words, code="before_first")
    if not deed.raw.strip():
        raise Refused.invalid("raw", _("请填写增加的协议资金"))
    paper = _paper(project, rule, deed, by, on)
    if paper is None:
        raise Refused.invalid("paper", _("请上传本次签署的协议"), code="required")
    row = _row(project, deed, paper, by, on)
    row.first, row.money = first, _state(project, deed, paper, by, on, adds=True)
    if row.money.fen == 0:
        raise Refused.invalid("raw", _("增加的协议资金应大于零"))
    row.grade = deed.grade
    row.save()
    data = row.as_dict() | {"raw": row.money.raw, "clause": rule.clause}
    cases.record(case=project.case, kind="signing.increment", by=by, on=on, data=data)
    return row


def _row(project: Project, deed: Deed, paper: Attachment | None, by: User, on: date) -> Signing:
    return Signing(
        case=project.case,
        signed_on=on,
        place=deed.place.strip(),
        unit=deed.unit or project.landing_unit or project.introducing_unit,
        counterparty=deed.counterparty.strip(),
        event=" ".join(deed.event.split()),
        note=deed.note.strip()[:300],
        paper=paper,
        recorded_by=by,
    )


def _state(
    project: Project, deed: Deed, paper: Attachment | None, by: User, on: date, *, adds: bool = False
) -> Money:
    said: dict[str, Any] = {"raw": deed.raw, "currency": deed.currency, "rate": deed.rate}
    return projects.set_money(
        project=project, measure=Measure.CONTRACT, by=by, on=on, rate_on=deed.rate_on, evidence=paper,
        source=_("投资协议"), adds=adds, **said,
    )  # fmt: skip


def _paper(project: Project, rule: Milestone, deed: Deed, by: User, on: date) -> Attachment | None:
    """The signed paper, kept as the kind that the gate asks for; of a first signing one on file will do."""
    kind = next(iter((*rule.documents, *rule.guard.documents)), "other")
    if deed.paper is None:
        there = Attachment.objects.filter(case_id=project.pk, kind=kind, withdrawn_on__isnull=True)
        return None if deed.adds or kind == "other" else there.order_by("-id").first()
    if not isinstance(deed.paper, Attachment):
        return attach(case=project.case, kind=kind, upload=deed.paper, by=by, on=on)
    require_of_case(deed.paper, project.pk)
    return deed.paper


@transaction.atomic
def void_signing(*, signing: Signing, by: User, on: date, reason: str) -> Signing:
    """A signing that should not be there: an increment stops counting, the first withdraws the milestone.

    Raises Refused: forbidden for whoever may not withdraw milestones; invalid without a reason; conflict when
    it is voided already, or increments still stand on the first.
    """
    project = lock(Project(pk=signing.case_id))
    require_on(by, Can.WITHDRAW_MILESTONE, project)
    row = Signing.objects.select_for_update(of=("self",)).select_related("case", "money").get(pk=signing.pk)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写作废原因"))
    if row.voided_on is not None:
        raise Refused.conflict(_("这次签约已作废"), code="already_voided")
    require_since_opening(project, on)
    if row.is_first:
        _void_first(project, row, by, on, reason.strip())
        row.refresh_from_db()
        return row
    assert row.money is not None
    nothing = figures.Statement(
        Measure.CONTRACT, sums.read("0"), row.money.on, reason=reason.strip(), adds=True,
        evidence=row.money.evidence,
    )  # fmt: skip
    mark_void(row, by, on, reason)
    figures.restate(project=project, row=row.money, stated=nothing, by=by, on=on)
    return row


def _void_first(project: Project, row: Signing, by: User, on: date, reason: str) -> None:
    if row.increments.filter(voided_on__isnull=True).exists():
        raise Refused.conflict(_("其后还有增量签约，请先作废增量签约"), code="has_increments")
    rule = gate_of(rules_of(project))
    assert rule is not None
    projects.withdraw(project=project, milestone=rule.code, by=by, on=on, reason=reason, produced=True)


def mark_void(row: Signing, by: User, on: date, reason: str) -> None:
    """Keep on record that it counts no more, with one event. The caller has locked and checked."""
    row.voided_on, row.voided_by, row.voided_reason = on, by, reason.strip()[:300]
    row.save(update_fields=["voided_on", "voided_by", "voided_reason"])
    data = {"signing": row.pk, "day": str(row.signed_on), "reason": row.voided_reason}
    cases.record(case=row.case, kind="signing.voided", by=by, on=on, data=data)
