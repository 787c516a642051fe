"""Views for those who may: sign-in first, then one of the named capabilities."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import can
from accounts.models import User
from accounts.roles import Can
from kernel.refusals import Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs(*any_of: Can) -> Callable[[View[P]], View[P]]:
    """Decorate a view: strangers are sent to sign in, others without a capability get the refusal page."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not any(can(request.user, capability) for capability in any_of):
                raise Refused.forbidden(_("您的角色不能打开此页"), code=f"needs_{any_of[0].value}")
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate


def signed_in(request: HttpRequest) -> User:
    """The user of a view behind ``login_required``, as our own type."""
    user: Any = request.user
    assert isinstance(user, User)
    return user
