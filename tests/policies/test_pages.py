"""The policy pages and their REST twin, for every role."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from policies import actions
from policies.models import PolicyVersion
from tests import factories
from tests.policies.conftest import BARE, publish, shipped

pytestmark = pytest.mark.django_db
LIFECYCLE = ("fuling-lifecycle", "2024.11.2")


def draft() -> PolicyVersion:
    return actions.load(text=BARE, by=None, on=factories.TODAY)


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_everybody_who_signed_in_may_read_the_plans(in_force, role):
    client = factories.pages(factories.user(role))
    assert "全生命周期管理服务工作方案" in text_of(client.get(reverse("policies:index")))
    assert "三(二)5" in text_of(client.get(reverse("policies:version", args=LIFECYCLE)))


def test_a_stranger_is_sent_to_sign_in(in_force, client):
    for name, args in (("index", ()), ("version", LIFECYCLE), ("load", ())):
        response = client.get(reverse(f"policies:{name}", args=args))
        assert response.status_code == 302
        assert reverse("sign-in") in response.url


def test_a_plan_reads_clause_by_clause_in_peoples_words(in_force):
    page = text_of(
        factories.pages(factories.user("park_clerk")).get(reverse("policies:version", args=LIFECYCLE))
    )
    assert "力争7个工作日内" in page
    assert "五看 · 看技术：征求区科技局（书面意见，可评分）" in page
    assert "任何一项被否决即不得通过（一票否决）" in page
    assert "须已完成：首谈信息登记、“5+2”评估可行、推荐至承接平台" in page
    assert "投资总额 ≥ 10亿元" in page
    assert "方案未写明7个工作日从何时起算" in page
    assert "暂无规则" in page
    assert 'id="c-三(二)5"' in page


def test_the_figures_of_2021_read_in_yi_and_percent(in_force):
    address = reverse("policies:version", args=("fuling-promotion", "2021.07"))
    page = text_of(factories.pages(factories.user("leader")).get(address))
    assert "投资总额 ≥ 20亿元" in page
    assert "资金来源地 = 区外市内：按20%计" in page
    assert "牵头单位80%、配合单位合计20%" in page
    assert 'id="c-附件2-备注1"' in page


def test_pages_of_a_plan_need_a_fixed_number_of_queries(in_force, django_assert_max_num_queries):
    client = factories.pages(factories.user("bureau_head"))
    address = reverse("policies:version", args=LIFECYCLE)
    client.get(address)
    with django_assert_max_num_queries(10):
        client.get(address)


def test_only_those_who_prepare_plans_see_drafts(in_force):
    draft()
    address = reverse("policies:version", args=("bare", "1"))
    clerk, head = (factories.pages(factories.user(role)) for role in ("bureau_clerk", "bureau_head"))
    assert "试行方案" not in text_of(clerk.get(reverse("policies:index")))
    assert clerk.get(address).status_code == 404
    assert "试行方案" in text_of(head.get(reverse("policies:index")))
    assert "发布" in text_of(head.get(address))


def test_an_unknown_version_is_not_found(in_force):
    client = factories.pages(factories.user("leader"))
    assert client.get(reverse("policies:version", args=("fuling-lifecycle", "1999"))).status_code == 404


def upload(client, text: bytes | str):
    content = text.encode() if isinstance(text, str) else text
    return client.post(reverse("policies:load"), {"file": SimpleUploadedFile("bare.toml", content)})


def test_the_head_of_the_bureau_loads_and_publishes_a_plan(organisation):
    head = factories.user("bureau_head")
    client = factories.pages(head)
    assert upload(client, BARE).url == reverse("policies:version", args=("bare", "1"))
    client.post(reverse("policies:publish", args=("bare", "1")))
    version = PolicyVersion.objects.get()
    assert (version.status, version.loaded_by, version.published_by) == ("published", head, head)


def test_a_wrong_file_comes_back_with_every_fault(organisation):
    client = factories.pages(factories.user("bureau_head"))
    response = upload(client, BARE.replace("count = 5", "count = 0").replace('"review"', '"party"'))
    assert response.status_code == 400
    page = response.content.decode()
    assert "bare.toml" in page
    assert "work.limit.count" in page
    assert "work.kind" in page
    assert upload(client, b"\xff\xfe").status_code == 400
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.BUREAU_HEAD])
def test_nobody_else_loads_or_publishes(organisation, role):
    version = draft()
    client = factories.pages(factories.user(role))
    assert client.get(reverse("policies:load")).status_code == 403
    assert upload(client, BARE).status_code == 403
    assert client.post(reverse("policies:publish", args=("bare", "1"))).status_code == 403
    version.refresh_from_db()
    assert version.status == "draft"


def test_publishing_is_no_get(organisation):
    draft()
    client = factories.pages(factories.user("bureau_head"))
    assert client.get(reverse("policies:publish", args=("bare", "1"))).status_code == 405


def test_two_versions_side_by_side_show_what_changed(in_force):
    newer = (
        shipped("fuling-lifecycle-2024")
        .replace('version = "2024.11.2"', 'version = "2025.01"\nsupersedes = "2024.11.2"')
        .replace("effective_from = 2024-11-01", "effective_from = 2025-01-01")
        .replace('count = 7, unit = "working_day", strength = "strive"', 'count = 5, unit = "working_day"')
    )
    publish(newer)
    client = factories.pages(factories.user("leader"))
    for pair in (("2024.11.2", "2025.01"), ("2025.01", "2024.11.2")):
        page = text_of(client.get(reverse("policies:compare", args=("fuling-lifecycle", *pair))))
        assert page.index("时限：力争7个工作日内") < page.index("时限：5个工作日内")
        assert "看技术" not in page
    same = reverse("policies:compare", args=("fuling-lifecycle", "2025.01", "2025.01"))
    assert "没有差别" in text_of(client.get(same))


def test_added_and_removed_rules_show_as_such(organisation):
    publish(BARE + '\n[[documents]]\ncode = "old"\nname = "旧表"\nclause = "一"\n')
    later = BARE.replace('version = "1"', 'version = "2"\nsupersedes = "1"').replace(
        "= 2026-01-01", "= 2026-07-01"
    )
    publish(later + '\n[[documents]]\ncode = "new"\nname = "新表"\nclause = "一"\n')
    client = factories.pages(factories.user("leader"))
    page = text_of(client.get(reverse("policies:compare", args=("bare", "1", "2"))))
    assert "新表" in page
    assert "新增" in page
    assert "旧表" in page
    assert "删去" in page


def test_rest_lists_the_versions_and_filters_by_day(in_force):
    client = factories.api(factories.user("park_clerk"))
    rows = client.get("/api/v1/policies/").json()["results"]
    assert {row["code"] for row in rows} == {"fuling-lifecycle", "fuling-promotion"}
    assert all(row["in_force"] for row in rows)
    rows = client.get("/api/v1/policies/", {"in_force_on": "2023-01-01"}).json()["results"]
    assert [row["code"] for row in rows] == ["fuling-promotion"]
    assert client.get("/api/v1/policies/", {"in_force_on": "soon"}).status_code == 400
    assert client.get("/api/v1/policies/", {"code": "nothing"}).json()["results"] == []


def test_rest_gives_clauses_in_words_and_rules_as_data(in_force):
    client = factories.api(factories.user("park_clerk"))
    found = client.get(f"/api/v1/policies/{in_force[1].pk}/").json()
    major = found["rules"]["classes"][0]
    assert major["when"] == {
        "any": [
            {"field": "total", "at_least": 200_000_000_000},
            {"field": "output", "at_least": 500_000_000_000},
        ]
    }
    assert found["rules"]["credit"][0]["weights"][1]["factor"] == "0.2"
    note = next(clause for clause in found["clauses"] if clause["no"] == "附件2 备注1")
    assert [bite["code"] for bite in note["bites"]] == ["major", "larger", "key", "general"]


def test_rest_keeps_drafts_from_others_and_is_read_only(in_force):
    version = draft()
    clerk, head = (factories.api(factories.user(role)) for role in ("park_clerk", "bureau_head"))
    assert clerk.get(f"/api/v1/policies/{version.pk}/").status_code == 404
    assert head.get(f"/api/v1/policies/{version.pk}/").json()["status"] == "draft"
    assert head.post("/api/v1/policies/", {}).status_code == 405
    assert head.delete(f"/api/v1/policies/{version.pk}/").status_code == 405


def test_rest_wants_a_sign_in(in_force, client):
    assert client.get("/api/v1/policies/").status_code in (401, 403)
