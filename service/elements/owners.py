"""Who sees to an element: the plan's unit, else whoever plays the part that it names."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.models import Part
from kernel.refusals import Refused
from policies.schema import Element
from projects.models import Project

Owner = tuple[Unit, User | None]


def owner_of(project: Project, rule: Element, on: date) -> Owner:
    """The unit (and person) that sees to it. Raises Refused (unmet) where nobody of the plan is there yet."""
    units = {unit.code: unit for unit in Unit.objects.in_force(on).filter(code__in=rule.asks_units)}
    named = next((units[code] for code in rule.asks_units if code in units), None)
    if named is not None:
        return named, None
    held = Part.objects.filter(case_id=project.pk, part__in=rule.asks_parts, valid_to__isnull=True)
    parts = {part.part: part for part in held.select_related("unit", "user").order_by("-id")}
    first = next((parts[code] for code in rule.asks_parts if code in parts), None)
    if first is not None:
        return first.unit, first.user
    raise Refused.because(
        "no_element_owner",
        _("“%(name)s”还没有保障单位，请先在项目的参与单位中指定") % {"name": rule.name},
        clause=rule.clause,
        url=reverse("project-parts", args=[project.pk]),
        field="element",
    )
