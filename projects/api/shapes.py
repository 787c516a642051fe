"""What REST gives below a project, for the schema: the rows themselves are written by hand, and fast.

``tests/projects/test_rest_shapes.py`` holds each answer's keys against these.
"""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from deadlines.models import Light, State
from projects.models import (
    AgreementGrade,
    Batch,
    Measure,
    Origin,
    Phase,
    ProjectType,
    Sector,
)
from projects.models.records import Channel

PAGES = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="opaque, from next or previous"),
    OpenApiParameter("page_size", OpenApiTypes.INT, description="1 to 200; 50 if left out"),
]


def paged(row: type[serializers.Serializer[Any]], **more: Any) -> type[serializers.Serializer[Any]]:
    """One page of a list by cursor: ``next`` and ``previous`` are whole addresses, null at the ends."""
    ends = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    fields = ends | more | {"results": row(many=True)}
    return type(f"{row.__name__}Page", (serializers.Serializer,), {"__doc__": paged.__doc__, **fields})


class EventOut(serializers.Serializer[Any]):
    """``text`` is the event as a sentence in the caller's language, ``data`` what it was made of."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    on = serializers.DateField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    data = serializers.DictField(  # type: ignore[assignment]  # a field of that name, not DRF's own
        child=serializers.JSONField()
    )


class VersionOut(serializers.Serializer[Any]):
    """One stored version of the project's own fields; units and enterprise by id."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    values = serializers.DictField(child=serializers.JSONField())


class ProjectDeadlineOut(serializers.Serializer[Any]):
    """One clock in short; ``/deadlines/{id}/`` has its arithmetic."""

    id = serializers.IntegerField()
    rule = serializers.CharField()
    name = serializers.CharField()
    clause = serializers.CharField(allow_blank=True)
    started_on = serializers.DateField()
    due_on = serializers.DateField()
    provisional = serializers.BooleanField()
    met_on = serializers.DateField(allow_null=True)
    cancelled_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(State.choices)
    light = serializers.ChoiceField(Light.choices)
    responsible_unit = serializers.CharField(allow_null=True)


class ContactOut(serializers.Serializer[Any]):
    """Telephone numbers are masked."""

    id = serializers.IntegerField()
    on = serializers.DateField()
    channel = serializers.ChoiceField(Channel.choices)
    with_whom = serializers.CharField()
    place = serializers.CharField(allow_blank=True)
    matter = serializers.CharField()
    outcome = serializers.CharField(allow_blank=True)
    next_step = serializers.CharField(allow_blank=True)
    next_on = serializers.DateField(allow_null=True)
    topics = serializers.DictField(child=serializers.CharField())
    papers = serializers.ListField(child=serializers.IntegerField(), help_text="ids of attachments")
    is_first = serializers.BooleanField()
    on_request = serializers.BooleanField()
    by = serializers.CharField()


class FundsOut(serializers.Serializer[Any]):
    """``raw`` as written; ``fen`` in 分, ``text`` the same for people; decimals as text."""

    id = serializers.IntegerField()
    measure = serializers.ChoiceField(Measure.choices)
    raw = serializers.CharField()
    currency = serializers.CharField()
    original_yuan = serializers.CharField(allow_null=True)
    fen = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    rate = serializers.CharField(allow_null=True)
    rate_on = serializers.DateField(allow_null=True)
    qualifier = serializers.CharField(allow_blank=True)
    on = serializers.DateField(allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a field of that name, not DRF's own
        allow_blank=True
    )
    evidence = serializers.IntegerField(allow_null=True, help_text="id of an attachment")
    reason = serializers.CharField(allow_blank=True)
    supersedes = serializers.IntegerField(allow_null=True, help_text="id of the figure it replaced")


class CodeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    valid = serializers.BooleanField()
    voided_on = serializers.DateField(allow_null=True)
    voided_by = serializers.CharField(allow_null=True)
    voided_reason = serializers.CharField(allow_blank=True)


class MilestoneOut(serializers.Serializer[Any]):
    """``precision``: how exactly the day is known (day, month or year)."""

    code = serializers.CharField()
    on = serializers.DateField()
    precision = serializers.CharField()
    part_no = serializers.IntegerField()
    parts_total = serializers.IntegerField()
    evidence = serializers.IntegerField(allow_null=True, help_text="id of an attachment")
    evidence_outstanding = serializers.BooleanField()
    withdrawn_on = serializers.DateField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)


class RoleOut(serializers.Serializer[Any]):
    """``valid_to``: the day on which the part ended, null while it is played."""

    id = serializers.IntegerField()
    part = serializers.CharField()
    unit = serializers.CharField()
    unit_name = serializers.CharField()
    user = serializers.CharField(allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class AttachmentOut(serializers.Serializer[Any]):
    """``url`` gives the file itself, with the same token."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    content_type = serializers.CharField()
    version = serializers.IntegerField()
    on = serializers.DateField()
    withdrawn_on = serializers.DateField(allow_null=True)
    url = serializers.CharField()


def _code(choices: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ChoiceField(choices, allow_blank=True)


class ProjectRow(serializers.Serializer[Any]):
    """A project in the list; amounts in 分, null where nobody stated one; units by code and name."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    phase = serializers.ChoiceField(Phase.choices)
    batch = _code(Batch.choices)
    origin = _code(Origin.choices)
    project_type = _code(ProjectType.choices)
    agreement_grade = _code(AgreementGrade.choices)
    sector = _code(Sector.choices)
    industry_code = serializers.CharField(allow_blank=True)
    industry_text = serializers.CharField(allow_blank=True)
    planning_year = serializers.IntegerField(allow_null=True)
    enterprise_id = serializers.IntegerField(allow_null=True)
    enterprise_name = serializers.CharField(allow_null=True)
    jobs = serializers.IntegerField(allow_null=True)
    total_fen = serializers.IntegerField(allow_null=True)
    fixed_asset_fen = serializers.IntegerField(allow_null=True)
    contract_fen = serializers.IntegerField(allow_null=True)
    output_fen = serializers.IntegerField(allow_null=True)
    tax_fen = serializers.IntegerField(allow_null=True)
    paid_in_fen = serializers.IntegerField(allow_null=True)
    shelved_on = serializers.DateField(allow_null=True)
    exited_on = serializers.DateField(allow_null=True)
    lead_channel = serializers.CharField(allow_blank=True, help_text="code of the pack")
    lead_source = serializers.CharField(allow_blank=True)
    target_classes = serializers.ListField(child=serializers.CharField(), help_text="codes of the pack")
    lead_tags = serializers.ListField(child=serializers.CharField(), help_text="codes of the pack")
    talk_stage = serializers.CharField(allow_blank=True, help_text="milestone of the pack")
    moved_on = serializers.DateField(help_text="day of the last movement; changes no version")
    explained_until = serializers.DateField(allow_null=True)
    still_warned_on = serializers.DateField(allow_null=True)
    dormant_on = serializers.DateField(allow_null=True)
    from_ledger = serializers.BooleanField()
    site = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    opened_on = serializers.DateField()
    policy_set = serializers.IntegerField()
    park = serializers.CharField(allow_null=True)
    park_name = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    unit_name = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """``class`` is a word of Python's own."""
        return {**super().get_fields(), "class": serializers.CharField(allow_blank=True)}


ProjectPage = paged(
    ProjectRow,
    count=serializers.IntegerField(help_text="stops at 10,000"),
    count_capped=serializers.BooleanField(help_text="true: there are more than count says"),
)
EventPage = paged(EventOut)
VersionPage = paged(VersionOut)
ProjectDeadlinePage = paged(ProjectDeadlineOut)
ContactPage = paged(ContactOut)
FundsPage = paged(FundsOut)
CodePage = paged(CodeOut)
MilestonePage = paged(MilestoneOut)
RolePage = paged(RoleOut)
AttachmentPage = paged(AttachmentOut)


class ReopensOut(serializers.Serializer[Any]):
    """What a change would ask again or withdraw, as sentences; empty where nothing reopens."""

    lines = serializers.ListField(child=serializers.CharField())
