"""The page vocabulary: what the tags say, and that a page made of them can be read by everybody."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.template import Context, Template
from django.test import Client
from django.urls import resolve
from playwright.sync_api import Page

from kernel.refusals import Refused, Unmet
from lifecycle import ui
from lifecycle.navigation import MENU
from tests.lifecycle.styleguide import ContactForm

SPELT_OUT = re.compile(r"""(?:href|action|hx-get|hx-post)=["'](/[\w/-]*)["'?#]""")
NAMED_ICON = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']""")


@pytest.fixture
def styleguide(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.lifecycle.styleguide"


def shown(source: str, **values: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def test_a_light_is_told_by_word_and_shape_and_not_by_colour_alone() -> None:
    red, green = ui.light("red"), ui.light("green", "剩 3 日")
    assert "超期" in red
    assert "#alert-octagon" in red
    assert "剩 3 日" in green
    assert "#circle-check" in green


def test_an_unknown_light_is_grey() -> None:
    assert "light-grey" in ui.light("blue")


def test_a_clause_chip_names_the_plan_and_leads_to_it() -> None:
    rule = SimpleNamespace(clause="三(二)5", source=SimpleNamespace(id=7, title="工作方案"))
    chip = ui.clause(rule, "/policies/7/#c-1")
    assert 'href="/policies/7/#c-1"' in chip
    assert 'title="工作方案 三(二)5"' in chip


def test_a_rule_without_a_clause_has_no_chip() -> None:
    assert ui.clause(SimpleNamespace(clause="")) == ""


def test_what_a_chip_shows_is_escaped() -> None:
    assert "<script" not in ui.clause("<script>", "javascript:1")


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("张三 13812345678、13900001111", "张三 138****5678、139****1111"),
        ("023-72223456", "023-****3456"),
        ("", ""),
        ("详见附件", "详见附件"),
    ],
)
def test_telephone_numbers_hide_their_middle(number: str, masked: str) -> None:
    assert ui.masked_phone(number) == masked


def test_money_is_shown_exactly_and_lines_up() -> None:
    assert ui.money(123_456_789) == '<span class="num">123.456789万元</span>'


def test_a_wrong_field_tells_screen_readers_so() -> None:
    form = ContactForm({"who": ""})
    html = ui.control(form["who"])
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_the_track_tells_what_is_behind_and_ahead() -> None:
    phases = [{"code": "a", "name": "甲"}, {"code": "b", "name": "乙"}, {"code": "c", "name": "丙"}]
    html = shown('{% phase_track phases "b" %}', phases=phases)
    assert re.findall(r"track-(done|here|ahead)", html) == ["done", "here", "ahead"]


def test_a_bar_is_never_fuller_than_full() -> None:
    assert 'value="3"' in ui.progress(5, 3)
    assert "0/0" in ui.progress(0, 0)


def test_a_refusal_lists_what_is_missing_with_clause_and_link() -> None:
    refused = Refused([Unmet("x", "评估没有结论", "三(二)5", "/steps/1/"), Unmet("y", "没有协议")])
    html = shown('{% include "_components/refusal.html" %}', refused=refused)
    assert "还差 2 项" in html
    assert "三(二)5" in html
    assert 'href="/steps/1/"' in html


def test_a_conflict_says_that_nothing_was_saved() -> None:
    html = shown('{% include "_components/refusal.html" %}', refused=Refused.conflict("版本 4 已保存"))
    assert "没有保存" in html


def test_every_icon_that_a_template_or_the_menu_names_is_in_the_sprite() -> None:
    known = set(json.loads((django_settings.BASE_DIR / "package.json").read_text())["icons"])
    named = {item.icon for _group, items in MENU for item in items}
    named |= {shape for shape, _word in ui.LIGHTS.values()}
    for path in (django_settings.BASE_DIR / "templates").rglob("*.html"):
        named |= set(NAMED_ICON.findall(path.read_text()))
    assert named <= known


def test_every_link_that_a_template_spells_out_leads_to_a_page() -> None:
    for path in sorted((django_settings.BASE_DIR / "templates").rglob("*.html")):
        for link in SPELT_OUT.findall(path.read_text()):
            assert resolve(link), f"{path.name}: {link}"


@pytest.mark.parametrize("code", ["400", "403", "404", "500"])
def test_an_error_page_needs_nothing_but_itself(code: str) -> None:
    html = (django_settings.BASE_DIR / "templates" / f"{code}.html").read_text()
    assert "extends" not in html
    assert code in Template(html).render(Context())


@pytest.mark.django_db
def test_every_component_renders(styleguide: None, client: Client) -> None:
    html = client.get("/").content.decode()
    for sign in (
        "track-here",
        "refusal",
        "timeline-list",
        "figure-bad",
        "pages-links",
        "field-error",
        "todo",
    ):
        assert sign in html


@pytest.mark.browser
@pytest.mark.parametrize("size", ["page", "phone_page"])
def test_the_components_can_be_read_by_everybody(
    styleguide: None, size: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(size)
    page.goto("/")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_nothing_sticks_out_sideways_on_a_phone(styleguide: None, phone_page: Page) -> None:
    phone_page.goto("/")
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_a_slash_leads_to_the_search_field(styleguide: None, page: Page) -> None:
    page.goto("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


@pytest.mark.browser
def test_a_list_stays_closed_once_something_is_chosen_however_fast(styleguide: None, page: Page) -> None:
    page.goto("/")
    field = page.locator("#id_unit-ts-control")
    field.fill("高新")
    field.press("Enter")
    page.wait_for_timeout(600)  # longer than the list waits for more letters
    assert page.locator("#id_unit").input_value() == "gaoxin"
    assert page.locator(".ts-dropdown:visible").count() == 0


@pytest.mark.browser
def test_the_menu_opens_in_the_hand(styleguide: None, phone_page: Page) -> None:
    phone_page.goto("/")
    menu = phone_page.get_by_role("navigation", name="主导航")
    assert not menu.is_visible()
    phone_page.get_by_role("button", name="更多").click()
    menu.get_by_role("link", name="制度").wait_for()
