"""What happened in a case can be appended and read, never changed, not even in SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from cases import event_texts
from cases.actions import record
from cases.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_event SET kind = 'x'",
        "UPDATE cases_event SET data = '{}' WHERE id = %s",
        "DELETE FROM cases_event",
        "DELETE FROM cases_event WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_event(sql: str) -> None:
    row = record(case=make.case(), kind="part.assigned", by=None, on=make.TODAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql, [row.pk] if "%s" in sql else [])
    assert Event.objects.get().kind == "part.assigned"


def test_an_event_holds_who_for_which_unit_and_when() -> None:
    park = make.unit(kind="park")
    clerk = make.user("park_clerk", unit=park)
    row = record(case=make.case(), kind="x", by=clerk, on=make.TODAY, data={"a": 1})
    row.refresh_from_db()
    assert (row.by, row.unit, row.on, row.data) == (clerk, park, make.TODAY, {"a": 1})


def test_events_are_seen_by_those_who_see_the_case() -> None:
    park = make.unit(kind="park")
    mine, other = make.case(parts={"landing": park}), make.case()
    for row in (mine, other):
        record(case=row, kind="x", by=None, on=make.TODAY)
    seen = Event.objects.visible_to(make.user("park_clerk", unit=park))
    assert [event.case for event in seen] == [mine]


def test_an_event_reads_as_a_sentence_and_an_unknown_kind_shows_its_code() -> None:
    words = event_texts.sentence("part.assigned", {"unit": "白涛园区", "user": "", "part": "承接园区"})
    assert words == "白涛园区承担“承接园区”"
    assert "—" in event_texts.sentence("part.assigned", {})
    assert "no.such" in event_texts.sentence("no.such", {})


def test_a_kind_registered_twice_with_other_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"part\.assigned"):
        event_texts.register({"part.assigned": "别的话"})


def test_registering_the_same_words_again_is_harmless() -> None:
    before = event_texts.kinds()
    event_texts.register({"part.ended": event_texts._TEXTS["part.ended"]})
    assert event_texts.kinds() == before
