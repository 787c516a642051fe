"""Of every project there is: its last movement, and how far its talks have come."""

import tomllib
from typing import Any

from django.db import migrations
from django.db.models import Exists, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

KINDS = (
    *("project.registered", "project.imported", "project.advanced", "contact.recorded"),
    *("milestone.reached", "money.stated", "step.opened", "step.concluded"),
)


def look_back(apps: Any, schema_editor: Any) -> None:
    """Days lie in the events; a ledger's past has none but the import, and counts from there."""
    project, event, case = (
        apps.get_model(*name) for name in (("projects", "Project"), ("cases", "Event"), ("cases", "Case"))
    )
    last = event.objects.filter(case_id=OuterRef("case_id"), kind__in=KINDS).order_by().values("case_id")
    opened = case.objects.filter(pk=OuterRef("case_id")).values("opened_on")[:1]
    days = Coalesce(Subquery(last.annotate(day=Max("on")).values("day")), Subquery(opened), F("moved_on"))
    project.objects.update(moved_on=days)


def place(apps: Any, schema_editor: Any) -> None:
    """The furthest milestone on the way to the signing, in the order of the case's own plan."""
    project, reached, sets = (
        apps.get_model(*name)
        for name in (("projects", "Project"), ("projects", "ReachedMilestone"), ("policies", "PolicySet"))
    )
    for row in sets.objects.all():
        packs = [tomllib.loads(body) for body in row.versions.values_list("body", flat=True)]
        of_set = project.objects.filter(case__policy_set=row)
        for code in _stages(packs):
            there = reached.objects.filter(project=OuterRef("pk"), code=code, withdrawn_on__isnull=True)
            of_set.filter(Exists(there)).update(talk_stage=code)


def _stages(packs: list[dict[str, Any]]) -> list[str]:
    states = {row["code"]: row for pack in packs for row in pack.get("portfolio", ())}
    last = states.get("signed", {}).get("from_milestone")
    found = []
    for milestone in (row for pack in packs for row in pack.get("milestones", ())):
        if milestone["phase"] in ("negotiation", "landing"):
            found.append(milestone["code"])
        if milestone["code"] == last:
            return found
    return []


class Migration(migrations.Migration):
    dependencies = [("projects", "0017_lead_marks_index"), ("cases", "0005_leaner_indexes")]
    operations = [
        migrations.RunPython(look_back, migrations.RunPython.noop),
        migrations.RunPython(place, migrations.RunPython.noop),
    ]
