"""The demo data: every phase, late and healthy, made by the real actions, the same each time."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from approvals.models import Opinion, Step
from assignments.models import Assignment
from cases.models import Enterprise, Event
from chains.models import Chain, Node, Post
from deadlines.models import Alarm, Deadline
from kernel.refusals import Refused
from lifecycle.demo import tell
from lifecycle.demo.fates import FATES, drawn
from notices.models import Message, Notice
from projects.models import LEADS, DuplicatePair, Money, PairState, Phase, Project
from tests.factories import TODAY
from tests.stories.demo import told


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with told(django_db_blocker, tmp_path_factory.mktemp("demo")):
        yield


pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.usefixtures("demo")]


def test_it_fills_every_phase_and_every_batch() -> None:
    assert set(Project.objects.values_list("phase", flat=True)) == set(Phase.values)
    assert len(set(Project.objects.values_list("batch", flat=True))) == 5


def test_two_hundred_projects_have_every_fate() -> None:
    assert set(drawn(200)) == set(FATES)
    assert len(drawn(200)) == 200


def test_nothing_happened_after_today_and_nothing_before_the_plans() -> None:
    days = Event.objects.order_by("on").values_list("on", flat=True)
    assert str(days[0]) >= "2024-11-01"
    assert list(days)[-1] <= TODAY


def test_what_happened_was_written_down_on_its_own_day() -> None:
    event = Event.objects.filter(kind="project.registered").earliest("pk")
    assert event.at.date() == event.on
    version = Project.history.filter(case_id=event.case_id).earliest("history_id")
    assert version.history_date.date() == event.on


def test_some_clocks_are_late_some_run_and_some_were_met() -> None:
    open_ = Deadline.objects.open()
    assert open_.filter(due_on__lt=TODAY).exists() and open_.filter(due_on__gte=TODAY).exists()
    assert Deadline.objects.filter(met_on__isnull=False).count() > open_.count()


def test_alarms_were_raised_and_urged_and_told_of() -> None:
    assert not Alarm.objects.filter(raised_at__isnull=True, on__lte=TODAY).exists()
    assert Assignment.objects.filter(kind="urge").exists()
    assert not Message.objects.filter(delivered_at__isnull=True).exists()
    unread = Notice.objects.filter(user__username="clerk", read_at__isnull=True).count()
    assert 0 < unread < Notice.objects.filter(user__username="clerk").count()


def test_opinions_were_late_on_paper_and_against() -> None:
    assert Opinion.objects.filter(on_behalf=True, scan__isnull=False).exists()
    assert Opinion.objects.filter(answer="veto").exists()
    assert Step.objects.filter(code="assessment", verdict="not_feasible").exists()


def test_money_comes_in_versions_and_in_dollars() -> None:
    assert Money.objects.filter(supersedes__isnull=False).exists()
    assert Money.objects.filter(currency="USD", rate="7.12", fen__isnull=False).exists()


def test_the_chains_have_heads_and_projects_at_their_nodes() -> None:
    assert Chain.objects.count() == 3
    assert Post.objects.filter(part="chain_head", valid_to__isnull=True).count() == 3
    assert Node.objects.filter(project_links__isnull=False).exists()


def test_every_phone_is_nobodys() -> None:
    phones = set(Enterprise.objects.values_list("contact_phone", flat=True)) - {""}
    assert phones and all(phone.startswith("1380000") for phone in phones)


def test_leads_came_in_twice_and_were_looked_at() -> None:
    pairs = DuplicatePair.objects.all()
    assert {pair.state for pair in pairs} == set(PairState)
    assert Project.objects.filter(merged_into__isnull=False).count() == 1


def test_a_district_with_projects_gets_no_demo_data() -> None:
    with pytest.raises(Refused):
        tell(today=TODAY, count=1)


def test_outside_demo_mode_it_is_refused(settings: Any) -> None:
    settings.DEMO = False
    for command in ("demo_data", "prepare_demo"):
        with pytest.raises(CommandError, match="DEMO"):
            call_command(command)


def test_preparing_again_adds_nothing() -> None:
    before = _counts()
    call_command("prepare_demo")
    assert _counts() == before


def _counts() -> Counter[str]:
    return Counter({m.__name__: m.objects.count() for m in (Project, Event, Enterprise, Chain, Alarm)})


def test_the_library_holds_leads_of_many_channels_some_still_some_explained_some_dormant_some_woken() -> None:
    leads = Project.objects.filter(batch__in=LEADS)
    assert leads.exclude(lead_channel="").values("lead_channel").distinct().count() >= 5
    assert leads.exclude(lead_tags="").exists() and leads.exclude(target_classes="").exists()
    assert leads.filter(dormant_on__isnull=False).exists()
    assert leads.filter(explained_until__gte=TODAY, dormant_on__isnull=True).exists()
    assert Event.objects.filter(kind="project.woken").exists()
