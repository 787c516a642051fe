"""What claims (首接) are made of: made by an act, ended by another, in step with the part that follows them.

Callers hold the locks of the investor (so that two claims of one enterprise see each other) and the project,
and have asked who may.
"""

from datetime import date

from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import Unit, User
from cases import actions as cases
from cases.models import Part
from deadlines import calendars
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.rulebook import Rulebook
from policies.schema import ClaimRule
from projects.models import Claim, ClaimHandover, Project
from projects.models.claims import Ending, How, Offer

RULER = "bureau_head"
"""Whose role is told of a conflict: it carries ``Can.RULE_ON_CLAIMS``."""


def claimable(project: Project, rules: Rulebook) -> ClaimRule | None:
    """The rule by which an act on this project claims it now; None outside its phases and for old ledgers."""
    rule = rules.claim_rule
    return rule if rule and project.phase in rule.phases and not project.from_ledger else None


def make(
    project: Project,
    rule: ClaimRule,
    by: User,
    on: date,
    how: How,
    *,
    unit: Unit | None = None,
    note: str = "",
    like: Claim | None = None,
) -> Claim | None:
    """A claim of ``by`` for the unit acted for; where it meets another's, the bureau is told.

    ``like``: the claim whose protection window it takes over. A lapsed one of the same person ends. None for
    somebody who works nowhere today.
    """
    unit = unit or acting_unit(by)
    if unit is None:
        return None
    for lapsed in Claim.objects.filter(project=project, by=by, ending=""):
        end(lapsed, Ending.LAPSED, by=by, on=on, reason=str(Ending.LAPSED.label))
    row = Claim(
        project=project,
        enterprise_id=project.enterprise_id,
        unit=unit,
        by=by,
        how=how,
        on=on,
        note=note,
        clause=rule.clause,
        protected_until=like.protected_until if like else _window_end(rule, on),
        kept_by=like.kept_by if like else rule.kept_by or "",
        until=like.until if like else rule.until or "",
    )
    rivals = _rivals(row, on)
    row.contested = bool(rivals)
    row.save()
    if rivals:
        _tell_conflict(row, rivals)
    return row


def own(project: Project, person: User, on: date) -> Claim | None:
    """The claim of this person that stands."""
    return Claim.objects.standing(on).filter(project=project, by=person).select_related("unit", "by").first()


def _window_end(rule: ClaimRule, on: date) -> date | None:
    return calendars.current().due(on, rule.window.limit).on if rule.window else None


def _rivals(row: Claim, on: date) -> list[Claim]:
    return list(Claim.objects.against(row, on).select_related("project", "unit", "by"))


def _tell_conflict(row: Claim, rivals: list[Claim]) -> None:
    with house_language():
        text = _("“%(title)s”首接认领有争议，请裁定：%(who)s") % {
            "title": row.project.name,
            "who": "、".join(f"{one.unit.name} {one.by.name}" for one in [*rivals, row]),
        }
        mine = _("“%(title)s”首接认领有争议，已报招商局裁定")
    notices.post(
        key=f"claim:{row.pk}:conflict",
        topic="claim.conflict",
        case=row.project.case,
        text=text,
        url="/claims/",
        roles=[RULER],
    )
    for one in [*rivals, row]:
        notices.post(
            key=f"claim:{row.pk}:conflict:{one.pk}",
            topic="claim.conflict",
            case=one.project.case,
            text=mine % {"title": one.project.name},
            url=f"/projects/{one.project_id}/",
            users=[one.by_id],
        )


def by_registering(project: Project, rules: Rulebook, by: User, on: date) -> None:
    """Whoever registers a lead claims it by that act."""
    if rule := claimable(project, rules):
        make(project, rule, by, on, How.REGISTERED)


def by_contact(project: Project, rules: Rulebook, by: User, on: date) -> Claim | None:
    """Whoever records the first contact claims by that act, unless a claim of the own unit stands.

    Returns the claim that the part is to follow: the only one that stands, or None while there are two.
    """
    rule = claimable(project, rules)
    if rule is None:
        return None
    standing = list(Claim.objects.standing(on).filter(project=project).select_related("unit", "by"))
    unit = acting_unit(by)
    ours = unit is None or any(row.by_id == by.pk or row.unit_id == unit.pk for row in standing)
    made = None if ours else make(project, rule, by, on, How.CONTACT)
    standing += [made] if made else []
    only = standing[0] if len(standing) == 1 else None
    return only if only and not _rivals(only, on) else None


def end(row: Claim, ending: Ending, *, by: User, on: date, reason: str) -> None:
    """The claim ends with who, when and why; an offer to hand it over falls away with it."""
    row.ending, row.ended_on, row.ended_by, row.ended_reason = ending, max(on, row.on), by, reason
    row.save(update_fields=["ending", "ended_on", "ended_by", "ended_reason"])
    pending = ClaimHandover.objects.filter(claim=row, state=Offer.PENDING).select_related("sight")
    for offer in pending:
        close(offer, Offer.WITHDRAWN, by=by, on=on, reason=reason)


def close(offer: ClaimHandover, state: Offer, *, by: User, on: date, reason: str) -> None:
    """An offer is answered or withdrawn; the case is no longer open to the person for its sake."""
    sight, offer.sight = offer.sight, None
    offer.state, offer.decided_on, offer.decided_by, offer.decided_reason = state, on, by, reason[:300]
    offer.save()
    if sight and sight.valid_to is None:
        cases.end_parts(parts=[sight], on=on, reason=reason)


def require_free(
    project: Project, rules: Rulebook, part: str, user: User | None, on: date, *, produced: bool
) -> None:
    """Raises Refused where the part of the first receiver may not be given to this person by hand or verdict:
    while claims are in conflict, or (by hand) while another holds it, who hands over with consent."""
    rule = rules.claim_rule
    if rule is None or part != rule.part or user is None:
        return
    require_no_dispute(project, rule, on)
    url = f"/projects/{project.pk}/#panel-claim"
    held = Part.objects.filter(case_id=project.pk, part=part, valid_to__isnull=True).exclude(user=user)
    if not produced and (other := held.select_related("user").first()):
        who = other.user.name if other.user else other.unit.name
        message = _("首接服务责任人现为%(who)s，变更须经移交并由接收人同意") % {"who": who}
        raise Refused.because("needs_consent", message, clause=rule.clause, url=url)


def require_no_dispute(project: Project, rule: ClaimRule, on: date) -> None:
    """Raises Refused while claims of this project stand against others'."""
    for row in Claim.objects.standing(on).filter(project=project):
        if Claim.objects.against(row, on).exists():
            message = _("首接认领有争议，须先由招商局裁定")
            url = f"/projects/{project.pk}/#panel-claim"
            raise Refused.because("claims_in_conflict", message, clause=rule.clause, url=url)


def follow_part(project: Project, rules: Rulebook, part: Part, by: User, on: date) -> None:
    """The part was given: its holder's claim stands, the others' of this project end."""
    rule = rules.claim_rule
    if rule is None or part.part != rule.part or part.user is None:
        return
    open_ = list(Claim.objects.filter(project=project, ending="").exclude(by=part.user))
    for row in open_:
        end(row, Ending.PASSED, by=by, on=on, reason=part.reason or str(Ending.PASSED.label))
    if claimable(project, rules) and own(project, part.user, on) is None:
        make(project, rule, part.user, on, How.NAMED, unit=part.unit)


def follow_enterprise(project: Project, on: date) -> None:
    """Another investor was named: open claims are of that enterprise from now on."""
    for row in Claim.objects.filter(project=project, ending="").select_related("project__case", "unit", "by"):
        row.enterprise_id = project.enterprise_id
        rivals = _rivals(row, on)
        row.contested = row.contested or bool(rivals)
        row.save(update_fields=["enterprise", "contested"])
        if rivals:
            _tell_conflict(row, rivals)
