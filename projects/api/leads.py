"""The library of leads over REST: how a lead stands, explaining and waking it, what the channels yield."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.clock import today
from kernel.phones import mask_in_prose
from kernel.rest import BusinessDay
from projects import actions, leads, stillness
from projects.api import serializers as s
from projects.api.base import ProjectBase
from projects.columns import newest_rules
from projects.models import Project, StillnessExplanation


class ExplainIn(serializers.Serializer[Any]):
    """``until``: the last day on which the explanation holds; the plan's limit again if left out."""

    reason = serializers.CharField(max_length=300)
    until = serializers.DateField(required=False)
    on = BusinessDay(required=False)


class ExplanationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    on = serializers.DateField()
    until = serializers.DateField()
    reason = serializers.CharField()
    by = serializers.CharField()
    unit = serializers.CharField(allow_null=True)


class StillnessOut(serializers.Serializer[Any]):
    """``state``: dormant, warned (to be explained), explained, or empty; ``due_on``: the last day before the
    mark, null where the plan does not ask. These change without a new version of the project."""

    moved_on = serializers.DateField()
    days = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    state = serializers.CharField(allow_blank=True)
    warned_on = serializers.DateField(allow_null=True)
    dormant_on = serializers.DateField(allow_null=True)
    explained_until = serializers.DateField(allow_null=True)
    clause = serializers.CharField(allow_blank=True)
    explanations = ExplanationOut(many=True)


class YieldOut(serializers.Serializer[Any]):
    """One channel; ``signed`` counts whatever was signed, however far it has come since."""

    code = serializers.CharField()
    name = serializers.CharField()
    reserve = serializers.IntegerField()
    negotiating = serializers.IntegerField()
    signed = serializers.IntegerField()
    total = serializers.IntegerField()


def explanation_out(row: StillnessExplanation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "on": row.on,
        "until": row.until,
        "reason": mask_in_prose(row.reason),
        "by": row.by.name,
        "unit": row.unit.code if row.unit else None,
    }


def stillness_out(project: Project) -> dict[str, Any]:
    standing, rule = stillness.standing(project, today()), stillness.rule_of(project)
    rows = project.explanations.select_related("by", "unit")
    return {
        "moved_on": project.moved_on,
        "days": standing.days,
        "due_on": standing.due,
        "state": standing.state,
        "warned_on": project.still_warned_on,
        "dormant_on": project.dormant_on,
        "explained_until": project.explained_until,
        "clause": rule.clause if rule else "",
        "explanations": [explanation_out(row) for row in rows],
    }


class Stillness(ProjectBase):
    """Mixin of the projects: their standstill."""

    @extend_schema(responses=StillnessOut)
    @action(detail=True, methods=["get"])
    def stillness(self, request: Request, pk: str) -> Response:
        """Since when the project has not moved, until when that is explained, whether it is dormant."""
        return Response(stillness_out(self.project(pk)))

    @extend_schema(request=ExplainIn, responses={201: ExplanationOut})
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, pk: str) -> Response:
        """Say why a lead does not move; that holds until the day it names, and wakes a dormant one."""
        said = {"on": today()} | self.checked(ExplainIn)
        row: Any = self.acted(actions.explain_stillness, pk, today=today(), **said)
        return Response(explanation_out(row), status=201)

    @extend_schema(request=s.ReasonIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"])
    def wake(self, request: Request, pk: str) -> Response:
        """Take a dormant lead up again, with the reason."""
        said = {"on": today()} | self.checked(s.ReasonIn)
        return self.answer(self.acted(actions.wake, pk, **said))


class LeadViewSet(viewsets.ViewSet):
    """The leads themselves are ``projects/?leads=1``."""

    @extend_schema(operation_id="leads_summary", responses=YieldOut(many=True))
    @action(detail=False, methods=["get"])
    def summary(self, request: Request) -> Response:
        """What each channel has brought, of what the caller may see."""
        user: Any = request.user
        return Response(leads.as_rest(leads.yields(user, newest_rules())))
