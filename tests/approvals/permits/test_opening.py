"""企业开办 under Fuling's plan (三(五)13): one day, an own address, the licence handed on, no gate."""

import pytest

from approvals.models import Material
from kernel.refusals import Refused
from projects.gates import reached_codes, unmet_for_next_phase
from tests.approvals.permits.story import FULING, Permits, tell

LICENCE = "企业营业执照"


@pytest.fixture
def told(db: None) -> Permits:
    return tell(FULING)


def test_without_a_site_of_its_own_a_firm_may_be_opened_within_a_day(told: Permits) -> None:
    """The place of production and the hosted address are handed in only where there are any."""
    needed = told.guide("company_opening")[:4]
    permit = told.apply("company_opening", handed=needed)
    assert permit.complete_on == told.day
    due = told.due(permit)
    assert due is not None and (due - told.day).days == 1
    told.grant(permit, told.day, result=None)
    assert "company_opened" in reached_codes(told.project)


def test_the_licence_goes_by_itself_into_what_waits_for_it(told: Permits) -> None:
    filing = told.apply("project_filing", handed=["企业投资项目备案申请表"])
    assert filing.complete_on is None
    told.grant(told.apply("company_opening"), told.day)
    filing.refresh_from_db()
    assert Material.objects.get(permit=filing, name=LICENCE).in_case
    assert filing.complete_on == told.day


def test_a_firm_long_since_registered_hands_in_its_licence_and_needs_no_opening(told: Permits) -> None:
    filing = told.apply("project_filing")
    told.grant(filing, told.day)
    assert "project_filed" in reached_codes(told.project)
    assert not any("company_opened" in item.code for item in unmet_for_next_phase(told.project))
    opening = told.apply("company_opening", handed=[])
    with pytest.raises(Refused):
        told.grant(opening, told.day, verdict="not_needed")
    told.grant(opening, told.day, verdict="not_needed", reason="以已登记的企业投资")
    assert "company_opened" in reached_codes(told.project)


def test_before_the_signature_no_firm_is_opened_by_the_agents(told: Permits) -> None:
    early = told.story.district.project("另一个项目", on=told.day)
    other = Permits(told.story, early.pk, told.day)
    with pytest.raises(Refused):
        other.apply("company_opening")
