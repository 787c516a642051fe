"""Which fields of a project people may set: the rest is computed, or has an action of its own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.refusals import Refused, Unmet
from projects.models import Project

EDITABLE = (
    "name",
    "enterprise",
    "project_type",
    "agreement_grade",
    "sector",
    "industry_code",
    "industry_text",
    "lead_channel",
    "lead_source",
    "target_classes",
    "lead_tags",
    "planning_year",
    "jobs",
    "land_square_metres",
    "land_text",
    "land_mode",
    "green_channel",
    "small_low_risk",
    "special_fire",
    "content",
    "site",
    "progress",
)


def check_fields(values: dict[str, Any]) -> dict[str, Any]:
    """Clean each value by its model field. Raises Refused (invalid) listing every field at fault."""
    problems: list[Unmet] = []
    clean: dict[str, Any] = {}
    for name, value in values.items():
        if name not in EDITABLE:
            problems.append(Unmet("reserved", _("“%(name)s”不能直接填写") % {"name": name}, field=name))
            continue
        try:
            clean[name] = _clean(name, value)
        except ValidationError as error:
            problems.append(Unmet("invalid", "；".join(error.messages), field=name))
    if problems:
        raise Refused(problems, "invalid")
    return clean


def _clean(name: str, value: Any) -> Any:
    field = Project._meta.get_field(name)
    if field.is_relation:
        return value
    if isinstance(value, str):
        value = value.strip()
    if value == "" and field.null:
        value = None
    return field.clean(value, None)
