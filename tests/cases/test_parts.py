"""Parts pass, end and stay on record; an exclusive one has one holder, whoever hurries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Unit
from cases.actions import assign_part, end_part, take_numbers
from cases.models import Case, Event, Part
from kernel.refusals import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db
NEXT_WEEK = make.TODAY + timedelta(days=7)


def give(row: Case, who: Unit, part: str = "landing", *, exclusive: bool = True, on=make.TODAY) -> Part:
    return assign_part(case=row, unit=who, part=part, by=None, on=on, exclusive=exclusive)


def test_an_exclusive_part_passes_and_its_past_stays() -> None:
    row, one, other = make.case(), make.unit(), make.unit()
    first = give(row, one)
    second = give(row, other, on=NEXT_WEEK)
    first.refresh_from_db()
    assert first.valid_to == NEXT_WEEK - timedelta(days=1)
    assert list(Part.objects.filter(case=row, valid_to__isnull=True)) == [second]
    assert [event.kind for event in Event.objects.filter(case=row)] == ["part.assigned"] * 2


def test_passing_on_the_same_day_keeps_lives_in_order() -> None:
    row = make.case()
    first = give(row, make.unit())
    give(row, make.unit())
    first.refresh_from_db()
    assert first.valid_to == first.valid_from


def test_giving_the_same_part_again_changes_nothing() -> None:
    row, unit = make.case(), make.unit()
    assert give(row, unit) == give(row, unit, on=NEXT_WEEK)
    assert Event.objects.count() == 1


def test_a_shared_part_has_several_holders() -> None:
    row = make.case()
    for _ in range(3):
        give(row, make.unit(), "supporting", exclusive=False)
    assert row.parts.count() == 3


def test_the_database_keeps_an_exclusive_part_single() -> None:
    row = make.case()
    give(row, make.unit())
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(case=row, unit=make.unit(), part="landing", valid_from=make.TODAY, exclusive=True)


def test_a_part_ends_once_and_not_before_it_began() -> None:
    part = give(make.case(), make.unit())
    with pytest.raises(Refused) as refused:
        end_part(part=part, by=None, on=make.TODAY - timedelta(days=1), reason="x")
    assert refused.value.status == "invalid"
    end_part(part=part, by=None, on=NEXT_WEEK, reason="移交")
    with pytest.raises(Refused) as refused:
        end_part(part=part, by=None, on=NEXT_WEEK, reason="移交")
    assert refused.value.status == "conflict"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_give_an_exclusive_part_at_once_leave_one_holder() -> None:
    row, rivals = make.case(), [make.unit(), make.unit()]
    together = Barrier(2)

    def hurry(unit: Unit) -> str:
        try:
            together.wait()
            with transaction.atomic():
                give(row, unit)
            return "given"
        except Refused as refused:
            return refused.status
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(hurry, rivals))
    assert outcomes in (["conflict", "given"], ["given", "given"])
    assert Part.objects.filter(case=row, valid_to__isnull=True).count() == 1
    assert Event.objects.filter(case=row).count() == outcomes.count("given")


def test_numbers_of_a_series_follow_one_another_without_gaps() -> None:
    with transaction.atomic():
        assert list(take_numbers("2026")) == [1]
        assert list(take_numbers("2026", 3)) == [2, 3, 4]
        assert list(take_numbers("2027")) == [1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_takers_at_once_never_get_the_same_number() -> None:
    def take(_: int) -> list[int]:
        try:
            with transaction.atomic():
                return list(take_numbers("race", 5))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [number for numbers in pool.map(take, range(12)) for number in numbers]
    assert sorted(taken) == list(range(1, 61))
