"""Figures, investors and days over REST: as much, and as strictly, as on the pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from documents.models import Attachment
from projects import actions
from projects.models import Money, Project, ReachedMilestone
from scoring.models import Credit
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.law import TODAY, District

pytestmark = pytest.mark.django_db
URL = "/api/v1/projects/"
COMING, BEFORE = "2099-01-01", "2020-01-01"


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def project(district: District) -> Project:
    return district.project()


@pytest.fixture
def caller(district: District) -> Any:
    return make.api(district.head)


def send(caller: Any, path: str, body: dict[str, Any]) -> Any:
    return caller.post(f"{URL}{path}", body, format="json")


def requests(district: District) -> dict[str, dict[str, Any]]:
    return {
        "advance": {},
        "shelve": {"reason": "企业重组"},
        "exit": {"reason": "撤资"},
        "funds": {"measure": "paid_in", "raw": "100万元"},
        "roles": {"part": "supporting", "unit": "commerce"},
        "milestones/withdraw": {"milestone": "judged_good", "reason": "误登"},
        "codes": {"code": "2603-500102-89-05-346948"},
    }


@pytest.mark.parametrize(
    "path", ["advance", "shelve", "exit", "funds", "roles", "milestones/withdraw", "codes"]
)
def test_a_day_to_come_is_refused(district: District, project: Project, caller: Any, path: str) -> None:
    answer = send(caller, f"{project.pk}/{path}/", requests(district)[path] | {"on": COMING})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["on"])
    assert "日期不能晚于今天" in str(answer.json())


@pytest.mark.parametrize("path", ["advance", "shelve", "exit", "roles", "milestones/withdraw"])
def test_an_act_before_the_case_was_opened_is_refused(
    district: District, project: Project, caller: Any, path: str
) -> None:
    answer = send(caller, f"{project.pk}/{path}/", requests(district)[path] | {"on": BEFORE})
    assert (answer.status_code, answer.json()["unmet"][0]["field"]) == (400, "on")
    assert "日期不能早于建档日期" in answer.json()["detail"]


def test_an_old_ledgers_case_was_opened_late(project: Project, caller: Any) -> None:
    Project.objects.filter(pk=project.pk).update(from_ledger=True)
    answer = send(caller, f"{project.pk}/exit/", {"reason": "早年撤资", "on": BEFORE})
    assert answer.json()["exited_on"] == BEFORE


def test_resuming_on_a_day_to_come_is_refused(project: Project, caller: Any) -> None:
    send(caller, f"{project.pk}/shelve/", {"reason": "企业重组"})
    assert send(caller, f"{project.pk}/resume/", {"on": COMING}).status_code == 400


def test_a_paper_of_tomorrow_is_refused(project: Project, caller: Any) -> None:
    body = {"kind": "other", "file": upload(), "on": COMING}
    answer = caller.post(f"{URL}{project.pk}/attachments/", body, format="multipart")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["on"])
    assert not Attachment.objects.exists()


def test_funds_carry_qualifier_and_evidence_in_a_known_currency(project: Project, caller: Any) -> None:
    paper = lives.paper(project, "other", make.user())
    body = {
        "measure": "paid_in",
        "raw": "100万",
        "qualifier": "首期",
        "evidence": paper.pk,
        "currency": "USD",
    }
    row = send(caller, f"{project.pk}/funds/", body).json()
    assert (row["qualifier"], row["evidence"], row["currency"]) == ("首期", paper.pk, "USD")
    assert send(caller, f"{project.pk}/funds/", body | {"currency": "XYZ"}).status_code == 400
    elsewhere = make.case()
    foreign = Attachment.objects.create(
        case=elsewhere, kind="other", name="x.pdf", file="x", size=1, sha256="1" * 64,
        content_type="application/pdf", on=TODAY, uploaded_by=paper.uploaded_by,
    )  # fmt: skip
    assert send(caller, f"{project.pk}/funds/", body | {"evidence": foreign.pk}).status_code == 404


@pytest.mark.parametrize("more", [{"rate": "1e20"}, {"rate": "9999"}])
def test_an_absurd_rate_is_refused_with_words(project: Project, caller: Any, more: dict[str, str]) -> None:
    body = {"measure": "total", "raw": "10000亿元", "currency": "USD", "rate_on": str(TODAY)} | more
    assert send(caller, f"{project.pk}/funds/", body).status_code == 400


def test_parts_have_a_bound(project: Project, caller: Any) -> None:
    body = {"milestone": "works_completed", "part_no": 1, "parts_total": 40_000}
    answer = send(caller, f"{project.pk}/milestones/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["parts_total"])


def test_one_part_alone_is_withdrawn(project: Project, caller: Any, district: District) -> None:
    for number in (1, 2):
        row = {"part_no": number, "parts_total": 2, "on": TODAY, "recorded_by": district.head}
        ReachedMilestone.objects.create(project=project, code="works_completed", **row)
    body = {"milestone": "works_completed", "part_no": 2, "reason": "二期未完"}
    assert send(caller, f"{project.pk}/milestones/withdraw/", body).status_code == 204
    assert ReachedMilestone.objects.get(withdrawn_on=None).part_no == 1


def test_a_correction_is_previewed_and_made() -> None:
    project = lives.signed()
    caller = make.api(lives.clerk("bureau_head"))
    wrong = send(caller, f"{project.pk}/funds/", {"measure": "paid_in", "raw": "5000万元"}).json()
    body = {"funds": wrong["id"], "raw": "500万元", "reason": "多写一个零"}
    shown = send(caller, f"{project.pk}/corrections/", body | {"preview": True}).json()
    assert (shown["done"], "到位资金合计：5,000万元 → 500万元" in shown["moves"]) == (False, True)
    assert Money.objects.filter(measure="paid_in").count() == 1
    done = send(caller, f"{project.pk}/corrections/", body).json()
    assert done == {"moves": shown["moves"], "done": True}
    assert Credit.objects.filter(measure="paid_in_funds").standing().get().after_fen == 500_000_000
    again = send(caller, f"{project.pk}/corrections/", body)
    assert again.status_code == 409
    assert "请更正现行的一笔" in again.json()["detail"]


def test_a_corrected_foreign_figure_keeps_currency_and_rate(project: Project, caller: Any) -> None:
    body = {"measure": "total", "raw": "3000万", "currency": "USD", "rate": "7.1", "rate_on": str(TODAY)}
    send(caller, f"{project.pk}/funds/", body)
    wrong = {"measure": "total", "raw": "300万", "reason": "多写一个零"}
    assert send(caller, f"{project.pk}/corrections/", wrong).status_code == 200
    row = Money.objects.get(superseded_by=None)
    assert (row.currency, row.rate, row.fen) == ("USD", "7.1", 2_130_000_000)


def test_a_days_correction_over_rest() -> None:
    project = lives.signed()
    caller = make.api(lives.clerk("bureau_head"))
    body = {"milestone": "signed", "day": "2026-02-09", "reason": "笔误"}
    moves = send(caller, f"{project.pk}/corrections/", body).json()["moves"]
    assert any("协议资金计入日期" in line for line in moves)
    assert ReachedMilestone.objects.get(code="signed").on.isoformat() == "2026-02-09"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"milestone": "signed", "measure": "total"},
        {"milestone": "signed", "day": COMING},
        {"measure": "total", "raw": "1亿元", "reason": " "},
    ],
)
def test_a_correction_without_object_reason_or_with_a_day_to_come_is_refused(
    project: Project, caller: Any, body: dict[str, Any], district: District
) -> None:
    actions.set_money(project=project, measure="total", raw="2亿元", by=district.clerk, on=TODAY)
    assert send(caller, f"{project.pk}/corrections/", body).status_code == 400


def test_a_correction_of_what_somebody_changed_meanwhile_is_412(
    project: Project, caller: Any, district: District
) -> None:
    tag = caller.get(f"{URL}{project.pk}/")["ETag"]
    actions.set_money(project=project, measure="total", raw="2亿元", by=district.clerk, on=TODAY)
    body = {"measure": "total", "raw": "1亿元", "reason": "笔误"}
    answer = caller.post(f"{URL}{project.pk}/corrections/", body, format="json", headers={"If-Match": tag})
    assert answer.status_code == 412


def test_an_investor_is_named_later_and_put_right(caller: Any) -> None:
    pk = send(caller, "", {"name": "尚无投资方的线索"}).json()["id"]
    url, said = (
        f"{URL}{pk}/",
        {"name": "沪上新材料公司", "no_code_reason": "尚未注册", "division_code": "310100"},
    )
    named = caller.patch(url, {"enterprise": said}, format="json")
    assert named.status_code == 200
    assert (named.json()["enterprise"]["name"], named.json()["origin"]) == ("沪上新材料公司", "outside_city")
    right = caller.patch(
        url, {"enterprise": {"name": "沪上新材料公司", "contact_name": "王经理"}}, format="json"
    )
    assert right.json()["enterprise"]["contact_name"] == "王经理"
    assert right.json()["enterprise"]["id"] == named.json()["enterprise"]["id"]
    assert right["ETag"] == caller.get(url)["ETag"]
    other = {"name": "另一家公司", "no_code_reason": "尚未注册"}
    moved = caller.patch(url, {"enterprise": other}, format="json").json()["enterprise"]
    assert moved["id"] != named.json()["enterprise"]["id"]
