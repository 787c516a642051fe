"""The phone in a real Chromium: the network cut in the middle, the sign-in run out, another user on it."""

from collections.abc import Iterator
from datetime import timedelta
from random import randbytes
from struct import pack, unpack
from typing import Any
from zlib import compress, crc32

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from deadlines.models import Deadline
from documents.models import Attachment
from kernel.clock import today
from projects.actions.contacts import MOST_PHOTO_BYTES
from projects.models import ContactRecord
from service.visits import queries
from tests.browser import PHONE
from tests.documents.files import PNG, PROGRAM
from tests.service.visits.tianmen import Town, building

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
SOON = 30_000


@pytest.fixture
def town(transactional_db: None) -> Town:
    return building(begun=today() - timedelta(days=30))


class Phone:
    """A phone in somebody's hand; what fails for want of a network is no fault of the page."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        context.set_default_timeout(SOON)
        self.page: Page = context.new_page()
        self.thrown: list[str] = []
        self.page.on("pageerror", lambda error: self.thrown.append(str(error)))
        self.page.on("console", self.heard)

    def heard(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.thrown.append(message.text)

    def hold(self, user: User) -> None:
        """This user's session, as after signing in."""
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address, "httpOnly": True}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def open(self) -> None:
        self.page.goto("/mine/")

    def write(self, matter: str, photo: tuple[str, bytes] | None = None) -> None:
        """A call that is due, written down with one thumb."""
        self.page.locator("#calls [data-record]").first.click()
        self.page.locator("[name=with_whom]").fill("陈总")
        self.page.locator("[name=matter]").fill(matter)
        if photo:
            self.choose(photo)
        self.save()

    def choose(self, photo: tuple[str, bytes]) -> None:
        name, content = photo
        chosen: Any = [{"name": name, "mimeType": "image/jpeg", "buffer": content}]
        self.page.locator("[name=uploads]").set_input_files(chosen)

    def save(self) -> None:
        self.page.get_by_role("button", name="保存记录").click()

    def send(self) -> None:
        self.page.get_by_role("button", name="现在发送").click()

    def shows(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def waits(self, count: int) -> None:
        expect(self.page.locator("#waiting [data-rows] > li")).to_have_count(count)


def _phone(chromium: Browser, address: str, **more: Any) -> Iterator[Phone]:
    context = chromium.new_context(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        **PHONE,
        **more,
    )
    phone = Phone(context, address)
    yield phone
    context.close()
    assert not phone.thrown, phone.thrown


@pytest.fixture
def phone(chromium: Browser, live_app: str) -> Iterator[Phone]:
    yield from _phone(chromium, live_app)


@pytest.fixture
def plain_phone(chromium: Browser, live_app: str) -> Iterator[Phone]:
    """One whose browser keeps no worker, so that the test may stand between page and server."""
    yield from _phone(chromium, live_app, service_workers="block")


def test_a_visit_written_down_without_a_network_arrives_once_when_it_is_back(
    phone: Phone, town: Town
) -> None:
    phone.hold(town.caller)
    phone.open()
    phone.shows(town.project.name)
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.open()  # seen once more: now it is kept
    phone.context.set_offline(True)
    phone.write("桩基完成三成", ("现场.jpg", PNG))
    phone.shows("现在没有网络")
    phone.waits(1)
    assert not ContactRecord.objects.exists()
    phone.page.reload()
    phone.shows(town.project.name)
    phone.waits(1)
    phone.context.set_offline(False)
    phone.shows("已发送 1 条记录")
    phone.waits(0)
    row = ContactRecord.objects.get()
    assert (row.matter, row.by) == ("桩基完成三成", town.caller)
    assert row.client_id is not None
    assert Attachment.objects.get(pk=row.papers.get().attachment_id).content_type == "image/png"
    assert Deadline.objects.filter(rule="cadence:weekly_call", met_on__isnull=False).count() == 1


def test_a_server_in_trouble_is_like_no_network_and_the_page_stays(
    phone: Phone, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trouble(*args: Any) -> None:
        raise RuntimeError("the server is being restarted")

    phone.hold(town.caller)
    phone.open()
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.open()
    with monkeypatch.context() as broken:
        broken.setattr(queries, "calls_of", trouble)
        phone.open()
        phone.shows(town.project.name)
    phone.context.set_offline(True)
    phone.page.reload()
    phone.shows(town.project.name)
    phone.context.set_offline(False)


def test_it_survives_the_end_of_the_sign_in_and_nobody_else_sends_or_sees_it(
    phone: Phone, town: Town
) -> None:
    phone.hold(town.caller)
    phone.open()
    Session.objects.all().delete()
    phone.write("电话了解设备到货")
    phone.shows("登录已过期")
    expect(phone.page.get_by_role("link", name="重新登录")).to_be_visible()
    other = town.district.person("reviewer", "economy-information")
    phone.hold(other)
    phone.send()
    phone.shows("另一位用户")
    phone.open()
    phone.shows(town.project.name)
    expect(phone.page.locator("#waiting")).to_be_hidden()
    assert not ContactRecord.objects.exists()
    phone.hold(town.caller)
    phone.open()
    phone.shows("已发送 1 条记录")
    assert [row.by for row in ContactRecord.objects.all()] == [town.caller]


def test_what_the_server_refuses_says_why_and_is_mended_or_thrown_away(phone: Phone, town: Town) -> None:
    phone.hold(town.caller)
    phone.open()
    phone.write("到场查看", ("现场.jpg", PROGRAM))
    phone.shows("不能上传可执行文件")
    phone.waits(1)
    phone.page.get_by_role("button", name="修改后重发").click()
    expect(phone.page.locator("[name=matter]")).to_have_value("到场查看")
    phone.choose(("现场.png", PNG))
    phone.save()
    phone.shows("已发送 1 条记录")
    assert ContactRecord.objects.get().papers.count() == 1
    phone.write("第二次", ("另一张.jpg", PROGRAM))
    phone.shows("不能上传可执行文件")
    phone.page.get_by_role("button", name="丢弃").click()
    phone.page.locator("#confirm").get_by_role("button", name="确定").click()
    expect(phone.page.locator("#waiting")).to_be_hidden()
    assert ContactRecord.objects.count() == 1


def test_an_answer_that_is_lost_on_the_way_does_not_double_the_record(plain_phone: Phone, town: Town) -> None:
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    plain_phone.hold(town.caller)
    plain_phone.open()
    plain_phone.page.route("**/api/v1/visits/", lose_the_first)
    plain_phone.write("电话了解进度")
    plain_phone.shows("稍后自动再发")
    plain_phone.waits(1)
    assert (lost, ContactRecord.objects.count()) == ([201], 1)
    plain_phone.send()
    plain_phone.shows("已发送 1 条记录")
    assert ContactRecord.objects.count() == 1


def noise(width: int, height: int) -> bytes:
    """A PNG that no compression makes smaller."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body))

    rows = b"".join(b"\x00" + randbytes(width * 3) for _ in range(height))
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(rows, 1)) + chunk(b"IEND", b"")
    )


def test_a_photo_beyond_the_limit_is_made_smaller_on_the_phone(phone: Phone, town: Town) -> None:
    large = noise(3000, 2000)
    assert len(large) > MOST_PHOTO_BYTES
    phone.hold(town.caller)
    phone.open()
    phone.write("到场查看", ("大图.png", large))
    phone.shows("已发送 1 条记录")
    paper = Attachment.objects.get(kind="contact_photo")
    assert (paper.name, paper.content_type) == ("大图.jpg", "image/jpeg")
    with paper.file.open() as kept:
        head = kept.read(4096)
    height, width = unpack(">HH", head[head.index(b"\xff\xc0") + 5 :][:4])
    assert (width, height) == (2048, 1365)


def test_everything_a_thumb_meets_is_large_and_nothing_scrolls_sideways(phone: Phone, town: Town) -> None:
    phone.hold(town.caller)
    phone.open()
    phone.page.locator("#calls [data-record]").first.click()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    buttons = phone.page.locator("#calls .btn:visible, #record .btn:visible, #record .form-control:visible")
    heights = [box["height"] for one in buttons.all() if (box := one.bounding_box())]
    assert heights
    assert min(heights) >= 44
