"""What every REST room under ``portal/<project>/`` shares: whose project it is, a body that was checked."""

from typing import Any

from rest_framework import viewsets
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from kernel.clock import today
from kernel.refusals import Refused
from service.portal.access import Speaker, open_links, speaker_of

OF_PROJECT = r"portal/(?P<project_pk>\d{1,18})"


class OfOwnProject(IdempotentWrites, viewsets.GenericViewSet[Any]):
    """A room of the caller's own project; another's is 404 and an entry of the audit trail."""

    filter_backends: list[Any] = []
    parser_classes = [JSONParser, FormParser]

    def handle_exception(self, exc: Exception) -> Response:
        """What is refused leads nowhere that is shut to an enterprise."""
        return super().handle_exception(open_links(exc) if isinstance(exc, Refused) else exc)

    def speaker(self) -> Speaker:
        return speaker_of(self.request.user, int(self.kwargs["project_pk"]), today(), self.request)

    def checked(self, shape: type[Any]) -> Any:
        """The serializer with what was sent, valid."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body
