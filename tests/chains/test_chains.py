"""产业链: the plan's chains, their posts and nodes, and the projects on them."""

import threading
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from cases.models import Event
from chains import actions
from chains.models import Chain, Node, Post
from kernel.refusals import Refused
from projects.actions import set_nodes
from projects.models import ProjectNode
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
LATER = date(2026, 4, 1)


@pytest.fixture
def chain() -> Chain:
    lives.packs()
    actions.ensure_presets(on=TODAY)
    return Chain.objects.get(code="advanced-materials")


@pytest.fixture
def clerk() -> User:
    return lives.clerk()


@pytest.fixture
def government() -> Unit:
    return make.unit("district-government", kind="leadership", name="区政府")


def node(chain: Chain, by: User, name: str = "特种合金", **more) -> Node:
    return actions.save_node(chain=chain, by=by, on=TODAY, **({"position": "up", "name": name} | more))


def test_the_plan_names_three_chains_and_asking_again_opens_none(chain) -> None:
    assert list(Chain.objects.values_list("name", flat=True)) == [
        "先进材料",
        "新能源动力电池及汽车轻量化部件",
        "食品及农产品加工",
    ]
    assert actions.ensure_presets(on=TODAY) == []
    assert (chain.clause, chain.case.kind) == ("三(一)2", "chain")


def test_the_command_says_what_it_opened(capsys) -> None:
    lives.packs()
    call_command("seed_chains")
    assert "3 opened" in capsys.readouterr().out


def test_a_chain_head_passes_and_the_old_one_ends_the_day_before(chain, clerk, government) -> None:
    first = actions.appoint(
        chain=chain, part="chain_head", unit=government, person_name="甲副区长", by=clerk, on=TODAY
    )
    actions.appoint(
        chain=chain, part="chain_head", unit=government, person_name="乙副区长", by=clerk, on=LATER
    )
    first.refresh_from_db()
    assert first.valid_to == date(2026, 3, 31)
    assert Post.objects.get(part="chain_head", valid_to__isnull=True).person_name == "乙副区长"


def test_the_database_keeps_a_second_chain_head_out(chain, clerk, government) -> None:
    actions.appoint(chain=chain, part="chain_head", unit=government, person_name="甲", by=clerk, on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            chain=chain, part="chain_head", person_name="乙", exclusive=True, valid_from=TODAY
        )


def test_there_are_two_general_heads_and_no_third(chain, clerk, government) -> None:
    for name in ("区委书记", "区长"):
        actions.appoint(
            chain=chain, part="general_chain_head", unit=government, person_name=name, by=clerk, on=TODAY
        )
    with pytest.raises(Refused, match="两人") as refused:
        actions.appoint(
            chain=chain, part="general_chain_head", unit=government, person_name="第三人", by=clerk, on=TODAY
        )
    assert refused.value.unmet[0].clause == "三(一)2"


def test_an_adviser_from_outside_needs_no_account(chain, clerk) -> None:
    post = actions.appoint(
        chain=chain, part="chain_adviser", person_name="李教授", title="某大学材料学院", by=clerk, on=TODAY
    )
    assert (post.holder, post.seat) == ("李教授", None)


def test_leading_units_see_the_chain_until_their_post_ends(chain, clerk) -> None:
    bureau = make.unit("economy-information", name="区经济信息委")
    reviewer = make.user("reviewer", unit=bureau)
    assert not Chain.objects.visible_to(reviewer).exists()
    post = actions.appoint(chain=chain, part="chain_lead", unit=bureau, by=clerk, on=TODAY)
    assert Chain.objects.visible_to(reviewer).get() == chain
    actions.end_post(post=post, by=clerk, on=LATER, reason="机构改革")
    assert not Chain.objects.visible_to(reviewer).exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"part": "chain_head"}, "person_name"),
        ({"part": "chain_lead"}, "person_name"),
        ({"part": "commissioner", "person_name": "x"}, "part"),
        ({"part": "nonsense", "person_name": "x"}, "part"),
    ],
)
def test_nonsense_is_refused_with_the_field_at_fault(chain, clerk, fields, field) -> None:
    with pytest.raises(Refused) as refused:
        actions.appoint(chain=chain, by=clerk, on=TODAY, **fields)
    assert refused.value.unmet[0].field == field


def test_a_department_cannot_be_chain_head(chain, clerk) -> None:
    with pytest.raises(Refused) as refused:
        actions.appoint(
            chain=chain, part="chain_head", unit=make.unit("finance"), person_name="局长", by=clerk, on=TODAY
        )
    assert refused.value.unmet[0].code == "wrong_kind"


@pytest.mark.parametrize("role", ["park_clerk", "reviewer", "leader", "commissioner", "system_admin"])
def test_only_the_bureau_edits_chains(chain, role) -> None:
    by = make.user(role)
    for act in (
        lambda: actions.open_chain(name="新链", by=by, on=TODAY),
        lambda: node(chain, by),
        lambda: actions.appoint(chain=chain, part="chain_adviser", person_name="x", by=by, on=TODAY),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == "forbidden"


def test_a_node_twice_is_refused(chain, clerk) -> None:
    node(chain, clerk)
    with pytest.raises(Refused, match="已有节点"):
        node(chain, clerk)


def test_a_node_with_projects_is_not_removed(chain, clerk) -> None:
    link, empty = node(chain, clerk), node(chain, clerk, "碳纤维", strength="missing")
    set_nodes(project=lives.registered(by=clerk), nodes=[link], by=clerk, on=TODAY)
    with pytest.raises(Refused) as refused:
        actions.remove_node(node=link, by=clerk, on=TODAY)
    assert refused.value.unmet[0].code == "node_in_use"
    actions.remove_node(node=empty, by=clerk, on=TODAY)
    assert list(Node.objects.all()) == [link]


def test_a_project_stands_at_several_nodes_and_the_same_again_changes_nothing(chain, clerk) -> None:
    one, two = node(chain, clerk), node(chain, clerk, "碳纤维")
    project = lives.registered(by=clerk)
    set_nodes(project=project, nodes=[one, two], by=clerk, on=TODAY)
    set_nodes(project=project, nodes=[one, two], by=clerk, on=TODAY)
    set_nodes(project=project, nodes=[two], by=clerk, on=TODAY)
    assert ProjectNode.objects.get().node == two
    assert Event.objects.filter(case=project.case, kind="project.nodes_set").count() == 2


def test_who_may_not_edit_the_project_sets_no_nodes(chain, clerk) -> None:
    link = node(chain, clerk)
    with pytest.raises(Refused):
        set_nodes(project=lives.registered(by=clerk), nodes=[link], by=make.user("inspector"), on=TODAY)


def test_the_cards_cost_the_same_for_three_chains_and_for_eight(chain, clerk) -> None:
    browser = make.pages(clerk)
    browser.get("/chains/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/chains/")
    for number in range(5):
        made = actions.open_chain(name=f"产业链{number}", code=f"c{number}", by=clerk, on=TODAY)
        link = node(made, clerk)
        set_nodes(project=lives.registered(by=clerk, name=f"p{number}"), nodes=[link], by=clerk, on=TODAY)
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/chains/").content.decode()
    assert len(few) == len(many) <= 12
    assert "储备" in page


def test_the_page_of_a_chain_shows_nodes_posts_and_projects(chain, clerk, government) -> None:
    link = node(chain, clerk, strength="missing")
    actions.appoint(
        chain=chain, part="chain_head", unit=government, person_name="甲副区长", by=clerk, on=TODAY
    )
    set_nodes(project=lives.registered(by=clerk, name="海绵钛项目"), nodes=[link], by=clerk, on=TODAY)
    browser = make.pages(clerk)
    page = browser.get(f"/chains/{chain.code}/").content.decode()
    for words in ("特种合金", "甲副区长", "海绵钛项目", "缺", "三(一)2"):
        assert words in page
    other = node(chain, clerk, "碳纤维")
    assert "海绵钛项目" not in browser.get(f"/chains/{chain.code}/?node={other.pk}").content.decode()


def test_projects_out_of_sight_are_neither_listed_nor_counted(chain, clerk) -> None:
    park = make.unit("baitao-park", kind="park")
    actions.appoint(chain=chain, part="chain_responsible", unit=park, by=clerk, on=TODAY)
    set_nodes(
        project=lives.registered(by=clerk, name="海绵钛项目"), nodes=[node(chain, clerk)], by=clerk, on=TODAY
    )
    page = make.pages(make.user("park_clerk", unit=park)).get(f"/chains/{chain.code}/").content.decode()
    assert "海绵钛项目" not in page
    assert "没有项目归入" in page


def test_forms_of_nodes_posts_and_chains(chain, clerk) -> None:
    browser, home = make.pages(clerk), f"/chains/{chain.code}/"
    add = {"position": "mid", "name": "高温合金", "strength": "weak", "note": "", "order": "1"}
    assert browser.post(f"{home}nodes/", add).status_code == 302
    assert browser.post(f"{home}nodes/", add).status_code == 409
    made = Node.objects.get()
    assert browser.post(f"{home}nodes/{made.pk}/", add | {"strength": "strong"}).status_code == 302
    post = {"part": "chain_adviser", "person_name": "李教授", "on": "2026-03-02"}
    assert browser.post(f"{home}posts/", post).status_code == 302
    held = Post.objects.get()
    assert browser.post(f"{home}posts/{held.pk}/end/", {"reason": ""}).status_code == 409
    assert browser.post(f"{home}posts/{held.pk}/end/", {"reason": "辞任"}).status_code == 302
    assert browser.post("/chains/new/", {"name": "新材料", "focus": ""}).status_code == 302
    assert browser.post("/chains/new/", {"name": "新材料", "focus": ""}).status_code == 409


def test_the_project_page_sets_nodes_by_form(chain, clerk) -> None:
    link, project = node(chain, clerk), lives.registered(by=clerk)
    browser = make.pages(clerk)
    assert "特种合金" in browser.get(f"/projects/{project.pk}/nodes/").content.decode()
    assert browser.post(f"/projects/{project.pk}/nodes/", {"nodes": [link.pk]}).status_code == 302
    assert ProjectNode.objects.get().node == link


def test_a_chain_out_of_sight_is_not_found(chain) -> None:
    assert make.pages(make.user("reviewer")).get(f"/chains/{chain.code}/").status_code == 404


def test_over_rest(chain, clerk, django_assert_max_num_queries) -> None:
    caller = make.api(clerk)
    home = f"/api/v1/chains/{chain.code}/"
    assert (
        caller.post(f"{home}nodes/", {"position": "up", "name": "海绵钛"}, format="json").status_code == 201
    )
    body = {"part": "chain_adviser", "person_name": "李教授"}
    assert caller.post(f"{home}posts/", body, format="json").status_code == 201
    with django_assert_max_num_queries(8):
        rows = caller.get("/api/v1/chains/").data["results"]
    found = next(row for row in rows if row["code"] == chain.code)
    assert (found["nodes"][0]["name"], found["posts"][0]["holder"]) == ("海绵钛", "李教授")
    stranger = make.api(make.user("reviewer"))
    assert stranger.get(home).status_code == 404
    assert caller.post("/api/v1/chains/", {"name": "先进材料"}, format="json").status_code == 400


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_appoint_at_the_same_moment_leave_one_holder() -> None:
    lives.packs()
    actions.ensure_presets(on=TODAY)
    chain, clerk = Chain.objects.get(code="advanced-materials"), lives.clerk()
    gate, outcomes = threading.Barrier(2), []

    def run(name: str) -> None:
        try:
            gate.wait()
            actions.appoint(chain=chain, part="chain_adviser", person_name=name, by=clerk, on=TODAY)
            outcomes.append("appointed")
        except Refused as refused:
            outcomes.append(refused.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["appointed", "invalid"]
    assert Post.objects.filter(chain=chain, valid_to__isnull=True).count() == 1
