"""手续办理回执单: kept by whom the plan names, sent up in two steps, exported as Word."""

from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from approvals.models import ReceiptEntry, ReceiptSending
from approvals.receipts import actions, word
from kernel.refusals import Refused
from notices.models import Message
from tests import factories
from tests.approvals.permits.story import Permits
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def enter(told: Permits, **more: Any) -> ReceiptEntry:
    said = {
        "unit": told.story.district.unit("market-regulation"), "matter": "注册登记", "service": "专人帮办",
        "outcome": "当日领照", "by": told.park_clerk, "on": told.day, "today": told.day,
    } | more  # fmt: skip
    return actions.add_entry(project=told.project, **said)


def table(content: bytes) -> list[list[str]]:
    tables = Document(BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for row in tables[-1].rows]


def test_the_slip_holds_what_the_permits_say_and_what_is_entered(optimised: Permits) -> None:
    permit = optimised.apply("project_approval")
    enter(optimised)
    optimised.grant(permit, optimised.day)
    rows = table(word.render(optimised.project, optimised.day, "白涛工业园区"))
    assert rows[0] == ["序号", "日期", "服务部门", "事项", "服务情况", "办结情况"]
    assert rows[1][3] == "项目核准备案" and "准予办理" in rows[1][5]
    assert rows[2][1:] == ["2026-03-02", "区市场监管局", "注册登记", "专人帮办", "当日领照"]


def test_a_struck_out_entry_leaves_the_slip_and_stays_in_what_was_sent(optimised: Permits) -> None:
    entry = enter(optimised)
    sent = actions.send_receipt(project=optimised.project, by=optimised.park_clerk, on=optimised.day)
    actions.strike_entry(entry=entry, by=optimised.park_clerk, on=optimised.day, reason="重复")
    assert len(table(word.render(optimised.project, optimised.day, ""))) == 1
    assert table(word.render(optimised.project, optimised.day, "", sent))[1][3] == "注册登记"
    with pytest.raises(Refused) as refused:
        actions.strike_entry(entry=entry, by=optimised.park_clerk, on=optimised.day, reason="重复")
    assert refused.value.codes == ["entry_struck"]


def test_it_goes_to_the_leader_in_charge_first_and_then_with_a_reason_to_the_top(optimised: Permits) -> None:
    enter(optimised)
    said = {"project": optimised.project, "by": optimised.park_clerk, "on": optimised.day}
    with pytest.raises(Refused) as refused:
        actions.send_receipt(**said, level="top", reason="用地指标须协调")
    assert refused.value.codes == ["first_step_first"]
    actions.send_receipt(**said)
    with pytest.raises(Refused, match="请填写原因"):
        actions.send_receipt(**said, level="top")
    row = actions.send_receipt(**said, level="top", reason="用地指标须协调")
    assert row.to == ["区委办公室", "区政府办公室", "区领导"]
    first, second = Message.objects.filter(topic="receipt.sent").order_by("pk")
    assert first.tells["roles"] == ["leader"] and "用地指标须协调" in second.text


def test_only_its_keepers_fill_and_send_it(optimised: Permits) -> None:
    for by in (optimised.story.person("finance"), optimised.story.person("gaoxin-park", "park_clerk")):
        with pytest.raises(Refused) as refused:
            enter(optimised, by=by)
        assert refused.value.status == "forbidden"
    assert not ReceiptEntry.objects.exists()


def test_an_empty_slip_is_not_sent_and_an_entry_has_its_words(optimised: Permits) -> None:
    with pytest.raises(Refused) as refused:
        actions.send_receipt(project=optimised.project, by=optimised.park_clerk, on=optimised.day)
    assert refused.value.codes == ["empty_receipt"]
    for wrong in ({"matter": " "}, {"service": ""}):
        with pytest.raises(Refused, match="请填写事项和服务情况"):
            enter(optimised, **wrong)


def test_the_pages_enter_send_and_hand_out_the_file(optimised: Permits) -> None:
    browser, pk = factories.pages(optimised.park_clerk), optimised.pk
    unit = optimised.story.district.unit("market-regulation").pk
    data = {
        "on": str(TODAY),
        "unit": unit,
        "matter": "注册登记",
        "service": "专人帮办",
        "outcome": "当日领照",
    }
    assert browser.post(reverse("receipt-entry", args=[pk]), data).status_code == 302
    assert browser.post(reverse("receipt-send", args=[pk]), {"level": "leader"}).status_code == 302
    page = browser.get(reverse("receipt", args=[pk])).content.decode()
    assert "注册登记" in page and "区领导" in page
    sent = ReceiptSending.objects.get()
    for name, args in (("receipt-word", [pk]), ("receipt-sent", [pk, sent.pk])):
        assert table(browser.get(reverse(name, args=args)).content)[1][3] == "注册登记"
    strike = reverse("receipt-strike", args=[pk, ReceiptEntry.objects.get().pk])
    assert browser.post(strike, {"reason": "重复"}).status_code == 302
    assert ReceiptEntry.objects.get().struck_on == TODAY


def test_a_stranger_is_shown_no_form(optimised: Permits) -> None:
    reader = factories.pages(optimised.story.person("district-government", "leader"))
    assert reader.get(reverse("receipt", args=[optimised.pk])).status_code == 200
    assert reader.get(reverse("receipt-entry", args=[optimised.pk])).status_code == 403


def test_a_plan_without_slips_refuses_the_page(fuling: Permits) -> None:
    answer = factories.pages(fuling.clerk).get(reverse("receipt", args=[fuling.pk]))
    assert answer.status_code == 409
