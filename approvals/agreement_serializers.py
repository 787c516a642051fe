"""Shapes of the REST interface of agreements: what comes in is checked, what goes out is documented."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Unit, User
from approvals.actions import AgreementDraft, Commitment
from approvals.agreement_models import Agreement, AgreementState, AgreementVersion
from approvals.terms import shown
from documents.papers import PaperKey
from policies.rulebook import rulebook


class AgreementOut(serializers.ModelSerializer[Agreement]):
    """``newest`` is the number of the current version; ``version`` counts changes, as the ETag does."""

    project = serializers.IntegerField(source="case_id", read_only=True)
    state = serializers.ChoiceField(choices=AgreementState.choices, read_only=True)
    opened_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    signed_version = serializers.IntegerField(source="signed_version.number", default=None, read_only=True)
    newest = serializers.IntegerField(read_only=True)

    class Meta:
        model = Agreement
        fields = (
            *(
                "id",
                "project",
                "kind",
                "grade",
                "title",
                "state",
                "newest",
                "version",
                "opened_on",
                "opened_by",
            ),
            *("settled_on", "signed_on", "signed_version", "ended_on", "ended_reason"),
        )
        read_only_fields = fields


class TermOut(serializers.Serializer[Any]):
    """``value`` as kept: money in 分, days as ISO dates; ``shown`` for people."""

    code = serializers.CharField()
    name = serializers.CharField()
    party = serializers.ChoiceField(choices=["enterprise", "government"])
    clause = serializers.CharField()
    value = serializers.CharField()
    shown = serializers.CharField()


class CommitmentOut(serializers.Serializer[Any]):
    unit = serializers.CharField()
    unit_name = serializers.CharField()
    what = serializers.CharField()
    by = serializers.CharField(help_text='ISO date, or ""', allow_blank=True)


class AgreementVersionOut(serializers.ModelSerializer[AgreementVersion]):
    """``id`` is what steps call ``agreement_version``; ``file`` an attachment of the project."""

    drafted_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    terms = serializers.SerializerMethodField()
    commitments = CommitmentOut(many=True, read_only=True)

    class Meta:
        model = AgreementVersion
        fields = (
            *("id", "agreement", "number", "grade", "file", "terms", "commitments", "note", "as_decided"),
            *("drafted_on", "drafted_by", "drafted_at"),
        )
        read_only_fields = fields

    @extend_schema_field(TermOut(many=True))
    def get_terms(self, row: AgreementVersion) -> list[dict[str, Any]]:
        terms = rulebook(row.agreement.case.policy_set_id).terms
        return [
            {
                "code": term.code, "name": term.name, "party": term.party, "clause": term.clause,
                "value": str(row.values[term.code]), "shown": shown(term, row.values[term.code]),
            }
            for term in terms
            if term.code in row.values
        ]  # fmt: skip


class CommitmentIn(serializers.Serializer[Any]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    what = serializers.CharField(max_length=120)
    by = serializers.DateField(required=False, allow_null=True)


class WordingIn(serializers.Serializer[Any]):
    """A wording as it is handed in. ``terms``: values as people write them, by code of the term.

    ``paper`` is the id of an attachment of the project, uploaded there before.
    """

    grade = serializers.CharField(max_length=64)
    terms = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=1000), required=False, default=dict
    )
    commitments = CommitmentIn(many=True, required=False)
    paper = PaperKey(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    as_decided = serializers.BooleanField(
        default=False,
        help_text="it only makes the changes that a sitting wanted",
    )

    def draft(self) -> AgreementDraft:
        fields = self.validated_data
        return AgreementDraft(
            grade=fields["grade"],
            values=fields["terms"],
            commitments=[
                Commitment(one["unit"], one["what"], one.get("by")) for one in fields.get("commitments", ())
            ],
            paper=fields.get("paper"),
            note=fields["note"],
            as_decided=fields["as_decided"],
        )


class AgreementIn(WordingIn):
    """``supersede``: the reason for which it takes the place of the agreement under way."""

    project = serializers.IntegerField(help_text="id of the project")
    title = serializers.CharField(max_length=120)
    kind = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")
    supersede = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class ChangeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class PreviewOut(serializers.Serializer[Any]):
    """What a version would change, and in sentences what it would ask again and withdraw."""

    changes = ChangeOut(many=True)
    lines = serializers.ListField(child=serializers.CharField())


class AgreementLineOut(ChangeOut):
    """``touches``: the aspects that ask again because of this difference."""

    changed = serializers.BooleanField()
    touches = serializers.ListField(child=serializers.CharField())


class CompareOut(serializers.Serializer[Any]):
    a = serializers.IntegerField()
    b = serializers.IntegerField()
    lines = AgreementLineOut(many=True)


class GiveUpIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
