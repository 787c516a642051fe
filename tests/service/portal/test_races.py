"""At the same moment: two clerks open one account, an account is ended while it asks, one request twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from kernel.refusals import Refused
from service.portal import opening, requesting
from service.portal.models import EnterpriseAccount, EnterpriseRequest, RequestAnswer
from tests import factories as make
from tests import lives
from tests.service.portal.conftest import MONDAY

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(*acts: Callable[[], Any]) -> list[str]:
    """Each in a thread of its own, begun at one moment; "" or the code of its refusal."""
    gate, told = threading.Barrier(len(acts)), ["?"] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
            told[place] = ""
        except Refused as refused:
            told[place] = refused.unmet[0].code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(told)


def test_two_clerks_link_one_account_at_the_same_moment(project, firm, park, park_clerk) -> None:
    second = lives.signed(park=park, name="二期")
    other = make.user("park_clerk", unit=park)

    def link(by: User) -> Callable[[], Any]:
        return lambda: opening.link_account(project=second, username=firm.username, by=by, on=MONDAY)

    assert together(link(park_clerk), link(other)) == ["", "held_already"]
    assert EnterpriseAccount.objects.filter(project=second).count() == 1


def test_the_one_guidance_is_asked_for_once_at_the_same_moment(project, firm) -> None:
    make.unit("housing-construction")

    def ask() -> Any:
        return requesting.raise_request(
            project=project, kind="acceptance_guidance", title="指导", text="消防", by=firm, on=MONDAY
        )

    assert together(ask, ask) == ["", "asked_already"]
    assert EnterpriseRequest.objects.count() == 1


def test_two_colleagues_answer_at_the_same_moment(project, firm, park, park_clerk) -> None:
    row = requesting.raise_request(
        project=project, kind="problem", title="道路", text="未通", by=firm, on=MONDAY
    )
    other = make.user("park_clerk", unit=park)

    def answer(by: User) -> Callable[[], Any]:
        return lambda: requesting.answer(request=row, words="已通", by=by, on=MONDAY)

    assert together(answer(park_clerk), answer(other)) == ["", "answered_already"]
    assert RequestAnswer.objects.count() == 1


def test_an_account_ended_while_it_asks_leaves_no_half(project, firm, account, park_clerk) -> None:
    def ask() -> Any:
        return requesting.raise_request(
            project=project, kind="problem", title="道路", text="未通", by=firm, on=MONDAY
        )

    def end() -> Any:
        return opening.end_account(account=account, reason="离职", by=park_clerk, on=MONDAY)

    told = together(ask, end)
    assert told in (["", ""], ["", "not_own_project"])
    assert EnterpriseRequest.objects.count() == told.count("") - 1
