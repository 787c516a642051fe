"""Two at the same moment: one is written, the other is told."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from kernel.refusals import Refused
from service.acceptance.staging import plan_stage
from service.models import AcceptanceStage, MonthlyProgress, StatedDay
from service.progress.dating import state_day
from tests import lives
from tests.service.progress import site

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What came of each, in any order: "done", or the codes of the refusal."""
    gate, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            act()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(",".join(refused.codes))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_who_report_a_month_leave_one_report_in_force() -> None:
    row = site.started()
    clerks = [lives.clerk() for _ in range(2)]
    found = at_once(
        *(
            lambda by=by, wan=wan: site.report(row, by=by, wan=wan)
            for by, wan in zip(clerks, (1, 2), strict=True)
        )
    )
    assert found == ["correction", "done"]
    assert MonthlyProgress.objects.filter(in_force=True).count() == 1


def test_two_who_state_a_day_leave_one_in_force() -> None:
    row = site.started()
    people = [site.department(row, "development-reform") for _ in range(2)]
    days = (date(2026, 2, 12), date(2026, 2, 13))
    found = at_once(
        *(
            lambda by=by, day=day: state_day(
                project=row, reading="start_development_reform", day=day, by=by, on=site.TODAY
            )
            for by, day in zip(people, days, strict=True)
        )
    )
    assert found == ["done", "needs_reason"]
    assert StatedDay.objects.filter(in_force=True).count() == 1


def test_two_stages_planned_at_once_get_two_numbers() -> None:
    row = site.started()
    clerks = [site.colleague() for _ in range(2)]
    found = at_once(
        *(
            lambda by=by: plan_stage(project=row, name="一期", scope="厂房", by=by, on=site.TODAY)
            for by in clerks
        )
    )
    assert found == ["done", "done"]
    assert sorted(AcceptanceStage.objects.values_list("part_no", flat=True)) == [1, 2]
