"""``If-Match`` on every write below one project: checked in the transaction of the write, the row locked."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from kernel.etags import demand_match
from projects.models import Project
from projects.permissions import lock, sees

Handler = Callable[..., Response]
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class VersionedWrites(IdempotentWrites):
    """Mixin, before the view class. What ``Idempotency-Key`` answers again is not checked again."""

    heeds = (*IdempotentWrites.heeds, "If-Match")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        method = (request.method or "").lower()
        asked = "If-Match" in request.headers and "pk" in kwargs
        if asked and method.upper() in _WRITES and hasattr(self, method):
            setattr(self, method, self._at_version(getattr(self, method)))
        super().initial(request, *args, **kwargs)

    def _at_version(self, handler: Handler) -> Handler:
        """The write, refused with 412 if the project is no longer what the caller has read."""

        def answer(request: Request, *args: Any, **kwargs: Any) -> Response:
            pk = int(kwargs["pk"])
            if not sees(request.user, pk):
                raise Http404
            with transaction.atomic():
                demand_match(request, lock(Project(pk=pk)))
                return handler(request, *args, **kwargs)

        return answer
