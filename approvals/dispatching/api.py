"""REST of proposals, transfers and the chain of hands: list, one, propose, withdraw."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from approvals.dispatching import actions, queries
from approvals.dispatching.chain import Line, Link, chain_of
from approvals.dispatching.models import ProposalQuerySet
from approvals.dispatching.rules import TRANSFER
from approvals.models import Proposal, ProposalState, Step, StepQuerySet
from approvals.serializers import StepOut
from kernel.clock import today
from kernel.numbers import whole
from kernel.refusals import Refused
from projects.facts import rules_of
from projects.models import Project


def _filters(**texts: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, OpenApiTypes.STR, description=text) for name, text in texts.items()]


class ProposalOut(serializers.ModelSerializer[Proposal]):
    """``from_unit``: who held the project then; ``due_on``: the last day of the unit's answer, once asked."""

    project = serializers.IntegerField(source="step.case_id", read_only=True)
    kind = serializers.CharField(source="step.kind", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    from_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    proposed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    state = serializers.ChoiceField(choices=ProposalState.choices, read_only=True)
    answered_on = serializers.SerializerMethodField()
    answer_words = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = (
            *("id", "project", "step", "kind", "unit", "unit_name", "from_unit", "reason", "principles"),
            *("industry", "proposed_on", "proposed_by", "state", "due_on", "answered_on", "answer_words"),
            *("chosen_on", "withdrawn_on", "withdrawn_reason"),
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.DATE)
    def get_answered_on(self, row: Proposal) -> str | None:
        asked = queries.answer_of(row)
        return str(asked.given_on) if asked and asked.given_on else None

    def get_answer_words(self, row: Proposal) -> str:
        asked = queries.answer_of(row)
        return asked.words if asked else ""

    @extend_schema_field(OpenApiTypes.DATE)
    def get_due_on(self, row: Proposal) -> str | None:
        asked = queries.answer_of(row)
        return str(asked.deadline.due_on) if asked and asked.deadline else None


class SuggestionIn(serializers.Serializer[Any]):
    """One unit put forward. ``principles``: codes of the plan; ``industry``: the project's if left out."""

    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    reason = serializers.CharField(max_length=2000)
    principles = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    industry = serializers.CharField(required=False, allow_blank=True, max_length=100)

    def suggestion(self, said: dict[str, Any]) -> actions.Suggestion:
        return actions.Suggestion(
            said["unit"], said["reason"], tuple(said.get("principles", ())), said.get("industry", "")
        )


class ProposeIn(serializers.Serializer[Any]):
    """``step``: code of the procedure in the plan; ``again``: why a further round."""

    project = serializers.IntegerField(min_value=1, max_value=2**62)
    step = serializers.CharField(max_length=64)
    suggestions = SuggestionIn(many=True, allow_empty=False)
    again = serializers.CharField(required=False, allow_blank=True, max_length=300)


class TransferIn(SuggestionIn):
    """To which unit a project is to be handed over, and why."""

    project = serializers.IntegerField(min_value=1, max_value=2**62)
    again = serializers.CharField(required=False, allow_blank=True, max_length=300)


class ProposalWithdrawIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class TransferOut(StepOut):
    """A round of the transfer with who was proposed to take the project."""

    proposals = serializers.SerializerMethodField()

    class Meta(StepOut.Meta):
        fields = (*StepOut.Meta.fields, "proposals")
        read_only_fields = fields

    @extend_schema_field(ProposalOut(many=True))
    def get_proposals(self, row: Step) -> Any:
        return ProposalOut(self.context["proposals"].get(row.pk, ()), many=True).data


class LinkOut(serializers.Serializer[Line]):
    """A line of the chain. ``to_on`` is the last day; null while it lasts. ``step``: what it rests on."""

    kind = serializers.ChoiceField(choices=Link.choices)
    unit = serializers.CharField()
    unit_name = serializers.CharField()
    from_unit = serializers.CharField(help_text="of a transfer: who gave it up")
    from_on = serializers.DateField()
    to_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    state = serializers.CharField(help_text="of a proposal: where it stands")
    step = serializers.IntegerField(source="step.pk", default=None, allow_null=True)
    verdict = serializers.CharField(source="step.verdict", default="")
    proposal = serializers.IntegerField(source="proposal.pk", default=None, allow_null=True)


class ProposalViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Proposal],
):
    """Proposals of the projects the caller may see, newest first. Refusals are 409 with ``unmet``."""

    serializer_class = ProposalOut
    queryset = Proposal.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends: list[Any] = []

    def get_queryset(self) -> ProposalQuerySet:
        asked = self.request.query_params.dict() if self.action == "list" else {}
        return queries.filtered(self.request.user, asked).for_list()

    @extend_schema(
        parameters=_filters(
            project="id of a project", step="id of a step", unit="code of the unit proposed",
            state="waiting, asked, accepted, declined, chosen, left or withdrawn",
            kind="dispatch or transfer",
        ),
        responses=ProposalOut,
    )  # fmt: skip
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ProposeIn, responses={201: ProposalOut(many=True)})
    def create(self, request: Request) -> Response:
        """Put units forward in the round that runs, or open one with them; every standing one is answered."""
        said = _checked(ProposeIn, request)
        step = actions.propose(
            project=_project(request, said["project"]), step=said["step"], reason=said.get("again", ""),
            suggestions=[SuggestionIn().suggestion(one) for one in said["suggestions"]], by=_user(request),
            on=today(),
        )  # fmt: skip
        rows = Proposal.objects.filter(step=step).standing().for_list().order_by("id")
        return Response(ProposalOut(rows, many=True).data, status=201)

    @extend_schema(request=ProposalWithdrawIn, responses=ProposalOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """The unit is not asked any more, its part in the case ends; the proposal stays on record."""
        said = _checked(ProposalWithdrawIn, request)
        row = actions.withdraw_proposal(proposal=self.get_object(), by=_user(request), on=today(), **said)
        return Response(ProposalOut(Proposal.objects.for_list().get(pk=row.pk)).data)


class TransferViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Step],
):
    """Transfers from park to park, newest first; they are answered and concluded as steps (``/steps/``)."""

    serializer_class = TransferOut
    queryset = Step.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends: list[Any] = []

    def get_queryset(self) -> StepQuerySet:
        rows: StepQuerySet = Step.objects.visible_to(self.request.user).filter(kind=TRANSFER)
        return rows.for_reading().with_counts()

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.request.query_params
        if project := asked.get("project", ""):
            queryset = queryset.filter(case_id=whole(project) or 0)
        return queryset.in_state(asked["state"]) if asked.get("state") else queryset

    @extend_schema(
        parameters=_filters(project="id of a project", state="running, concluded or cancelled"),
        responses=TransferOut,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._shown(rows))

    @extend_schema(responses=TransferOut)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._shown([self.get_object()])[0])

    @extend_schema(request=TransferIn, responses={201: TransferOut})
    def create(self, request: Request) -> Response:
        """Propose to hand a project over to another unit; 409 or 400 say why not, with the clause."""
        said = _checked(TransferIn, request)
        project = _project(request, said["project"])
        rules = rules_of(project).steps.values()
        code = next((rule.code for rule in rules if rule.kind == TRANSFER), "")
        if not code:
            raise Refused.because("not_in_plan", _("所适用的制度没有移交的规定"))
        row = actions.propose(
            project=project, step=code, suggestions=[TransferIn().suggestion(said)], by=_user(request),
            on=today(), reason=said.get("again", ""),
        )  # fmt: skip
        return Response(self._shown([self.get_queryset().get(pk=row.pk)])[0], status=201)

    def _shown(self, rows: Sequence[Step]) -> Any:
        """The rounds with their proposals: two queries more however many rounds."""
        found: dict[int, list[Proposal]] = {}
        for row in Proposal.objects.filter(step__in=rows).for_list().order_by("id"):
            found.setdefault(row.step_id, []).append(row)
        return TransferOut(rows, many=True, context={"proposals": found}).data


class CirculationViewSet(viewsets.GenericViewSet[Project]):
    """流转记录: the chain of hands of one project, by the project's id."""

    serializer_class = LinkOut  # type: ignore[assignment]  # lines of a project, not projects
    queryset = Project.objects.none()
    lookup_value_regex = r"\d+"
    pagination_class = None

    @extend_schema(responses=LinkOut(many=True))
    def retrieve(self, request: Request, pk: str) -> Response:
        """Who introduced the project, was proposed, took it and handed it on, oldest first."""
        lines: Any = chain_of(_project(request, whole(pk) or 0))
        return Response(LinkOut(lines, many=True).data)


def _user(request: Request) -> Any:
    return request.user


def _project(request: Request, pk: int) -> Project:
    return get_object_or_404(Project.objects.visible_to(request.user).select_related("case"), pk=pk)


def _checked(shape: type[Any], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


routes = [
    ("circulations", CirculationViewSet, "circulation"),
    ("proposals", ProposalViewSet, "proposal"),
    ("transfers", TransferViewSet, "transfer"),
]
