"""What the inbox lists: what is asked of my units, what they have answered, what they lead."""

from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.access import units_with
from accounts.models import User
from accounts.roles import Can
from approvals.models import Asks, Opinion, Step
from approvals.rules import rule_of

_ALIVE = {"step__case__project__shelved_on__isnull": True, "step__case__project__exited_on__isnull": True}
_OPINION = ("unit", "deadline", "step__case", "step__deadline", "step__lead_unit")
_DUE = Coalesce("deadline__due_on", "step__deadline__due_on")


def mine(user: User) -> Q:
    """Opinions that the user may give: for units with the right, and consent for deciding bodies."""
    give, consent = units_with(user, Can.GIVE_OPINION), units_with(user, Can.CONSENT)
    return Q(unit__in=give) | Q(unit__in=consent, asks=Asks.OUTCOME)


def waiting(user: User) -> QuerySet[Opinion]:
    """Asked of my units and not given, most urgent first; nothing of shelved or given-up projects."""
    rows = Opinion.objects.visible_to(user).waiting().filter(mine(user), **_ALIVE).select_related(*_OPINION)
    return rows.order_by(_DUE.asc(nulls_last=True), "step_id", "id")


def meeting_questions(step: Step) -> list[Opinion]:
    """What of a running step may be entered from one meeting: asked, not answered, and by no sitting."""
    sits = {aspect.code for aspect in rule_of(step).aspects if aspect.sitting}
    rows = step.opinions.in_force().filter(given_on__isnull=True).exclude(aspect__in=sits)
    return list(rows.select_related("unit").order_by("pk")) if step.is_running else []


def given(user: User) -> QuerySet[Opinion]:
    """What my units have answered, newest first."""
    rows = Opinion.objects.visible_to(user).filter(mine(user), in_force=True, given_on__isnull=False)
    return rows.select_related(*_OPINION, "given_by", "recorded_by").order_by("-given_on", "-id")


def leading(user: User) -> QuerySet[Step]:
    """Running steps that my units conclude, most urgent first."""
    rows = Step.objects.visible_to(user).running().filter(lead_unit__in=units_with(user, Can.CONCLUDE_STEP))
    alive = {key.removeprefix("step__"): value for key, value in _ALIVE.items()}
    rows = rows.filter(**alive).for_reading().with_counts()
    return rows.order_by(F("deadline__due_on").asc(nulls_last=True), "id")


def late_now(rows: QuerySet[Opinion], on: date) -> QuerySet[Opinion]:
    """Of the waiting ones those whose last day has passed."""
    own = Q(deadline__due_on__lt=on, deadline__paused_from__isnull=True)
    by_step = Q(deadline=None, step__deadline__due_on__lt=on, step__deadline__paused_from__isnull=True)
    return rows.filter(own | by_step)
