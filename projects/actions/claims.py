"""首接认领: claiming a lead, giving a claim up, and the bureau's ruling where claims meet (三(二)4)."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Part
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.rulebook import Rulebook
from policies.schema import ClaimRule
from projects import cadences, claiming
from projects.actions.days import require_since_opening
from projects.actions.edit import set_parts
from projects.actions.enterprises import lock_investor
from projects.facts import rules_of
from projects.models import Claim, Project
from projects.models.claims import Ending, How
from projects.permissions import lock, require_on, require_running, require_sight


@transaction.atomic
def claim(*, project: Project, by: User, on: date, today: date, note: str = "") -> Claim:
    """Claim a lead in sight, for the unit acted for. Where another's claim stands, both go to the bureau.

    ``on``: the business date (Asia/Shanghai), from the opening of the case to ``today``. Raises Refused:
    forbidden without the right to register or out of sight; invalid day; unmet outside the plan's phases;
    conflict for a claim of one's own that is open, or a project shelved or given up.
    """
    lock_investor(project)
    project = lock(project)
    require(by, Can.REGISTER_PROJECT)
    require_sight(by, project)
    require_running(project)
    rule = _rule(project, rules_of(project))
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    require_since_opening(project, on)
    if claiming.own(project, by, on):
        raise Refused.conflict(_("您已认领此项目"), code="already_claimed")
    row = claiming.make(project, rule, by, on, How.CLAIMED, note=note.strip()[:300])
    if row is None:
        raise Refused.forbidden(_("您今天没有任职单位，不能认领"))
    data = {"unit": row.unit.name, "who": by.name, "clause": rule.clause, "claim": row.pk}
    cases.record(case=project.case, kind="claim.made", by=by, on=on, data=data)
    return row


def _rule(project: Project, rules: Rulebook) -> ClaimRule:
    """How the plan lets this project be claimed now. Raises Refused (unmet) where it does not."""
    rule = rules.claim_rule
    if rule is None:
        raise Refused.because("no_claims", _("制度没有规定首接认领"))
    if project.phase not in rule.phases:
        names = "、".join(rules.phase(code).name for code in rule.phases)
        message = _("只有%(phases)s阶段的项目可以认领") % {"phases": names}
        raise Refused.because("not_claimable", message, clause=rule.clause)
    return rule


def lock_claim(row: Claim) -> tuple[Project, Claim]:
    """The claim's project and the claim, locked. Raises Refused (conflict) when the claim has ended."""
    project = lock(Project(pk=row.project_id))
    rows = Claim.objects.select_for_update(of=("self",)).select_related("unit", "by")
    found = rows.get(pk=row.pk)
    if found.ending:
        names = {"day": found.ended_on, "how": found.get_ending_display()}
        raise Refused.conflict(_("该认领已于 %(day)s 终止（%(how)s）") % names, code="claim_ended")
    return project, found


@transaction.atomic
def give_up(*, claim: Claim, by: User, on: date, reason: str) -> Claim:
    """The claimant gives the claim up with a reason; the part of the first receiver ends with it.

    Raises Refused: forbidden for anybody else; invalid without a reason; conflict when it has ended.
    """
    project, row = lock_claim(claim)
    if row.by_id != by.pk:
        raise Refused.forbidden(_("只有认领人本人可以放弃认领"), code="not_claimant")
    require_sight(by, project)
    reason = needed(reason)
    claiming.end(row, Ending.GIVEN_UP, by=by, on=on, reason=reason)
    rules = rules_of(project)
    if rule := rules.claim_rule:
        held = Part.objects.filter(case_id=project.pk, part=rule.part, user=by, valid_to__isnull=True)
        cases.end_parts(parts=held, on=on, reason=reason)
        cadences.settle(project, rules, by=by, on=on)
    data = {"unit": row.unit.name, "who": row.by.name, "reason": reason, "claim": row.pk}
    cases.record(case=project.case, kind="claim.given_up", by=by, on=on, data=data)
    return row


@transaction.atomic
def rule_on_claims(*, upheld: Claim, by: User, on: date, reason: str) -> Claim:
    """The bureau's ruling between claims in conflict: one is upheld, what stands against it is set aside.

    The part of the first receiver follows in every project concerned; all claimants are told. Raises
    Refused: forbidden without the right or for a party; invalid without a reason; conflict when nothing
    stands against it (any more), or it has ended.
    """
    others = list(Claim.objects.against(upheld, on).order_by("project_id", "pk"))
    projects = {
        pk: lock(Project(pk=pk)) for pk in sorted({upheld.project_id, *(o.project_id for o in others)})
    }
    row = lock_claim(upheld)[1]
    for one in projects.values():
        require_on(by, Can.RULE_ON_CLAIMS, one)
    losers = list(Claim.objects.against(row, on).filter(project__in=projects).select_related("unit", "by"))
    if not losers or not Claim.objects.standing(on).filter(pk=row.pk).exists():
        raise Refused.conflict(_("该认领目前没有争议，无需裁定"), code="no_conflict")
    if by.pk in {row.by_id, *(one.by_id for one in losers)}:
        raise Refused.forbidden(_("认领当事人不能裁定自己的争议，请由其他负责人裁定"), code="own_claim")
    reason = needed(reason)
    row.upheld_on, row.upheld_by, row.upheld_reason = on, by, reason
    row.save(update_fields=["upheld_on", "upheld_by", "upheld_reason"])
    for loser in losers:
        claiming.end(loser, Ending.SET_ASIDE, by=by, on=on, reason=reason)
    for pk in sorted(projects):
        _follow(projects[pk], row, losers, on)
    _tell(row, losers, reason)
    return row


def _follow(project: Project, upheld: Claim, losers: Collection[Claim], on: date) -> None:
    """The ruling as it stands in one project's file: its event, and the part with whom was upheld."""
    by, reason = upheld.upheld_by, upheld.upheld_reason
    assert by is not None  # just ruled
    data = {
        "unit": upheld.unit.name,
        "who": upheld.by.name,
        "others": "、".join(f"{one.unit.name} {one.by.name}" for one in losers),
        "reason": reason,
        "clause": upheld.clause,
        "claim": upheld.pk,
    }
    cases.record(case=project.case, kind="claim.ruled", by=by, on=on, data=data)
    if rule := rules_of(project).claim_rule:
        if project.pk != upheld.project_id:
            _stand_in(project, rule, upheld, on)
        set_parts(
            project=project,
            part=rule.part,
            unit=upheld.unit,
            user=upheld.by,
            by=by,
            on=on,
            reason=reason,
            produced=True,
        )


def _stand_in(project: Project, rule: ClaimRule, upheld: Claim, on: date) -> None:
    """Whoever was upheld stands in for the other lead of the same enterprise, within the same window."""
    if claiming.own(project, upheld.by, on) is None:
        claiming.make(project, rule, upheld.by, on, How.RULED, unit=upheld.unit, like=upheld)


@house_language()
def _tell(upheld: Claim, losers: Collection[Claim], reason: str) -> None:
    won = _("“%(title)s”首接裁定：支持您的认领（%(reason)s）")
    lost = _("“%(title)s”首接裁定：由%(who)s负责（%(reason)s）")
    who = f"{upheld.unit.name} {upheld.by.name}"
    for row in (upheld, *losers):
        title = row.project.name
        text = (won if row.pk == upheld.pk else lost) % {"title": title, "who": who, "reason": reason}
        notices.post(
            key=f"claim:{row.pk}:ruled:{upheld.pk}",
            topic="claim.ruled",
            case=row.project.case,
            text=text,
            url=f"/projects/{row.project_id}/",
            users=[row.by_id],
            units=[row.unit_id],
        )


LONGEST = 300


def needed(reason: str) -> str:
    """The reason without blanks around it. Raises Refused (invalid) when there is none."""
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    if len(reason.strip()) > LONGEST:
        raise Refused.invalid("reason", _("最多 %(most)s 字") % {"most": LONGEST})
    return reason.strip()
