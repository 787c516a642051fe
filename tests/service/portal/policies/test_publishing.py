"""A policy that an office publishes: drafted, looked at with whom it concerns, published, withdrawn."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Event, Part
from kernel.refusals import Refused
from notices.actions import deliver
from notices.models import Notice
from projects.models import Project
from service.portal import opening, pushing
from service.portal.policies import publishing, queries
from service.portal.policies.models import PolicyNotice, PolicyPush, Stand, concerned
from tests import factories as make
from tests import lives
from tests.service.portal.conftest import MONDAY, other_project

pytestmark = pytest.mark.django_db
SAID = {"title": "技改贴息", "text": "按设备投资额的 5% 贴息", "valid_from": MONDAY}
TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture
def clerk():
    return lives.clerk()


def drafted(by, **more) -> PolicyNotice:
    return publishing.draft(said=SAID | more, by=by, on=MONDAY)


def published(by, on=MONDAY, **more) -> PolicyNotice:
    row = drafted(by, **more)
    return publishing.publish(notice=row, expected=queries.told(row, on).count(), by=by, on=on)


def codes(act, **said) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(**said)
    return [refused.value.status, *refused.value.codes]


def having(row) -> set[int]:
    return set(PolicyPush.objects.filter(notice=row).standing().values_list("project_id", flat=True))


# ---- drafting


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": " "}, "invalid"),
        ({"text": ""}, "invalid"),
        ({"valid_from": None}, "invalid"),
        ({"valid_to": date(2026, 3, 1)}, "ends_before"),
        ({"link": "http://example.com/"}, "not_https"),
        ({"link": "javascript:alert(1)"}, "not_https"),
        ({"link": "https://"}, "not_https"),
        ({"phases": ["nowhere"]}, "unknown_code"),
        ({"parks": ["no-park"]}, "unknown_code"),
    ],
)
def test_a_draft_that_says_too_little_or_nonsense_is_refused(clerk, said, code) -> None:
    lives.packs()
    assert codes(drafted, by=clerk, **said) == ["invalid", code]
    assert not PolicyNotice.objects.exists()


@pytest.mark.parametrize(
    "role", ["reviewer", "commissioner", "leader", "inspector", "system_admin", "security_admin"]
)
def test_only_the_bureau_and_the_service_body_publish(project, role) -> None:
    person = make.user(role)
    assert codes(drafted, by=person) == ["forbidden", "needs_push_policies"]
    assert make.pages(person).get("/enterprise-policies/").status_code == 403
    assert make.api(person).get("/api/v1/enterprise-policies/").status_code == 403


def test_the_enterprise_itself_finds_no_such_page(firm) -> None:
    assert make.pages(firm).get("/enterprise-policies/").status_code == 404


def test_a_draft_is_changed_until_it_is_published(project, firm, clerk) -> None:
    row = drafted(clerk)
    publishing.revise(notice=row, said={"title": "设备补助"}, by=clerk, on=MONDAY)
    row.refresh_from_db()
    assert row.title == "设备补助"
    publishing.publish(notice=row, expected=1, by=clerk, on=MONDAY)
    again = {"notice": row, "by": clerk, "on": MONDAY}
    assert codes(publishing.revise, said={"title": "x"}, **again) == ["conflict", "no_draft"]
    assert codes(publishing.publish, expected=1, **again) == ["conflict", "no_draft"]


def test_nobody_publishes_or_changes_what_another_office_drafted(project, park_clerk, clerk) -> None:
    row = drafted(park_clerk)
    other = make.user("park_clerk", unit=make.unit("lingang-park", kind="park"))
    said = {"notice": row, "by": other, "on": MONDAY}
    assert codes(publishing.publish, expected=0, **said) == ["forbidden", "not_own_policy"]
    assert codes(publishing.revise, said={}, **said) == ["forbidden", "not_own_policy"]
    assert codes(publishing.withdraw, reason="x", **said) == ["forbidden", "not_own_policy"]
    assert make.pages(other).get(f"/enterprise-policies/{row.pk}/").status_code == 404
    assert make.pages(clerk).get(f"/enterprise-policies/{row.pk}/").status_code == 200


# ---- whom it concerns


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("phases", ["construction"], ["production"]),
        ("sectors", ["industry"], ["service"]),
        ("project_types", ["new"], ["expansion"]),
        ("parks", ["baitao-park"], ["lingang-park"]),
    ],
)
def test_each_condition_takes_in_and_leaves_out(project, firm, clerk, name, yes, no) -> None:
    make.unit("lingang-park", kind="park")
    Project.objects.filter(pk=project.pk).update(sector="industry")
    row = Project.objects.select_related("case", "landing_unit").get(pk=project.pk)
    for codes_, takes in ((yes, True), (no, False), ([], True)):
        notice = drafted(clerk, **{name: codes_})
        assert concerned(notice).filter(pk=row.pk).exists() is takes
        assert notice.concerns(row, set()) is takes


def test_the_class_counts_too(project, firm, clerk) -> None:
    held, *others = [code for code, _name in publishing.choices(MONDAY)["classes"]]
    Project.objects.filter(pk=project.pk).update(project_class=held)
    assert concerned(drafted(clerk, classes=[held])).exists()
    assert not concerned(drafted(clerk, classes=others)).exists()


def test_a_service_body_reaches_its_own_projects_and_the_bureau_the_district(
    project, firm, park_clerk, clerk
) -> None:
    other = other_project()
    opening.open_account(project=other, username="other", name="人", by=clerk, on=MONDAY)
    assert having(published(park_clerk)) == {project.pk}
    assert having(published(clerk)) == {project.pk, other.pk}


def test_what_ended_was_put_aside_or_voided_is_not_reached(project, firm, clerk) -> None:
    row = drafted(clerk)
    for change in ({"exited_on": MONDAY, "exited_by": clerk, "exited_reason": "x"}, {"division": ""}):
        Project.objects.filter(pk=project.pk).update(**change)
        assert queries.told(row, MONDAY).count() == 0
        Project.objects.filter(pk=project.pk).update(
            exited_on=None, exited_by=None, exited_reason="", division=make.DIVISION
        )


# ---- publishing


def test_published_it_reaches_whom_it_concerns_and_has_an_account_and_says_so_once(
    project, firm, clerk
) -> None:
    other_project()  # nobody there has an account
    row = published(clerk, link="https://www.fl.gov.cn/jm")
    assert having(row) == {project.pk}
    deliver(on=MONDAY)
    told = Notice.objects.get(user=firm, message__text__contains="技改贴息")
    push = row.pushes.get()
    assert (push.pushed_by, push.office, push.link) == (clerk, "区招商投资局", "https://www.fl.gov.cn/jm")
    assert told.message.url == f"/portal/{project.pk}/policies/{push.pk}/"
    assert Event.objects.get(case=project.case, kind=pushing.PUSHED, by=clerk).data["names"] == "技改贴息"
    assert "技改贴息" in make.pages(firm).get(f"/portal/{project.pk}/").content.decode()


def test_one_by_one_and_at_once_leave_the_same_rows(project, firm, clerk) -> None:
    row = published(clerk)
    fields = ("project_id", "code", "version_id", "notice_id", "name", "text", "office", "link", "clause")
    at_once = row.pushes.values(*fields).get()
    row.pushes.all().delete()
    pushing.push_matching(Project.objects.select_related("case").get(pk=project.pk), MONDAY)
    assert row.pushes.values(*fields).get() == at_once


def test_another_number_than_the_one_shown_is_refused(project, firm, clerk) -> None:
    row = drafted(clerk)
    said = {"notice": row, "by": clerk, "on": MONDAY}
    assert codes(publishing.publish, expected=2, **said) == ["conflict", "number_changed"]
    row.refresh_from_db()
    assert row.stand(MONDAY) == Stand.DRAFT
    page = make.pages(clerk).post(f"/enterprise-policies/{row.pk}/publish/", {"expected": "x"})
    assert page.status_code == 409
    assert "请核对后再发布" in page.content.decode()


def test_who_comes_to_be_concerned_later_hears_of_it_then(project, clerk, park_clerk) -> None:
    row = published(clerk)
    assert having(row) == set()
    opening.open_account(project=project, username="fengda", name="冯达", by=park_clerk, on=TOMORROW)
    assert having(row) == {project.pk}


def test_before_its_first_day_nobody_hears_and_on_that_day_everybody(project, firm, clerk) -> None:
    row = published(clerk, valid_from=TOMORROW)
    assert (row.stand(MONDAY), having(row)) == (Stand.COMING, set())
    assert pushing.sweep(MONDAY) == 0
    assert pushing.sweep(TOMORROW) == 1
    assert having(row) == {project.pk}


def test_a_policy_of_a_service_body_follows_its_unit_in_the_daily_task(project, firm, park_clerk) -> None:
    row = published(park_clerk, valid_from=TOMORROW)
    Part.objects.filter(case=project.case).exclude(unit=row.unit).delete()
    assert pushing.sweep(TOMORROW) == 1
    row.pushes.all().delete()
    Part.objects.filter(case=project.case).delete()
    assert pushing.sweep(TOMORROW) == 0


def test_one_whose_time_is_over_is_not_published_and_reaches_nobody_more(
    project, firm, clerk, park_clerk
) -> None:
    row = drafted(clerk, valid_to=MONDAY)
    late = {"notice": row, "expected": 1, "by": clerk, "on": TOMORROW}
    assert codes(publishing.publish, **late) == ["conflict", "over"]
    publishing.publish(**late | {"on": MONDAY})
    assert row.pushes.count() == 1
    row.refresh_from_db()
    assert row.stand(TOMORROW) == Stand.OVER
    row.pushes.all().delete()
    assert pushing.sweep(TOMORROW) == 0


def test_publishing_costs_the_same_for_many_as_for_few(project, firm, clerk) -> None:
    def cost() -> int:
        row = drafted(clerk)
        expected = queries.told(row, MONDAY).count()
        with CaptureQueriesContext(connection) as asked:
            publishing.publish(notice=row, expected=expected, by=clerk, on=MONDAY)
        return len(asked)

    cost()
    few = cost()
    for n in range(3):
        other = other_project(f"别的项目{n}")
        opening.open_account(project=other, username=f"firm{n}", name="人", by=clerk, on=MONDAY)
    assert cost() == few


# ---- withdrawing


def test_withdrawn_it_is_gone_from_the_portal_and_the_enterprise_is_told_why(project, firm, clerk) -> None:
    row = published(clerk)
    push = row.pushes.get()
    publishing.withdraw(notice=row, reason="政策到期调整", by=clerk, on=TOMORROW)
    assert having(row) == set()
    browser = make.pages(firm)
    assert browser.get(f"/portal/{project.pk}/policies/{push.pk}/").status_code == 404
    assert "技改贴息" not in browser.get(f"/portal/{project.pk}/").content.decode()
    deliver(on=MONDAY)
    assert Notice.objects.filter(user=firm, message__text__contains="政策到期调整").count() == 1
    assert Event.objects.filter(case=project.case, kind="portal.policy_withdrawn").count() == 1
    assert pushing.sweep(TOMORROW) == 0


def test_it_is_withdrawn_once_with_a_reason_and_the_bureau_may_withdraw_a_parks(
    project, firm, park_clerk, clerk
) -> None:
    row = published(park_clerk)
    assert codes(publishing.withdraw, notice=row, reason=" ", by=clerk, on=MONDAY)[0] == "invalid"
    publishing.withdraw(notice=row, reason="口径有误", by=clerk, on=MONDAY)
    again = {"notice": row, "reason": "x", "by": clerk, "on": MONDAY}
    assert codes(publishing.withdraw, **again) == ["conflict", "withdrawn_already"]


# ---- pages and REST


def test_from_the_form_to_the_list_with_read_counts(project, firm, clerk) -> None:
    browser = make.pages(clerk)
    form = {"title": "技改贴息", "text": "贴息", "valid_from": "2026-03-02", "phases": ["construction"]}
    made = browser.post("/enterprise-policies/new/", form)
    row = PolicyNotice.objects.get()
    url = f"/enterprise-policies/{row.pk}/"
    assert made["Location"] == url
    page = browser.get(url).content.decode()
    assert project.name in page
    assert "发布并推送给 1 家企业" in page
    assert browser.post(f"{url}publish/", {"expected": "1"}).status_code == 302
    make.pages(firm).get(f"/portal/{project.pk}/policies/{row.pushes.get().pk}/")
    assert "1 家，1 家已读" in browser.get(url).content.decode()
    assert browser.get("/enterprise-policies/").status_code == 200
    assert browser.get(f"{url}edit/").status_code == 200
    assert browser.post(f"{url}withdraw/", {"reason": ""}).status_code == 400
    assert browser.post(f"{url}withdraw/", {"reason": "x"}).status_code == 302


def test_a_wrong_form_keeps_what_was_said_and_says_what_is_wrong(project, clerk) -> None:
    form = {"title": "技改贴息", "text": "贴息", "valid_from": "2026-03-02", "link": "http://a.cn/"}
    page = make.pages(clerk).post("/enterprise-policies/new/", form)
    assert page.status_code == 400
    assert "https://" in page.content.decode()
    assert "技改贴息" in page.content.decode()


def test_a_service_body_is_shown_by_name_what_it_sees(project, firm, park_clerk, clerk) -> None:
    other = other_project()
    row = drafted(park_clerk)
    page = make.pages(park_clerk).get(f"/enterprise-policies/{row.pk}/").content.decode()
    assert project.name in page
    assert other.name not in page


def test_the_pages_cost_the_same_for_many_as_for_few(project, firm, clerk) -> None:
    browser, row = make.pages(clerk), drafted(clerk)

    def cost(url: str) -> int:
        browser.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(url).status_code == 200
        return len(asked)

    urls = ("/enterprise-policies/", f"/enterprise-policies/{row.pk}/")
    few = [cost(url) for url in urls]
    for n in range(3):
        other_project(f"别的项目{n}")
        published(clerk, title=f"政策{n}")
    assert [cost(url) for url in urls] == few


def test_over_rest_it_is_drafted_counted_published_and_withdrawn(project, firm, clerk) -> None:
    api, base = make.api(clerk), "/api/v1/enterprise-policies/"
    made = api.post(base, {"title": "技改贴息", "text": "贴息", "valid_from": "2026-03-02"}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    one = f"{base}{made.json()['id']}/"
    assert api.patch(one, {"office": "经信委"}, format="json").json()["office"] == "经信委"
    assert api.get(f"{one}matching/").json() == {"matching": 1, "told": 1}
    assert [row["reachable"] for row in api.get(f"{one}projects/").json()["results"]] == [True]
    assert api.post(f"{one}publish/", {"expected": 5}, format="json").status_code == 409
    done = api.post(f"{one}publish/", {"expected": 1}, format="json").json()
    assert (done["state"], done["pushed"], done["read"]) == ("in_force", 1, 0)
    assert api.patch(one, {"office": "x"}, format="json").status_code == 409
    assert api.post(f"{one}withdraw/", {"reason": "x"}, format="json").json()["state"] == "withdrawn"
    assert api.get(base).json()["results"][0]["id"] == made.json()["id"]
