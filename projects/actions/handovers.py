"""移交: the first receiver's responsibility passes to another person, with that person's consent only."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import acting_unit, can
from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Part
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.schema import ClaimRule
from projects import claiming
from projects.actions.claims import lock_claim, needed
from projects.actions.edit import set_parts
from projects.facts import rules_of
from projects.models import Claim, ClaimHandover, Project
from projects.models.claims import Ending, How, Offer
from projects.permissions import lock, may_on, require_running, require_sight


@transaction.atomic
def hand_over(*, claim: Claim, to_user: User, by: User, on: date, reason: str) -> ClaimHandover:
    """Offer a claim to another person, by its holder or the bureau; the case is open to that person to read.

    Raises Refused: forbidden for others; invalid for a person who may not contact enterprises or works
    nowhere, or without a reason; unmet while claims are in conflict; conflict when it has ended, has lapsed,
    or is on offer already.
    """
    project, row = lock_claim(claim)
    _require_holder(project, row, by)
    require_running(project)
    reason = needed(reason)
    rule = _rule_of(project)
    claiming.require_no_dispute(project, rule, on)
    unit = acting_unit(to_user)
    if to_user.pk == row.by_id or unit is None or not can(to_user, Can.RECORD_CONTACT):
        raise Refused.invalid("to_user", _("请选择另一名可以对接企业的在职人员"))
    if ClaimHandover.objects.filter(claim=row, state=Offer.PENDING).exists():
        raise Refused.conflict(_("已提出移交，等待接收人答复"), code="already_offered")
    if row.on > on:
        raise Refused.invalid("on", _("日期不能早于认领日期 %(day)s") % {"day": row.on})
    offer = ClaimHandover.objects.create(
        claim=row,
        to_user=to_user,
        to_unit=unit,
        proposed_by=by,
        proposed_on=on,
        reason=reason,
        sight=_open_case(project, rule, to_user, on),
    )
    data = {"from": row.by.name, "to": to_user.name, "unit": unit.name, "reason": reason}
    cases.record(case=project.case, kind="claim.offered", by=by, on=on, data=data)
    with house_language():
        text = _("%(who)s请您接手“%(title)s”的首接服务责任：%(reason)s") % {
            "who": by.name,
            "title": project.name,
            "reason": reason,
        }
    _tell(offer, project, "offered", text, [to_user.pk])
    return offer


def _open_case(project: Project, rule: ClaimRule, person: User, on: date) -> Part | None:
    """The part that lets the person read what is offered; None where it is played already."""
    unit = acting_unit(person)
    open_ = Part.objects.filter(case_id=project.pk, part=rule.offered_part, valid_to__isnull=True)
    if unit is None or open_.filter(unit=unit, user=person).exists():
        return None
    return cases.assign_part(
        case=project.case, unit=unit, user=person, part=rule.offered_part, by=None, on=on, event=False
    )


@transaction.atomic
def accept(*, handover: ClaimHandover, by: User, on: date) -> Claim:
    """The person asked takes over: the claim passes with its window, the part with its dates; so do the
    holder's claims of the same enterprise, or the two would stand against each other.

    Raises Refused: forbidden for anybody else; conflict when it was answered or withdrawn.
    """
    projects = _lock_all(handover.claim)
    project, offer = _lock(handover, by)
    require_running(project)
    old, reason = offer.claim, offer.reason
    claiming.require_no_dispute(project, _rule_of(project), on)
    passing = _passing(old, on, projects)
    claiming.close(offer, Offer.ACCEPTED, by=by, on=on, reason=reason)
    for row in passing:
        claiming.end(row, Ending.HANDED_OVER, by=by, on=on, reason=reason)
    for row in passing:
        _take(projects[row.project_id], row, offer, on)
    for row in passing:
        one = projects[row.project_id]
        set_parts(
            project=one,
            part=_rule_of(one).part,
            unit=offer.to_unit,
            user=by,
            by=by,
            on=on,
            reason=reason,
            produced=True,
        )
    with house_language():
        text = _("%(who)s已接手“%(title)s”的首接服务责任") % {"who": by.name, "title": project.name}
    _tell(offer, project, "accepted", text, [old.by_id, offer.proposed_by_id])
    return Claim.objects.get(project=project, by=by, ending="")


def _lock_all(claim: Claim) -> dict[int, Project]:
    """The projects of the holder's claims of this enterprise, locked in the order of their keys."""
    rows = Claim.objects.filter(by=claim.by_id, ending="", enterprise__isnull=False)
    same = rows.filter(enterprise=claim.enterprise_id).values_list("project_id", flat=True)
    return {pk: lock(Project(pk=pk)) for pk in sorted({claim.project_id, *same})}


def _passing(old: Claim, on: date, projects: Mapping[int, Project]) -> list[Claim]:
    standing = Claim.objects.standing(on).filter(by=old.by_id, project__in=projects)
    same = standing.filter(enterprise=old.enterprise_id) if old.enterprise_id else standing.none()
    others = same.exclude(pk=old.pk).select_related("by", "unit").order_by("pk")
    return [old, *others]


def _take(project: Project, old: Claim, offer: ClaimHandover, on: date) -> None:
    """The new claim in place of the old one, and the event in this project's file."""
    by = offer.to_user
    if claiming.own(project, by, on) is None:
        claiming.make(project, _rule_of(project), by, on, How.HANDED_OVER, unit=offer.to_unit, like=old)
    data = {"from": old.by.name, "to": by.name, "unit": offer.to_unit.name, "reason": offer.reason}
    cases.record(case=project.case, kind="claim.handed_over", by=by, on=on, data=data)


@transaction.atomic
def decline(*, handover: ClaimHandover, by: User, on: date, reason: str) -> ClaimHandover:
    """The person asked says no, with a reason: everything stays as it is.

    Raises Refused: forbidden for anybody else; invalid without a reason; conflict when it was answered.
    """
    project, offer = _lock(handover, by)
    reason = needed(reason)
    claiming.close(offer, Offer.DECLINED, by=by, on=on, reason=reason)
    data = {"to": by.name, "reason": reason}
    cases.record(case=project.case, kind="claim.declined", by=by, on=on, data=data)
    with house_language():
        text = _("%(who)s未接手“%(title)s”的首接服务责任：%(reason)s") % {
            "who": by.name,
            "title": project.name,
            "reason": reason,
        }
    _tell(offer, project, "declined", text, [offer.claim.by_id, offer.proposed_by_id])
    return offer


@transaction.atomic
def withdraw_handover(*, handover: ClaimHandover, by: User, on: date, reason: str) -> ClaimHandover:
    """The holder or the bureau takes the offer back, with a reason. Raises Refused as ``decline`` does."""
    project = lock(Project(pk=handover.claim.project_id))
    offer = _pending(handover)
    _require_holder(project, offer.claim, by)
    reason = needed(reason)
    claiming.close(offer, Offer.WITHDRAWN, by=by, on=on, reason=reason)
    data = {"to": offer.to_user.name, "reason": reason}
    cases.record(case=project.case, kind="claim.offer_withdrawn", by=by, on=on, data=data)
    with house_language():
        text = _("“%(title)s”首接服务责任的移交已撤回：%(reason)s") % {
            "title": project.name,
            "reason": reason,
        }
    _tell(offer, project, "withdrawn", text, [offer.to_user_id])
    return offer


def may_hand_over(user: User, project: Project, claim: Claim) -> bool:
    """The holder, or the bureau."""
    return claim.by_id == user.pk or may_on(user, Can.RULE_ON_CLAIMS, project)


def _require_holder(project: Project, claim: Claim, by: User) -> None:
    require_sight(by, project)
    if not may_hand_over(by, project, claim):
        message = _("移交由认领人本人或招商局负责人提出、撤回")
        raise Refused.forbidden(message, code="not_claimant")


def _lock(handover: ClaimHandover, by: User) -> tuple[Project, ClaimHandover]:
    """Project and offer, locked. Raises Refused unless ``by`` is who was asked and it still waits."""
    project = lock(Project(pk=handover.claim.project_id))
    if handover.to_user_id != by.pk:
        raise Refused.forbidden(_("只有接收人本人可以答复移交"), code="not_receiver")
    return project, _pending(handover)


def _pending(handover: ClaimHandover) -> ClaimHandover:
    related = ("claim__by", "claim__unit", "to_user", "to_unit", "sight")
    rows = ClaimHandover.objects.select_for_update(of=("self",)).select_related(*related)
    offer = rows.get(pk=handover.pk)
    if offer.state != Offer.PENDING:
        state = {"state": offer.get_state_display(), "day": offer.decided_on}
        raise Refused.conflict(_("该移交%(state)s（%(day)s）") % state, code="already_answered")
    return offer


def _rule_of(project: Project) -> ClaimRule:
    rule = rules_of(project).claim_rule
    if rule is None:
        raise Refused.because("no_claims", _("制度没有规定首接认领"))
    return rule


def _tell(offer: ClaimHandover, project: Project, what: str, text: str, users: list[int]) -> None:
    notices.post(
        key=f"handover:{offer.pk}:{what}",
        topic="claim.handover",
        case=project.case,
        text=text,
        url=f"/projects/{project.pk}/#panel-claim",
        users=sorted(set(users) - {offer.decided_by_id or 0}),
    )
