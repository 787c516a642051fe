"""Every page, opened by every role: shown to whom it is for, refused to everybody else, broken for nobody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.access import can, scopes
from accounts.models import User
from accounts.roles import Can, Scope
from approvals.models import Agreement, Permit, Step
from assignments.models import Assignment
from chains.models import Chain
from projects.models import Phase, Project
from projects.permissions import may_on
from tests import factories
from tests.stories.demo import told

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
# fmt: off
ROLES = (
    "clerk", "head", "park", "reviewer", "commissioner",
    "leader", "inspector", "sysadmin", "secadmin", "auditadmin",
)
PLAN = "/policies/fuling-lifecycle/2024.11.2/"
FOR_ALL = ("/", "/me/", "/me/password/", "/notices/", "/policies/", PLAN, "/calendar/")
LISTS = (
    "/projects/", "/projects/board/", "/projects/duplicates/", "/inbox/", "/proposals/", "/assignments/",
    "/chains/", "/mine/", "/visits/", "/elements/", "/leads/", "/projects/board/?by=stage",
    "/permits/", "/permits/?late=1&stage=", "/permits/matrix/",
    "/plans/wall/", "/plans/wall/?state=late", "/posts/vacant/",
)
OF_A_PROJECT = (
    "", "timeline/", "history/", "contacts/", "money/", "proposals/",
    "attachments/", "commissioner/", "elements/", "milestones/signed/", "permits/apply/", "permits/early/",
    "plan/",
)
# fmt: on
WITH_A_RIGHT = {
    "/projects/register/": Can.REGISTER_PROJECT,
    "/projects/export/": Can.EXPORT_LEDGER,
    "/posts/vacant/export/": Can.EXPORT_LEDGER,
    "/enterprise-policies/": Can.PUSH_POLICIES,
    "/enterprise-policies/new/": Can.PUSH_POLICIES,
    "/imports/": Can.IMPORT_LEDGER,
    "/scoring/": Can.SEE_SCORING,
    "/scoring/units/gaoxin-park/": Can.SEE_SCORING,
    "/chains/new/": Can.EDIT_CHAINS,
    "/policies/load/": Can.LOAD_POLICIES,
    "/system/audit/": Can.READ_AUDIT,
    "/system/users/new/": Can.MANAGE_ACCOUNTS,
    "/system/units/new/": Can.MANAGE_UNITS,
}
WITH_A_RIGHT_IN_A_PROJECT = {
    "edit/": Can.EDIT_PROJECT,
    "agreement/new/": Can.EDIT_PROJECT,
    "correct/": Can.CORRECT_PROJECT,
    "shelve/": Can.SHELVE_PROJECT,
    "exit/": Can.EXIT_PROJECT,
    "contacts/new/": Can.RECORD_CONTACT,
    "stillness/": Can.RECORD_CONTACT,
    "wake/": Can.EDIT_PROJECT,
    "money/new/": Can.RECORD_MONEY,
    "attach/": Can.ATTACH,
    "parts/": Can.ASSIGN_PARTS,
    "nodes/": Can.EDIT_PROJECT,
    "elements/new/": Can.MATCH_ELEMENTS,
}
KEPT_OUT = {403, 404}


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with told(django_db_blocker, tmp_path_factory.mktemp("pages"), projects=25):
        yield


@pytest.fixture(params=ROLES)
def visitor(request: pytest.FixtureRequest, demo: None) -> User:
    return User.objects.get(username=request.param)


@pytest.fixture
def browser(visitor: User) -> Client:
    client = Client()
    client.force_login(visitor)
    return client


def examples() -> list[Project]:
    """The first and the last project of every phase."""
    found = [Project.objects.filter(phase=phase).order_by("pk") for phase in Phase.values]
    return [row for rows in found for row in (rows.first(), rows.last()) if row]


def expect(browser: Client, url: str, may: bool) -> None:
    answer = browser.get(url)
    factories.sent(answer)
    assert answer.status_code == 200 if may else answer.status_code in KEPT_OUT, (
        f"{url}: {answer.status_code}"
    )


def test_what_is_for_everybody_is_shown_to_everybody(browser: Client) -> None:
    for url in FOR_ALL:
        expect(browser, url, may=True)


def test_lists_are_shown_to_those_who_see_cases_and_name_no_case_to_others(
    browser: Client, visitor: User
) -> None:
    sees_cases = any(scope is not Scope.NONE for scope in scopes(visitor))
    names = list(Project.objects.values_list("name", flat=True))
    for url in LISTS:
        answer = browser.get(url)
        if sees_cases:
            assert answer.status_code == 200, url
        else:
            assert not any(name in answer.content.decode() for name in names), url


def test_pages_for_a_right_are_for_its_holders(browser: Client, visitor: User) -> None:
    for url, right in WITH_A_RIGHT.items():
        expect(browser, url, may=can(visitor, right))


def test_a_projects_pages_are_for_those_who_see_it(browser: Client, visitor: User) -> None:
    seen = set(Project.objects.visible_to(visitor).values_list("pk", flat=True))
    for project in examples():
        for page in OF_A_PROJECT:
            expect(browser, f"/projects/{project.pk}/{page}", may=project.pk in seen)


def test_a_projects_forms_are_for_those_whose_role_works_on_it(browser: Client, visitor: User) -> None:
    for project in examples()[::2]:
        for page, right in WITH_A_RIGHT_IN_A_PROJECT.items():
            expect(browser, f"/projects/{project.pk}/{page}", may_on(visitor, right, project))


@pytest.mark.parametrize(
    ("model", "path"),
    [(Step, "/steps/{0.pk}/"), (Step, "/steps/{0.pk}/sheet/"), (Assignment, "/assignments/{0.pk}/"),
     (Chain, "/chains/{0.code}/"), (Agreement, "/agreements/{0.pk}/"),
     (Permit, "/permits/{0.pk}/"), (Agreement, "/agreements/{0.pk}/compare/"),
     (Agreement, "/agreements/{0.pk}/print/")],
)  # fmt: skip
def test_steps_duties_and_chains_are_for_those_who_see_the_case(
    browser: Client, visitor: User, model: Any, path: str
) -> None:
    seen = set(model.objects.visible_to(visitor).values_list("pk", flat=True))
    for row in model.objects.order_by("pk")[:: max(1, model.objects.count() // 8)]:
        expect(browser, path.format(row), may=row.pk in seen)


def test_a_phone_is_masked_wherever_it_appears(browser: Client, visitor: User) -> None:
    for project in Project.objects.visible_to(visitor).filter(enterprise__isnull=False)[:5]:
        phone = project.enterprise.contact_phone if project.enterprise else ""
        shown = browser.get(f"/projects/{project.pk}/").content.decode()
        assert phone not in shown


@pytest.mark.parametrize("name", ["clerk", "park", "leader"])
def test_no_case_file_takes_more_than_25_statements(
    name: str, demo: None, django_assert_max_num_queries: Any
) -> None:
    user = User.objects.get(username=name)
    browser, seen = factories.pages(user), Project.objects.visible_to(user).select_related("case")
    for pk in {project.case.policy_set_id: project.pk for project in seen}.values():
        browser.get(f"/projects/{pk}/")  # a plan is read once for all projects under it
    for project in seen:
        with django_assert_max_num_queries(25):
            assert browser.get(f"/projects/{project.pk}/").status_code == 200


def test_every_panel_opens_that_a_case_file_left_folded(browser: Client, visitor: User) -> None:
    for project in examples():
        page = browser.get(f"/projects/{project.pk}/").content.decode()
        for path in re.findall(r'panel-folded"[^>]* hx-get="([^"]+)"', page):
            expect(browser, path, may=True)
