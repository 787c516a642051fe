"""One enterprise with an account: what is asked of it, what it hands in and asks, what it is answered, which
policies reach it."""

from collections.abc import Sequence
from datetime import date, timedelta

from accounts.demo import ENTERPRISE
from accounts.models import User
from cases.models import Part
from lifecycle.demo.papers import paper
from lifecycle.demo.people import People
from projects.models import Phase, Project
from service.portal import asking, opening, pushing, requesting, uploading
from service.portal.access import Speaker
from service.portal.policies import publishing, queries
from service.portal.policies.models import PolicyNotice, PolicyPush

DAYS = 10
"""Working days that the enterprise's part of the story takes."""
POLICIES: tuple[dict[str, object], ...] = (
    {
        "title": "工业设备购置贴息",
        "text": "对设备投资 500 万元以上的工业项目，按贷款利息的 50% 给予贴息，最高 200 万元。",
        "office": "区经济信息委",
        "phases": ["construction", "production"],
    },
    {"title": "人才公寓申请", "text": "企业引进的本科以上人才可申请人才公寓，首年免租金。"},
)
DRAFT: dict[str, object] = {
    "title": "绿色工厂奖补",
    "text": "获评市级绿色工厂的，一次性奖补 30 万元。",
    "phases": ["production"],
}


def let_in(people: People, days: Sequence[date]) -> None:
    """The first running project under construction, by its number, that has a commissioner."""
    firm = User.objects.filter(username=ENTERPRISE.username, is_enterprise=True).first()
    served = Part.objects.filter(part="commissioner", valid_to__isnull=True, user__isnull=False)
    rows = served.filter(
        case__project__phase=Phase.CONSTRUCTION, case__project__shelved_on__isnull=True,
        case__project__exited_on__isnull=True, case__project__batch="started",
    ).order_by("case__code")  # fmt: skip
    held = rows.select_related("user", "case__project__case").first()
    if firm is None or held is None or held.user is None or len(days) < DAYS:
        return
    project, by = held.case.project, held.user
    opening.link_account(project=project, username=firm.username, by=by, on=days[-DAYS])
    _hand_in(project, firm, by, days)
    _ask(project, firm, by, days)
    _tell(project, firm, people["clerk"], days)


def _tell(project: Project, firm: User, clerk: User, days: Sequence[date]) -> None:
    """The bureau publishes two policies, one for those that build; one is a draft; the firm reads two."""
    published = [_publish(said | {"valid_from": days[-5]}, clerk, days[-5]) for said in POLICIES]
    publishing.draft(said=DRAFT | {"valid_from": days[-1]}, by=clerk, on=days[-1])
    own = PolicyPush.objects.filter(project=project, code="free_agency")
    for push in (*own, *published[0].pushes.filter(project=project)):
        pushing.read(push=push, speaker=Speaker(firm, project, days[-2]))


def _publish(said: dict[str, object], clerk: User, on: date) -> PolicyNotice:
    row = publishing.draft(said=said, by=clerk, on=on)
    return publishing.publish(notice=row, expected=queries.told(row, on).count(), by=clerk, on=on)


def _hand_in(project: Project, firm: User, by: User, days: Sequence[date]) -> None:
    """Two things asked of the enterprise: one done with its paper, one still to do."""
    done = asking.ask(
        project=project, title="提供施工总平面布置图（签章版）", by=by, on=days[-9], due_on=days[-6]
    )
    drawing = paper("施工总平面布置图", project.name)
    uploading.upload_paper(project=project, upload=drawing, by=firm, on=days[-7], note="签章版")
    asking.tick(ask=done, by=firm, on=days[-7], note="已上传")
    due = days[-1] + timedelta(days=6)
    asking.ask(
        project=project, title="报送下月用工计划", note="用于招聘会岗位发布", by=by, on=days[-3], due_on=due
    )


def _ask(project: Project, firm: User, by: User, days: Sequence[date]) -> None:
    """A problem answered to the enterprise's satisfaction, and a question that waits."""
    row = requesting.raise_request(
        project=project, kind="problem", by=firm, on=days[-8], title="临时用电容量不足",
        text="现场塔吊进场后，临时变压器容量不够，申请增容已一周，尚未答复。",
    )  # fmt: skip
    clerk = row.assignment.unit.memberships.in_force(days[-6]).filter(role="park_clerk").first()
    words = "已协调供电公司，增容方案于本周五实施，期间可错峰用电。"
    requesting.answer(request=row, words=words, by=clerk.user if clerk else by, on=days[-6])
    requesting.judge(request=row, satisfied=True, by=firm, on=days[-5], words="处理及时")
    requesting.raise_request(
        project=project, kind="consultation", by=firm, on=days[-1], title="设备购置奖补如何申报",
        text="协议约定的设备购置奖补，需要准备哪些材料、向哪个部门申报？",
    )  # fmt: skip
