"""What the pages of one permit share: the permit in sight, its rule, the way back, a form that acts on it."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Permit
from approvals.permits import queries
from approvals.permits.permissions import require_agent, require_authority
from approvals.permits.rules import permit_of
from approvals.rules import rule_of
from approvals.views.base import Page, project_for
from projects.views.base import FormPage, crumbs


class OnePermit(Page):
    """A page about one permit that the user sees; else 404, as if it did not exist."""

    permit: Permit

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            rows = queries.visible(self.user).for_reading()
            self.permit = get_object_or_404(rows, pk=kwargs["pk"])
            self.project = project_for(self.permit.step)
            self.plan = rule_of(self.permit.step)
            self.rule = permit_of(self.plan)
        return super().dispatch(request, *args, **kwargs)

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(_("许可办理"), reverse("permits")), crumbs(self.project)[-1]]


class PermitForm(FormPage, OnePermit):
    """A form about one permit; ``whose``: the agent's or the authority's."""

    whose: ClassVar[str] = "authority"
    version: int | None = None

    def check(self) -> None:
        if self.whose == "agent":
            require_agent(self.project, self.permit, self.user)
        else:
            require_authority(self.permit, self.user)

    def after(self) -> str:
        return reverse("permit", args=[self.permit.pk])

    def frame(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "subject": self.permit.step.name,
            "cited": self.plan,
            "crumbs": [*self.trail, (self.permit.step.name, self.after())],
            "unmet": [],
            "back": self.after(),
        }

    @property
    def by(self) -> dict[str, Any]:
        return {"by": self.user, "today": self.today}
