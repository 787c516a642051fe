"""A start counts by the facts that the plan names, each shown by its paper; its day follows from them."""

from datetime import date, timedelta

import pytest

from cases.models import Event, Part
from kernel.refusals import Refused
from notices.models import Message
from projects import actions
from projects.models import Project, ReachedMilestone
from service.models import RecognisedBy
from service.progress.recognising import Fact, recognise
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.law import open_district
from tests.service.progress import site

pytestmark = pytest.mark.django_db
FEB_3, FEB_12, FEB_20 = date(2026, 2, 3), date(2026, 2, 12), date(2026, 2, 20)


def by_facts(row: Project, *facts: Fact, by=None, on=site.TODAY) -> ReachedMilestone:
    return recognise(
        project=row, milestone="construction_started", facts=facts, by=by or lives.clerk(), on=on
    )


def refused_by(row: Project, *facts: Fact, **more) -> Refused:
    with pytest.raises(Refused) as refused:
        by_facts(row, *facts, **more)
    assert not ReachedMilestone.objects.filter(project=row, code="construction_started").exists()
    assert not RecognisedBy.objects.exists()
    return refused.value


def test_of_two_facts_that_count_the_earlier_gives_the_day_and_both_are_kept() -> None:
    row = site.ready()
    paper = site.proof(row)
    done = by_facts(row, Fact("main_works", FEB_20, paper), Fact("piling", FEB_12, paper))
    assert (done.on, done.evidence) == (FEB_12, paper)
    assert list(done.grounds.values_list("code", "on")) == [("piling", FEB_12), ("main_works", FEB_20)]
    assert Project.objects.get(pk=row.pk).batch == "started"
    assert Event.objects.get(case=row.case, kind="progress.recognised").data["clause"] == "三(四)9"


def test_levelling_is_written_down_beside_piling_but_gives_no_day() -> None:
    row = site.ready()
    done = by_facts(row, Fact("levelling", FEB_3), Fact("piling", FEB_12, site.proof(row)))
    assert done.on == FEB_12
    assert dict(done.grounds.values_list("code", "counts")) == {"levelling": False, "piling": True}


def test_levelling_alone_recognises_nothing() -> None:
    refused = refused_by(site.ready(), Fact("levelling", FEB_3))
    assert (refused.codes, refused.unmet[0].clause) == (["no_counting_ground"], "三(四)9")


def test_without_its_paper_a_fact_is_refused_at_its_field() -> None:
    refused = refused_by(site.ready(), Fact("piling", FEB_12))
    assert (refused.codes, refused.unmet[0].field) == (["paper:piling"], "file_piling")


def test_a_paper_that_comes_along_is_filed_under_the_kind_the_plan_names() -> None:
    row = site.ready()
    done = by_facts(row, Fact("piling", FEB_12, upload=upload()))
    assert done.evidence is not None and done.evidence.kind == "start_proof"


def test_a_paper_of_another_case_or_kind_is_refused() -> None:
    row = site.ready()
    other = site.proof(lives.registered(name="别的项目", enterprise=lives.outsider("别的公司")))
    wrong = site.proof(row, "investment_agreement_copy")
    for paper in (other, wrong):
        assert refused_by(row, Fact("piling", FEB_12, paper)).status == "invalid"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (lambda p: [Fact("rumour", FEB_12, p)], "unknown_ground"),
        (lambda p: [Fact("piling", site.TODAY + timedelta(days=1), p)], "future"),
        (lambda p: [Fact("piling", FEB_12, p), Fact("piling", FEB_20, p)], "ground_twice"),
    ],
)
def test_facts_without_sense_are_refused(facts, code) -> None:
    row = site.ready()
    assert refused_by(row, *facts(site.proof(row))).codes == [code]


def test_what_must_come_first_is_named_with_clause_and_link() -> None:
    row = lives.signed(park=site.park())
    refused = refused_by(row, Fact("piling", FEB_12, site.proof(row)))
    assert refused.codes == ["milestone:service_commissioner_named", "milestone:construction_permitted"]
    assert refused.unmet[0].url


@pytest.mark.parametrize("role", ["leader", "inspector", "system_admin"])
def test_roles_that_record_nothing_are_refused(role) -> None:
    row = site.ready()
    assert refused_by(row, by=make.user(role, unit=lives.bureau())).status == "forbidden"


def test_a_park_that_plays_no_part_is_refused() -> None:
    row = site.ready()
    stranger = make.user("park_clerk", unit=make.unit("qingxi-park", kind="park"))
    assert refused_by(row, Fact("piling", FEB_12), by=stranger).status == "forbidden"


def test_a_shelved_project_does_not_start() -> None:
    row = site.ready()
    actions.shelve(
        project=row, reason="企业调整", by=lives.clerk(), on=site.TODAY, today=site.TODAY,
        approved_by=make.user("bureau_head", unit=lives.bureau()),
    )  # fmt: skip
    assert refused_by(row, Fact("piling", FEB_12, site.proof(row))).codes == ["shelved"]


def test_it_starts_once() -> None:
    row = site.started()
    with pytest.raises(Refused) as refused:
        site.start(row)
    assert refused.value.codes == ["already_reached"]


def test_nobody_records_it_past_its_grounds() -> None:
    row = site.ready()
    with pytest.raises(Refused) as refused:
        actions.reach(project=row, milestone="construction_started", by=lives.clerk(), on=site.TODAY)
    assert refused.value.codes == ["not_recorded_by_hand"]


def test_a_withdrawn_start_is_recognised_anew_and_the_old_grounds_stay_on_record() -> None:
    row = site.started()
    head = make.user("bureau_head", unit=lives.bureau())
    actions.withdraw(
        project=row, milestone="construction_started", by=head, on=site.TODAY, reason="照片不是本项目"
    )
    site.start(row, FEB_20)
    assert RecognisedBy.objects.count() == 2


def test_the_departments_that_state_a_day_are_called_into_the_case_and_told() -> None:
    row = site.started()
    asked = Part.objects.filter(case=row.case, part="asked").values_list("unit__code", flat=True)
    assert {"development-reform", "economy-information"} <= set(asked)
    assert Message.objects.filter(topic="progress.reading").count() == 2


def test_where_the_plan_wants_every_fact_the_last_one_gives_the_day() -> None:
    wanted = (
        'milestone = "construction_started"\nneeds = "any"',
        'milestone = "construction_started"\nneeds = "all"',
    )
    district = open_district(
        packs=["elsewhere/tianmen-construction-2024"],
        reworded=[
            wanted,
            (
                '{ code = "levelling", name = "平整土地", counts = false }',
                '{ code = "levelling", name = "平整土地" }',
            ),
        ],
    )
    row = district.project()
    lives.lay_down(row, "signed", district.clerk)
    paper = lives.paper(row, "start_proof", district.clerk)
    with pytest.raises(Refused) as refused:
        by_facts(row, Fact("piling", site.TODAY, paper), by=district.clerk)
    assert refused.value.codes == ["ground:levelling"]
    facts = (Fact("levelling", site.TODAY), Fact("piling", site.TODAY - timedelta(days=9), paper))
    assert by_facts(row, *facts, by=district.clerk).on == site.TODAY


def test_in_tianmen_only_piling_is_an_official_start() -> None:
    district = open_district(packs=["elsewhere/tianmen-construction-2024"])
    row = district.project()
    lives.lay_down(row, "signed", district.clerk)
    paper = lives.paper(row, "start_proof", district.clerk)
    with pytest.raises(Refused) as refused:
        by_facts(row, Fact("fencing", site.TODAY, paper), by=district.clerk)
    assert (refused.value.codes, refused.value.unmet[0].clause) == (["no_counting_ground"], "附件3")
    assert by_facts(row, Fact("piling", site.TODAY, paper), by=district.clerk).on == site.TODAY
