"""惠企政策精准推送: what concerns a project reaches its enterprise, once, when it comes to concern it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Event
from notices.actions import deliver
from notices.models import Notice
from projects import actions as projects
from projects.models import Project
from service.portal import opening, pushing
from service.portal.access import Speaker
from service.portal.policies.models import PolicyPush
from service.tasks import push_policies
from tests import factories as make
from tests import lives
from tests.service.portal.conftest import MONDAY, other_project, ready

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=7)


def fresh(project) -> Project:
    return Project.objects.select_related("case").get(pk=project.pk)


def codes(project) -> set[str]:
    return set(PolicyPush.objects.filter(project=project).standing().values_list("code", flat=True))


def test_with_the_account_come_the_policies_of_the_phase_and_one_word_about_them(project, firm) -> None:
    assert {"free_agency", "one_matter", "financing", "recruiting"} <= codes(project)
    assert "property_search" not in codes(project)  # of the phase of production
    deliver(on=MONDAY)
    told = Notice.objects.filter(user=firm, message__topic="portal.policies_pushed")
    assert told.count() == 1
    assert told.get().message.url == f"/portal/{project.pk}/policies/"
    assert Event.objects.filter(case=project.case, kind=pushing.PUSHED, by=None).count() == 1


def test_without_an_account_nothing_is_pushed(project) -> None:
    assert pushing.push_matching(project, MONDAY) == []
    assert not PolicyPush.objects.exists()


def test_pushing_again_tells_nothing_again(project, firm) -> None:
    before = PolicyPush.objects.count()
    assert pushing.push_matching(fresh(project), MONDAY) == []
    assert pushing.sweep(MONDAY) == 0
    assert PolicyPush.objects.count() == before


def test_the_same_policy_stands_once_by_the_database_too(project, firm) -> None:
    row = PolicyPush.objects.filter(project=project)[0]
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_fact_that_is_not_known_yet_is_waited_for_and_then_pushed(project, firm) -> None:
    assert "commitment_system" not in codes(project)  # industry only, and the sector is not known
    projects.edit(project=fresh(project), by=lives.clerk(), on=MONDAY, changes={"industry_code": "3252"})
    assert "commitment_system" in codes(project)
    deliver(on=MONDAY)
    last = Notice.objects.filter(user=firm)[0]
    push = PolicyPush.objects.get(project=project, code="commitment_system")
    assert last.message.url == f"/portal/{project.pk}/policies/{push.pk}/"


def test_facts_that_say_no_push_nothing(project, firm) -> None:
    projects.edit(project=fresh(project), by=lives.clerk(), on=MONDAY, changes={"industry_code": "6110"})
    assert "commitment_system" not in codes(project)


def test_with_the_next_phase_come_its_policies(project, firm) -> None:
    clerk = lives.clerk()
    for code in fresh_gate(project, "production"):
        lives.lay_down(project, code, clerk)
    projects.advance(project=fresh(project), by=clerk, on=MONDAY)
    assert fresh(project).phase == "production"
    assert "property_search" in codes(project)


def fresh_gate(project, phase) -> set[str]:
    from projects.facts import rules_of
    from projects.gates import reached_codes

    row = fresh(project)
    gate = rules_of(row).phase(phase).gate
    return set(gate.milestones if gate else ()) - reached_codes(row)


def test_the_daily_task_finds_what_no_change_told_of(project, firm) -> None:
    before = PolicyPush.objects.count()
    PolicyPush.objects.all().delete()
    assert push_policies() == before > 0
    assert push_policies() == 0


def test_the_daily_task_costs_the_same_for_many_projects_as_for_few(project, firm, park_clerk) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        pushing.sweep(MONDAY)
    for n in range(3):
        row = other_project(f"别的项目{n}")
        opening.open_account(project=row, username=f"firm{n}", name="人", by=lives.clerk(), on=MONDAY)
    with CaptureQueriesContext(connection) as many:
        assert pushing.sweep(MONDAY) == 0
    assert len(few) == len(many)


def test_one_project_that_fails_does_not_keep_the_others_waiting(project, firm, monkeypatch) -> None:
    row = other_project()
    opening.open_account(project=row, username="other", name="人", by=lives.clerk(), on=MONDAY)
    PolicyPush.objects.all().delete()
    real = pushing.push_matching

    def failing(one, on):
        if one.pk == project.pk:
            raise ValueError("boom")
        return real(one, on)

    monkeypatch.setattr(pushing, "push_matching", failing)
    assert pushing.sweep(MONDAY) > 0
    assert not codes(project)
    assert codes(row)


def test_nothing_is_pushed_to_an_account_that_has_ended_or_a_project_put_aside(
    project, account, firm, park_clerk
) -> None:
    PolicyPush.objects.all().delete()
    aside = {"shelved_on": MONDAY, "shelved_by": park_clerk, "shelved_reason": "用地未定"}
    Project.objects.filter(pk=project.pk).update(**aside)
    assert pushing.sweep(MONDAY) == 0
    assert pushing.push_matching(fresh(project), MONDAY) == []
    Project.objects.filter(pk=project.pk).update(shelved_on=None, shelved_by=None, shelved_reason="")
    opening.end_account(account=account, reason="离职", by=park_clerk, on=MONDAY)
    assert pushing.sweep(MONDAY) == 0
    assert not PolicyPush.objects.exists()


def test_a_newer_version_that_says_the_same_is_no_news_and_another_wording_takes_its_place(
    project, firm
) -> None:
    row = PolicyPush.objects.get(project=project, code="financing")
    other = make.published_policy("older")
    PolicyPush.objects.filter(pk=row.pk).update(version=other)
    assert pushing.push_matching(fresh(project), LATER) == []
    PolicyPush.objects.filter(pk=row.pk).update(text="旧的写法")
    made = pushing.push_matching(fresh(project), LATER)
    assert [one.code for one in made] == ["financing"]
    row.refresh_from_db()
    assert (row.withdrawn_on, row.withdrawn_reason) == (LATER, "已由新版本取代")


# ---- the enterprise reads


def test_opening_it_marks_it_as_read_once_by_whoever_was_first(project, firm, park_clerk) -> None:
    push = PolicyPush.objects.filter(project=project)[0]
    other = opening.open_account(project=project, username="second", name="二", by=park_clerk, on=MONDAY)
    colleague = ready(other.account.user)
    page = make.pages(firm).get(f"/portal/{project.pk}/policies/{push.pk}/")
    assert push.text in page.content.decode()
    make.pages(colleague).get(f"/portal/{project.pk}/policies/{push.pk}/")
    push.refresh_from_db()
    assert push.read_by == firm
    assert not pushing.read(push=push, speaker=Speaker(colleague, project, MONDAY))


def test_looking_without_opening_marks_nothing(project, firm) -> None:
    push = PolicyPush.objects.filter(project=project)[0]
    make.pages(firm).head(f"/portal/{project.pk}/policies/{push.pk}/")
    make.pages(firm).get(f"/portal/{project.pk}/policies/")
    push.refresh_from_db()
    assert push.read_at is None


def test_new_ones_are_marked_until_they_are_opened(project, firm) -> None:
    url, browser = f"/portal/{project.pk}/", make.pages(firm)
    assert browser.get(url).content.decode().count(">新<") == PolicyPush.objects.count() > 0
    push = PolicyPush.objects.filter(project=project)[0]
    browser.get(f"{url}policies/{push.pk}/")
    assert browser.get(url).content.decode().count(">新<") == PolicyPush.objects.count() - 1
    assert browser.get(f"{url}policies/").content.decode().count(">新<") == PolicyPush.objects.count() - 1


def test_what_concerns_the_project_no_more_says_so(project, firm) -> None:
    Project.objects.filter(pk=project.pk).update(phase="production")
    PolicyPush.objects.filter(code="financing").update(code="gone")
    assert "本项目现已不适用" in make.pages(firm).get(f"/portal/{project.pk}/policies/").content.decode()


def test_a_policy_is_asked_about_with_its_name_filled_in(project, firm) -> None:
    push, browser = PolicyPush.objects.get(project=project, code="financing"), make.pages(firm)
    detail = browser.get(f"/portal/{project.pk}/policies/{push.pk}/").content.decode()
    link = f"/portal/{project.pk}/requests/new/?policy={push.pk}"
    assert link in detail
    page = browser.get(link).content.decode()
    assert f"咨询：{push.name}" in page
    assert browser.get(f"/portal/{project.pk}/requests/new/?policy=x").status_code == 200


def test_another_firms_policy_is_not_there(project, firm, park_clerk) -> None:
    row = other_project()
    opening.open_account(project=row, username="other", name="人", by=lives.clerk(), on=MONDAY)
    push, browser = PolicyPush.objects.filter(project=row)[0], make.pages(firm)
    assert browser.get(f"/portal/{row.pk}/policies/").status_code == 404
    assert browser.get(f"/portal/{project.pk}/policies/{push.pk}/").status_code == 404
    assert (
        push.name not in browser.get(f"/portal/{project.pk}/requests/new/?policy={push.pk}").content.decode()
    )
    push.refresh_from_db()
    assert push.read_at is None


def test_over_rest_it_is_listed_and_read(project, firm) -> None:
    browser, base = make.pages(firm), f"/api/v1/portal/{project.pk}/policies/"
    rows = browser.get(base).json()["results"]
    assert len(rows) == PolicyPush.objects.count() > 0
    assert all(row["read_at"] is None for row in rows)
    read = browser.post(f"{base}{rows[0]['id']}/read/")
    assert read.status_code == 200
    assert read.json()["read_at"]
    assert browser.post(f"{base}999999/read/").status_code == 404


def test_the_case_file_says_how_many_are_unread_in_one_question(project, firm, park_clerk) -> None:
    PolicyPush.objects.filter(project=project, code="financing").update(
        read_at="2026-03-02T09:00+08:00", read_by=firm
    )
    browser = make.pages(park_clerk)
    with CaptureQueriesContext(connection) as asked:
        shown = browser.get(f"/projects/{project.pk}/panels/enterprise-account/").content.decode()
    counting = [one for one in asked if "service_policypush" in one["sql"]]
    pushed = PolicyPush.objects.filter(project=project).count()
    assert (f"{pushed}" in shown, f"{pushed - 1} 项未读" in shown, len(counting)) == (True, True, 1)


def test_the_plan_of_a_project_without_a_portal_day_stays_quiet(project) -> None:
    with time_machine.travel(date(2026, 3, 3)):
        assert push_policies() == 0
