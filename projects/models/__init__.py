"""The project and what is kept of it."""

from projects.models.choices import (
    AgreementGrade,
    Batch,
    LandMode,
    Measure,
    Origin,
    Phase,
    ProjectType,
    Sector,
)
from projects.models.imports import ImportBatch, ImportMapping, ImportRow
from projects.models.project import Project, ProjectCode, ProjectQuerySet
from projects.models.records import ContactRecord, Money, ReachedMilestone, SavedView

__all__ = [
    "AgreementGrade",
    "Batch",
    "ContactRecord",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "LandMode",
    "Measure",
    "Money",
    "Origin",
    "Phase",
    "Project",
    "ProjectCode",
    "ProjectQuerySet",
    "ProjectType",
    "ReachedMilestone",
    "SavedView",
    "Sector",
]
