"""The one way in which a call or visit comes from a phone: the contact of the project, with photos."""

from typing import Any

from projects.actions import record_contact
from projects.actions.contacts import PHOTO
from projects.facts import rules_of
from projects.models import ContactRecord, Project

OTHER = "other"


def photo_kind(project: Project) -> str:
    """What the plan calls the photos of a contact; other papers where it has no such kind."""
    return PHOTO if PHOTO in rules_of(project).documents else OTHER


def record(*, project: Project, by: Any, **said: Any) -> ContactRecord:
    """``projects.actions.record_contact`` with the photos filed as the plan has it; raises what it raises."""
    return record_contact(project=project, by=by, paper_kind=photo_kind(project), **said)
