"""The clock of a permit: started with complete material, taken back when it is not, made longer once."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Permit, Step
from approvals.permits.rules import limit_of, permit_of
from deadlines import actions as deadlines
from deadlines import calendars
from deadlines.actions import Opening
from deadlines.models import Deadline, Decision
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import rulebook
from policies.schema import Limit
from policies.schema import Step as StepRule


def opening(step: Step, rule: StepRule, limit: Limit, started_on: date, name: str = "") -> Opening:
    """The step's clock by a limit; ``started_on`` is the day of the event and is not counted."""
    return Opening(
        case=step.case, rule=f"step:{rule.code}", name=name or rule.name, clause=rule.clause, limit=limit,
        started_on=started_on, ladder=rulebook(step.case.policy_set_id).escalation,
        responsible_unit=step.lead_unit, policy_version_id=rule.source.id,
    )  # fmt: skip


def start(permit: Permit, rule: StepRule, started_on: date, by: User, on: date) -> None:
    """Let the step's clock count from a day; nothing where the plan sets no limit.

    A special case that was granted before the material went back still holds; the first last day is kept.
    """
    limit, special = limit_of(permit, rule), permit_of(rule).special
    if limit is None:
        return
    name = ""
    if special and permit.specials.filter(state=Decision.APPROVED).exists():
        permit.first_due_on = calendars.current().due(started_on, limit).on
        limit, name = special.limit, special_name(rule)
    step_clock = opening(permit.step, rule, limit, started_on, name)
    (clock,) = deadlines.open_many(openings=[step_clock], by=by, on=on)
    keep(permit.step, clock)


def take_back(permit: Permit, reason: str, by: User, on: date) -> None:
    """The clock stands as if it had not started: the material is not complete after all."""
    clock = permit.step.deadline
    if clock is not None and clock.is_open:
        deadlines.cancel(deadline=clock, reason=reason[:300], by=by, on=max(on, clock.started_on))
    keep(permit.step, None)


def keep(step: Step, clock: Deadline | None) -> None:
    step.deadline = clock
    step.save(update_fields=["deadline"])


def running(permit: Permit) -> Deadline:
    """The permit's clock, running or stopped. Raises Refused (conflict) where none does."""
    clock = permit.step.open_clock()
    if clock is None:
        message = _("“%(name)s”没有正在计时的期限") % {"name": permit.step.name}
        raise Refused.conflict(message, code="no_clock")
    return clock


def require_not_overdue(clock: Deadline | None, today: date, message: str) -> None:
    """Raises Refused: what takes a clock back or makes it longer must never hide lateness."""
    if clock is not None and clock.is_open and not clock.paused_from and clock.due_on < today:
        raise Refused.because("deadline_overdue", message % {"due": clock.due_on}, clause=clock.clause)


@house_language()
def special_name(rule: StepRule) -> str:
    return _("%(name)s（特殊情况）") % {"name": rule.name}
