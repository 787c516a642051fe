"""REST of permits (``permits/``): apply, material, the one notice, special cases, stops, the result.

A permit is concluded through ``steps/<id>/conclude/``, whose ``result`` may carry number, paper and validity.
"""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from approvals.models import Permit, SpecialRequest
from approvals.permits import actions, queries
from approvals.permits import serializers as s
from approvals.permits.actions import Application, Result
from kernel.clock import today
from kernel.etags import demand_match, tagged
from projects.models import Project

_FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=text)
    for name, text in {
        "project": "id of a project",
        "park": "code of the landing place",
        "unit": "code of the authority",
        "matter": "code of the step in the plan",
        "stage": "waiting, running, stopped, granted, cancelled; working: all that is not ended",
        "late": "1: only those past their last day",
    }.items()
]


class PermitViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Permit],
):
    """Permits of the projects in sight. Writes heed ``If-Match``; refusals are 409 with ``unmet``."""

    heeds = (*IdempotentWrites.heeds, "If-Match")
    serializer_class = s.PermitOut
    queryset = Permit.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Permit.objects.none()
        asked = self.request.query_params.dict() if self.action == "list" else {}
        return queries.filtered(self._user, asked, today()).for_reading()

    @extend_schema(parameters=_FILTERS, responses=s.PermitOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=s.PermitDetail)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One permit with material, notices and clocks."""
        return self._answer(self.get_object())

    @extend_schema(request=s.ApplyForPermitsIn, responses={201: s.PermitDetail(many=True)})
    def create(self, request: Request) -> Response:
        """Apply for one or several at one stroke; 409 lists what each of them needs first."""
        fields = self._checked(s.ApplyForPermitsIn)
        wanted = [Application(**one) for one in fields["applications"]]
        made = actions.apply(
            project=self._project(fields["project"]), applications=wanted, **self._on(fields)
        )
        return Response(s.PermitDetail(made, many=True).data, status=201)

    @extend_schema(request=s.MaterialsIn, responses=s.PermitDetail)
    @action(detail=True, methods=["post"])
    def supplement(self, request: Request, pk: str) -> Response:
        """Hand in material later; once all that is needed is there the clock counts."""
        fields = self._checked(s.MaterialsIn)
        row = actions.supplement(**self._read(), materials=fields["materials"], **self._on(fields))
        return self._answer(row)

    @extend_schema(request=s.WithdrawMaterialsIn, responses=s.PermitDetail)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take material back; the clock goes with what was needed."""
        fields = self._checked(s.WithdrawMaterialsIn)
        said = {name: fields[name] for name in ("materials", "reason")}
        return self._answer(actions.withdraw(**self._read(), **said, **self._on(fields)))

    @extend_schema(request=s.PermitDayIn, responses=s.PermitDetail)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """The authority takes the material for complete on a day."""
        return self._answer(actions.complete(**self._read(), **self._on(self._checked(s.PermitDayIn))))

    @extend_schema(request=s.NoticeIn, responses={201: s.PermitNoticeOut})
    @action(detail=True, methods=["post"])
    def notice(self, request: Request, pk: str) -> Response:
        """一次告知: 409 ``told_once`` for what an earlier notice could have said."""
        fields = self._checked(s.NoticeIn)
        faults = {one["name"]: one["words"] for one in fields.get("faults", ())}
        made = actions.notify(**self._read(), faults=faults, **self._on(fields))
        return Response(s.PermitNoticeOut(made).data, status=201)

    @extend_schema(request=s.SpecialIn, responses={201: s.SpecialRequestOut})
    @action(detail=True, methods=["post"])
    def special(self, request: Request, pk: str) -> Response:
        """Ask another person for the longer limit of a special case."""
        made = actions.ask_special(**self._read(), by=self._user, on=today(), **self._checked(s.SpecialIn))
        return Response(s.SpecialRequestOut(made).data, status=201)

    @extend_schema(request=s.DecideSpecialIn, responses=s.PermitDetail)
    @action(detail=True, methods=["post"], url_path="special/decide")
    def decide(self, request: Request, pk: str) -> Response:
        """Grant or decline the special case that is asked for."""
        said, row = self._checked(s.DecideSpecialIn), self.get_object()
        demand_match(self.request, row)
        rows = SpecialRequest.objects.filter(permit=row).select_related("permit__step", "by")
        asked, by = get_object_or_404(rows.order_by("-pk")[:1]), {"by": self._user, "on": today()}
        if said["grant"]:
            return self._answer(actions.grant_special(special=asked, **by))
        return self._answer(actions.decline_special(special=asked, reason=said["reason"], **by))

    @extend_schema(request=s.StopPermitIn, responses={201: s.PermitStopOut})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Ask another person to stop the clock for one of the plan's causes."""
        fields = self._checked(s.StopPermitIn)
        said = {name: fields[name] for name in ("cause", "body", "note", "approved_by")}
        made = actions.stop(**self._read(), **said, **self._on(fields))
        return Response(s.PermitStopOut(made).data, status=201)

    @extend_schema(request=s.PermitDayIn, responses=s.PermitDetail)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Let the clock run again; the day itself counts."""
        row = self._read()
        actions.go_on(**row, **self._on(self._checked(s.PermitDayIn)))
        return self._answer(row["permit"])

    @extend_schema(request=s.RecordResultIn, responses=s.PermitDetail)
    @action(detail=True, methods=["post"])
    def result(self, request: Request, pk: str) -> Response:
        """Number, paper and validity of what was granted; another number takes a reason."""
        fields = self._checked(s.RecordResultIn)
        reason = fields.pop("reason")
        row = actions.record_result(
            **self._read(), result=Result(**fields), by=self._user, on=today(), reason=reason
        )
        return self._answer(row)

    @extend_schema(request=s.EarlyHelpIn, responses={201: s.EarlyHelpOut})
    @action(detail=False, methods=["post"])
    def early(self, request: Request) -> Response:
        """提前帮: advice before the application, which counts in no limit."""
        fields = self._checked(s.EarlyHelpIn)
        made = actions.help_early(
            project=self._project(fields["project"]), step=fields["step"], note=fields["note"],
            **self._on(fields),
        )  # fmt: skip
        return Response(s.EarlyHelpOut(made).data, status=201)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _on(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {"by": self._user, "on": fields.get("on") or today(), "today": today()}

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _read(self) -> dict[str, Any]:
        """The permit and, with ``If-Match``, its version, which the action checks again behind its lock."""
        row: Permit = self.get_object()
        demand_match(self.request, row)
        return {"permit": row, "expected": row.version if "If-Match" in self.request.headers else None}

    def _project(self, key: int) -> Project:
        return get_object_or_404(Project.objects.visible_to(self._user).select_related("case"), pk=key)

    def _answer(self, row: Permit, status: int = 200) -> Response:
        fresh = queries.visible(self._user).for_reading().get(pk=row.pk)
        return tagged(Response(s.PermitDetail(fresh).data, status=status), fresh)


routes = [("permits", PermitViewSet, "permit")]
