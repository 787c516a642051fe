"""Three sides seal; what is sealed stands, is filed, and is changed only by another version."""

import threading
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from cases.models import Event
from documents.models import Attachment
from kernel.refusals import Refused
from lifecycle.demo.papers import paper
from notices.models import Message
from service.models import PlanItem, PlanSeal, PlanVersion
from service.plans import actions
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import Site, open_site

pytestmark = pytest.mark.django_db


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


def seal(site: Site, plan, side: str, by, **more):
    asked = {"plan": plan, "side": side, "by": by, "on": TODAY, "signatory": "王五", "today": TODAY}
    return actions.seal_plan(**asked | more)


def test_with_the_last_of_three_seals_the_version_is_in_force_and_filed(site: Site) -> None:
    plan = site.make()
    seal(site, plan, "enterprise", site.firm)
    seal(site, plan, "landing", site.planner)
    assert plan.versions.get().sealed_on is None
    seal(site, plan, "guarantee", site.guarantor)
    version = plan.versions.get()
    assert version.sealed_on == TODAY
    assert version.filed and version.filed.kind == "construction_plan"
    plan.refresh_from_db()
    assert plan.first_sealed == plan.current == version
    kinds = Event.objects.filter(case=site.project.case, kind__startswith="plan.").values_list(
        "kind", flat=True
    )
    assert sorted(kinds) == ["plan.in_force", "plan.made", *["plan.side_sealed"] * 3]


def test_whoever_files_it_is_told(site: Site) -> None:
    plan = site.seal_all(site.make())
    message = Message.objects.get(key=f"plan:{plan.pk}:v1")
    assert message.tells["units"] == [site.park.pk]
    assert "存档" in message.text


@pytest.mark.parametrize("side", ["enterprise", "landing", "guarantee"])
def test_a_stranger_seals_for_no_side(site: Site, side: str) -> None:
    plan = site.make()
    for by in (
        factories.user("park_clerk", unit=factories.unit("elsewhere", kind="park")),
        factories.user("leader", unit=site.district.unit("finance")),
        factories.user(),
    ):
        with pytest.raises(Refused) as refused:
            seal(site, plan, side, by)
        assert codes(refused) == ["not_this_side"]


def test_one_side_does_not_seal_for_another(site: Site) -> None:
    plan = site.make()
    for side, by in (("guarantee", site.planner), ("landing", site.guarantor), ("landing", site.firm)):
        with pytest.raises(Refused) as refused:
            seal(site, plan, side, by)
        assert refused.value.status == "forbidden"


def test_a_commissioner_works_in_the_park_and_does_not_bind_it(site: Site) -> None:
    plan = site.make()
    person = factories.user("commissioner", unit=site.park)
    factories.part(site.project.case, "commissioner", person)
    with pytest.raises(Refused) as refused:
        seal(site, plan, "landing", person)
    assert codes(refused) == ["not_this_side"]


def test_the_same_side_twice_is_refused(site: Site) -> None:
    plan = site.make()
    seal(site, plan, "landing", site.planner)
    with pytest.raises(Refused) as refused:
        seal(site, plan, "landing", site.planner)
    assert (codes(refused), refused.value.status) == (["already_sealed"], "conflict")


def test_for_the_enterprise_it_is_entered_from_its_paper_and_marked(site: Site) -> None:
    plan = site.make()
    with pytest.raises(Refused) as refused:
        seal(site, plan, "enterprise", site.planner)
    assert codes(refused) == ["needs_paper"]
    row = seal(site, plan, "enterprise", site.planner, upload=paper("签章页"))
    assert (row.on_behalf, row.paper.kind) == (True, "construction_plan")


def test_a_paper_of_another_case_does_not_do(site: Site) -> None:
    plan = site.make()
    other = site.district.project("另一个项目")
    foreign = Attachment.objects.create(
        case=other.case, kind="other", name="x.pdf", file="x", size=1, sha256="0" * 64,
        content_type="application/pdf", on=TODAY, uploaded_by=site.planner,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        seal(site, plan, "enterprise", site.planner, paper=foreign)
    assert refused.value.unmet[0].field == "paper"


def test_a_broken_paper_leaves_no_seal(site: Site) -> None:
    plan = site.make()
    with pytest.raises(Refused):
        seal(site, plan, "enterprise", site.planner, upload=ContentFile(b"MZ\x90", name="签章页.jpg"))
    assert not PlanSeal.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=1)}, "on"),
        ({"signatory": "  "}, "signatory"),
        ({"side": "mayor"}, "side"),
    ],
)
def test_a_seal_without_sense_is_refused(site: Site, change, field) -> None:
    plan = site.make()
    side = change.pop("side", "landing")
    with pytest.raises(Refused) as refused:
        seal(site, plan, side, site.planner, **change)
    assert refused.value.unmet[0].field == field


def test_a_side_that_nobody_plays_is_unmet_with_the_way_there(site: Site) -> None:
    plan = site.make()
    site.project.case.parts.filter(part="guarantee").update(valid_to=TODAY)
    with pytest.raises(Refused) as refused:
        seal(site, plan, "guarantee", site.district.clerk, upload=paper("签章页"))
    assert codes(refused) == ["nobody_plays"]
    assert refused.value.unmet[0].url.endswith("/parts/")


def test_while_one_side_has_sealed_the_draft_is_not_changed_but_taken_back(site: Site) -> None:
    plan = site.make()
    seal(site, plan, "landing", site.planner)
    with pytest.raises(Refused) as refused:
        actions.edit_item(plan=plan, code="filed", by=site.planner, on=TODAY, note="加急")
    assert codes(refused) == ["being_sealed"]
    actions.take_back(plan=plan, by=site.guarantor, on=TODAY, reason="企业要求改日期")
    assert actions.edit_item(plan=plan, code="filed", by=site.planner, on=TODAY, note="加急").note == "加急"
    void = PlanSeal.objects.get()
    assert (void.voided_by, void.voided_reason) == (site.guarantor, "企业要求改日期")
    seal(site, plan, "landing", site.planner)


def test_there_is_nothing_to_take_back_before_a_seal_or_after_the_last(site: Site) -> None:
    plan = site.make()
    with pytest.raises(Refused) as refused:
        actions.take_back(plan=plan, by=site.planner, on=TODAY, reason="x")
    assert codes(refused) == ["nothing_sealed"]
    site.seal_all(plan)
    with pytest.raises(Refused) as refused:
        actions.take_back(plan=plan, by=site.planner, on=TODAY, reason="x")
    assert codes(refused) == ["sealed"]


def test_a_sealed_version_is_not_edited_by_any_action(site: Site) -> None:
    plan = site.seal_all(site.make())
    common = {"plan": plan, "by": site.planner, "on": TODAY}
    for act in (
        lambda: actions.edit_item(code="filed", note="x", **common),
        lambda: actions.add_item(form="task_force_list", name="x", timing="每月", **common),
        lambda: actions.remove_item(code="force_plan", **common),
        lambda: actions.set_days(agreed={}, **common),
        lambda: actions.set_particulars(**common),
        lambda: seal(site, plan, "landing", site.planner),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert (codes(refused), refused.value.unmet[0].clause) == (["sealed"], "二(2)")
        assert refused.value.unmet[0].url.endswith("/plan/revise/")


def test_the_database_itself_keeps_a_sealed_version(site: Site) -> None:
    plan = site.seal_all(site.make())
    assert plan.current
    item, current = PlanItem.objects.filter(version=plan.current)[0], plan.current
    for break_ in (
        lambda: PlanItem.objects.filter(pk=item.pk).update(note="x"),
        lambda: PlanItem.objects.filter(pk=item.pk).delete(),
        lambda: PlanItem.objects.create(
            version=current, code="own-9", form="x", order=99, name="x", timing="x"
        ),
        lambda: PlanVersion.objects.filter(pk=current.pk).update(start_on=date(2027, 1, 1)),
        lambda: PlanSeal.objects.filter(version=plan.current).update(signatory="x"),
    ):
        with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
            break_()


def test_a_change_is_another_version_with_a_reason_sealed_by_all_again(site: Site) -> None:
    plan = site.seal_all(site.make())
    with pytest.raises(Refused) as refused:
        actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason=" ")
    assert refused.value.unmet[0].field == "reason"
    draft = actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason="用地调整")
    assert (draft.number, draft.items.count(), draft.sealed_on) == (2, 29, None)
    actions.edit_item(plan=plan, code="filed", by=site.planner, on=TODAY, planned_on=date(2026, 5, 25))
    plan.refresh_from_db()
    assert plan.current and plan.current.number == 1  # what is followed is the one sealed
    site.seal_all(plan)
    assert plan.first_sealed and (plan.current.number, plan.first_sealed.number) == (2, 1)


def test_two_drafts_at_once_there_are_none(site: Site) -> None:
    plan = site.seal_all(site.make())
    actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason="用地调整")
    with pytest.raises(Refused) as refused:
        actions.revise_plan(plan=plan, by=site.guarantor, on=TODAY, reason="又一次")
    assert codes(refused) == ["draft_open"]


def test_under_another_law_other_sides_seal() -> None:
    site = open_site([])
    plan = site.seal_all(site.make())
    assert plan.current and plan.current.sealed_on == TODAY
    assert set(PlanSeal.objects.values_list("side", flat=True)) == {"enterprise", "landing"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_give_the_last_seals_at_the_same_moment_put_it_in_force_once() -> None:
    site = open_site()
    plan = site.make()
    seal(site, plan, "enterprise", site.firm)
    gate, outcomes = threading.Barrier(2), []

    def run(side: str, by) -> None:
        try:
            gate.wait()
            seal(site, plan, side, by)
            outcomes.append("sealed")
        except Refused as refused:
            outcomes.append(refused.status)
        finally:
            connection.close()

    pairs = (("landing", site.planner), ("guarantee", site.guarantor))
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["sealed", "sealed"]
    assert plan.versions.get().sealed_on == TODAY
    assert Event.objects.filter(kind="plan.in_force").count() == 1
