"""The last movement of every project there is: its latest contact, milestone, figure or phase, else its opening."""

from typing import Any

from django.db import migrations
from django.db.models import F, Max, OuterRef, Subquery
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


class Migration(migrations.Migration):
    dependencies = [("projects", "0017_lead_marks_index"), ("cases", "0005_leaner_indexes")]
    operations = [migrations.RunPython(look_back, migrations.RunPython.noop)]
