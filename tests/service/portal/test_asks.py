"""请企业办理: asked by those who serve the project, ticked by the enterprise."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.refusals import Refused
from notices.actions import deliver
from notices.models import Notice
from service.portal import asking, slots
from service.portal.access import Speaker
from service.portal.models import Ask
from tests import factories as make
from tests.service.portal.conftest import MONDAY, other_project

pytestmark = pytest.mark.django_db


def ask(project, by, title="补交总平面图", **more) -> Ask:
    return asking.ask(project=project, title=title, by=by, on=MONDAY, **more)


def codes(act, **said) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(**said)
    return [refused.value.status, *refused.value.codes]


def test_the_enterprise_is_told_and_ticks_and_who_asked_is_told(project, firm, park_clerk) -> None:
    row = ask(project, park_clerk, due_on=date(2026, 3, 6))
    deliver(on=MONDAY)
    assert "补交总平面图" in Notice.objects.get(user=firm, message__topic="portal.asked").message.text
    asking.tick(ask=row, by=firm, on=MONDAY, note="已上传")
    deliver(on=MONDAY)
    assert Notice.objects.filter(user=park_clerk, message__topic="portal.ask_done").count() == 1


def test_only_who_serves_the_project_asks(project, firm) -> None:
    assert codes(ask, project=project, by=make.user("reviewer"))[0] == "forbidden"
    assert codes(ask, project=project, by=firm)[0] == "forbidden"


def test_a_day_already_past_or_no_title_is_refused(project, park_clerk) -> None:
    yesterday = MONDAY - timedelta(days=1)
    assert codes(ask, project=project, by=park_clerk, due_on=yesterday) == ["invalid", "invalid"]
    assert codes(ask, project=project, by=park_clerk, title=" ") == ["invalid", "invalid"]


def test_it_is_ticked_once_and_only_by_its_enterprise(project, firm, park_clerk) -> None:
    row = ask(project, park_clerk)
    assert codes(asking.tick, ask=row, by=park_clerk, on=MONDAY) == ["forbidden", "not_own_project"]
    asking.tick(ask=row, by=firm, on=MONDAY)
    assert codes(asking.tick, ask=row, by=firm, on=MONDAY) == ["conflict", "ended_already"]
    said = {"ask": row, "reason": "不用了", "by": park_clerk, "on": MONDAY}
    assert codes(asking.withdraw_ask, **said) == ["conflict", "ended_already"]


def test_what_is_taken_back_is_asked_no_longer(project, firm, park_clerk) -> None:
    row = ask(project, park_clerk)
    said = {"ask": row, "by": park_clerk, "on": MONDAY}
    assert codes(asking.withdraw_ask, reason="", **said) == ["invalid", "invalid"]
    asking.withdraw_ask(reason="已有", **said)
    assert slots.asked_of(Speaker(firm, project, MONDAY)) == []
    assert codes(asking.tick, ask=row, by=firm, on=MONDAY) == ["conflict", "ended_already"]


def test_what_is_to_do_comes_first_the_nearest_day_first(project, firm, park_clerk) -> None:
    ask(project, park_clerk, "不急的")
    ask(project, park_clerk, "后天的", due_on=date(2026, 3, 4))
    ask(project, park_clerk, "明天的", due_on=date(2026, 3, 3))
    asking.tick(ask=ask(project, park_clerk, "做完的"), by=firm, on=MONDAY)
    listed = slots.asked_of(Speaker(firm, project, date(2026, 3, 5)))
    assert [one.item.title for one in listed] == ["明天的", "后天的", "不急的", "做完的"]
    assert [one.late for one in listed] == [2, 1, 0, 0]


def test_the_page_and_rest_tick(project, firm, park_clerk) -> None:
    first, second = ask(project, park_clerk, "甲"), ask(project, park_clerk, "乙")
    browser = make.pages(firm)
    assert "甲" in browser.get(f"/portal/{project.pk}/").content.decode()
    assert browser.post(f"/portal/{project.pk}/asked/ask/{first.pk}/", {"note": "好"}).status_code == 302
    again = browser.post(f"/portal/{project.pk}/asked/ask/{first.pk}/")
    assert again.status_code == 409
    url = f"/api/v1/portal/{project.pk}/"
    done = browser.post(f"{url}tick/", {"id": f"ask:{second.pk}"}, content_type="application/json")
    assert [row["done_on"] for row in done.json()] == ["2026-03-02", "2026-03-02"]


def test_an_item_of_another_project_or_of_no_source_is_404(project, firm, park_clerk) -> None:
    other = other_project()
    clerk = make.user("park_clerk", unit=make.unit("lingang-park", kind="park"))
    row = ask(other, clerk)
    browser = make.pages(firm)
    assert browser.post(f"/portal/{project.pk}/asked/ask/{row.pk}/").status_code == 404
    assert browser.post(f"/portal/{project.pk}/asked/nothing/{row.pk}/").status_code == 404
    url = f"/api/v1/portal/{project.pk}/tick/"
    for bad in (f"ask:{row.pk}", "ask:", "ask:9999999999999999999999", "nothing:1", "rubbish"):
        assert browser.post(url, {"id": bad}, content_type="application/json").status_code == 404
    row.refresh_from_db()
    assert row.done_on is None


def test_the_office_asks_and_takes_back_on_its_page_and_over_rest(project, firm, park_clerk) -> None:
    browser, url = make.pages(park_clerk), f"/projects/{project.pk}/enterprise-accounts/"
    assert browser.post(f"{url}asks/", {"title": "签章", "due_on": "2026-03-09"}).status_code == 302
    row = Ask.objects.get()
    assert browser.post(f"{url}asks/{row.pk}/withdraw/", {"reason": ""}).status_code == 400
    assert browser.post(f"{url}asks/{row.pk}/withdraw/", {"reason": "不用"}).status_code == 302
    caller, rest = make.api(park_clerk), f"/api/v1/projects/{project.pk}/enterprise-asks/"
    made = caller.post(rest, {"title": "营业执照"}, format="json")
    assert made.status_code == 201
    assert (
        caller.post(f"{rest}{made.data['id']}/withdraw/", {"reason": "有了"}, format="json").status_code
        == 200
    )
    assert len(caller.get(rest).data["results"]) == 2


def test_the_database_keeps_it_whole(project, park_clerk) -> None:
    row = ask(project, park_clerk)
    for bad in ({"done_on": MONDAY}, {"withdrawn_on": MONDAY, "withdrawn_by": park_clerk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ask.objects.filter(pk=row.pk).update(**bad)
