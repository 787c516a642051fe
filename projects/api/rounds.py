"""二次招商 over REST: the first project of a further investment."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.clock import today
from projects import actions
from projects.api import serializers as s
from projects.api.base import ProjectBase
from projects.rounds import first_of, later_rounds


class FirstIn(serializers.Serializer[Any]):
    """``first``: id of the enterprise's first project; ``reason``: where the enterprise is another."""

    first = serializers.IntegerField(min_value=1, max_value=2**62)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class RoundsOut(serializers.Serializer[Any]):
    """``first``: the first project, or what it was merged into; ``later``: those that name this one."""

    first = serializers.IntegerField(allow_null=True)
    later = serializers.ListField(child=serializers.IntegerField())


class Rounds(ProjectBase):
    """Mixin of the projects: the rounds of investment."""

    @extend_schema(responses=RoundsOut)
    @action(detail=True, methods=["get"])
    def rounds(self, request: Request, pk: str) -> Response:
        """The first project and the later ones."""
        row = self.project(pk)
        first = first_of(row, self.user)
        later = [one.pk for one in later_rounds(row, self.user)]
        return Response({"first": first.pk if first else None, "later": later})

    @extend_schema(request=FirstIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"], url_path="first-project")
    def link_first(self, request: Request, pk: str) -> Response:
        """Name the first project; 400 for a circle or another enterprise without a reason."""
        said = self.checked(FirstIn)
        first = self.project(str(said.pop("first")))
        return self.answer(self.acted(actions.link_first, pk, first=first, on=today(), **said))

    @extend_schema(request=s.ReasonIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"], url_path="first-project/unlink")
    def unlink_first(self, request: Request, pk: str) -> Response:
        """Take the link back, with the reason."""
        said = {"on": today()} | self.checked(s.ReasonIn)
        return self.answer(self.acted(actions.unlink_first, pk, **said))
