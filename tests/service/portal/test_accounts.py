"""Enterprise accounts: opened and ended by who serves the project, shut at once, apart from colleagues."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import actions as accounts
from accounts.models import AuditEntry, User
from cases.models import Event
from kernel.refusals import Refused
from service.portal import opening
from service.portal.access import own, speaks_for
from service.portal.models import EnterpriseAccount
from tests import factories as make
from tests import lives
from tests.service.portal.conftest import MONDAY, other_project, ready

pytestmark = pytest.mark.django_db


def refused_codes(act, **said) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(**said)
    return [refused.value.status, *refused.value.codes]


def open_for(project, by, username="fengda", on=MONDAY) -> opening.Opened:
    return opening.open_account(project=project, username=username, name="冯达", by=by, on=on)


@pytest.mark.parametrize("role", ["park_clerk", "bureau_clerk", "commissioner"])
def test_who_works_on_the_project_opens_an_account(project, park, commissioner, role) -> None:
    by = {"bureau_clerk": lives.clerk, "commissioner": lambda: commissioner}.get(
        role, lambda: make.user(role, unit=park)
    )()
    made = open_for(project, by)
    user = made.account.user
    assert user.check_password(made.password)
    assert (user.must_change_password, user.is_enterprise, user.memberships.count()) == (True, True, 0)
    assert speaks_for(user, project, MONDAY)


def test_an_account_leaves_its_trail_and_never_the_password(project, park_clerk) -> None:
    made = open_for(project, park_clerk)
    assert Event.objects.filter(case=project.case, kind="portal.account_opened").count() == 1
    entries = AuditEntry.objects.filter(kind__in=["account.created", "portal.account_opened"])
    assert entries.count() == 2
    assert not any(made.password in str(row.detail) for row in entries)


@pytest.mark.parametrize("role", ["reviewer", "leader", "inspector", "system_admin"])
def test_who_does_not_serve_the_project_opens_none(project, role) -> None:
    assert refused_codes(open_for, project=project, by=make.user(role))[0] == "forbidden"
    assert not EnterpriseAccount.objects.exists()


def test_another_parks_clerk_opens_none(project) -> None:
    other = make.user("park_clerk", unit=make.unit("lingang-park", kind="park"))
    assert refused_codes(open_for, project=project, by=other) == ["forbidden", "not_visible"]


def test_an_enterprise_opens_no_account_for_anybody(project, firm) -> None:
    assert refused_codes(open_for, project=project, by=firm, username="x")[0] == "forbidden"


@pytest.mark.parametrize("username", ["", "有 空格", "a" * 65])
def test_a_malformed_username_is_refused_and_nothing_kept(project, park_clerk, username) -> None:
    with pytest.raises(Refused) as refused:
        open_for(project, park_clerk, username)
    assert refused.value.unmet[0].field == "username"
    assert not User.objects.filter(is_enterprise=True).exists()


def test_a_colleagues_username_is_taken(project, park_clerk) -> None:
    make.user("reviewer", username="wang")
    assert refused_codes(open_for, project=project, by=park_clerk, username="Wang") == ["invalid", "invalid"]


def test_the_name_of_an_enterprises_account_points_to_linking(project, park_clerk, firm) -> None:
    assert refused_codes(open_for, project=project, by=park_clerk) == ["invalid", "link_instead"]


def test_an_enterprise_with_two_projects_has_one_user(project, park_clerk, firm) -> None:
    second = lives.signed(park=project.landing_unit or park_clerk.memberships.get().unit, name="二期")
    opening.link_account(project=second, username="fengda", by=park_clerk, on=MONDAY)
    assert list(own(firm, MONDAY)) == sorted([project, second], key=lambda row: row.pk)


def test_linking_twice_is_a_conflict(project, park_clerk, firm) -> None:
    said = {"project": project, "username": "fengda", "by": park_clerk, "on": MONDAY}
    assert refused_codes(opening.link_account, **said) == ["conflict", "held_already"]


def test_a_colleague_is_never_an_enterprises_account(project, park_clerk) -> None:
    make.user("reviewer", username="wang")
    said = {"project": project, "username": "wang", "by": park_clerk, "on": MONDAY}
    assert refused_codes(opening.link_account, **said) == ["invalid", "staff_account"]


def test_nobody_of_that_name_can_be_linked(project, park_clerk) -> None:
    said = {"project": project, "username": "nobody", "by": park_clerk, "on": MONDAY}
    assert refused_codes(opening.link_account, **said) == ["invalid", "invalid"]


def test_a_disabled_enterprise_account_is_not_linked(project, park_clerk, firm) -> None:
    User.objects.filter(pk=firm.pk).update(is_active=False)
    second = lives.signed(park=park_clerk.memberships.get().unit, name="二期")
    said = {"project": second, "username": "fengda", "by": park_clerk, "on": MONDAY}
    assert refused_codes(opening.link_account, **said) == ["invalid", "account_disabled"]


def test_the_security_administrator_gives_it_no_role(firm, park) -> None:
    by = make.user("security_admin")
    said = {"user": firm, "unit": park, "role": "park_clerk", "by": by, "on": MONDAY}
    assert refused_codes(accounts.grant_role, **said) == ["unmet", "enterprise_account"]
    assert not firm.memberships.exists()


def test_nor_does_the_console(firm, park) -> None:
    said = {"user": firm, "unit": park, "role": "park_clerk", "by": None, "on": MONDAY}
    assert refused_codes(accounts.grant_role, **said) == ["unmet", "enterprise_account"]


def test_it_is_given_no_token_and_one_that_was_there_opens_nothing(firm) -> None:
    assert refused_codes(accounts.issue_token, by=firm) == ["forbidden", "enterprise_account"]
    assert make.api(firm).get("/api/v1/me/").status_code == 401


def test_an_ended_account_speaks_for_nobody_from_that_day_on(project, account, park_clerk) -> None:
    opening.end_account(account=account, reason="人员离职", by=park_clerk, on=MONDAY)
    assert not speaks_for(account.user, project, MONDAY)
    entry = AuditEntry.objects.get(kind="portal.account_ended")
    assert entry.detail["reason"] == "人员离职"


def test_ending_needs_a_reason_and_happens_once(account, park_clerk) -> None:
    said = {"account": account, "by": park_clerk, "on": MONDAY}
    assert refused_codes(opening.end_account, reason=" ", **said) == ["invalid", "invalid"]
    opening.end_account(reason="离职", **said)
    assert refused_codes(opening.end_account, reason="离职", **said) == ["conflict", "ended_already"]


def test_an_account_may_be_opened_again_after_it_ended(project, account, park_clerk) -> None:
    opening.end_account(account=account, reason="休假", by=park_clerk, on=MONDAY)
    opening.link_account(project=project, username="fengda", by=park_clerk, on=MONDAY + timedelta(days=1))
    assert speaks_for(account.user, project, MONDAY + timedelta(days=1))


def test_a_project_that_was_given_up_gets_no_new_account(project, park_clerk) -> None:
    type(project).objects.filter(pk=project.pk).update(
        exited_on=MONDAY, exited_by=park_clerk, exited_reason="投资方放弃"
    )
    assert refused_codes(open_for, project=project, by=park_clerk) == ["conflict", "exited"]


def test_a_new_password_is_given_by_who_serves_the_project(account, park_clerk) -> None:
    secret = opening.renew_password(account=account, by=park_clerk, on=MONDAY)
    account.user.refresh_from_db()
    assert account.user.check_password(secret)
    assert account.user.must_change_password


def test_no_clerk_takes_over_an_account_that_also_speaks_for_another_parks_project(
    account, park_clerk
) -> None:
    other = other_project()
    opening.link_account(project=other, username="fengda", by=lives.clerk(), on=MONDAY)
    said = {"account": account, "by": park_clerk, "on": MONDAY}
    assert refused_codes(opening.renew_password, **said) == ["forbidden", "speaks_for_others"]
    assert account.user.check_password(make.PASSWORD)
    assert opening.renew_password(account=account, by=lives.clerk(), on=MONDAY)


def test_a_voided_project_is_nobodys(project, firm) -> None:
    type(project.case).objects.filter(pk=project.pk).update(voided_on=MONDAY)
    assert not speaks_for(firm, project, MONDAY)
    assert not own(firm, MONDAY).exists()


def test_the_database_keeps_one_open_account_for_a_user_and_project(account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EnterpriseAccount.objects.create(
            user=account.user, project=account.project, valid_from=MONDAY, opened_by=account.opened_by
        )


def test_the_database_refuses_an_end_without_who_and_why(account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EnterpriseAccount.objects.filter(pk=account.pk).update(valid_to=date(2026, 3, 3))


def test_the_page_shows_the_password_once(project, park_clerk) -> None:
    browser, url = make.pages(park_clerk), f"/projects/{project.pk}/enterprise-accounts/"
    body = {"username": "fengda", "name": "冯达", "phone": ""}
    page = browser.post(f"{url}open/", body)
    assert "只显示这一次" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "只显示这一次" not in browser.get(url).content.decode()


def test_the_page_keeps_what_was_typed_when_it_refuses(project, park_clerk) -> None:
    make.user("reviewer", username="wang")
    url = f"/projects/{project.pk}/enterprise-accounts/open/"
    page = make.pages(park_clerk).post(url, {"username": "wang", "name": "冯达"})
    assert page.status_code == 400
    assert "已被使用" in page.content.decode()
    assert 'value="冯达"' in page.content.decode()


def test_the_page_ends_an_account_and_gives_a_new_password(project, account, park_clerk) -> None:
    browser, url = make.pages(park_clerk), f"/projects/{project.pk}/enterprise-accounts/{account.pk}/"
    assert "一次性密码" in browser.post(f"{url}password/").content.decode()
    assert browser.post(f"{url}end/", {"reason": ""}).status_code == 400
    assert browser.post(f"{url}end/", {"reason": "离职"}).status_code == 302
    account.refresh_from_db()
    assert account.ended_reason == "离职"


def test_a_reader_without_the_right_sees_accounts_and_no_forms(project, account) -> None:
    leader = make.user("leader", unit=lives.bureau())
    url = f"/projects/{project.pk}/enterprise-accounts/"
    page = make.pages(leader).get(url).content.decode()
    assert "冯达" in page
    assert "139****1111" in page
    assert "open/" not in page
    assert make.pages(leader).post(f"{url}open/", {"username": "x", "name": "x"}).status_code == 403


def test_over_rest_an_account_is_opened_linked_and_ended(project, park_clerk) -> None:
    caller, url = make.api(park_clerk), f"/api/v1/projects/{project.pk}/enterprise-accounts/"
    made = caller.post(url, {"username": "fengda", "name": "冯达"}, format="json")
    assert made.status_code == 201
    assert ready(User.objects.get(username="fengda")).is_enterprise
    assert made.data["password"]
    assert "password" not in caller.get(url).data["results"][0]
    again = caller.post(f"{url}link/", {"username": "fengda"}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "held_already")
    assert caller.post(f"{url}{made.data['id']}/password/").data["password"] != made.data["password"]
    ended = caller.post(f"{url}{made.data['id']}/end/", {"reason": "离职"}, format="json")
    assert ended.data["valid_to"] == "2026-03-02"


def test_over_rest_another_units_project_is_404(project) -> None:
    other = make.user("park_clerk", unit=make.unit("lingang-park", kind="park"))
    url = f"/api/v1/projects/{project.pk}/enterprise-accounts/"
    assert make.api(other).get(url).status_code == 404
    assert make.api(other).post(url, {"username": "x", "name": "x"}, format="json").status_code == 404


def test_the_administrators_see_what_it_is_and_are_offered_no_role_for_it(firm) -> None:
    page = make.pages(make.user("security_admin")).get(f"/system/users/{firm.pk}/").content.decode()
    assert "企业账号不担任角色" in page
    assert f"/system/users/{firm.pk}/grant/" not in page
    listed = make.pages(make.user("system_admin")).get("/system/users/").content.decode()
    assert "企业账号" in listed
