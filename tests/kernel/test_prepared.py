"""What a kept query answers is what the ORM answers, whatever was asked before."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Membership, Unit
from kernel.prepared import Kept
from tests import factories as make

pytestmark = pytest.mark.django_db
ON_POSTGRES = pytest.mark.skipif(connection.vendor != "postgresql", reason="keeps no plans")
NOBODY, NEVER = -1, date(1900, 1, 1)


def held() -> Kept[Membership]:
    rows = Membership.objects.filter(user=NOBODY).in_force(NEVER).select_related("unit").order_by("id")
    return Kept(rows, {"user": NOBODY, "on": NEVER})


def test_it_answers_each_question_for_its_own_values() -> None:
    question = held()
    first, second = make.user("bureau_clerk"), make.user("park_clerk")
    make.member(first, "leader", since=date(2026, 1, 1))
    for person in (first, second, first):
        for on in (make.TODAY, date(2021, 1, 1)):
            rows = Membership.objects.filter(user=person).in_force(on).order_by("id")
            assert question.ask(user=person.pk, on=on) == list(rows)


def test_what_is_read_along_needs_no_further_query(django_assert_num_queries: Any) -> None:
    person = make.user("bureau_clerk")
    question = held()
    with django_assert_num_queries(1):
        assert [row.unit.code for row in question.ask(user=person.pk, on=make.TODAY)]


def test_values_come_as_dicts_with_the_types_of_their_fields() -> None:
    unit = make.unit("somewhere")
    rows = Kept(Unit.objects.filter(code="?").values("code", "valid_from"), {"code": "?"})
    assert rows.ask(code="somewhere") == [{"code": unit.code, "valid_from": unit.valid_from}]


def test_a_question_without_an_answer_asks_nothing(django_assert_num_queries: Any) -> None:
    nothing = Kept(Unit.objects.none())
    with django_assert_num_queries(0):
        assert nothing.ask() == []
        assert nothing.fold("count(*)", "max(id)") == (0, 0)


def test_rows_are_counted_and_summed_without_being_read() -> None:
    units = [make.unit(kind="park"), make.unit(kind="park"), make.unit(kind="bureau")]
    parks = Kept(Unit.objects.filter(kind="?").order_by().values("id"), {"kind": "?"})
    assert parks.fold("count(*)", "max(id)", kind="park") == (2, units[1].pk)
    assert parks.fold("count(*)", kind="bureau") == (1,)


def test_a_stand_in_that_is_nowhere_in_the_query_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="stand-in for code"):
        Kept(Unit.objects.filter(kind="park"), {"code": "?"})


def by_code() -> Kept[Unit]:
    return Kept(Unit.objects.filter(code="?").select_related("parent"), {"code": "?"}, planned=True)


def test_with_a_plan_kept_it_answers_alike(django_assert_num_queries: Any) -> None:
    units = [make.unit(f"{number}% 'quoted'") for number in range(8)]  # the sixth time on, one plan for all
    question = by_code()
    for unit in units:
        with django_assert_num_queries(1):
            assert question.ask(code=unit.code) == [unit]
    assert question.ask(code="nowhere") == []


@ON_POSTGRES
def test_a_plan_outlives_the_transaction_in_which_it_was_made() -> None:
    unit, question = make.unit("somewhere"), by_code()
    with pytest.raises(RuntimeError), transaction.atomic():
        question.ask(code="somewhere")
        raise RuntimeError
    assert question.ask(code="somewhere") == [unit]


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_a_new_session_plans_anew() -> None:
    unit, question = make.unit("somewhere"), by_code()
    question.ask(code="somewhere")
    connection.close()
    assert question.ask(code="somewhere") == [unit]
