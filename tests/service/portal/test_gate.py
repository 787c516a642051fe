"""Nothing but its own: every address of the product asked for as an enterprise, and what is not its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import AuditEntry, User
from assignments.models import Assignment
from documents.models import Attachment
from projects import actions
from projects.models import Project
from service.portal import asking, opening, requesting, uploading
from service.portal.gate import EnterpriseGate
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.service.portal.conftest import MONDAY, other_project, ready

pytestmark = pytest.mark.django_db
GATE = f"{EnterpriseGate.__module__}.{EnterpriseGate.__name__}"
PDF = b"%PDF-1.7\npaper\n%%EOF\n"
FOR_EVERYBODY = {
    "/", "/me/", "/me/password/", "/notices/", "/notices/read-all/", "/sign-in/", "/sign-out/",
    "/i18n/setlang/", "/health/", "/api/v1/me/",
}  # fmt: skip


def addresses(pk: int) -> list[str]:
    """Every address of the product, its places filled with the key of the enterprise's own project."""
    found = [_filled(patterns, pk) for patterns in _walk(get_resolver().url_patterns, ())]
    return sorted(set(found))


def _walk(patterns: Any, before: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for one in patterns:
        way = (*before, one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, way)
        elif isinstance(one, URLPattern):
            yield way


def _filled(way: tuple[Any, ...], pk: int) -> str:
    """By reversing the route: a regular expression of the router's, or a path with converters."""
    from django.utils.regex_helper import normalize

    text = ""
    for pattern in way:
        if hasattr(pattern, "_route"):
            part = str(pattern._route)
            for name, converter in pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower()
                value = str(pk) if kind == "int" else "x"
                part = part.replace(f"<{kind}:{name}>", value).replace(f"<{name}>", value)
        else:
            form, names = normalize(str(pattern.regex.pattern))[0]
            part = form % {name: str(pk) for name in names}
        text += part
    return f"/{text}"


def led(answer: Any) -> str:
    """Where an answer leads."""
    return str(answer.headers["Location"])


def own_addresses(url: str) -> bool:
    return url in FOR_EVERYBODY or url.startswith(("/portal/", "/api/v1/portal/", "/notices/"))


def test_every_address_of_the_product_is_shut_to_an_enterprise(project, firm) -> None:
    browser, asked = make.pages(firm), 0
    for url in addresses(project.pk):
        if own_addresses(url):
            continue
        asked += 1
        assert browser.get(url).status_code == 404, url
        assert browser.post(url).status_code == 404, url
    assert asked > 250
    entries = AuditEntry.objects.filter(kind="portal.out_of_bounds", user=firm, success=False)
    assert entries.count() == 2 * asked


def test_without_the_gate_no_page_of_the_case_opens_either(project, firm, settings) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GATE]
    browser = make.pages(firm)
    for url in addresses(project.pk):
        if own_addresses(url):
            continue
        answer = browser.get(url)
        page = make.sent(answer).decode(errors="replace")
        assert answer.status_code < 500, url
        assert project.name not in page, url


def test_the_front_page_leads_to_the_enterprises_own(project, firm) -> None:
    browser = make.pages(firm)
    assert led(browser.get("/")) == "/portal/"
    assert led(browser.get("/portal/")) == f"/portal/{project.pk}/"


def test_its_shell_offers_its_own_pages_and_nothing_else(project, firm) -> None:
    page = make.pages(firm).get(f"/portal/{project.pk}/").content.decode()
    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    inner = {url for url in links if url.startswith("/") and not url.startswith(settings.STATIC_URL)}
    assert all(url == "/" or own_addresses(url) for url in inner), inner
    assert 'action="/projects/"' not in page


def test_the_inbox_password_language_and_sign_out_work(firm) -> None:
    browser = make.pages(firm)
    assert browser.get("/notices/").status_code == 200
    account = browser.get("/me/").content.decode()
    assert "接口令牌" not in account
    assert browser.post("/i18n/setlang/", {"language": "en", "next": "/portal/"}).status_code == 302
    assert browser.post("/sign-out/").status_code == 302


def test_a_first_password_is_changed_before_anything_else(project, park_clerk) -> None:
    made = opening.open_account(project=project, username="new", name="新人", by=park_clerk, on=MONDAY)
    browser = Client()
    body = {"username": "new", "password": made.password}
    assert led(browser.post("/sign-in/", body)) == "/"
    assert led(browser.get("/portal/")) == "/me/password/"
    changed = {"old": made.password, "new": "Chang-Jiang-26", "again": "Chang-Jiang-26"}
    assert led(browser.post("/me/password/", changed)) == "/"
    assert browser.get(f"/portal/{project.pk}/").status_code == 200


def test_signing_in_leads_no_enterprise_to_a_page_that_is_shut_to_it(project, firm) -> None:
    body = {"username": firm.username, "password": make.PASSWORD}
    for asked, to in (("/projects/", "/"), (f"/portal/{project.pk}/guide/", f"/portal/{project.pk}/guide/")):
        assert led(Client().post("/sign-in/", body | {"next": asked})) == to


def guesses(firm: User) -> list[str]:
    """What belongs to another enterprise: a project, a paper, a request."""
    other = other_project()
    their_clerk = lives.clerk()
    theirs = opening.open_account(project=other, username="theirs", name="他人", by=their_clerk, on=MONDAY)
    row = requesting.raise_request(
        project=other, kind="problem", title="他家的事", text="不可见", by=theirs.account.user, on=MONDAY
    )
    paper = uploading.upload_paper(project=other, upload=upload(PDF), by=theirs.account.user, on=MONDAY)
    own = firm.enterprise_accounts.get().project_id
    return [
        f"/portal/{other.pk}/", f"/portal/{other.pk}/guide/", f"/portal/{other.pk}/papers/",
        f"/portal/{other.pk}/papers/{paper.pk}/", f"/portal/{own}/papers/{paper.pk}/",
        f"/portal/{own}/papers/{paper.pk}/take-back/", f"/portal/{other.pk}/requests/",
        f"/portal/{other.pk}/requests/new/", f"/portal/{own}/requests/{row.pk}/",
        f"/api/v1/portal/{other.pk}/", f"/api/v1/portal/{other.pk}/guide/",
        f"/api/v1/portal/{other.pk}/asked/", f"/api/v1/portal/{other.pk}/files/",
        f"/api/v1/portal/{other.pk}/requests/", f"/api/v1/portal/{own}/files/{paper.pk}/content/",
        f"/portal/{10**17}/", f"/api/v1/portal/{10**17}/",
    ]  # fmt: skip


def test_guessing_what_is_another_enterprises_is_404_and_on_record(project, firm) -> None:
    browser = make.pages(firm)
    for url in guesses(firm):
        before = AuditEntry.objects.filter(kind="portal.out_of_bounds").count()
        answer = browser.get(url)
        assert answer.status_code == 404, url
        assert "他家的事" not in answer.content.decode()
        assert AuditEntry.objects.filter(kind="portal.out_of_bounds").count() == before + 1, url


def test_writing_to_what_is_another_enterprises_is_404_and_changes_nothing(project, firm) -> None:
    browser, urls = make.pages(firm), guesses(firm)
    counted = (Attachment.objects.count(), Assignment.objects.count())
    for url in urls:
        assert browser.post(url, {"verdict": "satisfied", "kind": "problem"}).status_code in (404, 405), url
    assert (Attachment.objects.count(), Assignment.objects.count()) == counted


def test_an_account_that_is_ended_is_shut_out_at_its_next_request(project, account, park_clerk) -> None:
    browser = make.pages(account.user)
    assert browser.get(f"/portal/{project.pk}/").status_code == 200
    opening.end_account(account=account, reason="离职", by=park_clerk, on=MONDAY)
    assert browser.get(f"/portal/{project.pk}/").status_code == 404
    assert browser.get(f"/api/v1/portal/{project.pk}/").status_code == 404
    assert browser.post(f"/portal/{project.pk}/requests/new/", {"kind": "problem"}).status_code == 404
    assert "目前没有可查看的项目" in browser.get("/portal/").content.decode()
    assert browser.get("/projects/").status_code == 404


def test_a_disabled_user_is_signed_out(project, firm) -> None:
    browser = make.pages(firm)
    User.objects.filter(pk=firm.pk).update(is_active=False)
    assert led(browser.get(f"/portal/{project.pk}/")).startswith("/sign-in/")
    assert browser.get(f"/api/v1/portal/{project.pk}/").status_code == 401


def test_strangers_are_sent_to_sign_in(project) -> None:
    assert led(Client().get(f"/portal/{project.pk}/")).startswith("/sign-in/")
    assert Client().get(f"/api/v1/portal/{project.pk}/").status_code == 401


def test_colleagues_have_no_enterprises_page(project, park_clerk) -> None:
    browser = make.pages(park_clerk)
    assert browser.get("/portal/").status_code == 403
    assert browser.get(f"/portal/{project.pk}/").status_code == 404
    assert make.api(park_clerk).get("/api/v1/portal/").json()["results"] == []
    assert make.api(park_clerk).get(f"/api/v1/portal/{project.pk}/").status_code == 404


def test_several_projects_of_one_enterprise_are_a_list(project, firm, park, park_clerk) -> None:
    second = lives.signed(park=park, name="二期扩产")
    opening.link_account(project=second, username=firm.username, by=park_clerk, on=MONDAY)
    browser = make.pages(firm)
    page = browser.get("/portal/").content.decode()
    assert project.name in page
    assert "二期扩产" in page
    assert browser.get(f"/portal/{second.pk}/").status_code == 200
    listed = browser.get("/api/v1/portal/").json()["results"]
    assert {row["id"] for row in listed} == {project.pk, second.pk}


def test_a_double_that_was_merged_is_gone_from_the_enterprises_pages_until_the_merge_is_undone() -> None:
    clerk, head = lives.clerk(), lives.clerk("bureau_head")
    row, kept = lives.registered(name="铝合金部件项目"), lives.registered(name="铝合金部件项目一期")
    firm = ready(
        opening.open_account(project=row, username="du", name="杜", by=clerk, on=MONDAY).account.user
    )
    pair = actions.pair_up(project=row, other=kept, by=clerk, on=MONDAY)
    merged = actions.merge(pair=pair, keep=kept, by=clerk, on=MONDAY, reason="重复登记")
    browser = make.pages(firm)
    assert browser.get(f"/portal/{row.pk}/").status_code == 404
    assert browser.get(f"/portal/{kept.pk}/").status_code == 404
    assert "项目已并入其他档案" in browser.get("/portal/").content.decode()
    page = make.pages(clerk).get(f"/projects/{kept.pk}/enterprise-accounts/").content.decode()
    assert "关联到本项目" in page
    actions.undo_merge(pair=merged, by=head, on=MONDAY, reason="看错了")
    assert browser.get(f"/portal/{row.pk}/").status_code == 200


def test_a_project_that_was_given_up_is_read_only(project, firm, park_clerk) -> None:
    asking.ask(project=project, title="补材料", by=park_clerk, on=MONDAY)
    Project.objects.filter(pk=project.pk).update(
        exited_on=MONDAY, exited_by=park_clerk, exited_reason="企业违约"
    )
    browser, url = make.pages(firm), f"/portal/{project.pk}/"
    page = browser.get(url).content.decode()
    assert "只供查看" in page
    assert "企业违约" not in page
    assert "提出诉求</a>" not in page.replace("\n", "")
    body = {"kind": "problem", "title": "x", "text": "y"}
    assert browser.post(f"{url}requests/new/", body).status_code == 409
    assert browser.post(f"{url}papers/", {"upload": upload(PDF)}).status_code == 409
    assert not Attachment.objects.filter(kind="enterprise_paper").exists()
