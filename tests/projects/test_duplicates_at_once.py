"""The same lead from two at the same moment, and one pair judged by two: the second is told."""

from functools import partial

import pytest

from projects import actions
from projects.actions import EnterpriseData
from projects.models import DuplicatePair, Project
from tests.law import TODAY, District, open_district
from tests.projects.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def district(transactional_db: None) -> District:
    return open_district()


def test_of_two_who_register_the_same_lead_at_once_one_is_told_of_the_other(district: District) -> None:
    for number in range(4):
        firm = EnterpriseData(f"华锐第{number}化工有限公司", no_code_reason="尚未注册")
        lead = partial(actions.register_lead, on=TODAY, name=f"{number}号高端铝材项目", enterprise=firm)
        made, refused = at_once(partial(lead, by=district.clerk), partial(lead, by=district.head))
        assert (len(made), [one.codes for one in refused]) == (1, [["sure_duplicate"]])
    assert Project.objects.count() == 4


def test_a_pair_is_judged_once(district: District) -> None:
    for number in range(4):
        one, two = district.project(f"甲{number}号项目"), district.project(f"乙{number}号项目")
        pair = actions.pair_up(project=one, other=two, by=district.clerk, on=TODAY)
        made, refused = at_once(
            partial(actions.keep_apart, pair=pair, by=district.clerk, on=TODAY, reason="不是"),
            partial(actions.merge, pair=pair, keep=two, by=district.head, on=TODAY, reason="是"),
        )
        assert len(made) == len(refused) == 1
        assert refused[0].codes in (["pair_judged"], ["merged"])
        row = DuplicatePair.objects.get(pk=pair.pk)
        assert (row.distinct_on is None) is not (row.merged_on is None)
