"""What the parts of the project's REST interface may count on."""

from typing import Any, Protocol

from rest_framework.request import Request

from projects.models import Project


class ProjectBase(Protocol):
    request: Request

    @property
    def user(self) -> Any: ...

    def project(self, pk: str) -> Project: ...

    def checked(self, shape: type[Any]) -> dict[str, Any]: ...
