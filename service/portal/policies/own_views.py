"""惠企政策 as the enterprise reads it: everything that was pushed to it, and one of them in full."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kernel.paging import page_of
from projects import reading
from service.portal import pushing, requesting
from service.portal.access import out_of_bounds
from service.portal.policies import queries
from service.portal.policies.models import PolicyPush
from service.portal.views import PortalPage


class OwnPolicies(PortalPage):
    """Newest first; what no longer concerns the project says so."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        reading.keep(self.speaker.project)
        page = page_of(request, queries.of_project(self.speaker))
        past = queries.past(self.speaker, page.rows)
        return self.show("service/portal/policies/own_list.html", page=page, past=past)


class OwnPolicy(PortalPage):
    """One in full; opening it marks it as read, once."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        push = queries.of_project(self.speaker).filter(pk=kwargs["push"]).first()
        if push is None:
            raise out_of_bounds(self.user, f"policy:{kwargs['push']}", request)
        if request.method == "GET":
            pushing.read(push=push, speaker=self.speaker)
        return self.show("service/portal/policies/own.html", row=push, ask=self._ask(push))

    def _ask(self, push: PolicyPush) -> bool:
        """Whether a question about it may be sent now."""
        return self.speaker.may_write and bool(requesting.offered(self.speaker.project))
