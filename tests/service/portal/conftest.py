"""A signed project in a park, those who serve it, and the enterprise behind it; a Monday in March."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from accounts.models import Unit, User
from projects.models import Project
from service import actions as service
from service.portal import opening
from service.portal.models import EnterpriseAccount
from tests import factories as make
from tests import lives

MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def park() -> Unit:
    return make.unit("baitao-park", kind="park", name="白涛工业园区")


@pytest.fixture
def park_clerk(park) -> User:
    return make.user("park_clerk", unit=park)


@pytest.fixture
def commissioner(park) -> User:
    return make.user("commissioner", unit=park, name="周敏", phone="13812345678")


@pytest.fixture
def project(park, park_clerk, commissioner) -> Project:
    """In the construction phase, with a commissioner."""
    row = lives.signed(park=park)
    service.name_commissioner(project=row, user=commissioner, unit=park, by=park_clerk, on=date(2026, 2, 12))
    Project.objects.filter(pk=row.pk).update(phase="construction")
    return Project.objects.select_related("case").get(pk=row.pk)


@pytest.fixture
def account(project, park_clerk) -> EnterpriseAccount:
    made = opening.open_account(
        project=project, username="fengda", name="冯达", phone="13900001111", by=park_clerk, on=MONDAY
    )
    ready(made.account.user)
    return made.account


@pytest.fixture
def firm(account) -> User:
    return account.user


def ready(user: User) -> User:
    """The first password has been changed."""
    user.must_change_password = False
    user.set_password(make.PASSWORD)
    user.save()
    return user


def other_project(name: str = "别人的项目") -> Project:
    return lives.signed(
        park=make.unit("lingang-park", kind="park"), name=name, enterprise=lives.outsider(f"{name}公司")
    )
