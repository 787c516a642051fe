"""What hangs on a project, over REST: events, history, deadlines, contacts, funds, milestones, roles."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit, User
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.clock import today
from kernel.phones import mask_in_prose, masked
from kernel.rest import NewestFirst
from projects import actions
from projects.api import serializers as s
from projects.api import shapes
from projects.api.base import paper_of
from projects.facts import rules_of
from projects.models import ContactRecord, Money, Project, ReachedMilestone

if TYPE_CHECKING:
    from projects.api.base import ProjectBase as Base
else:
    Base = object


class ByHistory(NewestFirst):
    ordering = "-history_id"


class Records(Base):
    """Sub-resources: GET lists by cursor, POST goes through the action."""

    def _page(self, rows: QuerySet[Any], out: Any, pages: NewestFirst | None = None) -> Response:
        pages = pages or NewestFirst()
        page = pages.paginate_queryset(rows, self.request)
        return pages.get_paginated_response([out(row) for row in page or []])

    @extend_schema(parameters=shapes.PAGES, responses=shapes.EventPage)
    @action(detail=True, methods=["get"])
    def events(self, request: Request, pk: str) -> Response:
        """Everything that happened, newest first."""
        row = self.project(pk)
        rows = Event.objects.filter(case_id=row.pk).select_related("by", "unit")
        return self._page(rows, partial(s.event_out, rules=rules_of(row)))

    @extend_schema(parameters=shapes.PAGES, responses=shapes.VersionPage)
    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: str) -> Response:
        """Every stored version of the project's own fields, newest first."""
        rows = Project.history.filter(case_id=self.project(pk).pk).select_related("history_user")
        return self._page(rows, _version_out, ByHistory())

    @extend_schema(parameters=shapes.PAGES, responses=shapes.ProjectDeadlinePage)
    @action(detail=True, methods=["get"])
    def deadlines(self, request: Request, pk: str) -> Response:
        """Its clocks; pause and resume them under ``/deadlines/``."""
        day = today()
        rows = Deadline.objects.filter(case_id=self.project(pk).pk).select_related("responsible_unit")
        return self._page(rows, lambda row: _deadline_out(row, day))

    @extend_schema(methods=["GET"], parameters=shapes.PAGES, responses=shapes.ContactPage)
    @extend_schema(methods=["POST"], request=s.ContactIn, responses={201: shapes.ContactOut})
    @action(detail=True, methods=["get", "post"])
    def contacts(self, request: Request, pk: str) -> Response:
        row = self.project(pk)
        if request.method == "GET":
            rows = ContactRecord.objects.filter(project=row).select_related("by")
            return self._page(rows.prefetch_related("papers"), s.contact_out)
        fields = {"on": today(), **self.checked(s.ContactIn)}
        fields["papers"] = [paper_of(row, pk) for pk in fields.get("papers", ())]
        contact = actions.record_contact(project=row, by=self.user, today=today(), **fields)
        return Response(s.contact_out(contact), status=201)

    @extend_schema(methods=["GET"], parameters=shapes.PAGES, responses=shapes.FundsPage)
    @extend_schema(methods=["POST"], request=s.FundsIn, responses={201: shapes.FundsOut})
    @action(detail=True, methods=["get", "post"])
    def funds(self, request: Request, pk: str) -> Response:
        """Figures as stated; superseded ones stay."""
        row = self.project(pk)
        if request.method == "GET":
            return self._page(Money.objects.filter(project=row), s.money_out)
        fields = {"on": today(), **self.checked(s.FundsIn)}
        fields["evidence"] = paper_of(row, fields.get("evidence"))
        return Response(s.money_out(actions.set_money(project=row, by=self.user, **fields)), status=201)

    @extend_schema(methods=["GET"], parameters=shapes.PAGES, responses=shapes.MilestonePage)
    @extend_schema(methods=["POST"], request=s.MilestoneIn, responses={201: shapes.MilestoneOut})
    @action(detail=True, methods=["get", "post"])
    def milestones(self, request: Request, pk: str) -> Response:
        row = self.project(pk)
        if request.method == "GET":
            return self._page(ReachedMilestone.objects.filter(project=row), s.milestone_out)
        fields = {"on": today(), **self.checked(s.MilestoneIn)}
        fields["evidence"] = paper_of(row, fields.get("evidence"))
        reached = actions.reach(project=row, by=self.user, today=today(), **fields)
        return Response(s.milestone_out(reached), status=201)

    @extend_schema(request=s.EvidenceIn, responses=shapes.MilestoneOut)
    @action(detail=True, methods=["post"], url_path="milestones/evidence")
    def milestone_evidence(self, request: Request, pk: str) -> Response:
        """Show the paper of what an old ledger brought in (``evidence_outstanding``)."""
        row, fields = self.project(pk), self.checked(s.EvidenceIn)
        fields["evidence"] = paper_of(row, fields.get("evidence"))
        shown = actions.supply_evidence(project=row, by=self.user, on=today(), **fields)
        return Response(s.milestone_out(shown))

    @extend_schema(request=s.WithdrawIn, responses={204: None})
    @action(detail=True, methods=["post"], url_path="milestones/withdraw")
    def withdraw_milestone(self, request: Request, pk: str) -> Response:
        fields = {"on": today(), **self.checked(s.WithdrawIn)}
        actions.withdraw(project=self.project(pk), by=self.user, **fields)
        return Response(status=204)

    @extend_schema(methods=["GET"], parameters=shapes.PAGES, responses=shapes.RolePage)
    @extend_schema(methods=["POST"], request=s.RoleIn, responses={201: shapes.RoleOut})
    @action(detail=True, methods=["get", "post"])
    def roles(self, request: Request, pk: str) -> Response:
        """Which unit plays which part, now and before."""
        row = self.project(pk)
        if request.method == "GET":
            return self._page(Part.objects.filter(case_id=row.pk).select_related("unit", "user"), _part_out)
        fields = {"on": today(), **self.checked(s.RoleIn)}
        fields["unit"] = get_object_or_404(Unit, code=fields["unit"])
        name = fields.pop("user", "")
        fields["user"] = get_object_or_404(User, username=name) if name else None
        return Response(_part_out(actions.set_parts(project=row, by=self.user, **fields)), status=201)


def _version_out(row: Any) -> dict[str, Any]:
    hidden = {"history_id", "history_date", "history_change_reason", "history_type", "history_user"}
    values = {f.attname: masked(getattr(row, f.attname)) for f in row._meta.fields if f.name not in hidden}
    by = row.history_user.name if row.history_user else None
    reason = mask_in_prose(row.history_change_reason)
    return {"at": row.history_date, "by": by, "reason": reason, "values": values}


def _deadline_out(row: Deadline, day: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "rule": row.rule,
        "name": row.name,
        "clause": row.clause,
        "started_on": row.started_on,
        "due_on": row.due_on,
        "provisional": row.provisional,
        "met_on": row.met_on,
        "cancelled_on": row.cancelled_on,
        "state": row.state(day),
        "light": row.light(day),
        "responsible_unit": row.responsible_unit.code if row.responsible_unit else None,
    }


def _part_out(row: Part) -> dict[str, Any]:
    return {
        "id": row.pk,
        "part": row.part,
        "unit": row.unit.code,
        "unit_name": row.unit.name,
        "user": row.user.name if row.user else None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "reason": row.reason,
    }
