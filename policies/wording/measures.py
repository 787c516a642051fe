"""Classes and credit in sentences."""

from decimal import Decimal

from django.utils.translation import gettext as _

from kernel.conditions import explain
from policies.facts import labels
from policies.schema import CreditRule, ProjectClass
from policies.wording.words import Names


def class_lines(rule: ProjectClass, names: Names) -> list[str]:
    return [explain(rule.when, labels())]


def percent(factor: Decimal) -> str:
    """0.2 as "20%", exactly."""
    text = f"{factor * 100:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def credit_lines(rule: CreditRule, names: Names) -> list[str]:
    words = labels()
    told = [{"when": explain(w.when, words), "percent": percent(w.factor)} for w in rule.weights]
    lines = [_("%(when)s：按%(percent)s计") % one for one in told]
    if rule.joint is None:
        return [*lines, _("联合招商的，全部计入牵头单位")]
    shares = {"lead": percent(rule.joint.lead), "supporting": percent(rule.joint.supporting)}
    text = _("联合招商的，牵头单位%(lead)s、配合单位合计%(supporting)s（多个配合单位平均分配）")
    return [*lines, text % shares]
