"""For whom an enterprise's account speaks."""

from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from projects.models import Project
from service.portal.models import EnterpriseAccount


def speaks_for(user: User, project: Project, on: date) -> bool:
    """Whether the account is one of the project's enterprise on a business date (Asia/Shanghai)."""
    rows = EnterpriseAccount.objects.in_force(on).filter(user=user, project=project)
    return user.is_active and rows.exists()


def own(user: User, on: date) -> QuerySet[Project]:
    """The running or ended projects that an account speaks for; voided ones are nobody's."""
    mine = EnterpriseAccount.objects.in_force(on).filter(user=user).values("project_id")
    return Project.objects.filter(pk__in=mine, case__voided_on__isnull=True).order_by("pk")
