"""What REST gives and takes about likenesses and the review pool."""

from typing import Any

from rest_framework import serializers

from kernel.phones import mask_in_prose
from kernel.rest import BusinessDay
from projects.api.serializers import ProjectOut
from projects.duplicates import Candidate, Likeness
from projects.likeness import Grade, told
from projects.models import DuplicatePair, FoundBy, PairState, Project


class SignOut(serializers.Serializer[Any]):
    """One sign: what agrees or differs, both sides as written, what it counts."""

    sign = serializers.CharField()
    points = serializers.IntegerField()
    ours = serializers.CharField(allow_blank=True)
    theirs = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        """``label`` is an attribute of every field of DRF's own."""
        return {**super().get_fields(), "label": serializers.CharField()}


class CandidateOut(serializers.Serializer[Any]):
    """A project in sight that may be the same."""

    project = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    enterprise = serializers.CharField(allow_null=True)
    grade = serializers.ChoiceField(Grade.choices)
    points = serializers.IntegerField()
    reasons = SignOut(many=True)


class AlikeOut(serializers.Serializer[Any]):
    """``unseen``: how many more lie out of the caller's sight; ``holders``: the units that have them."""

    duplicates = CandidateOut(many=True)
    unseen = serializers.IntegerField()
    holders = serializers.ListField(child=serializers.CharField())


class RegisteredOut(ProjectOut):
    """The registered lead, and what it resembles."""

    duplicates = CandidateOut(many=True, read_only=True)
    unseen = serializers.IntegerField(read_only=True)
    holders = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(ProjectOut.Meta):
        fields = [*ProjectOut.Meta.fields, "duplicates", "unseen", "holders"]


class CheckIn(serializers.Serializer[Any]):
    """A lead not registered yet; ``total`` as written ("20亿元")."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    enterprise = serializers.CharField(max_length=200, required=False, allow_blank=True)
    credit_code = serializers.CharField(max_length=18, required=False, allow_blank=True)
    total = serializers.CharField(max_length=60, required=False, allow_blank=True)
    site = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SideOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    enterprise = serializers.CharField(allow_null=True)
    total_fen = serializers.IntegerField(allow_null=True)
    site = serializers.CharField(allow_blank=True)
    merged_into = serializers.IntegerField(allow_null=True)


class PairOut(serializers.Serializer[Any]):
    """A pair of the review pool; ``by``, ``on`` and ``reason`` say who judged it, when and why."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(PairState.choices)
    grade = serializers.ChoiceField(Grade.choices)
    points = serializers.IntegerField()
    first = SideOut()
    second = SideOut()
    reasons = SignOut(many=True)
    found_on = serializers.DateField()
    found_by = serializers.ChoiceField(FoundBy.choices)
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class PairReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    on = BusinessDay(required=False)


class MergeIn(PairReasonIn):
    keep = serializers.IntegerField(help_text="id of the project that is kept")


class PairIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    other = serializers.IntegerField()


def alike_out(alike: Likeness) -> dict[str, Any]:
    """What a lead resembles, out of sight only the number and the units."""
    return {
        "duplicates": [candidate_out(one) for one in alike.rows],
        "unseen": alike.unseen,
        "holders": list(alike.holders),
    }


def candidate_out(one: Candidate) -> dict[str, Any]:
    row = one.project
    return {
        "project": row.pk,
        "code": row.case.code,
        "name": row.name,
        "enterprise": row.enterprise.name if row.enterprise else None,
        "grade": one.verdict.grade,
        "points": one.verdict.points,
        "reasons": told([reason.as_dict() for reason in one.verdict.reasons]),
    }


def pair_out(pair: DuplicatePair) -> dict[str, Any]:
    judged = pair.merged_on or pair.distinct_on
    by = pair.merged_by or pair.distinct_by
    return {
        "id": pair.pk,
        "state": pair.state,
        "grade": pair.grade,
        "points": pair.points,
        "first": _side(pair.first),
        "second": _side(pair.second),
        "reasons": told(pair.reasons),
        "found_on": pair.found_on,
        "found_by": pair.found_by,
        "note": pair.note,
        "by": by.name if by else None,
        "on": judged,
        "reason": pair.merged_reason or pair.distinct_reason,
    }


def _side(row: Project) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": row.case.code,
        "name": row.name,
        "enterprise": row.enterprise.name if row.enterprise else None,
        "total_fen": row.total_fen,
        "site": mask_in_prose(row.site),
        "merged_into": row.merged_into_id,
    }
