"""Two at the same moment, and a worker killed with -9: nothing lost, nothing twice. On a real PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from cases.models import Case, Enterprise, Event
from kernel.refusals import Refused
from lifecycle.celery import app
from projects import actions
from projects.actions import imports
from projects.importing import claims, committing, staging, undoing
from projects.models import ImportBatch, ImportRow, Money, Project, ReachedMilestone
from projects.tasks import resume_imports
from tests.law import District, open_district
from tests.processes import Process, wait_until
from tests.projects.imports import steps
from tests.projects.imports.steps import row

EXPECTED = 70


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run each in a thread and connection of its own; what they raised."""
    raised: list[BaseException] = []

    def guarded(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.fixture
def open_district_now(transactional_db: None) -> District:
    return open_district()


def lines() -> list[list[object]]:
    return [row(n, f"第{n}号项目", f"公司{n % 7}", n, "清溪园区", None, "在谈") for n in range(1, 41)]


@pytest.mark.postgres
def test_two_imports_of_one_ledger_at_the_same_moment_create_each_project_once(
    open_district_now: District, tmp_path: Path
) -> None:
    path = steps.ledger(tmp_path / "a.xlsx", lines())
    batches = [steps.checked(by, path) for by in (open_district_now.clerk, open_district_now.head)]
    for batch in batches:
        imports.commit(batch=batch, by=batch.user, on=steps.TODAY, enqueue=False)
    assert at_once(*(lambda batch=batch: imports.run(batch.pk) for batch in batches)) == []
    assert Project.objects.count() == 40
    assert Enterprise.objects.count() == 7
    counts = sorted(
        (b.counts["created"], b.counts["suspect"]) for b in ImportBatch.objects.filter(state="done")
    )
    assert counts == [(0, 40), (40, 0)]
    codes = sorted(Case.objects.values_list("code", flat=True))
    assert codes == [f"500102-2026-{n:05}" for n in range(1, 41)]


@pytest.mark.postgres
def test_two_workers_at_one_batch_bring_it_in_once(open_district_now: District, tmp_path: Path) -> None:
    batch = steps.checked(open_district_now.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    imports.commit(batch=batch, by=batch.user, on=steps.TODAY, enqueue=False)
    assert at_once(*[lambda: imports.run(batch.pk)] * 3) == []
    batch.refresh_from_db()
    assert (batch.state, batch.tries, Project.objects.count()) == ("done", 1, 40)


@pytest.mark.postgres
def test_two_clerks_press_the_button_and_the_second_is_told(
    open_district_now: District, tmp_path: Path
) -> None:
    batch = steps.checked(open_district_now.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))

    def press() -> None:
        imports.commit(batch=batch, by=batch.user, on=steps.TODAY, enqueue=False)

    (refused,) = at_once(press, press)
    assert "不能这样办理" in str(refused)


def test_a_worker_that_was_given_up_for_dead_leaves_no_trace(district: District, tmp_path: Path) -> None:
    batch = steps.upload(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    imports.check(batch=batch, by=district.clerk, enqueue=False)
    taken = claims.take(batch.pk)
    assert taken is not None and claims.take(batch.pk) is None
    old, _batch = taken
    ImportBatch.objects.filter(pk=batch.pk).update(heartbeat_at=timezone.now() - 2 * claims.STALE)
    steps.work(batch)
    assert (batch.state, batch.attempts) == ("checked", 2)
    imports.commit(batch=batch, by=district.clerk, on=steps.TODAY, enqueue=False)
    with pytest.raises(claims.Lost):
        old.beat(rows_done=1)
    with pytest.raises(claims.Lost), transaction.atomic():
        old.lock()
    assert steps.work(batch).counts["created"] == 40


def test_a_worker_that_was_given_up_for_dead_leaves_the_rows_of_the_next_alone(
    district: District, tmp_path: Path
) -> None:
    batch = steps.upload(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    imports.check(batch=batch, by=district.clerk, enqueue=False)
    taken = claims.take(batch.pk)
    assert taken is not None
    old, stale = taken
    ImportBatch.objects.filter(pk=batch.pk).update(heartbeat_at=timezone.now() - 2 * claims.STALE)
    steps.work(batch)
    staged = ImportRow.objects.filter(batch=batch).count()
    with pytest.raises(claims.Lost):
        staging.stage(stale, old)
    assert ImportRow.objects.filter(batch=batch).count() == staged > 0


def test_an_enterprise_that_came_in_meanwhile_is_found_and_not_made_again(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    prepared = committing.prepare

    def and_then(*args: object) -> object:
        found = prepared(*args)
        Enterprise.objects.get_or_create(name="公司3", defaults={"no_code_reason": "尚未登记"})
        return found

    monkeypatch.setattr(committing, "prepare", and_then)
    steps.commit(batch)
    assert (batch.counts["created"], Enterprise.objects.filter(name="公司3").count()) == (40, 1)


def test_what_kills_every_worker_ends_after_three_tries(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    imports.commit(batch=batch, by=district.clerk, on=steps.TODAY, enqueue=False)

    def explode(*_args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(committing, "_close", explode)
    for _try in range(4):
        assert resume_imports() == 1
    batch.refresh_from_db()
    assert (batch.state, Project.objects.count(), resume_imports()) == ("failed", 0, 0)
    assert "多次中断" in batch.error
    monkeypatch.undo()
    imports.check(batch=batch, by=district.clerk, enqueue=False)
    assert steps.commit(steps.work(batch)).counts["created"] == 40


def test_a_failed_undo_leaves_the_import_in_force(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = steps.imported(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    imports.undo(batch=batch, by=district.clerk, on=steps.TODAY, enqueue=False)

    def explode(*_args: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_void", explode)
        for _try in range(4):
            resume_imports()
    batch.refresh_from_db()
    assert (batch.state, Project.objects.visible_to(district.clerk).count()) == ("done", 40)
    assert steps.undo(batch).undo_report["voided"] == 40


@pytest.mark.postgres
def test_what_a_person_is_doing_while_an_import_is_undone_is_not_taken_back(
    open_district_now: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undone between a person's change and its commit: the undo waits, sees it, and leaves the project."""
    clerk = open_district_now.clerk
    batch = steps.imported(clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    edited, noted = steps.project("第5号项目"), steps.project("第9号项目")
    begun, ended = threading.Event(), threading.Event()

    def work_on_both() -> None:
        with transaction.atomic():
            actions.edit(project=edited, by=clerk, on=steps.TODAY, changes={"jobs": 30})
            Event.objects.create(case=noted.case, kind="document.attached", by=clerk, on=steps.TODAY)
            begun.set()
            ended.wait(2)

    def take_back() -> None:
        begun.wait(30)
        steps.undo(batch)
        ended.set()

    assert at_once(work_on_both, take_back) == []
    batch.refresh_from_db()
    assert batch.undo_report["voided"] == 38
    assert [line["project"] for line in batch.undo_report["kept"]] == [edited.pk, noted.pk]
    assert set(Project.objects.visible_to(clerk)) == {edited, noted}
    assert steps.project("第5号项目").jobs == 30


@pytest.mark.postgres
def test_who_comes_while_an_import_is_undone_waits_and_finds_the_project_gone(
    open_district_now: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = open_district_now.clerk
    batch = steps.imported(clerk, steps.ledger(tmp_path / "a.xlsx", lines()))
    project, sorted_out, sort = steps.project("第5号项目"), threading.Event(), undoing._sorted

    def and_then_somebody_comes(*args: Any) -> Any:
        found = sort(*args)
        sorted_out.set()
        wait_until(_waits_for_a_lock, "the person to wait for the project")
        return found

    monkeypatch.setattr(undoing, "_sorted", and_then_somebody_comes)

    def come_late() -> None:
        sorted_out.wait(30)
        actions.edit(project=project, by=clerk, on=steps.TODAY, changes={"jobs": 30})

    (refused,) = at_once(lambda: steps.undo(batch), come_late)
    assert isinstance(refused, Refused)
    batch.refresh_from_db()
    assert batch.undo_report == {"voided": 40, "restored": 0, "kept": []}


@pytest.mark.celery
@pytest.mark.postgres
def test_a_worker_killed_in_the_middle_of_a_commit_is_followed_by_the_next(
    open_district_now: District, start: Callable[..., Process]
) -> None:
    """It stands between two statements of its one transaction, held up by a lock, when it is killed."""
    batch = steps.checked(open_district_now.clerk, steps.SIGNED)
    worker = start("worker")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE projects_money IN SHARE MODE")
        _request(batch)
        wait_until(_waits_for_a_lock, "the worker to stand in the middle of its commit")
        worker.kill()
    batch.refresh_from_db()
    wait_until(lambda: not _busy(), "PostgreSQL to notice that the worker is gone")
    assert (batch.state, Project.objects.count(), Case.objects.count()) == ("committing", 0, 0)
    ImportBatch.objects.filter(pk=batch.pk).update(
        heartbeat_at=timezone.now() - claims.STALE - timedelta(seconds=1)
    )
    start("worker")
    app.send_task(settings.CELERY_BEAT_SCHEDULE["resume imports"]["task"])
    wait_until(lambda: ImportBatch.objects.get(pk=batch.pk).state == "done", "the next worker to bring it in")
    batch.refresh_from_db()
    assert (batch.counts["created"], batch.tries) == (EXPECTED, 2)
    assert Project.objects.count() == Case.objects.count() == Event.objects.count() == EXPECTED
    assert ImportRow.objects.filter(batch=batch, version_after=1).count() == EXPECTED
    names = ReachedMilestone.objects.values_list("project_id", "code")
    assert len(names) == len(set(names))
    figures = Money.objects.values_list("project_id", "measure")
    assert len(figures) == len(set(figures))


def _request(batch: ImportBatch) -> None:
    """Press the button in a connection of its own, so that the worker sees it at once."""

    def press() -> None:
        imports.commit(batch=batch, by=batch.user, on=steps.TODAY)

    assert at_once(press) == []


def _activity(condition: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it would stand still
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND {condition}"
        )
        return int(cursor.fetchone()[0])


def _waits_for_a_lock() -> bool:
    return _activity("wait_event_type = 'Lock'") > 0


def _busy() -> bool:
    return _activity("state = 'active'") > 0
