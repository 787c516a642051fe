"""What the parts of the project's REST interface may count on."""

from typing import Any, Protocol

from projects.models import Project


class ProjectBase(Protocol):
    request: Any

    @property
    def user(self) -> Any: ...

    def project(self, pk: str) -> Project: ...

    def checked(self, shape: type[Any]) -> dict[str, Any]: ...
