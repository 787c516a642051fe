"""An enterprise's account as it is in life: shut out from everything but its own pages."""

from datetime import date
from typing import Any

from rest_framework.test import APIClient

from accounts.models import User
from projects.models import Project
from service.models import EnterpriseAccount
from tests import factories, lives


def firm_of(project: Project, since: date = lives.SIGNED_ON, by: User | None = None, **fields: Any) -> User:
    """Somebody who speaks for the project's enterprise from a day on."""
    user = factories.user(**({"name": "企业经办", "is_enterprise": True} | fields))
    opened_by = by or lives.clerk()
    EnterpriseAccount.objects.create(user=user, project=project, valid_from=since, opened_by=opened_by)
    return user


def session(person: User) -> APIClient:
    """A REST client of somebody who carries no token: with the session."""
    caller = APIClient()
    caller.force_login(person)
    return caller
