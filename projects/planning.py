"""The planning year (谋划年度): how many years ahead a project may be planned is the plan's to say.

Plans roll forward (次年乃至未来三年，方案三(一)1): a project keeps the year it was given when its file was
opened, and may be given one that has come into reach since. What a ledger tells of the past is not judged.
"""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects.models import Project


def span(rule: Milestone | None, on: date, since: date | None = None) -> tuple[int, int] | None:
    """First and last year open to a project whose file was opened ``since``; None without a rule."""
    if rule is None or rule.years_ahead is None:
        return None
    return (since or on).year + rule.years_ahead.first, on.year + rule.years_ahead.last


def require_year(rules: Rulebook, year: int | None, on: date, since: date | None = None) -> None:
    """Raises Refused (invalid) with the clause for a year outside the plan's span; no year is no fault."""
    rule = rules.planning_milestone()
    if found := _objection(rule, year, on, since):
        raise Refused([found], "invalid")


def unmet_year(project: Project, rule: Milestone, on: date) -> list[Unmet]:
    """The same where the milestone is recorded: what is in the way, with the page that mends it."""
    if project.from_ledger or not rule.years_ahead:
        return []
    url = reverse("project-edit", args=[project.pk]) + "#id_planning_year"
    found = _objection(rule, project.planning_year, on, project.case.opened_on, url)
    return [found] if found else []


def _objection(
    rule: Milestone | None, year: int | None, on: date, since: date | None, url: str = ""
) -> Unmet | None:
    years = span(rule, on, since)
    if rule is None or years is None or year is None or years[0] <= year <= years[1]:
        return None
    words = {"year": year, "first": years[0], "last": years[1], "clause": rule.clause}
    text = _("谋划年度应在 %(first)s 至 %(last)s 年之间，不能是 %(year)s（%(clause)s）") % words
    return Unmet("planning_year_out_of_reach", text, rule.clause, url, "planning_year")
