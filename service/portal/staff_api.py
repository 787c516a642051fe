"""The enterprise's account for the offices, under ``projects/<pk>/``: accounts, asks, requests."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from kernel.clock import today
from projects.models import Project
from service.portal import asking, opening, requesting
from service.portal import serializers as s
from service.portal.models import Ask, EnterpriseAccount, EnterpriseRequest


class OfProject(viewsets.GenericViewSet[Any]):
    """Rows of one project that the caller sees."""

    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    @property
    def _user(self) -> Any:
        return self.request.user

    def _project(self) -> Project:
        rows = Project.objects.visible_to(self._user).select_related("case")
        return get_object_or_404(rows, pk=self.kwargs["project_pk"])

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _listed(self, rows: Any) -> Response:
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)


class AccountViewSet(OfProject):
    """Accounts of the enterprise. No ``Idempotency-Key``: an answer that holds a password is not kept."""

    serializer_class = s.EnterpriseAccountOut
    queryset = EnterpriseAccount.objects.none()

    def list(self, request: Request, project_pk: str) -> Response:
        """Who speaks or spoke for the enterprise, newest first."""
        rows = EnterpriseAccount.objects.filter(project=self._project())
        return self._listed(rows.select_related("user", "opened_by"))

    @extend_schema(request=s.EnterpriseAccountIn, responses={201: s.EnterpriseAccountOpenedOut})
    def create(self, request: Request, project_pk: str) -> Response:
        """A new account; the one-time password is in this answer and nowhere else."""
        fields = self._checked(s.EnterpriseAccountIn)
        made = opening.open_account(project=self._project(), by=self._user, on=today(), **fields)
        body = s.EnterpriseAccountOut(made.account).data | {"password": made.password}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(request=s.EnterpriseAccountLinkIn, responses={201: s.EnterpriseAccountOut})
    @action(detail=False, methods=["post"])
    def link(self, request: Request, project_pk: str) -> Response:
        """An account that the enterprise has from another project."""
        fields = self._checked(s.EnterpriseAccountLinkIn)
        made = opening.link_account(project=self._project(), by=self._user, on=today(), **fields)
        return Response(s.EnterpriseAccountOut(made.account).data, status=201)

    @extend_schema(request=s.PortalReasonIn, responses=s.EnterpriseAccountOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, project_pk: str, pk: str) -> Response:
        """It speaks for the project no longer, from its next request on."""
        fields = self._checked(s.PortalReasonIn)
        row = opening.end_account(account=self._row(pk), by=self._user, on=today(), **fields)
        return Response(s.EnterpriseAccountOut(row).data)

    @extend_schema(request=None, responses=s.EnterprisePasswordOut)
    @action(detail=True, methods=["post"])
    def password(self, request: Request, project_pk: str, pk: str) -> Response:
        """A new one-time password."""
        secret = opening.renew_password(account=self._row(pk), by=self._user, on=today())
        return Response({"password": secret}, headers={"Cache-Control": "no-store"})

    def _row(self, pk: str) -> EnterpriseAccount:
        rows = EnterpriseAccount.objects.filter(project=self._project())
        return get_object_or_404(rows.select_related("user", "project__case"), pk=pk)


class AskViewSet(IdempotentWrites, OfProject):
    """What is asked of the enterprise."""

    serializer_class = s.EnterpriseAskOut
    queryset = Ask.objects.none()

    def list(self, request: Request, project_pk: str) -> Response:
        """Newest first, withdrawn ones too."""
        return self._listed(Ask.objects.filter(project=self._project()).select_related("asked_by", "done_by"))

    @extend_schema(request=s.EnterpriseAskIn, responses={201: s.EnterpriseAskOut})
    def create(self, request: Request, project_pk: str) -> Response:
        """Ask the enterprise for something; its accounts are told."""
        fields = self._checked(s.EnterpriseAskIn)
        row = asking.ask(project=self._project(), by=self._user, on=today(), **fields)
        return Response(s.EnterpriseAskOut(row).data, status=201)

    @extend_schema(request=s.PortalReasonIn, responses=s.EnterpriseAskOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, project_pk: str, pk: str) -> Response:
        """What was asked is taken back."""
        fields = self._checked(s.PortalReasonIn)
        rows = Ask.objects.filter(project=self._project()).select_related("project__case")
        row = asking.withdraw_ask(ask=get_object_or_404(rows, pk=pk), by=self._user, on=today(), **fields)
        return Response(s.EnterpriseAskOut(row).data)


class EnterpriseRequestViewSet(IdempotentWrites, OfProject):
    """What the enterprise asks of those who serve it."""

    serializer_class = s.EnterpriseRequestOut
    queryset = EnterpriseRequest.objects.none()

    def list(self, request: Request, project_pk: str) -> Response:
        """Newest first, each with its answers."""
        return self._listed(EnterpriseRequest.objects.filter(project=self._project()).for_list())

    @extend_schema(request=s.EnterpriseAnswerIn, responses=s.EnterpriseRequestOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, project_pk: str, pk: str) -> Response:
        """答复企业: for the answerable unit; the enterprise reads it and says whether it will do."""
        fields, rows = (
            self._checked(s.EnterpriseAnswerIn),
            EnterpriseRequest.objects.filter(project=self._project()),
        )
        row = get_object_or_404(rows.select_related("project__case"), pk=pk)
        requesting.answer(request=row, by=self._user, on=today(), **fields)
        return Response(s.EnterpriseRequestOut(rows.for_list().get(pk=row.pk)).data)


routes = [
    (r"projects/(?P<project_pk>\d+)/enterprise-accounts", AccountViewSet, "enterprise-account-rest"),
    (r"projects/(?P<project_pk>\d+)/enterprise-asks", AskViewSet, "enterprise-ask-rest"),
    (
        r"projects/(?P<project_pk>\d+)/enterprise-requests",
        EnterpriseRequestViewSet,
        "enterprise-request-rest",
    ),
]
