"""Shapes of the import interface."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.importing import preview
from projects.importing.claims import RUNNING
from projects.importing.results import item
from projects.models import ImportBatch, ImportRow, Phase
from projects.models.imports import Decision


class UploadIn(serializers.Serializer[Any]):
    """A ledger as .xlsx, .xls or .csv. ``mapping`` names one of the caller's saved mappings."""

    file = serializers.FileField()
    sheet = serializers.CharField(required=False, allow_blank=True, max_length=100)
    mapping = serializers.CharField(required=False, allow_blank=True, max_length=60)


class ColumnShape(serializers.Serializer[Any]):
    """One column: ``index`` from 0; ``field`` null when it is left out."""

    index = serializers.IntegerField(min_value=0)
    heading = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True, required=False)
    unit_from = serializers.CharField(allow_null=True, required=False)
    confidence = serializers.FloatField(required=False)
    note = serializers.CharField(allow_blank=True, required=False)


class MappingShape(serializers.Serializer[Any]):
    """Which column feeds which field; ``phase`` is the ledger's floor, null to judge row by row."""

    sheet = serializers.CharField()
    header_rows = serializers.ListField(child=serializers.IntegerField(min_value=1))
    phase = serializers.ChoiceField(Phase.choices, allow_null=True, required=False)
    columns = ColumnShape(many=True)


class MappingIn(MappingShape):
    save_as = serializers.CharField(required=False, allow_blank=True, max_length=60)


class DecideIn(serializers.Serializer[Any]):
    """What a person says of rows, by their number in the file; "" takes a decision back."""

    rows = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=10_000)
    decision = serializers.ChoiceField(Decision.choices, required=False, allow_blank=True)
    phase = serializers.ChoiceField(Phase.choices, required=False, allow_blank=True)


class DecidedOut(serializers.Serializer[Any]):
    decided = serializers.IntegerField()


class CountsShape(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    suspect = serializers.IntegerField()
    rejected = serializers.IntegerField()
    skipped = serializers.IntegerField()


class ImportOut(serializers.ModelSerializer[ImportBatch]):
    """One upload: where it stands, how far the worker is, what became of the rows."""

    unit = serializers.CharField(source="unit.code", read_only=True)
    by = serializers.CharField(source="user.name", read_only=True)
    running = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    undo_report = serializers.JSONField(
        read_only=True, help_text="voided, restored, kept: [{row, project}], codes"
    )

    class Meta:
        model = ImportBatch
        fields = (
            *("id", "filename", "sha256", "sheet", "unit", "by", "on", "state", "running", "error"),
            *("rows_total", "rows_done", "counts", "created_at", "committed_at", "undone_at", "undo_report"),
        )

    def get_running(self, batch: ImportBatch) -> bool:
        """Whether a worker is, or will be, busy with it: ask again."""
        return batch.state in RUNNING

    @extend_schema_field(CountsShape(allow_null=True))
    def get_counts(self, batch: ImportBatch) -> dict[str, int] | None:
        """By outcome; null before the first check."""
        return batch.counts or None


class RowOut(serializers.Serializer[Any]):
    """One staged row; ``changes`` are field → [before, after] in words."""

    row = serializers.IntegerField()
    outcome = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_blank=True)
    project = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    investor = serializers.CharField(allow_blank=True)
    phase = serializers.CharField(allow_blank=True)
    phase_unclear = serializers.BooleanField()
    decision = serializers.CharField(allow_blank=True)
    changes = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    cells = serializers.DictField(child=serializers.CharField())


def row_out(row: ImportRow) -> dict[str, Any]:
    found = preview.shown(row)
    return item(row) | {
        "name": found.name if row.values else "",
        "investor": found.investor,
        "phase": found.phase,
        "phase_unclear": found.unclear,
        "decision": row.decision,
        "changes": row.values.get("changes", {}),
        "cells": dict(row.raw),
    }


class HeaderColumn(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    letter = serializers.CharField()
    heading = serializers.CharField()
    hidden = serializers.BooleanField()
    samples = serializers.ListField(child=serializers.CharField())


class HeaderShape(serializers.Serializer[Any]):
    """The heading as it was recognised; rows as Excel counts them."""

    sheets = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.IntegerField())
    unit = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    columns = HeaderColumn(many=True)


class MappingOut(serializers.Serializer[Any]):
    """The mapping in force, and what it maps."""

    mapping = MappingShape()
    header = HeaderShape()
