"""岗位缺位: the list finds what the roster of each project says, counts honestly and costs the same."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cases.models import Part
from documents.actions import attach
from projects.models import Project, ReachedMilestone
from service.team import vacancies
from service.team.roster import seats
from tests import factories as make
from tests.documents.files import upload
from tests.factories import TODAY
from tests.service.district import FULING, GUIZHOU, OPTIMISATION, TIANMEN, Served, serve, signed

pytestmark = pytest.mark.django_db
PACKS = (FULING, OPTIMISATION, TIANMEN, GUIZHOU)


def another(found: Served, **more) -> Project:
    """A further project of the same district, signed; the rest as said."""
    row = found.district.project(industry_code="3841", **more)
    before = [*found.district.rules.milestone("signed").guard.milestones, "signed"]
    for code in before:
        ReachedMilestone.objects.create(project=row, code=code, on=TODAY, recorded_by=found.clerk)
    Part.objects.create(
        case=row.case, unit=found.park, part="landing", valid_from=row.case.opened_on, exclusive=True
    )
    Project.objects.filter(pk=row.pk).update(landing_unit=found.park)
    return Project.objects.select_related("case").get(pk=row.pk)


def listed(found: Served, **asked) -> set[int]:
    rows = vacancies.vacant(found.clerk, asked, vacancies.plans())
    return set(rows.values_list("pk", flat=True))


def by_hand(found: Served, post: str = "") -> set[int]:
    """What the roster says of every running project, read one by one."""
    rows = Project.objects.visible_to(found.clerk).running().select_related("case")
    return {row.pk for row in rows if any(s.missing and post in ("", s.rule.code) for s in seats(row))}


@pytest.mark.parametrize("pack", PACKS)
def test_the_database_finds_what_the_roster_says_under_every_plan(pack: str) -> None:
    found = signed(pack)
    rows = [another(found) for _n in range(8)]
    fields = Project.objects.filter
    fields(pk=rows[0].pk).update(fixed_asset_fen=2 * 10**10, contract_fen=2 * 10**10, total_fen=2 * 10**11)
    fields(pk=rows[1].pk).update(fixed_asset_fen=10**9, contract_fen=10**9, total_fen=10**9)
    fields(pk=rows[2].pk).update(sector="", fixed_asset_fen=2 * 10**10)
    ReachedMilestone.objects.filter(project=rows[3], code="signed").update(
        withdrawn_on=TODAY, withdrawn_by=found.clerk, withdrawn_reason="误"
    )
    ReachedMilestone.objects.filter(project=rows[4], code="signed").update(parts_total=2)
    for kind in {rule.document for rule in found.district.rules.posts if rule.document}:
        attach(case=rows[6].case, kind=kind, upload=upload(), by=found.clerk, on=TODAY)
    ReachedMilestone.objects.create(
        project=rows[5], code="named_by_meeting", on=TODAY, recorded_by=found.clerk
    )
    for rule in found.district.rules.posts:
        if rule.part:
            for n in range(rule.least):
                unit = found.park if n == 0 else make.unit(f"extra-{n}")
                Part.objects.get_or_create(case=rows[6].case, part=rule.part, unit=unit, valid_from=TODAY)
    Part.objects.create(
        case=rows[7].case, part="commissioner", unit=found.park, valid_from=TODAY, valid_to=TODAY
    )
    assert listed(found) == by_hand(found)
    for code in vacancies.posts(vacancies.plans()):
        assert listed(found, post=code) == by_hand(found, code), code


def test_a_post_with_more_holders_than_one_is_counted_and_the_units_named_come_first() -> None:
    found = signed(TIANMEN)
    rule = next(rule for rule in found.district.rules.posts if rule.units)
    known, own = found.project, Part.objects.filter(case=found.project.case, part=rule.part)
    assert own.exists()  # the unit that the plan names joined by itself
    object.__setattr__(rule, "least", 2)
    try:
        assert listed(found, post=rule.code) == by_hand(found, rule.code) == {known.pk}
        Part.objects.create(case=known.case, part=rule.part or "", unit=found.park, valid_from=TODAY)
        assert listed(found, post=rule.code) == by_hand(found, rule.code) == {known.pk}
        own.filter(unit__code__in=rule.units).delete()
        assert listed(found, post=rule.code) == by_hand(found, rule.code) == {known.pk}
        Part.objects.create(case=known.case, part=rule.part or "", unit=make.unit("beside"), valid_from=TODAY)
        assert listed(found, post=rule.code) == by_hand(found, rule.code) == set()
    finally:
        object.__setattr__(rule, "least", 1)


def test_a_project_put_aside_given_up_or_not_signed_is_not_listed() -> None:
    found = signed(FULING)
    assert listed(found) == {found.project.pk}
    aside = {"shelved_on": TODAY, "shelved_by": found.clerk, "shelved_reason": "x"}
    Project.objects.filter(pk=found.project.pk).update(**aside)
    assert listed(found) == set()
    assert not listed(serve(FULING))


def test_it_is_filtered_by_park_class_and_post() -> None:
    found = signed(FULING)
    row = another(found)
    other = found.unit("qingxi-park")
    Project.objects.filter(pk=row.pk).update(landing_unit=other, project_class="general")
    assert listed(found, park=other.code) == {row.pk}
    assert listed(found, **{"class": "general"}) == {row.pk}
    assert listed(found, post="commissioner") == {found.project.pk, row.pk}
    assert listed(found, post="no-such-post") == set()


def test_a_park_sees_its_own_vacancies_and_a_stranger_none() -> None:
    found = signed(FULING)
    own = found.person("park_clerk", found.park.code)
    stranger = found.person("park_clerk", found.unit("qingxi-park").code)
    assert make.pages(own).get("/posts/vacant/").context["page"].shown == 1
    assert make.pages(stranger).get("/posts/vacant/").context["page"].shown == 0
    assert make.api(stranger).get("/api/v1/vacant-posts/").json()["results"] == []
    admin = make.user("system_admin")
    assert make.pages(admin).get("/posts/vacant/").context["page"].shown == 0


def test_each_line_names_the_posts_with_the_way_to_fill_them_for_who_may() -> None:
    found = signed(TIANMEN)
    page = make.pages(found.clerk).get("/posts/vacant/").content.decode()
    assert f"/projects/{found.project.pk}/team/city_leader/fill/" in page
    assert "2026-03-09" in page  # until when
    inspector = found.person("inspector", found.district.bureau.code)
    page = make.pages(inspector).get("/posts/vacant/").content.decode()
    assert "一名市领导" in page
    assert "/fill/" not in page


def test_who_may_name_finds_it_in_the_menu() -> None:
    found = signed(FULING)
    inspector = found.person("inspector", found.district.bureau.code)
    assert 'href="/posts/vacant/"' in make.pages(found.clerk).get("/notices/").content.decode()
    assert 'href="/posts/vacant/"' not in make.pages(inspector).get("/notices/").content.decode()


def test_once_filled_it_is_gone() -> None:
    found = signed(FULING)
    for rule in found.district.rules.posts:
        Part.objects.get_or_create(
            case=found.project.case, part=rule.part, unit=found.park, defaults={"valid_from": TODAY}
        )
    assert listed(found) == set()
    assert "没有缺位的岗位" in make.pages(found.clerk).get("/posts/vacant/").content.decode()


def test_a_long_list_costs_what_a_short_one_does() -> None:
    found = signed(TIANMEN)

    def cost(url: str) -> int:
        call = make.api(found.clerk) if "api" in url else make.pages(found.clerk)
        make.sent(call.get(url))
        with CaptureQueriesContext(connection) as asked:
            answer = call.get(url)
        assert answer.status_code == 200
        make.sent(answer)  # a file is closed once it is read
        return len(asked)

    urls = ("/posts/vacant/", "/api/v1/vacant-posts/", "/posts/vacant/export/")
    few = [cost(url) for url in urls]
    for _n in range(4):
        row = another(found)
        Project.objects.filter(pk=row.pk).update(fixed_asset_fen=2 * 10**10, project_type="new")
    assert len(listed(found)) > 1
    assert [cost(url) for url in urls] == few


def test_over_rest_each_project_comes_with_its_vacant_posts() -> None:
    found = signed(TIANMEN)
    (row,) = make.api(found.clerk).get("/api/v1/vacant-posts/?post=city_leader").json()["results"]
    assert (row["project"], row["park"]) == (found.project.pk, found.park.code)
    leader = next(one for one in row["vacant"] if one["code"] == "city_leader")
    assert leader == {"code": "city_leader", "name": "一名市领导", "clause": "四(一)", "due_on": "2026-03-09"}


def test_the_table_has_a_column_for_each_post() -> None:
    found = signed(FULING)
    answer = make.pages(found.clerk).get("/posts/vacant/export/")
    sheet = load_workbook(BytesIO(make.sent(answer))).worksheets[0]
    header, line = [[cell.value for cell in row] for row in sheet.iter_rows()]
    said = dict(zip(header, line, strict=True))
    assert (said["项目名称"], said["项目服务专员"]) == (found.project.name, "缺")
    reviewer = found.person("reviewer", "government-services")
    assert make.pages(reviewer).get("/posts/vacant/export/").status_code == 403
