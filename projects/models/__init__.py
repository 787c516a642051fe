"""The project and what is kept of it."""

from projects.models.choices import (
    AgreementGrade,
    Batch,
    Currency,
    LandMode,
    Measure,
    Origin,
    Phase,
    ProjectType,
    Sector,
)
from projects.models.claims import Claim, ClaimHandover
from projects.models.duplicates import DuplicatePair, FoundBy, PairState
from projects.models.imports import Decision, ImportBatch, ImportMapping, ImportRow, ImportState, Outcome
from projects.models.nodes import ProjectNode
from projects.models.project import LEADS, Project, ProjectCode, ProjectQuerySet
from projects.models.records import ContactPaper, ContactRecord, Money, ReachedMilestone, SavedView
from projects.models.stillness import StillnessExplanation

__all__ = [
    "LEADS",
    "AgreementGrade",
    "Batch",
    "Claim",
    "ClaimHandover",
    "ContactPaper",
    "ContactRecord",
    "Currency",
    "Decision",
    "DuplicatePair",
    "FoundBy",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportState",
    "LandMode",
    "Measure",
    "Money",
    "Origin",
    "Outcome",
    "PairState",
    "Phase",
    "Project",
    "ProjectCode",
    "ProjectNode",
    "ProjectQuerySet",
    "ProjectType",
    "ReachedMilestone",
    "SavedView",
    "Sector",
    "StillnessExplanation",
]
