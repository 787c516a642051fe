"""Which kinds of plan a project has, and what of its agreement fixes the days."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Agreement
from kernel.refusals import Refused
from policies.schema import PlanRule
from projects.facts import rules_of
from projects.models import Project


def plan_rule(project: Project, code: str = "") -> PlanRule:
    """The kind of plan with this code, the first one by default. Raises Refused (unmet) where there is
    none.
    """
    rules = rules_of(project)
    found = rules.plan(code) if code else next(iter(rules.plans), None)
    if found is None:
        raise Refused.because("no_plan_rule", _("所适用的制度没有项目计划（“两单一表”、倒排工期表）的规定"))
    return found


def agreed_days(project: Project, rule: PlanRule) -> dict[str, date]:
    """The days that the signed agreement fixes, by anchor; one query, none where no term does."""
    terms = {anchor.code: anchor.term for anchor in rule.anchors if anchor.term}
    if not terms:
        return {}
    rows = Agreement.objects.filter(case_id=project.pk, signed_version__isnull=False)
    signed = rows.order_by("-signed_on", "-id").select_related("signed_version").first()
    if signed is None or signed.signed_version is None:
        return {}
    values = signed.signed_version.values
    return {code: date.fromisoformat(values[term]) for code, term in terms.items() if values.get(term)}


def url_of(project: Project) -> str:
    return reverse("plan", args=[project.pk])
