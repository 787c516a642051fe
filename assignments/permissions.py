"""Who may hand over a duty, answer for it, and say that it is done."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.access import can, require, see_all, units_of
from accounts.models import User
from accounts.roles import Can
from assignments.models import Assignment, Kind
from cases.models import Case, Part
from cases.permissions import may_on, wide_on
from cases.visibility import sees
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.refusals import Refused

# What only a certain capability may issue; everything else takes ISSUE_ASSIGNMENT.
ISSUED_WITH = {Kind.INSTRUCTION: Can.INSTRUCT, Kind.SUPERVISE: Can.SUPERVISE}


def issuable(user: User, case: Case, parts: Iterable[Part] | None = None) -> list[Kind]:
    """The kinds a user may issue on a case, in the order of the list; [] for whom issuing is not.

    ``parts``: the open parts of the case, if they are known.
    """
    may = {what: may_on(user, what, case, parts) for what in {Can.ISSUE_ASSIGNMENT, *ISSUED_WITH.values()}}
    return [kind for kind in Kind if may[ISSUED_WITH.get(kind, Can.ISSUE_ASSIGNMENT)]]


def require_issue(user: User, kind: str, case: Case) -> None:
    """Raises Refused (forbidden) unless the user may issue this kind and works on the case."""
    what = ISSUED_WITH.get(Kind(kind), Can.ISSUE_ASSIGNMENT)
    require(user, what)
    _require_sight(user, case.pk)
    if not may_on(user, what, case):
        message = _("您的单位在此档案中不承担办理角色，不能交办；请承办单位或招商局交办")
        raise Refused.forbidden(message, code="no_working_part")


def require_entry(user: User, signer: User, kind: str, case: Case) -> None:
    """Raises Refused unless the user may enter for others (代录), and the signer might issue this kind."""
    require(user, Can.RECORD_ON_BEHALF)
    _require_sight(user, case.pk)
    if not wide_on(user, Can.RECORD_ON_BEHALF, case):
        raise Refused.forbidden(_("书面交办由招商局代录"), code="not_recorder")
    if not may_on(signer, ISSUED_WITH.get(Kind(kind), Can.ISSUE_ASSIGNMENT), case):
        message = _("%(who)s不能在此档案交办此类事项") % {"who": signer.name}
        raise Refused.invalid("leader", message, code="signer_may_not")


def may_report_problem(user: User, case: Case, parts: Iterable[Part] | None = None) -> bool:
    """Whoever works on the case may say that something does not go on."""
    return any(may_on(user, what, case, parts) for what in (Can.ISSUE_ASSIGNMENT, Can.RECORD_CONTACT))


def require_reporting(user: User, case: Case) -> None:
    """Raises Refused (forbidden) unless the user works on the case and sees it."""
    _require_sight(user, case.pk)
    if not may_report_problem(user, case):
        message = _("您的单位在此档案中不承担办理角色，不能提出问题；请承办单位或招商局提出")
        raise Refused.forbidden(message, code="no_working_part")


def may_raise(user: User, row: Assignment) -> bool:
    """Who answers for the problem or issued it, or hands out duties on the case."""
    return (
        may_answer(user, row) or row.issued_by_id == user.pk or may_on(user, Can.ISSUE_ASSIGNMENT, row.case)
    )


def require_raise(user: User, row: Assignment) -> None:
    """Raises Refused (forbidden) unless the user may take the problem one level up."""
    _require_sight(user, row.case_id)
    if not may_raise(user, row):
        raise Refused.forbidden(_("由承办单位、提出人或交办单位提请上级协调"), code="not_answerable")


def may_decide(user: User, row: Assignment) -> bool:
    """The people of the level up to which it was raised."""
    able = can(user, Can.INSTRUCT) or can(user, Can.ISSUE_ASSIGNMENT) or can(user, Can.REPORT_ASSIGNMENT)
    return bool(row.level) and able and (row.user_id == user.pk or row.unit_id in units_of(user))


def may_enter_decision(user: User, row: Assignment) -> bool:
    """代录: the office of the whole district, from the minutes."""
    return bool(row.level) and wide_on(user, Can.RECORD_ON_BEHALF, row.case)


def require_decide(user: User, row: Assignment, evidence: Attachment | None) -> None:
    """Raises Refused: forbidden unless the user decides for the level or enters its minutes; invalid where
    these are missing or of another case; conflict for what was not raised."""
    _require_sight(user, row.case_id)
    if not row.level:
        raise Refused.conflict(_("该事项未提请上级协调，请直接反馈办理情况"), code="not_raised")
    require_of_case(evidence, row.case_id, "evidence")
    if may_decide(user, row):
        return
    if not may_enter_decision(user, row):
        message = _("由%(unit)s议定，您不能代为议定") % {"unit": row.unit.name}
        raise Refused.forbidden(message, code="not_level")
    if evidence is None:
        raise Refused.invalid("evidence", _("代录议定意见须附会议纪要"), code="minutes_needed")


def may_answer(user: User, row: Assignment) -> bool:
    """The person named, or a colleague of the answerable unit."""
    return can(user, Can.REPORT_ASSIGNMENT) and (row.user_id == user.pk or row.unit_id in units_of(user))


def may_judge(user: User, row: Assignment) -> bool:
    """Whoever issued it; else the issuing unit, or for what the system opened or an enterprise raised the
    offices of the whole district. An instruction or supervision is judged by its issuer or an inspector
    only. Nobody strikes off what the own unit answers for, unless the unit had issued it to itself."""
    if row.issued_by_id == user.pk:
        return True
    if row.unit_id in units_of(user) and row.issued_unit_id != row.unit_id:
        return False
    if row.kind in ISSUED_WITH:
        return can(user, Can.SUPERVISE)
    wide = row.issued_unit_id is None and see_all(user)
    return can(user, Can.CLOSE_ASSIGNMENT) and (wide or row.issued_unit_id in units_of(user))


def require_answer(user: User, row: Assignment) -> None:
    """Raises Refused (forbidden) unless the user answers for it."""
    require(user, Can.REPORT_ASSIGNMENT)
    if not may_answer(user, row):
        message = _("“%(title)s”由%(unit)s承办，您不能代办") % {"title": row.title, "unit": row.unit.name}
        raise Refused.forbidden(message, code="not_answerable")
    _require_sight(user, row.case_id)


def require_judge(user: User, row: Assignment) -> None:
    """Raises Refused (forbidden) unless the user may say whether it is done."""
    if not may_judge(user, row):
        raise Refused.forbidden(_("销号、退回和撤销由交办人或交办单位办理"), code="not_issuer")
    _require_sight(user, row.case_id)


def _require_sight(user: User, case_id: int) -> None:
    if not sees(user, case_id):
        raise Refused.forbidden(_("您看不到该档案"), code="not_visible")
