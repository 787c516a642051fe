"""What the parts of the project's REST interface may count on."""

from collections.abc import Callable
from typing import Any, Protocol

from django.shortcuts import get_object_or_404
from rest_framework.response import Response

from documents.models import Attachment
from projects.models import Project


def paper_of(project: Project, pk: int | None) -> Attachment | None:
    """A paper of this project by its id, not withdrawn; None for None. Raises Http404."""
    if pk is None:
        return None
    return get_object_or_404(Attachment, case_id=project.pk, withdrawn_on__isnull=True, pk=pk)


class ProjectBase(Protocol):
    request: Any

    @property
    def user(self) -> Any: ...

    def project(self, pk: str) -> Project: ...

    def checked(self, shape: type[Any]) -> dict[str, Any]: ...

    def acted(self, act: Callable[..., Any], pk: str, **said: Any) -> Any: ...

    def answer(self, row: Project, status: int = 200) -> Response: ...
