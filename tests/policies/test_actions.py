"""Loading and publishing: drafts may change, the law may not."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry
from kernel.refusals import Refused
from policies import actions
from policies.models import PolicyVersion
from policies.rulebook import current
from tests import factories
from tests.policies.conftest import BARE, publish

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


def numbered(version: str, start: str, more: str = "") -> str:
    text = BARE.replace('version = "1"', f'version = "{version}"\n{more}')
    return text.replace("effective_from = 2026-01-01", f"effective_from = {start}")


def test_a_pack_is_loaded_as_a_draft_and_changes_nothing_yet(head):
    version = actions.load(text=BARE, by=head, on=TODAY)
    assert (version.policy.code, version.version, version.status) == ("bare", "1", "draft")
    assert version.effective_from == date(2026, 1, 1)
    assert not PolicyVersion.objects.in_force(TODAY).exists()


def test_loading_the_same_pack_again_changes_nothing(head):
    first = actions.load(text=BARE, by=head, on=TODAY)
    entries = AuditEntry.objects.count()
    assert actions.load(text=BARE, by=head, on=TODAY).pk == first.pk
    assert AuditEntry.objects.count() == entries


def test_a_draft_takes_the_place_of_the_draft_before_it(head):
    first = actions.load(text=BARE, by=head, on=TODAY)
    second = actions.load(text=BARE.replace("试行方案", "试行办法"), by=head, on=TODAY)
    assert second.pk == first.pk
    assert second.title == "试行办法"


def test_a_published_number_cannot_be_loaded_with_other_content(head):
    publish(BARE, head)
    assert actions.load(text=BARE, by=head, on=TODAY).status == "published"
    with pytest.raises(Refused) as caught:
        actions.load(text=BARE.replace("试行方案", "试行办法"), by=head, on=TODAY)
    assert caught.value.unmet[0].code == "published_is_immutable"


def test_a_wrong_pack_is_refused_with_every_fault(head):
    with pytest.raises(Refused) as caught:
        actions.load(
            text=BARE.replace("count = 5", "count = 0").replace('"review"', '"party"'), by=head, on=TODAY
        )
    assert caught.value.status == "invalid"
    assert {item.field for item in caught.value.unmet} == {"steps.work.limit.count", "steps.work.kind"}
    assert not PolicyVersion.objects.filter(policy__code="bare").exists()


def test_units_are_checked_against_the_organisation(head):
    with pytest.raises(Refused, match="nobody"):
        actions.load(
            text=BARE.replace('led_by_parts = ["handler"]', 'led_by_units = ["nobody"]'), by=head, on=TODAY
        )


@pytest.mark.parametrize("role", ["bureau_clerk", "park_clerk", "leader", "system_admin"])
def test_only_the_head_of_the_bureau_loads_and_publishes(organisation, role):
    person = factories.user(role)
    with pytest.raises(Refused) as caught:
        actions.load(text=BARE, by=person, on=TODAY)
    assert caught.value.status == "forbidden"
    draft = actions.load(text=BARE, by=None, on=TODAY)
    with pytest.raises(Refused) as caught:
        actions.publish(version=draft, by=person, on=TODAY)
    assert caught.value.status == "forbidden"


def test_publishing_is_noted_with_who_and_when(head):
    version = publish(BARE, head)
    assert (version.status, version.published_by) == ("published", head)
    assert version.published_at is not None
    assert [entry.kind for entry in AuditEntry.objects.filter(target="policy:bare:1").order_by("pk")] == [
        "policy.loaded",
        "policy.published",
    ]


def test_publishing_twice_changes_nothing(head):
    version = publish(BARE, head)
    again = actions.publish(version=version, by=head, on=TODAY)
    assert again.published_at == version.published_at


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", "x"),
        ("effective_from", date(2020, 1, 1)),
        ("sha256", "0" * 64),
        ("status", "draft"),
        ("version", "9"),
    ],
)
def test_a_published_version_refuses_to_be_saved_otherwise(head, field, value):
    version = publish(BARE, head)
    setattr(version, field, value)
    with pytest.raises(Refused) as caught:
        version.save()
    assert caught.value.unmet[0].code == "published_is_immutable"


def test_a_published_version_cannot_be_deleted_a_draft_can(head):
    draft = actions.load(text=numbered("2", "2030-01-01"), by=head, on=TODAY)
    draft.delete()
    with pytest.raises(Refused):
        publish(BARE, head).delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_policyversion SET body = 'x' WHERE id = %s",
        "UPDATE policies_policyversion SET sha256 = 'x' WHERE id = %s",
        "UPDATE policies_policyversion SET effective_from = '2020-01-01' WHERE id = %s",
        "UPDATE policies_policyversion SET status = 'draft', published_at = NULL WHERE id = %s",
        "DELETE FROM policies_policyversion WHERE id = %s",
    ],
)
def test_the_database_itself_keeps_a_published_version(head, statement):
    version = publish(BARE, head)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk])
    version.refresh_from_db()
    assert (version.body, version.status) == (BARE, "published")


def test_the_database_lets_a_draft_change(head):
    draft = actions.load(text=BARE, by=head, on=TODAY)
    PolicyVersion.objects.filter(pk=draft.pk).update(body="x")
    PolicyVersion.objects.filter(pk=draft.pk).delete()
    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()


def test_two_versions_of_a_pack_may_not_overlap(head):
    publish(BARE, head)
    with pytest.raises(Refused) as caught:
        publish(numbered("2", "2026-07-01"), head)
    assert caught.value.unmet[0].code == "versions_overlap"
    assert PolicyVersion.objects.get(version="2").status == "draft"


def test_a_version_that_supersedes_closes_the_earlier_one_the_day_before(head):
    first = publish(BARE, head)
    second = publish(numbered("2", "2026-07-01", 'supersedes = "1"'), head)
    first.refresh_from_db()
    assert first.effective_to == date(2026, 6, 30)
    assert current(date(2026, 6, 30))[0].versions.get() == first
    assert current(date(2026, 7, 1))[0].versions.get() == second


def test_a_version_cannot_supersede_one_that_begins_later(head):
    publish(numbered("2", "2026-07-01"), head)
    with pytest.raises(Refused, match="重叠"):
        publish(numbered("1", "2026-01-01", 'supersedes = "2"'), head)


def test_versions_that_follow_one_another_need_no_word(head):
    publish(numbered("1", "2026-01-01", "effective_to = 2026-06-30"), head)
    assert publish(numbered("2", "2026-07-01"), head).status == "published"


def test_two_packs_in_force_may_not_claim_the_same_key(head):
    publish(BARE, head)
    with pytest.raises(Refused) as caught:
        publish(BARE.replace('"bare"', '"rival"').replace("试行方案", "另一方案"), head)
    claimed = {item.field for item in caught.value.unmet}
    assert {"steps.work", "milestones.begun", "parts.handler"} <= claimed
    message = next(item.message for item in caught.value.unmet if item.field == "steps.work")
    assert "试行方案" in message
    assert "另一方案" in message
    assert "steps.work" in message


def test_a_pack_that_begins_after_the_other_has_ended_may_claim_its_keys(head):
    publish(numbered("1", "2026-01-01", "effective_to = 2026-06-30"), head)
    rival = BARE.replace('"bare"', '"rival"').replace(
        "effective_from = 2026-01-01", "effective_from = 2026-07-01"
    )
    assert publish(rival, head).status == "published"


@pytest.mark.parametrize("table", ["classes", "credit"])
def test_ordered_tables_and_measures_are_claimed_as_a_whole(in_force, head, table):
    extra = {
        "classes": 'code = "huge"\nname = "特大"\nclause = "一"\n'
        'when = { field = "total", at_least = "100亿元" }',
        "credit": 'code = "other"\nmeasure = "agreed_funds"\nname = "资金"\nclause = "一"\n'
        'weights = [{ factor = "1", clause = "一" }]',
    }
    with pytest.raises(Refused) as caught:
        publish(BARE + f"\n[[{table}]]\n{extra[table]}\n", head)
    assert any(item.field.startswith(f"{table}.") for item in caught.value.unmet)


def test_nothing_of_a_refused_publication_stays(head):
    first = publish(BARE, head)
    publish(BARE.replace('"bare"', '"other"').replace('"handler"', '"agent"').replace('"work"', '"toil"')
            .replace('"begun"', '"set_out"').replace('"done"', '"arrived"'), head)  # fmt: skip
    clash = numbered("2", "2026-07-01", 'supersedes = "1"').replace('"handler"', '"agent"')
    with pytest.raises(Refused):
        publish(clash, head)
    first.refresh_from_db()
    assert first.effective_to is None
