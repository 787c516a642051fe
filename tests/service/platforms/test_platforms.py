"""“智慧安商” and its like: our projects out in the platform's own table, its numbers back in."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Unit
from cases.models import Event
from kernel.refusals import Refused
from projects import actions as projects
from projects.models import Project
from service.models import MonthlyProgress, PlatformEntry
from service.platforms.entering import enter
from tests import factories as make
from tests.service.district import FULING, NEXT, Served, signed

pytestmark = pytest.mark.django_db
CODE = "zhihui_anshang"
LIST = f"/platforms/{CODE}/"
IMPORT = f"{LIST}import/"


@pytest.fixture(autouse=True)
def after_the_signing() -> Iterator[None]:
    with time_machine.travel(f"{NEXT}T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def town() -> Served:
    served = signed()
    Project.objects.filter(pk=served.project.pk).update(phase="landing")
    served.project.refresh_from_db()
    return served


@pytest.fixture
def browser(town: Served) -> Client:
    return make.pages(town.clerk)


def entered(town: Served, number: str = "AS-001", **more: Any) -> PlatformEntry:
    said = {"platform": CODE, "by": town.clerk, "on": NEXT, "today": NEXT} | more
    row: PlatformEntry = enter(project=town.project, number=number, **said)
    return row


def edit(town: Served) -> None:
    project = Project.objects.get(pk=town.project.pk)
    projects.edit(project=project, by=town.clerk, on=NEXT, changes={"site": "东区三号"})


def exported(browser: Client, query: str = "") -> list[list[Any]]:
    answer: Any = browser.get(f"{LIST}export/{query}")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def table(*rows: list[Any], headers: tuple[str, ...] = ("本地编号", "平台编号")) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (headers, *rows):
        sheet.append(row)
    kept = BytesIO()
    book.save(kept)
    return SimpleUploadedFile("平台.xlsx", kept.getvalue())


def sent(browser: Client, file: SimpleUploadedFile) -> Any:
    return browser.post(IMPORT, {"file": file, "on": str(NEXT)})


def test_the_table_has_the_platforms_own_headings_and_our_figures(town: Served, browser: Client) -> None:
    headers, line = exported(browser)
    said = dict(zip(headers, line, strict=True))
    assert headers[:3] == ["项目名称", "本地编号", "平台编号"]
    assert said["项目名称"] == town.project.name and said["本地编号"] == town.project.case.code
    assert said["总投资（万元）"] == 50_000 and said["固定资产投资（万元）"] == 30_000
    assert said["项目阶段"] == "签约落地" and said["平台编号"] is None


def test_numbers_come_back_by_our_code_and_the_project_is_no_longer_to_do(
    town: Served, browser: Client
) -> None:
    answer = sent(browser, table([town.project.case.code, "AS-2026-17"], ["", ""]))
    assert answer.status_code == 302
    assert PlatformEntry.objects.get().number == "AS-2026-17"
    assert Event.objects.filter(kind="platform.entered", data__number="AS-2026-17").exists()
    assert town.project.name not in browser.get(LIST).content.decode()
    assert "AS-2026-17" in browser.get(f"{LIST}?state=entered").content.decode()
    assert len(exported(browser)) == 1  # the headers


def test_what_changed_since_is_to_do_again_and_the_new_entry_supersedes(
    town: Served, browser: Client
) -> None:
    entered(town)
    edit(town)
    assert "录入后有变动" in browser.get(LIST).content.decode()
    entered(town)
    assert PlatformEntry.objects.filter(in_force=True).count() == 1
    assert PlatformEntry.objects.count() == 2
    assert town.project.name not in browser.get(LIST).content.decode()


def test_a_month_reported_since_is_to_do_again(town: Served, browser: Client) -> None:
    entered(town)
    assert town.project.name not in browser.get(LIST).content.decode()
    MonthlyProgress.objects.create(
        project=town.project, month=NEXT.replace(day=1), invested_fen=1, stage="foundation", percent=1,
        reported_on=NEXT, by=town.clerk,
    )  # fmt: skip
    MonthlyProgress.objects.update(at=timezone.now() + timedelta(minutes=1))
    assert "录入后有变动" in browser.get(LIST).content.decode()
    panel = browser.get(f"/projects/{town.project.pk}/panels/platforms/").content.decode()
    assert "录入后有变动" in panel
    assert exported(browser)[1][0] == town.project.name


def test_the_same_table_twice_enters_nothing_twice(town: Served, browser: Client) -> None:
    for _time in range(2):
        answer = sent(browser, table([town.project.case.code, "AS-1"]))
        assert answer.status_code == 302
    assert PlatformEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([["CODE", "A"], ["没有的编号", "B"]], "第 3 行：没有“没有的编号”这个项目"),
        ([["CODE", "A"], ["CODE", "B"]], "写了两行"),
        ([["CODE", "A" * 61]], "平台编号不超过 60 个字"),
        ([["", "A"]], "没有写是哪个项目"),
    ],
)
def test_one_wrong_line_enters_none_and_is_named(
    town: Served, browser: Client, lines: list[list[str]], words: str
) -> None:
    rows = [[cell.replace("CODE", town.project.case.code) for cell in line] for line in lines]
    answer = sent(browser, table(*rows))
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not PlatformEntry.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "文件是空的"), (b"PK\x03\x04broken", "损坏"), (b"MZ\x90\x00", "请")]
)
def test_a_file_that_is_no_table_is_refused_in_words(browser: Client, content: bytes, words: str) -> None:
    answer = sent(browser, SimpleUploadedFile("a.xlsx", content))
    assert answer.status_code == 400 and words in answer.content.decode()


def test_a_table_without_the_number_column_says_which_headings_it_needs(browser: Client) -> None:
    answer = sent(browser, table(["x"], headers=("项目名称",)))
    assert "须有“本地编号”“平台编号”" in answer.content.decode()


def test_a_number_belongs_to_one_project(town: Served) -> None:
    entered(town)
    other = town.district.project("另一个项目")
    Project.objects.filter(pk=other.pk).update(phase="landing")
    with pytest.raises(Refused) as refused:
        enter(project=other, platform=CODE, number="AS-001", by=town.clerk, on=NEXT, today=NEXT)
    assert refused.value.codes == ["number_taken"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"platform": "nonsense"}, "invalid"),
        ({"on": NEXT.replace(year=NEXT.year + 1)}, "invalid"),
    ],
)
def test_what_cannot_be_entered_is_refused(town: Served, said: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        entered(town, **said)
    assert refused.value.codes == [code]


def test_a_lead_is_not_entered_and_the_clause_says_so(town: Served) -> None:
    Project.objects.filter(pk=town.project.pk).update(phase="negotiation")
    with pytest.raises(Refused) as refused:
        entered(town)
    assert (refused.value.unmet[0].code, refused.value.unmet[0].clause) == ("phase", "三(二)1")


def test_who_does_not_work_on_the_project_enters_nothing(town: Served) -> None:
    stranger = town.person("reviewer", "economy-information")
    with pytest.raises(Refused) as refused:
        entered(town, by=stranger)
    assert refused.value.status == "forbidden"
    answer = sent(make.pages(stranger), table([town.project.case.code, "AS-1"]))
    assert answer.status_code == 400 and "您看不到它" in answer.content.decode()


def test_the_list_is_scoped_and_takes_a_constant_number_of_statements(
    town: Served, browser: Client, django_assert_max_num_queries: Any
) -> None:
    parks = Unit.objects.filter(kind="park").exclude(pk=town.park.pk)
    other = make.pages(make.user("park_clerk", unit=parks.first()))
    assert town.project.name not in other.get(LIST).content.decode()
    browser.get(LIST)
    with django_assert_max_num_queries(14) as few:
        browser.get(LIST)
    for number in range(5):
        more = town.district.project(f"项目{number}")
        Project.objects.filter(pk=more.pk).update(phase="landing")
    with django_assert_max_num_queries(len(few)):
        browser.get(LIST)


def test_by_hand_on_the_page_and_in_the_case_file(town: Served, browser: Client) -> None:
    path = f"/projects/{town.project.pk}/platforms/{CODE}/"
    assert "三(二)1" in browser.get(path).content.decode()
    assert browser.post(path, {"number": "AS-9", "on": str(NEXT)}).status_code == 302
    assert "AS-9" in browser.get(f"/projects/{town.project.pk}/panels/platforms/").content.decode()
    again = browser.post(path, {"number": "AS-9", "on": str(NEXT)})
    assert again.status_code == 409 and "此后没有变动" in again.content.decode()


def test_over_rest(town: Served) -> None:
    api = make.api(town.clerk)
    found = api.get(f"/api/v1/platforms/{CODE}/").json()["results"]
    assert [(row["code"], row["state"]) for row in found] == [(town.project.case.code, "missing")]
    said = {"project": town.project.pk, "platform": CODE, "number": "AS-5"}
    made = api.post("/api/v1/platform-entries/", said, format="json")
    assert made.status_code == 201 and made.json()["changed"] is False
    assert api.post("/api/v1/platform-entries/", said, format="json").status_code == 409
    rows = api.get(f"/api/v1/platform-entries/?project={town.project.pk}").json()["results"]
    assert [row["number"] for row in rows] == ["AS-5"]
    assert api.get("/api/v1/platforms/nonsense/").status_code == 404


def test_a_plan_without_platforms_has_no_such_page() -> None:
    served = signed(FULING)
    browser = make.pages(served.clerk)
    assert browser.get(LIST).status_code == 404
    assert browser.get(f"/projects/{served.project.pk}/platforms/{CODE}/").status_code == 404
    assert "没有规定要录入的平台" in browser.get("/platforms/").content.decode()
