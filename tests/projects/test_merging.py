"""Two registrations of one project: kept apart with a reason, or merged, and the merge taken back."""

from functools import partial
from typing import Any

import pytest

from accounts.models import Unit
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import actions
from projects.models import Batch, ContactRecord, DuplicatePair, Measure, Money, PairState, Project
from projects.queries import LedgerFilter, ledger_page
from reports.queries import batches
from tests import factories as make
from tests.factories import TODAY
from tests.law import District

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(district: District) -> DuplicatePair:
    one = district.project("华锐铝材项目")
    two = district.project("华瑞铝材项目")
    actions.record_contact(
        project=two, by=district.clerk, on=TODAY, today=TODAY,
        channel="phone", with_whom="王经理", matter="询问",
    )  # fmt: skip
    return actions.pair_up(project=two, other=one, by=district.clerk, on=TODAY)


def merged(pair: DuplicatePair, district: District) -> DuplicatePair:
    return actions.merge(pair=pair, keep=pair.first, by=district.clerk, on=TODAY, reason="同一企业两次登记")


def state_of(project: Project) -> dict[str, Any]:
    """Everything that hangs on a project and may move."""
    row = Project.objects.select_related("case").get(pk=project.pk)
    own = {f.attname: getattr(row, f.attname) for f in Project._meta.concrete_fields}
    return {
        "project": {name: value for name, value in own.items() if name not in ("version", "updated_at")},
        "voided": row.case.voided_on,
        "parts": list(Part.objects.filter(case=row.case).order_by("pk").values()),
        "clocks": list(Deadline.objects.filter(case=row.case).order_by("pk").values()),
        "alarms": list(Deadline.objects.filter(case=row.case).values_list("alarms__pk", "alarms__on")),
        "contacts": ContactRecord.objects.filter(project=row).count(),
    }


def test_pairs_stand_in_the_order_of_their_keys_and_once(district: District, pair: DuplicatePair) -> None:
    assert pair.first_id < pair.second_id
    again = actions.pair_up(project=pair.first, other=pair.second, by=district.clerk, on=TODAY)
    assert (again.pk, DuplicatePair.objects.count()) == (pair.pk, 1)


def test_a_project_is_not_paired_with_itself(district: District) -> None:
    one = district.project()
    with pytest.raises(Refused, match="另一个项目"):
        actions.pair_up(project=one, other=one, by=district.clerk, on=TODAY)


def test_keeping_apart_is_told_in_both_cases_and_done_once(district: District, pair: DuplicatePair) -> None:
    row = actions.keep_apart(pair=pair, by=district.clerk, on=TODAY, reason="两条生产线")
    assert (row.state, row.distinct_by) == (PairState.DISTINCT, district.clerk)
    told = Event.objects.filter(kind="project.kept_apart").values_list("case_id", flat=True)
    assert set(told) == {pair.first_id, pair.second_id}
    for again in (
        lambda: actions.keep_apart(pair=pair, by=district.head, on=TODAY, reason="再说一次"),
        lambda: merged(pair, district),
    ):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.codes == ["pair_judged"]


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_a_judgement_needs_a_reason(district: District, pair: DuplicatePair, reason: str) -> None:
    for act in (actions.keep_apart, partial(actions.merge, keep=pair.first)):
        with pytest.raises(Refused) as refused:
            act(pair=pair, by=district.clerk, on=TODAY, reason=reason)
        assert [item.field for item in refused.value.unmet] == ["reason"]
    assert DuplicatePair.objects.get().state == PairState.OPEN


def test_a_merged_project_leaves_ledger_totals_and_clocks_but_keeps_its_history(
    district: District, pair: DuplicatePair
) -> None:
    gone = pair.second
    actions.set_money(
        project=gone, measure=Measure.TOTAL, raw="5亿元", by=district.clerk, on=TODAY, source="登记"
    )
    merged(pair, district)
    page = ledger_page(district.clerk, LedgerFilter(), summed=True)
    assert [row["id"] for row in page.rows] == [pair.first_id]
    assert page.sums["total_fen"] == 0
    assert not Deadline.objects.filter(case_id=gone.pk).open().exists()
    assert not Project.objects.visible_to(district.clerk).filter(pk=gone.pk).exists()
    assert ContactRecord.objects.filter(project=gone).count() == 1
    assert Money.objects.filter(project=gone).count() == 1
    kinds = Event.objects.filter(case_id=gone.pk).values_list("kind", flat=True)
    assert "project.merged" in kinds
    assert Event.objects.filter(case_id=pair.first_id, kind="project.absorbed").exists()


def test_undoing_a_merge_gives_back_exactly_what_there_was(district: District, pair: DuplicatePair) -> None:
    gone = pair.second
    actions.set_parts(
        project=gone, part="landing", unit=district.park, by=district.clerk, on=TODAY, produced=True
    )
    before = state_of(gone)
    actions.undo_merge(pair=merged(pair, district), by=district.head, on=TODAY, reason="看错了")
    assert state_of(gone) == before
    row = DuplicatePair.objects.get()
    assert (row.state, row.kept) == (PairState.OPEN, {})
    merged(row, district)  # and it may be merged again


def test_an_undone_merge_is_not_undone_twice(district: District, pair: DuplicatePair) -> None:
    row = merged(pair, district)
    actions.undo_merge(pair=row, by=district.clerk, on=TODAY, reason="看错了")
    with pytest.raises(Refused) as refused:
        actions.undo_merge(pair=row, by=district.clerk, on=TODAY, reason="再来")
    assert refused.value.codes == ["not_merged"]


def test_a_merged_project_refuses_every_write_and_names_the_one_that_was_kept(
    district: District, pair: DuplicatePair
) -> None:
    merged(pair, district)
    gone = Project.objects.get(pk=pair.second_id)
    for act in (
        lambda: actions.edit(project=gone, by=district.clerk, on=TODAY, changes={"name": "新名"}),
        lambda: actions.advance(project=gone, by=district.head, on=TODAY),
        lambda: actions.shelve(project=gone, by=district.clerk, on=TODAY, reason="等等"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        (item,) = refused.value.unmet
        assert (item.code, refused.value.status) == ("merged", "conflict")
        assert pair.first.case.code in item.message
        assert item.url == f"/projects/{pair.first_id}/"


@pytest.mark.parametrize("role", ["park_clerk", "reviewer", "leader", "inspector", "commissioner"])
def test_only_the_bureau_judges(district: District, pair: DuplicatePair, role: str) -> None:
    person = make.user(role, unit=district.park if role == "park_clerk" else None)
    for act in (
        lambda: actions.keep_apart(pair=pair, by=person, on=TODAY, reason="不是"),
        lambda: actions.merge(pair=pair, keep=pair.first, by=person, on=TODAY, reason="是"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == "forbidden"
    assert DuplicatePair.objects.get().state == PairState.OPEN


def test_two_signed_projects_are_not_merged_and_a_signed_one_does_not_vanish(
    district: District, pair: DuplicatePair
) -> None:
    Project.objects.filter(pk=pair.second_id).update(batch=Batch.SIGNED)
    with pytest.raises(Refused) as refused:
        merged(pair, district)
    assert refused.value.codes == ["keep_the_signed"]
    Project.objects.filter(pk=pair.first_id).update(batch=Batch.PRODUCING)
    with pytest.raises(Refused) as refused:
        merged(pair, district)
    assert refused.value.codes == ["both_signed"]


def test_what_holds_others_is_not_merged_away(district: District, pair: DuplicatePair) -> None:
    merged(pair, district)
    third = district.project("第三个项目")
    other = actions.pair_up(project=pair.first, other=third, by=district.clerk, on=TODAY)
    with pytest.raises(Refused) as refused:
        actions.merge(pair=other, keep=third, by=district.clerk, on=TODAY, reason="同")
    assert refused.value.codes == ["holds_others"]
    actions.merge(pair=other, keep=pair.first, by=district.clerk, on=TODAY, reason="同")
    assert Project.objects.filter(merged_into=pair.first).count() == 2


def test_a_day_before_either_was_opened_is_refused(district: District, pair: DuplicatePair) -> None:
    with pytest.raises(Refused, match="建档日期"):
        actions.merge(pair=pair, keep=pair.first, by=district.clerk, on=TODAY.replace(year=2025), reason="同")


def test_keeping_a_third_project_is_refused(district: District, pair: DuplicatePair) -> None:
    with pytest.raises(Refused, match="保留哪一个"):
        actions.merge(pair=pair, keep=district.project("别的"), by=district.clerk, on=TODAY, reason="同")


def test_the_dashboard_counts_a_merged_project_no_more(district: District, pair: DuplicatePair) -> None:
    merged(pair, district)
    assert sum(row.count for row in batches(district.clerk)) == 1


def test_units_of_a_merged_project_still_read_it(district: District, pair: DuplicatePair) -> None:
    park: Unit = district.park
    actions.set_parts(
        project=pair.second, part="landing", unit=park, by=district.clerk, on=TODAY, produced=True
    )
    merged(pair, district)
    inside, outside = make.user("park_clerk", unit=park), make.user("park_clerk")
    url = f"/projects/{pair.second_id}/"
    answers = [make.pages(person).get(url).status_code for person in (district.clerk, inside, outside)]
    assert answers == [200, 200, 404]
