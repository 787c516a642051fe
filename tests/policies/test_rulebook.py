"""What is in force on a day, merged, cached, with its source."""

from datetime import date

import pytest

from kernel.refusals import Refused
from policies import rulebook as books
from policies.bites import bites
from policies.models import PolicySet
from policies.rulebook import current, rulebook
from tests.policies.conftest import BARE, publish

pytestmark = pytest.mark.django_db


def test_before_any_plan_nothing_is_in_force():
    with pytest.raises(Refused) as caught:
        current(date(2020, 1, 1))
    assert caught.value.unmet[0].code == "no_policy_in_force"


def test_each_plan_is_in_force_from_its_own_date(in_force):
    lifecycle, promotion = in_force
    assert set(current(date(2021, 7, 10))[0].versions.all()) == {promotion}
    assert set(current(date(2024, 10, 31))[0].versions.all()) == {promotion}
    assert set(current(date(2024, 11, 1))[0].versions.all()) == {lifecycle, promotion}


def test_the_set_of_a_day_is_made_once(in_force):
    first, rules = current(date(2026, 3, 2))
    again, same = current(date(2026, 3, 3))
    assert first == again
    assert rules is same
    assert PolicySet.objects.count() == 1


def test_a_rulebook_is_read_once_per_process(in_force, django_assert_num_queries):
    chosen, rules = current(date(2026, 3, 2))
    with django_assert_num_queries(0):
        assert rulebook(chosen.pk) is rules


def test_every_rule_says_where_it_comes_from(in_force):
    lifecycle, promotion = in_force
    _set, rules = current(date(2026, 3, 2))
    step = rules.step("assessment")
    assert (step.clause, step.source.id, step.source.version) == ("三(二)5", lifecycle.pk, "2024.11.2")
    assert "7个工作日" in rules.gist(step)
    assert rules.classes[0].source.id == promotion.pk
    assert rules.clause("fuling-promotion", "附件2 备注1").source.id == promotion.pk


def test_a_rule_read_from_a_file_has_no_source():
    from policies.loader import parse_pack

    with pytest.raises(LookupError):
        _ = parse_pack(BARE).steps[0].source


def test_a_rulebook_cannot_be_changed(in_force):
    _set, rules = current(date(2026, 3, 2))
    with pytest.raises(TypeError):
        rules.milestones["x"] = rules.milestone("signed")  # type: ignore[index]
    with pytest.raises(AttributeError):
        rules.steps = {}  # type: ignore[misc]


def test_lookups_follow_a_milestone_to_what_it_sets_going(in_force):
    _set, rules = current(date(2026, 3, 2))
    assert [step.code for step in rules.steps_opened_by("signed")] == ["service_body"]
    assert [task.code for task in rules.tasks_on("signed")] == ["name_commissioner"]
    assert [limit.code for limit in rules.limits_met_by("specially_reported")] == ["special_report"]
    assert rules.steps_opened_by("in_production") == ()


def test_a_case_keeps_its_law_when_a_newer_version_comes(in_force, organisation):
    chosen, rules = current(date(2026, 3, 2))
    publish(BARE)
    newer, _rules = current(date(2026, 3, 2))
    assert newer != chosen
    books.forget()
    assert set(rulebook(chosen.pk).steps) == set(rules.steps)


def test_clauses_know_where_they_bite_or_that_no_rule_carries_them(in_force):
    _set, rules = current(date(2026, 3, 2))
    found = bites(rules)
    assert {bite.table for bite in found["fuling-lifecycle", "三(三)7"]} >= {
        "steps",
        "milestones",
        "gates",
        "duties",
    }
    assert {bite.table for bite in found["fuling-promotion", "附件2 备注2"]} == {"credit", "parts"}
    assert found["fuling-promotion", "三(三)7"] == []
    assert len(found) == len(rules.clauses)
