"""Numbered documents: no gap, no double, nothing withdrawn by itself."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, transaction

from documents.actions import withdraw_attachment
from documents.issuing import issue_document, void_document
from documents.models import IssuedDocument
from kernel.refusals import Refused
from policies import rulebook
from policies.models import PolicySet
from policies.schema import Series
from tests import factories
from tests.documents.conftest import PLAN
from tests.documents.files import office
from tests.factories import TODAY

SERIES = Series(
    code="minutes", name="纪要文号", clause="一", document="minutes", format="纪要〔{year}〕{number}号"
)


@pytest.fixture
def clerk(db: None):
    return factories.user("bureau_clerk")


def issue(case, clerk, on=TODAY, series=SERIES) -> IssuedDocument:
    def rendered(number: str) -> bytes:
        return office(extra={"word/number.xml": f"{number} {case.pk}".encode()})

    unit = clerk.memberships.get().unit
    return issue_document(case=case, series=series, title="纪要", unit=unit, render=rendered, by=clerk, on=on)


def test_numbers_follow_one_another_and_start_again_each_year(case, clerk) -> None:
    made = [issue(case, clerk), issue(case, clerk), issue(case, clerk, on=date(2027, 1, 4))]
    assert [row.text_number for row in made] == ["纪要〔2026〕1号", "纪要〔2026〕2号", "纪要〔2027〕1号"]
    assert [row.attachment.kind for row in made] == ["minutes"] * 3


def test_a_series_may_run_on_over_the_years(case, clerk) -> None:
    series = SERIES.model_copy(update={"format": "第{number}期", "restarts": "never"})
    made = [issue(case, clerk, series=series), issue(case, clerk, on=date(2027, 1, 4), series=series)]
    assert [(row.text_number, row.year) for row in made] == [("第1期", 0), ("第2期", 0)]


def test_what_is_rolled_back_gives_its_number_back(case, clerk) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(case, clerk)
        raise RuntimeError
    assert issue(case, clerk).number == 1


def test_a_voided_document_keeps_its_number(case, clerk) -> None:
    first = issue(case, clerk)
    void_document(document=first, by=clerk, on=TODAY, reason="错误")
    assert issue(case, clerk).number == 2
    assert first.attachment.withdrawn_reason == "错误"


def test_the_file_of_an_issued_document_is_not_withdrawn_by_itself(case, clerk) -> None:
    row = issue(case, clerk)
    with pytest.raises(Refused) as refused:
        withdraw_attachment(attachment=row.attachment, by=clerk, on=TODAY, reason="不要了")
    assert refused.value.codes == ["issued_document"]
    assert "纪要〔2026〕1号" in str(refused.value)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[PolicySet]:
    rulebook.forget()
    plan = PolicySet.objects.create(key="papers")
    plan.versions.add(factories.published_policy(code="papers", body=PLAN))
    yield plan
    rulebook.forget()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_never_get_the_same_number(committed: PolicySet) -> None:
    cases = [factories.case(policy_set=committed) for _ in range(4)]
    clerk = factories.user("bureau_clerk")
    gate = Barrier(len(cases))

    def run(case) -> int:
        gate.wait()
        try:
            return issue(case, clerk).number
        finally:
            connection.close()

    with ThreadPoolExecutor(len(cases)) as pool:
        assert sorted(pool.map(run, cases)) == [1, 2, 3, 4]
