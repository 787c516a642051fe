"""One enterprise with an account: what is asked of it, what it hands in and asks, what it is answered."""

from collections.abc import Sequence
from datetime import date, timedelta

from accounts.demo import ENTERPRISE
from accounts.models import User
from cases.models import Part
from lifecycle.demo.papers import paper
from lifecycle.demo.people import People
from projects.models import Phase, Project
from service.portal import asking, opening, requesting, uploading

DAYS = 10
"""Working days that the enterprise's part of the story takes."""


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
